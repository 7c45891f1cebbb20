package rt

import (
	"fmt"
	gotrace "runtime/trace"
)

// observer hears of what happens on a loop: the trace of WithTrace, and that of runtime/trace.
type observer interface {
	// made: n has become a task.
	made(n *node)

	// step: the task or callback n is about to run. over is called when it has, even by a panic.
	step(n *node) (over func())

	// ended: the task n is done.
	ended(n *node)

	// named: the task n, which is not done, has another name.
	named(n *node)

	// cancels: somebody asks n, which is not done, to end.
	cancels(n *node, msg string)

	// close: there is nothing more to come. It may be called again.
	close()
}

// setWatched says whether the loop has to run its turns one by one, and to look at each step.
func (l *Loop) setWatched() {
	l.watched = l.debug || l.shuffle != nil || len(l.observers) > 0
}

// watchTurn runs what this turn has to run. It is spin for a loop that has something to do at each turn, or
// about each step: debug mode, a shuffled order, a trace. All of that costs who does not ask for it one
// look at a flag.
func (l *Loop) watchTurn() {
	for n := l.todo; n != nil && l.panicked == nil; n = l.todo {
		l.todo = n.next
		l.watch(n, l.run)
	}
}

// watch runs n, which is to be given to run, for those who look at each step.
func (l *Loop) watch(n *node, run func(*node)) {
	if l.debug {
		defer l.shielded(l.timeStep(n))
	}
	if s := n.stepper(); s != nil {
		for _, o := range l.observers {
			defer l.observe(o, s)()
		}
	}
	run(n)
}

// observe tells o of n's step, of its end, and of the task's end with it.
func (l *Loop) observe(o observer, n *node) (over func()) {
	task := n.flags&isTask != 0 && !n.done()
	end := func() {}
	l.shielded(func() { end = o.step(n) })
	return func() {
		l.shielded(func() {
			end()
			if task && n.done() {
				o.ended(n)
			}
		})
	}
}

// shielded calls an observer. A panic of it, a trace's writer or debug mode's logger for example, is no fault of the task
// that runs: the task goes on, and the run ends with the panic before the next step.
func (l *Loop) shielded(call func()) {
	defer func() {
		if r := recover(); r != nil && l.panicked == nil {
			p := &panicking{value: r, pcs: callersOf(1, manyCallers)}
			l.panicked, l.more = p.error(""), true
		}
	}()
	call()
}

// stepper is the task or callback that runs when the ready queue has come to n; nil: none does, it is an entry
// that is skipped or passes the queue once more.
func (n *node) stepper() *node {
	if w, ok := n.leaf.(*wakeUp); ok {
		return (*node)(w)
	}
	if n.phase == due || n.phase == revoked || n.phase == idle {
		return nil
	}
	return n
}

// watchMade is called when n has become a task.
func (l *Loop) watchMade(n *node) {
	if l.debug {
		n.extra().created = callersOf(2, someCallers)
	}
	for _, o := range l.observers {
		l.shielded(func() { o.made(n) })
	}
}

// watchCancel is called when n is asked to end.
func (l *Loop) watchCancel(n *node, msg string) {
	if l.debug {
		l.checkGoroutine("Cancel")
	}
	if n.done() {
		return
	}
	for _, o := range l.observers {
		l.shielded(func() { o.cancels(n, msg) })
	}
}

// watchName is called when n has another name.
func (l *Loop) watchName(n *node) {
	if n.done() {
		return
	}
	for _, o := range l.observers {
		l.shielded(func() { o.named(n) })
	}
}

// watchEnd is called when the task n has ended, but not in a step of its own.
func (l *Loop) watchEnd(n *node) {
	for _, o := range l.observers {
		l.shielded(func() { o.ended(n) })
	}
}

// endTraces ends what traces the loop.
func (l *Loop) endTraces() {
	for _, o := range l.observers {
		if r := recovered(o.close); r != nil {
			l.CallExceptionHandler(ExceptionContext{Message: fmt.Sprintf("What looks at the loop panics at its end: %v", r)})
		}
	}
}

// followGoTrace begins or ends to tell runtime/trace of the loop, when that was switched on or off.
func (l *Loop) followGoTrace() {
	if l.goTracing = gotrace.IsEnabled(); l.goTracing {
		l.observers = append(l.observers, &goTracer{loop: l, tasks: map[*node]goTask{}})
	} else {
		kept := l.observers[:0]
		for _, o := range l.observers {
			if _, ok := o.(*goTracer); ok {
				o.close()
			} else {
				kept = append(kept, o)
			}
		}
		l.observers = kept
	}
	l.setWatched()
}
