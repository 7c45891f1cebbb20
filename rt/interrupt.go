package rt

import (
	"errors"
	"os"
	"os/signal"
)

var errInterrupted = errors.New("interrupted")

// mainGoroutine is the goroutine of func main.
const mainGoroutine = 1

// watchInterrupt handles Ctrl-C as asyncio.Runner does, for a loop on real time that func main runs:
// the first one cancels the main task, or, when that is done, all that is left; the second one stops
// the program. OnSignal replaces that.
func (l *Loop) watchInterrupt(main *node, goroutine uint64) (stop func()) {
	if goroutine != mainGoroutine || l.clock != nil || signal.Ignored(os.Interrupt) {
		return func() {}
	}
	interrupts := make(chan os.Signal, 1)
	ended := make(chan struct{})
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		defer signal.Stop(interrupts)
		for {
			select {
			case <-interrupts:
				if l.interrupts.Load() {
					continue // OnSignal has it
				}
				signal.Stop(interrupts) // the next one does what it does in every Go program: exit
				l.post(&node{loop: l, phase: callback, leaf: call(func() {
					l.interrupted = true
					if !main.cancel("") {
						l.stop()
					}
				})})
				return
			case <-ended:
				return
			}
		}
	}()
	return func() { close(ended) }
}
