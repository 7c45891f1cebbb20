//go:build linux || darwin

package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// scriptVariables are those of a script's environment that a command on a terminal has, too.
var scriptVariables = strings.Fields("PATH HOME TMPDIR GOCACHE GOMODCACHE GOFLAGS GOWORK GOPROXY ASYNCGENCACHE NO_COLOR TERM")

// terminal FILE COMMAND... runs a command whose standard streams are no terminals, and which has one, without a size, as
// /dev/tty. What it prints there goes into FILE. (The script language's own ttyin may close the terminal before
// all is read.)
func terminal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: terminal FILE COMMAND...")
	}
	program, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range scriptVariables {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	screen, failed := onTerminal(cmd)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(screen), 0o644))
	ts.Logf("[terminal]\n%s", screen)
	switch {
	case failed == nil && neg:
		ts.Fatalf("unexpected command success")
	case failed != nil && !neg:
		ts.Fatalf("%v", failed)
	}
}

// onTerminal returns all that a command has printed on its terminal once it has ended.
func onTerminal(cmd *exec.Cmd) (string, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return "", err
	}
	defer master.Close()
	cmd.ExtraFiles = []*os.File{slave}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
	err = cmd.Start()
	slave.Close()
	if err != nil {
		return "", err
	}
	var screen strings.Builder
	io.Copy(&screen, master) // until nobody has the other end any more, which is an error on Linux
	return strings.ReplaceAll(screen.String(), "\r\n", "\n"), cmd.Wait()
}
