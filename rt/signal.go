package rt

import (
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// OnSignal makes the loop call f, on its own goroutine, each time the process gets sig:
// loop.add_signal_handler. There is one function for each signal; another one takes its place. remove
// is loop.remove_signal_handler; Close removes all. As long as there is one, the loop waits for signals
// and sees no deadlock.
//
// With os.Interrupt it replaces what Run does about Ctrl-C. It panics for os.Kill, which nobody can
// catch.
func (l *Loop) OnSignal(sig os.Signal, f func()) (remove func()) {
	switch {
	case f == nil:
		panic("rt.OnSignal: nil function")
	case sig == os.Kill:
		panic(fmt.Sprintf("rt.OnSignal: %v cannot be caught", sig))
	}
	l.checkOpen()
	if old := l.signals[sig]; old != nil {
		old.stop()
	}
	h := &signalHandler{loop: l, sig: sig, f: f, vars: l.exec.copyVars(), signals: make(chan os.Signal, 8), ended: make(chan struct{})}
	if l.signals == nil {
		l.signals = map[os.Signal]*signalHandler{}
	}
	l.signals[sig] = h
	if sig == os.Interrupt {
		l.interrupts.Store(true)
	}
	signal.Notify(h.signals, sig)
	go h.receive()
	return h.remove
}

// signalHandler is a function that a signal calls.
type signalHandler struct {
	loop    *Loop
	sig     os.Signal
	f       func()
	vars    *vars
	signals chan os.Signal
	ended   chan struct{}
	stopped atomic.Bool
}

// receive posts a call for each signal, on a goroutine of its own.
func (h *signalHandler) receive() {
	for {
		select {
		case <-h.signals:
			n := &node{loop: h.loop, phase: callback, leaf: call(func() {
				if !h.stopped.Load() {
					h.f()
				}
			})}
			n.setVars(h.vars)
			h.loop.post(n)
		case <-h.ended:
			return
		}
	}
}

// remove ends h, if it is still there.
func (h *signalHandler) remove() {
	if h.loop.signals[h.sig] != h {
		return
	}
	h.stop()
	delete(h.loop.signals, h.sig)
	if h.sig == os.Interrupt {
		h.loop.interrupts.Store(false)
	}
}

func (h *signalHandler) stop() {
	h.stopped.Store(true)
	signal.Stop(h.signals)
	close(h.ended)
}

// dumpOnQuit prints Dump on standard error at each SIGQUIT while a run in debug mode lasts. A loop that
// does not answer is blocked; then the next SIGQUIT does what it does in every Go program, which
// shows where.
func (l *Loop) dumpOnQuit() (stop func()) {
	if !l.debug || l.clock != nil {
		return func() {}
	}
	quits := make(chan os.Signal, 1)
	ended := make(chan struct{})
	signal.Notify(quits, syscall.SIGQUIT)
	go func() {
		defer signal.Stop(quits)
		for {
			select {
			case <-quits:
				if !l.dumpFromOutside(os.Stderr, time.Second) {
					fmt.Fprintln(os.Stderr, "the next SIGQUIT ends the program and shows its goroutines")
					return
				}
			case <-ended:
				return
			}
		}
	}()
	return func() { close(ended) }
}
