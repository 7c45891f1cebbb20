package rt

import (
	"context"
	"errors"
	"unsafe"
)

// A node is the part of a task, a future or a callback that does not depend on a type parameter:
// one kind of thing for the ready queue to link, for a task to wait for, and for cancel to walk
// along. A task uses all of it, a future no leaf, a callback only next, leaf, on and phase. What
// few of them need is in rare, made on demand: a task that sleeps or waits has none.
type node struct {
	next *node          // in the ready queue, among the waiters of what this task waits for, or in a line
	loop *Loop          //
	leaf Resumer        // a task's innermost frame, the one to resume; what a callback calls
	side unsafe.Pointer // those who wait for this one, see tail; when extended, the rare that has them
	on   unsafe.Pointer // what this task waits for, see awaited and standing; of a timer that is set see timers; of a callback see before

	slot    uint32 // place in Loop.tasks; of a task that is done its number: see name
	cancels uint8  // requests that Uncancel has not taken back; as many more are in rare
	phase   phase
	state   state
	flags   flags
}

// rare is what most nodes never need.
type rare struct {
	tail *node // see node.tail

	err    error      // how a failed or canceled one ended; a canceled one gives it to the first reader only
	trace  *tracePart // the async traceback that belongs to err
	name   string     // explicit name of a task, when it is named
	msg    string     // the message of the last Cancel
	killed string     // the message of the Cancel that ended a sleep or a wait in line

	vars *vars // the context variables of a task or callback; nil: none was ever set

	cancels int // requests to cancel above those that fit into node.cancels

	scope  *CancelScope // the innermost one that the task is in
	depth  uint32       // of the request of mustCancel: see request
	late   bool         // the request of mustCancel came too late for the last await, and leaves the task its value
	asked  bool         // who waits for the task has passed a request to cancel on to it
	named  bool         // name is set
	looked bool         // somebody has looked at err, see look

	// onCancel replaces the cancellation of a future, as _GatheringFuture.cancel does.
	onCancel func(msg string) bool

	ctx       context.Context // see Context; nil: nobody has asked for it
	cancelCtx context.CancelCauseFunc

	created callers // of a task in debug mode

	kind AnyFuture // of a failed future of a user: a nil pointer of its type
}

// phase says what a node does now, and so what it means that the ready queue reaches it.
type phase uint8

const (
	runnable  phase = iota // its step is on the stack, or it has only yielded, with Sleep(0)
	lined                  // it stands in line
	attending              // the same, in the line of an event; in the ready queue: that was set
	called                 // it was taken out of the line, the wake-up is in the ready queue
	woken                  // its sleep is over, the wake-up is in the ready queue
	throwing               // runnable or woken, and mustCancel
	calledOff              // called or attending, the event set, and mustCancel
	fresh                  // a task before its first step
	waiting                // for a node: among its waiters, or woken by it and in the ready queue
	sleeping               // its timer is set
	due                    // the timer's handle is in the ready queue
	revoked                // the same, but the sleep was canceled: the handle is skipped, the wake-up comes behind it
	killed                 // its sleep was canceled, the wake-up is in the ready queue
	dismissed              // its wait in line was canceled, the wake-up is in the ready queue
	callback               // leaf is to be called
	reporting              // a task that is done; who made it is to be told
	armed                  // the alarm of a Deadline, whose timer is set
	idle                   // a callback that is not scheduled
	ended                  // a task that is done
)

// state is the state of a future or task.
type state uint8

const (
	pending  state = iota
	finished       // with a value
	failed         // with rare.err
	canceled
)

// flags of a node.
type flags uint8

const (
	isTask     flags = 1 << iota
	mustCancel       // throw a CanceledError at the next step: asyncio's _must_cancel
	extended         // side is a rare
	seen             // somebody has looked at the error; of a task without one: has its handle, see handOut
	bridge           // a future from outside async code: another goroutine may complete it
	counted          // a pending bridge that somebody waits for: Loop.outside counts it
	passing          // it is passing a request to cancel on
	marked           // see distinct
)

// awaited is what a task in phase waiting waits for.
func (n *node) awaited() *node { return (*node)(n.on) }

// core makes a task or future an Awaitable and an AnyFuture.
func (n *node) core() *node { return n }

