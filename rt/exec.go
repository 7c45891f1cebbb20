package rt

import (
	"fmt"
	"slices"
	"time"
	"unsafe"
)

// Exec is what generated code works with while it is resumed: the registers of a loop. There is one
// for each Loop.
type Exec struct {
	// Err is the error in flight: why an awaited call ended, or the cancellation of this task. A
	// frame looks at it after each await, and passes it on with Fail or takes it away with Try.
	Err error

	loop  *Loop
	ready list       // the ready queue of the loop
	task  *node      // the task whose step is on the stack; nil in a callback
	call  *node      // the callback that runs, when there is no task
	sites []site     // the end of the async traceback of Err, innermost first
	inner *tracePart // what comes before it: see tracePart

	reraise   *panicking // to be raised in the frame that is resumed next: see Reraise
	raising   *panicking // to be raised inside the deferred call that runs next: see Raise
	unwinding *panicking // what was last raised, so that its first stack is not lost
	exited    []Resumer  // the frames with deferred calls that runtime.Goexit has unwound, innermost first: see goexit
}

// Loop is the running loop: what RunningLoop() becomes in async code.
func (x *Exec) Loop() *Loop { return x.loop.handOut() }

// CurrentTask is the task that runs: what CurrentTask() becomes in async code.
func (x *Exec) CurrentTask() AnyTask {
	if n := x.task; n != nil && !n.done() {
		return n.handOut()
	}
	return nil
}

// AllTasks is what AllTasks() becomes in async code.
func (x *Exec) AllTasks() []AnyTask { return x.loop.AllTasks() }

// Fail ends f and passes x.Err on to who awaits it: it notes in the async traceback that f stands at site. Inlined
// it would only make the way of those who succeed longer.
//
//go:noinline
func (x *Exec) Fail(f Resumer, site int) Status {
	x.Trace(f, site)
	return letGo(f)
}

// Trace notes in the async traceback of x.Err that f stands at site. Minus the number of a site says that f returns what it has
// awaited there, and so ends as that has.
func (x *Exec) Trace(f Resumer, at int) {
	s := site{f.Info(), int32(at)}
	if at < 0 {
		s.at = int32(-at) | passesOn
	}
	x.sites = append(x.sites, s)
}

// Throw ends f with err: what rt.Throw(err) becomes. If f has deferred calls, it goes on with them.
func (x *Exec) Throw(f Resumer, site int, err error) Status {
	x.fail(Thrown(err), nil)
	if f.Info().Defers {
		x.Trace(f, site)
		return Done
	}
	return x.Fail(f, site)
}

// Thrown is err, which must not be nil.
func Thrown(err error) error {
	if err == nil {
		panic("rt.Throw: nil error")
	}
	return err
}

// Canceled says whether x.Err is a cancellation. It passes TryAwait, as a CancelledError passes
// `except Exception`.
func (x *Exec) Canceled() bool { return isCancellation(x.Err) }

// Slept is Frame.Try after x.Sleep: what TryAwait and CatchAwait of a sleep give.
func (x *Exec) Slept() (None, error) { return None{}, x.take() }

// take takes the error in flight away.
func (x *Exec) take() error {
	err := x.Err
	x.Err, x.inner = nil, nil
	x.sites = x.sites[:0]
	return err
}

// throwNext puts the cancellation in flight off: the next await of the task throws it, if it was not taken back by then.
func (x *Exec) throwNext() {
	x.task.cancelNext(x.take().(*CanceledError).Msg)
}

// stash takes the error in flight away with its traceback, for later.
func (x *Exec) stash() (*tracePart, error) {
	trace := x.traced()
	return trace, x.take()
}

// traced is the traceback of the error in flight, to be kept.
func (x *Exec) traced() *tracePart {
	if len(x.sites) == 0 {
		return x.inner
	}
	return &tracePart{slices.Clone(x.sites), x.inner, x.holdsValue()}
}

// fail makes err, with the traceback it has so far, the error in flight.
func (x *Exec) fail(err error, trace *tracePart) {
	x.Err, x.inner = err, trace
	x.sites = x.sites[:0]
}

// Sleep suspends f for d; for d <= 0 for one turn through the ready queue, as asyncio.sleep(0).
func (x *Exec) Sleep(f Resumer, d time.Duration) Status {
	if d <= 0 {
		return x.Yield(f)
	}
	n := x.task
	n.leaf = f
	l := x.loop
	switch {
	case n.flags&mustCancel != 0: // its future is canceled as soon as it is waited for
		n.flags &^= mustCancel
		n.kill(n.message())
		l.push(n)
	default:
		n.phase = sleeping
		l.setTimer(n, after(l.now(), d))
	}
	return Suspended
}

// Suspend makes f, whose task waits in a line, the frame to resume.
func (x *Exec) Suspend(f Resumer) Status {
	x.task.leaf = f
	return Suspended
}

// Yield is Sleep(f, 0).
func (x *Exec) Yield(f Resumer) Status {
	n := x.task
	n.leaf = f
	x.ready.push(n)
	return Suspended
}

// message is that of the Cancel that is still to be thrown.
func (n *node) message() string {
	if r := n.rare(); r != nil {
		return r.msg
	}
	return ""
}

// begin starts to wait for aw on behalf of f: see Begin.
func (x *Exec) begin(f Resumer, aw interface{ core() *node }) Status {
	if n := aw.core(); n != nil {
		return x.wait(f, n)
	}
	c := aw.(Resumer)
	start(c.head(), c)
	c.head().parent = f
	return c.Resume(x)
}

