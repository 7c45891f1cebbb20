package rt

import (
	"runtime"
	"slices"
)

// runtime.Goexit, which t.FailNow and t.SkipNow call, ends a goroutine after its deferred calls. In an async
// function it ends the task with all of the functions that await one another in it, and then the run and its
// goroutine. Every deferred call runs, those that await too, innermost function first, and none of them can
// recover.
//
// Go's stack has only the functions that have called one another since the task was resumed. They note that
// they were unwound (see Catch), and run nothing yet. At the bottom, still inside of the Goexit, the loop links
// them and lets the task go on with a panic that nothing recovers, from the innermost of them outward. That takes
// as many turns as the deferred calls do. Another Goexit on the way, from a deferred call or from another task,
// does the same again, one level deeper.

// goexit is the value of the panic that stands for a Goexit.
type goexit struct{}

func newGoexit() *panicking { return &panicking{value: goexit{}, exits: true} }

// isGoexit says whether p stands for a Goexit.
func (p *panicking) isGoexit() bool { return p.value == any(goexit{}) }

// afterRecover is what is still in flight when a deferred call has recovered p.
func (p *panicking) afterRecover() *panicking {
	if p.exits {
		return newGoexit()
	}
	return nil
}

// duringGoexit says of a deferred call of a function that has not returned, and whose recover gave nil, that it runs
// because of a Goexit. The other reason is panic(nil), with GODEBUG=panicnil=1.
func duringGoexit() bool {
	var pcs [someCallers]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.Goexit":
			return true
		case f.Function == "runtime.gopanic" || !more:
			return false
		}
	}
}

// goexit is called when a Goexit has unwound the turns. It runs the loop until the task that runs has ended, with
// its deferred calls. A callback has none.
func (l *Loop) goexit() {
	x := &l.exec
	n, unwound := x.task, x.exited
	x.take()
	x.reraise, x.raising, x.unwinding, x.exited = nil, nil, nil, nil
	if n == nil || n.phase != runnable && n.phase != throwing {
		return
	}
	n.enter(unwound)
	if !slices.Contains(l.exiting, n) {
		l.exiting = append(l.exiting, n)
	}
	if len(unwound) > 0 {
		x.reraise, l.resume = newGoexit(), n
	} else {
		l.passOn(n, newGoexit())
	}
	l.abandonTurn()
	l.stopping = false
	l.runUntilStopped(l.exitsAreOver)
	l.checkPanic()
}

// enter makes the frames that were unwound, innermost first, the innermost ones of n. They belong to its leaf, of
// which they have not been told.
func (n *node) enter(unwound []Resumer) {
	for _, f := range slices.Backward(unwound) {
		if f.head() != n.leaf.head() { // a frame with a Room is known by two names
			f.head().parent = n.leaf
			n.leaf = f
		}
	}
}

// exitHere runs the deferred calls of the functions that a Goexit has unwound where there is no loop to do it. They cannot
// await.
func (x *Exec) exitHere() {
	for len(x.exited) > 0 {
		f := x.exited[0]
		x.exited = x.exited[1:]
		func() {
			defer func() {
				if p := x.recovered(recover()); !p.isGoexit() {
					x.raise(p)
				}
			}()
			x.reraise = newGoexit()
			f.Resume(x)
		}()
	}
}

// exitsAreOver says whether all tasks that have called Goexit have ended.
func (l *Loop) exitsAreOver() bool {
	l.exiting = slices.DeleteFunc(l.exiting, (*node).done)
	return len(l.exiting) == 0
}

// exitTask ends a task that has called Goexit. Tasks that await it are canceled with it.
func (l *Loop) exitTask(n *node) {
	l.exec.fail(&CanceledError{Msg: "runtime.Goexit"}, nil)
	l.finish(n, n.root().head())
	n.look()
	l.watchEnd(n)
}