// tail is where the last of those who wait for n is kept. They are a ring, so that its next is the first.
func (n *node) tail() **node {
	if n.flags&extended != 0 {
		return &(*rare)(n.side).tail
	}
	return (**node)(unsafe.Pointer(&n.side))
}

// rare is what few nodes have; nil: n has none of it.
func (n *node) rare() *rare {
	if n.flags&extended == 0 {
		return nil
	}
	return (*rare)(n.side)
}

// extra is n.rare(), made when it is first needed.
func (n *node) extra() *rare {
	if n.flags&extended == 0 {
		n.side = unsafe.Pointer(&rare{tail: (*node)(n.side)})
		n.flags |= extended
	}
	return (*rare)(n.side)
}

// vars is the context variables of a task or callback; nil: none was ever set.
func (n *node) vars() *vars {
	if n.flags&extended == 0 {
		return nil
	}
	return (*rare)(n.side).vars
}

// setVars makes v the context variables of a task or callback that has none.
func (n *node) setVars(v *vars) {
	if v != nil {
		n.extra().vars = v
	}
}

func (n *node) done() bool { return n.state != pending }

// firstWaiter is the first of those who wait for n, nil if there is none.
func (n *node) firstWaiter() *node {
	if last := *n.tail(); last != nil {
		return last.next
	}
	return nil
}

// addWaiter puts the callback w at the end of those that n puts on the ready queue when it is done; at
// once, when it is done already.
func (n *node) addWaiter(w *node) {
	if n.done() {
		n.loop.push(w)
		return
	}
	w.on = unsafe.Pointer(*n.tail())
	n.keepWaiting(w)
}

// before is who stands before the callback n among those that wait for the same; nil: n is the first. A
// callback can be taken out again from any place, so it knows its neighbor; a task leaves with all others.
func (n *node) before() *node { return (*node)(n.on) }

// keepWaiting puts w, a task or a callback, at the end of those who wait for n, which is not done.
func (n *node) keepWaiting(w *node) {
	if n.flags&(bridge|counted) == bridge {
		n.flags |= counted
		n.loop.outside++
	}
	tail := n.tail()
	first := w
	if last := *tail; last != nil {
		first, last.next = last.next, w
	}
	w.next, *tail = first, w
}

// removeWaiter takes the callback w out again. When n is done, or w was taken out before, it does nothing.
func (n *node) removeWaiter(w *node) {
	if !n.done() && w.next != nil {
		n.unlink(w, w.before())
	}
}

// removeTask takes the task w out of those who wait for n. Only tasks that wait for each other in a ring need it.
func (n *node) removeTask(w *node) {
	last := *n.tail()
	before := last
	for before.next != w {
		before = before.next
	}
	if before == last { // w is the first
		before = nil
	}
	n.unlink(w, before)
}

// unlink takes w, who stands behind before, out of those who wait for n.
func (n *node) unlink(w, before *node) {
	tail := n.tail()
	last, next := *tail, w.next
	switch {
	case w == last && before == nil: // it was the only one
		*tail = nil
		n.uncount()
	case before == nil:
		last.next = next
	default:
		before.next = next
		if w == last {
			*tail = before
		}
	}
	if w != last && next.flags&isTask == 0 {
		next.on = unsafe.Pointer(before)
	}
	w.next = nil
	if w.flags&isTask == 0 {
		w.on = nil
	}
}

// uncount is called when nobody waits for n any more, which may be a bridge.
func (n *node) uncount() {
	if n.flags&counted != 0 {
		n.flags &^= counted
		n.loop.outside--
	}
}

// complete ends a pending future or task and puts all who wait for it on the ready queue, first
// come, first served.
func (n *node) complete(s state) {
	if n.loop.debug {
		n.loop.checkGoroutine("a future's SetResult or SetError")
	}
	n.state = s
	n.uncount()
	if s == failed {
		n.flags &^= seen
		n.loop.failures.add(n)
	}
	tail := n.tail()
	if last := *tail; last != nil {
		*tail = nil
		n.loop.pushAll(last.next, last)
	}
}

// cancel is Future.cancel, Task.cancel and what replaces them: it asks n to end with a
// CanceledError and says whether it took the request.
func (n *node) cancel(msg string) bool { return n.cancelFor(request{msg: msg}) }