// start notes that the coroutine c, whose head it is, is awaited or made a task: that happens once.
func start(h *link, c Resumer) {
	if h.started {
		panic(usedTwice(c))
	}
	h.started = true
	if watched.on.Load() {
		unwatch(h)
	}
}

// usedTwice says what is wrong with a coroutine that was started before.
func usedTwice(c Resumer) string {
	return fmt.Sprintf("rt: coroutine %s was already awaited: call the function again for another one", c.Info().Name)
}

// wait suspends f until on is done; it does not when on is done already.
func (x *Exec) wait(f Resumer, on *node) Status {
	if on.done() {
		x.failWith(on)
		return Done
	}
	n := x.task
	switch {
	case on == n:
		panic(fmt.Sprintf("rt: %s awaits itself", n.repr(nil)))
	case on.loop != n.loop:
		on.checkMade()
		panic(fmt.Sprintf("rt: %s awaits a future of another loop: use Submit", n.repr(nil)))
	}
	n.leaf = f
	n.phase, n.on = waiting, unsafe.Pointer(on)
	on.keepWaiting(n)
	if n.flags&mustCancel != 0 && on.cancel(n.message()) {
		n.flags &^= mustCancel
	}
	return Suspended
}

// failWith makes the error that on ended with, if any, the error in flight.
func (x *Exec) failWith(on *node) {
	if err := on.failure(); err != nil {
		x.fail(err, on.trace())
	}
}

// trace is the async traceback that was kept beside n's error.
func (n *node) trace() *tracePart {
	if r := n.rare(); r != nil {
		return r.trace
	}
	return nil
}

// run does what it means that the ready queue has come to n.
func (l *Loop) run(n *node) {
	x := &l.exec
	switch n.phase {
	case runnable, attending, called, woken, throwing, calledOff, fresh:
	case waiting:
		on := n.awaited()
		n.on = nil
		switch {
		case on.state != finished:
			x.failWith(on)
		case on.flags&mustCancel != 0 && n.flags&mustCancel == 0:
			n.askAgain(on)
			l.step(n)
			return
		}
	case due:
		n.phase = woken
		l.push(n)
		return
	case revoked:
		n.phase = killed
		return
	case killed, dismissed:
		x.Err = n.killedError()
	case callback:
		n.phase, n.next, n.on = idle, nil, nil
		x.task, x.call = nil, n
		n.leaf.Resume(x)
		x.call = nil // it would be kept until the next one
		return
	case reporting:
		n.phase, n.next, n.on = ended, nil, nil
		x.task, x.call = nil, n
		n.root().head().parent.Resume(x)
		x.call = nil
		return
	default: // a canceled timer
		n.next, n.on = nil, nil
		return
	}
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		if !x.Canceled() {
			x.fail(n.canceledError(), nil)
		}
	}
	first := n.phase == fresh
	n.phase = runnable
	if first && x.Err != nil { // canceled before it began: nothing of it runs
		x.task = n
		x.Trace(n.leaf, 0)
		l.finish(n, n.leaf.head())
		return
	}
	l.step(n)
}

// killedError is what a canceled sleep throws.
func (n *node) killedError() error {
	if r := n.rare(); r != nil {
		return &CanceledError{Msg: r.killed}
	}
	return &CanceledError{}
}

// step resumes n: its innermost frame and, as long as frames end, the one that awaits it. It costs the
// same however deep the task stands.
func (l *Loop) step(n *node) {
	x := &l.exec
	x.task = n
	for f := n.leaf; f.Resume(x) == Done; f = n.leaf {
		h := headOf(f)
		if h.root {
			l.finish(n, h)
			return
		}
		n.leaf = h.parent
	}
}

// overseer is the parent of a task's root: who made the task in order to hear of its end.
type overseer interface {
	Resumer

	// mustHear is called when the task ends, well or not, and says whether the parent is to be resumed, in a
	// turn of its own like every callback.
	mustHear(well bool) bool
}

// finish ends the task n, whose root has ended: with x.Err, or with the value in its frame.
func (l *Loop) finish(n *node, root *link) {
	n.phase = ended
	l.tasks.forget(n)
	if l.exec.Err != nil || n.side != nil || n.flags&^seen != isTask || root.parent != nil || l.debug {
		l.finishWithNews(n, root)
		return
	}
	n.state, n.next, n.on = finished, nil, nil
	if root.recycled {
		l.recycle(n, root)
	}
}

// finishWithNews is finish when there may be somebody to be told of it, or something to be told. Who made the task in
// order to hear of its end hears of it first.
func (l *Loop) finishWithNews(n *node, root *link) {
	x := &l.exec
	if r := n.rare(); r != nil {
		r.endContext(errTaskEnded)
	}
	well := x.Err == nil && (n.flags&mustCancel == 0 || n.isLate())
	if maker := root.parent; maker != nil && maker.(overseer).mustHear(well) {
		n.phase = reporting
		l.push(n)
	} else {
		n.next, n.on = nil, nil // a chain of what is done would keep all of it alive
	}
	switch {
	case well:
		n.complete(finished)
	case x.Err == nil: // canceled right before it ended
		n.flags &^= mustCancel
		n.complete(canceled)
	default:
		s := failed
		r := n.extra()
		if x.Canceled() {
			s, r.msg = canceled, ""
		}
		r.trace, r.err = x.stash()
		letGo(n.leaf) // it may have been canceled before it began
		n.complete(s)
	}
}
