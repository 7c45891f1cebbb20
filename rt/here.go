package rt

import (
	"runtime"
)

// Async code is handed its loop. Ordinary functions on a loop's goroutine, as asyncio's helpers are, have to find it: this
// file is how. Go has no goroutine-local variables, and the number of a goroutine costs microseconds. Its stack is a proof as
// well, and a cheaper one: a goroutine on which a loop turns has the call of underLoop on it, another one never has, since a
// go statement begins with a stack of its own. Nothing of that is kept anywhere, so that it costs the loop nothing. Who asks pays
// for the walk up the stack: see BenchmarkHere.

// underLoop calls f. It is on the stack of all that runs in a turn of a loop, be it on the loop's goroutine or in an iterator
// function that rt runs beside a frame (see FuncIter). It has one call, and must keep it: see loopMark.
//
//go:noinline
func underLoop(f func()) { f() }

// loopMark is where underLoop's call returns to.
var loopMark = func() (pc uintptr) {
	underLoop(func() {
		var pcs [1]uintptr
		runtime.Callers(2, pcs[:])
		pc = pcs[0]
	})
	return pc
}()

// isUnderLoop says whether this goroutine runs a part of a turn.
func isUnderLoop() bool {
	var room [32]uintptr
	for pcs, skip := room[:], 2; ; {
		n := runtime.Callers(skip, pcs)
		for i := n - 1; i >= 0; i-- { // it is near the outer end
			if pcs[i] == loopMark {
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
		skip += n
		pcs = make([]uintptr, 4*len(pcs))
	}
}

// loopHere is the loop of which this goroutine runs a part of a turn; nil: it does not.
//
// Where one loop runs in the process, which is most often so, it is that one. With several, the number of the goroutine
// decides; an iterator function beside a frame has a number that nobody knows, and then gets none rather than a wrong one.
func loopHere() *Loop {
	if !isUnderLoop() {
		return nil
	}
	if l := runners.only.Load(); l != nil {
		return l
	}
	return loopOfGoroutine()
}

// runsHere says whether the loop, which runs, does so on this goroutine: in a turn, or before and after the turns of a run.
func (l *Loop) runsHere() bool { return loopHere() == l || goroutineID() == l.goroutine }

// here is the registers of loopHere, for the function of rt that an ordinary function has called. It panics where there is no
// loop: instead, if it is not "", is what code outside of a run calls.
func here(name, instead string) *Exec {
	if l := loopHere(); l != nil {
		return &l.exec
	}
	switch {
	case len(runningLoops()) > 0:
		panic("rt." + name + " was called on a goroutine that runs no loop: from another goroutine write rt.Submit(loop, …) or loop.CallSoonThreadsafe(f), with a loop that rt.RunningLoop() gave in async code")
	case instead != "":
		panic(outside(name) + "; in ordinary code there is " + instead)
	}
	panic(outside(name))
}
