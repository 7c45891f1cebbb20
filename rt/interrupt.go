package rt

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
)

var errInterrupted = errors.New("interrupted")

// mainGoroutine is the goroutine of func main.
const mainGoroutine = 1

// hasSignals is false where there are none: os/signal panics when it is asked about one on wasm.
const hasSignals = runtime.GOARCH != "wasm"

// watchInterrupt handles Ctrl-C as asyncio.Runner does, for a loop on real time that func main runs:
// the first one cancels the main task, or, when that is done, ends the run, which cancels the tasks that are left; the second
// one stops the program. OnSignal replaces that. One that comes before stop returns counts.
func (l *Loop) watchInterrupt(goroutine uint64) (stop func()) {
	if !hasSignals || goroutine != mainGoroutine || l.clock != nil || signal.Ignored(os.Interrupt) {
		return func() {}
	}
	interrupts := make(chan os.Signal, 1)
	over := make(chan struct{})
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		defer close(over)
		first := true
		for range interrupts {
			if l.interrupts.Load() || !first { // OnSignal has it, or it came before the first one was handled
				continue
			}
			first = false
			signal.Stop(interrupts) // the next one does what it does in every Go program: exit
			l.inbox.interrupt()
		}
	}()
	return func() {
		signal.Stop(interrupts)
		close(interrupts) // what is in it comes before its end
		<-over
	}
}

// interrupt is what Ctrl-C does to the run. It happens between two turns, ahead of all that is ready: in CPython it happens
// between two instructions.
func (l *Loop) interrupt() {
	l.interrupted = true
	if !l.main.cancel("") {
		l.unanswered = true
		l.stop()
	}
}
