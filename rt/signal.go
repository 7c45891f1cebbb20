package rt

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// OnSignal makes the loop call f, on its own goroutine, each time the process gets sig:
// loop.add_signal_handler. There is one function for each signal; another one takes its place, also for a signal that has
// come and was not handled yet. remove is loop.remove_signal_handler, and does nothing when another function has taken the
// place of f; Close removes all. As long as there is one, the loop waits for signals and sees no deadlock.
//
// With os.Interrupt it replaces what Run does about Ctrl-C. It panics for what is no signal, and for os.Kill and SIGSTOP,
// which nobody can catch.
func (l *Loop) OnSignal(sig os.Signal, f func()) (remove func()) {
	switch {
	case f == nil:
		panic("rt.OnSignal: nil function")
	case !catchable(sig):
		panic(fmt.Sprintf("rt.OnSignal: %v cannot be caught", sig))
	}
	l = l.behind()
	l.checkOpen()
	w := l.signals[sig]
	if w == nil {
		w = l.watchSignal(sig)
	}
	h := &signalHandler{f: f}
	h.setVars(l.exec.copyVars())
	w.handler = h
	return func() {
		if w.handler == h && l.signals[sig] == w {
			w.end()
		}
	}
}

// signalWatch is a signal that the loop handles.
type signalWatch struct {
	loop    *Loop
	sig     os.Signal
	handler *signalHandler
	signals chan os.Signal
}

// signalHandler is a function that a signal calls. Its node is there for the context variables.
type signalHandler struct {
	node
	f func()
}

// watchSignal begins to handle sig.
func (l *Loop) watchSignal(sig os.Signal) *signalWatch {
	w := &signalWatch{loop: l, sig: sig, signals: make(chan os.Signal, 8)}
	if l.signals == nil {
		l.signals = map[os.Signal]*signalWatch{}
	}
	l.signals[sig] = w
	if sig == os.Interrupt {
		l.interrupts.Store(true)
	}
	signal.Notify(w.signals, sig)
	go w.receive()
	return w
}

// receive posts a call for each signal, on a goroutine of its own.
func (w *signalWatch) receive() {
	for range w.signals {
		w.loop.post(&node{loop: w.loop, phase: callback, leaf: call(w.handle)})
	}
}

// handle is called on the loop for each signal. What is called is what handles the signal by then.
func (w *signalWatch) handle() {
	if now := w.loop.signals[w.sig]; now != nil {
		w.loop.exec.call = &now.handler.node
		now.handler.f()
	}
}

// end ends w, whose handler was removed. What has come by now is still posted.
func (w *signalWatch) end() {
	delete(w.loop.signals, w.sig)
	if w.sig == os.Interrupt {
		w.loop.interrupts.Store(false)
	}
	signal.Stop(w.signals)
	close(w.signals)
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