// cancelFor is cancel, with what is known of who asks.
func (n *node) cancelFor(q request) bool {
	msg := q.msg
	if n.loop.watched {
		n.loop.watchCancel(n, msg)
	}
	n.look()
	if n.done() {
		return false
	}
	if n.flags&isTask != 0 {
		return n.cancelTask(q)
	}
	if r := n.rare(); r != nil && r.onCancel != nil {
		return r.onCancel(msg)
	}
	if msg != "" {
		n.extra().msg = msg
	}
	n.complete(canceled)
	return true
}

// cancelTask passes the request on to what the task waits for; where that takes none, the task's
// next step throws. The order matters: the task's wake-up takes the place in the ready queue of the
// Cancel, not of what it had waited for.
func (n *node) cancelTask(q request) bool {
	msg := q.msg
	if r := n.rare(); r != nil {
		if r.holdsBack(q) {
			return true
		}
		r.endContext(&CanceledError{Msg: msg})
		n.note(q)
	}
	n.countCancel()
	switch n.phase {
	case waiting:
		on := n.awaited()
		if on.flags&passing != 0 { // they wait for each other in a ring; Python overflows here
			on.removeTask(n)
			n.on = nil
			n.kill(msg)
			n.loop.push(n)
			return true
		}
		n.flags |= passing
		taken := on.cancel(msg)
		n.flags &^= passing
		if taken {
			on.passedOn()
			return true
		}
	case lined:
		n.standInLine()
		n.dismiss(msg)
		return true
	case attending:
		if w := n.attended(); !w.over() {
			w.line.remove(n)
			n.dismiss(msg)
			return true
		}
	case sleeping:
		n.loop.dropTimer(n)
		n.kill(msg)
		n.loop.push(n)
		return true
	case due:
		// The timer's handle is in the queue already and will find a canceled future. The
		// wake-up needs an entry of its own behind it.
		n.kill(msg)
		n.phase = revoked
		n.loop.push(&node{loop: n.loop, phase: callback, leaf: (*wakeUp)(n)})
		return true
	}
	n.flags |= mustCancel
	switch n.phase {
	case runnable, woken:
		n.phase = throwing
	case attending, called:
		n.phase = calledOff
	}
	if msg != "" || n.flags&extended != 0 {
		n.extra().msg = msg
	}
	return true
}

// kill makes the end of n's sleep, or of its wait in line, a cancellation.
func (n *node) kill(msg string) {
	n.phase = killed
	if msg != "" || n.flags&extended != 0 {
		n.extra().killed = msg
	}
}

// canceledError is what a reader of a canceled future gets: the first one the error itself that
// ended a task, later ones a new one (asyncio's _make_cancelled_error).
func (n *node) canceledError() error {
	r := n.rare()
	if r == nil {
		return &CanceledError{}
	}
	if err := r.err; err != nil {
		if errors.Unwrap(err) == nil { // who asks later is to hear of that, too
			r.err = nil
		}
		return err
	}
	return &CanceledError{Msg: r.msg}
}

// failWith ends n with err and the async traceback that belongs to it.
func (n *node) failWith(err error, trace *tracePart) {
	r := n.extra()
	r.err, r.trace = err, trace
	n.complete(failed)
}

// look notes that somebody has looked at how n has ended, or wants it to end: its error needs no report.
func (n *node) look() {
	n.flags |= seen
	if n.state == failed {
		(*rare)(n.side).looked = true
	}
}

// failure is the error that n ended with; nil: none, or it is pending.
func (n *node) failure() error {
	switch n.state {
	case failed:
		n.look()
		return (*rare)(n.side).err
	case canceled:
		return n.canceledError()
	}
	return nil
}

// wakeUp resumes a task from an entry of the ready queue that is not the task's own.
type wakeUp node

func (w *wakeUp) Resume(*Exec) Status {
	n := (*node)(w)
	n.loop.run(n)
	return Done
}

func (*wakeUp) Info() *FuncInfo { return nil }
func (*wakeUp) head() *link     { return nil }

// call makes a function something to put on the ready queue.
type call func()

func (f call) Resume(*Exec) Status {
	f()
	return Done
}

func (call) Info() *FuncInfo { return nil }
func (call) head() *link     { return nil }
