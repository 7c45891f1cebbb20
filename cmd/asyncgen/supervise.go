package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// supervise runs a program in place of this one: with its input and output, its signals and its
// exit code.
func (c *command) supervise(cmd *exec.Cmd) int {
	attach(cmd)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return c.failed(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if s != os.Interrupt || !fromTerminal() {
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			return c.exitCode(cmd, err)
		}
	}
}

// attach gives a program our input and output.
func attach(cmd *exec.Cmd) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
}

// exitCode is the program's, or 128 and the signal that ended it, as shells have it.
func (c *command) exitCode(cmd *exec.Cmd, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return done
	case !errors.As(err, &exit):
		return c.failed(err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
