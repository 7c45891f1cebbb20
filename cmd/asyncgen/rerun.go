package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/asyncgen/asyncgen/gen"
)

// grace is how long a program may take to end when it is interrupted.
const grace = 3 * time.Second

// rerun is asyncgen run --watch: the program is built at every change, and started again if that gave
// another one. While there are mistakes the one before them goes on.
type rerun struct {
	*command
	args    goArgs
	temp    string
	session *gen.Session
	rounds  int
	binary  string // of the program that was started last
	program *running
}

// runWatching returns when it is interrupted.
func (c *command) runWatching(g goArgs, temp string) int {
	ctx, code := c.untilSignal()
	c.ctx = ctx
	r := &rerun{command: c, args: g, temp: temp, session: c.session(c.overlayConfig("run", g))}
	w, err := newWatcher(r.session, slices.ContainsFunc(g.packages, isWild))
	if err != nil {
		return c.failed(err)
	}
	defer w.Close()
	defer r.stop()
	if r.round() == usage {
		return usage
	}
	for {
		changed, err := w.look(nil)
		if err == nil && len(changed) == 0 {
			changed, err = w.next(ctx, r.program.ended(), r.sayEnded)
		}
		switch {
		case ctx.Err() != nil:
			return code()
		case err != nil:
			return c.failed(err)
		}
		r.say(changed)
		r.round(changed...)
	}
}

// untilSignal gives a context that an interrupt or a termination ends, and what asyncgen's exit code is
// then, as shells count.
func (c *command) untilSignal() (context.Context, func() int) {
	ctx, cancel := context.WithCancel(c.ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	code := 128
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			code += int(s)
		}
		cancel()
	}()
	return ctx, func() int { return code }
}

// say tells what a round is about.
func (r *rerun) say(changed []string) {
	switch len(changed) {
	case 0:
		r.report.say("asyncgen: files have changed")
	case 1:
		r.report.say("asyncgen: %s has changed", r.report.relative(changed[0]))
	default:
		r.report.say("asyncgen: %s and %s have changed", r.report.relative(changed[0]), plural(len(changed)-1, "other file", "other files"))
	}
}

// round builds the program and starts it, if it is another one or has ended.
func (r *rerun) round(changed ...string) int {
	r.rounds++
	dir := filepath.Join(r.temp, fmt.Sprint(r.rounds))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return r.failed(err)
	}
	binary, code := r.make(dir, changed)
	switch {
	case r.ctx.Err() != nil:
		return code
	case code != done:
		_ = os.RemoveAll(dir)
		if r.program.runs() {
			r.report.say("asyncgen: the program from before goes on")
		}
		return code
	case r.program.runs() && sameFile(binary, r.binary):
		_ = os.RemoveAll(dir)
		r.report.say("asyncgen: the program is the same, and goes on")
		return done
	}
	r.stop()
	if r.binary != "" {
		_ = os.RemoveAll(filepath.Dir(filepath.Dir(r.binary)))
	}
	r.binary = binary
	return r.start()
}

// make generates and builds.
func (r *rerun) make(dir string, changed []string) (binary string, code int) {
	r.noBar = r.program.runs()
	results, diags, err := r.loadAndGenerate(r.session, gen.Options{Overlay: true}, changed...)
	if err != nil {
		return "", r.cannotLoad(err, r.args.packages)
	}
	overlay, code := r.writeOverlay("run", r.args, results, diags, dir)
	if code != done {
		return "", code
	}
	return r.buildProgram(r.args, overlay, dir, func(cmd *exec.Cmd) int {
		attach(cmd)
		if err := cmd.Start(); err != nil {
			return r.failed(err)
		}
		stop := context.AfterFunc(r.ctx, func() { interrupt(cmd.Process) })
		defer stop()
		return r.exitCode(cmd, cmd.Wait())
	})
}

func sameFile(a, b string) bool {
	x, err := os.ReadFile(a)
	if err != nil {
		return false
	}
	y, err := os.ReadFile(b)
	return err == nil && bytes.Equal(x, y)
}

// start starts the program.
func (r *rerun) start() int {
	cmd, err := programOf(r.args, r.binary)
	if err != nil {
		return r.misuse("run: %v", err)
	}
	attach(cmd)
	if err := cmd.Start(); err != nil {
		return r.failed(err)
	}
	r.program = &running{cmd: cmd, done: make(chan struct{})}
	go r.program.wait()
	return done
}

// sayEnded tells that nothing runs any more.
func (r *rerun) sayEnded() {
	how := "has ended"
	if code := r.exitCode(r.program.cmd, r.program.err); code != done {
		how = fmt.Sprintf("has ended with exit code %d", code)
	}
	r.program.told = true
	r.report.say("asyncgen: the program %s; the next change starts it again", how)
}

// stop interrupts the program, unless a Ctrl-C has reached it already, and kills it if it does not end.
func (r *rerun) stop() {
	if !r.program.runs() {
		return
	}
	if r.ctx.Err() == nil || !fromTerminal() {
		interrupt(r.program.cmd.Process)
	}
	select {
	case <-r.program.done:
	case <-time.After(grace):
		r.report.say("asyncgen: the program does not end: it is killed")
		_ = r.program.cmd.Process.Kill()
		<-r.program.done
	}
}

// interrupt interrupts a program; where there are no interrupts it kills it.
func interrupt(p *os.Process) {
	if p.Signal(os.Interrupt) != nil {
		_ = p.Kill()
	}
}

// running is a program that has been started. A nil one is none.
type running struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // when it is done
	told bool  // that it is
}

func (p *running) wait() {
	p.err = p.cmd.Wait()
	close(p.done)
}

// ended is closed when it is; it is nil for one of which that has been told.
func (p *running) ended() <-chan struct{} {
	if p == nil || p.told {
		return nil
	}
	return p.done
}

func (p *running) runs() bool {
	if p == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}
