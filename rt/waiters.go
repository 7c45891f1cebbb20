package rt

import (
	"fmt"
	"strings"
	"unsafe"
)

// A wait in line is no frame: the frame of who waits is the task's innermost one (Suspend). What is left to do when the
// task has its turn, generated code does first (Turn, Again), with what the wait keeps in that frame.

// line is those who wait for a lock, an event or a queue, first come, first served: asyncio's deque of futures. Tasks
// are linked as in the ready queue. Who is woken leaves; who is canceled has a stand-in until its turn. A lock begins with
// its line, so that a wait finds it.
type line struct {
	loop        *Loop     // the first one on which somebody has waited: asyncio's mixins._LoopBoundMixin
	info        *FuncInfo // the call that waits here
	first, last *node
	gone        *node // a stand-in before which, from the first on, are only stand-ins, see firstWaiting; nil: none is known
	coming      int   // those that were woken and have not had their turn, where that counts
}

// place is a task's place in a line; node.on points to it.
type place struct {
	line   *line
	before *node // in the line; nil: it is the first
}

// waiter is a place in the line of a lock or queue. It is used again when its call waits once more.
type waiter struct {
	place
	standIn *node // what stands in the line since the wait was canceled; its phase is idle as long as it does
}

// inLine says whether n stands in a line, or was woken there and has not had its turn.
func (n *node) inLine() bool {
	switch n.phase {
	case lined, attending, called, calledOff, dismissed:
		return true
	}
	return false
}

// standing is the place of a task that is in line, or of a stand-in.
func (n *node) standing() *place { return (*place)(n.on) }

// bind panics when q is bound to another loop; info is the call that waits in it.
func (q *line) bind(x *Exec, info *FuncInfo) {
	if q.loop != x.loop {
		q.rebind(x, info)
	}
}

// rebind is apart so that bind, which has nothing to do but once, is inlined.
//
//go:noinline
func (q *line) rebind(x *Exec, info *FuncInfo) {
	if q.loop != nil {
		what, _, _ := strings.Cut(info.Name, ".")
		panic(fmt.Sprintf("rt: the %s is bound to another loop", what))
	}
	q.loop, q.info = x.loop, info
}

// remove takes n out.
func (q *line) remove(n *node) {
	p := n.standing()
	before := p.before
	if n == q.gone {
		q.gone = before
	}
	if before == nil {
		q.first = n.next
	} else {
		p.before, before.next = nil, n.next
	}
	if n.next == nil {
		q.last = before
	} else {
		n.next.standing().before = before
	}
}

// pop takes the first out.
func (q *line) pop() *node {
	n := q.first
	if n == q.gone {
		q.gone = nil
	}
	if q.first = n.next; q.first == nil {
		q.last = nil
	} else {
		q.first.standing().before = nil
	}
	return n
}

// in is a waiter that is to stand in the line q.
func in(q *line) waiter { return waiter{place: place{line: q}} }

// wait makes the task that runs, whose waiter w is, wait at the end of the line q. Its innermost frame is then for
// Suspend to say.
func (w *waiter) wait(x *Exec, q *line) Status {
	w.stand(x.task, q)
	if n := x.task; n.flags&mustCancel != 0 {
		n.dismissAtOnce()
	}
	return Suspended
}

// calm says that wait is no more than stand, which is inlined.
func (q *line) calm(x *Exec) bool { return q.loop == x.loop && x.task.flags&mustCancel == 0 }

// stand puts n at the end of the line q.
func (w *waiter) stand(n *node, q *line) Status {
	last := q.last
	n.phase = lined
	if w.line != q { // else a store would only delay who asks for it next
		w.line = q
	}
	n.on, n.next, q.last = unsafe.Pointer(w), nil, n
	if last == nil {
		q.first = n
	} else {
		last.next, w.before = n, last
	}
	return Suspended
}

// dismissAtOnce cancels a wait in line that has just begun.
//
//go:noinline
func (n *node) dismissAtOnce() {
	n.flags &^= mustCancel
	n.standInLine()
	n.dismiss(n.message())
}

// standInLine puts another node where n, which is canceled, stands.
func (n *node) standInLine() {
	w := (*waiter)(n.on)
	q, other := w.line, &node{phase: idle, next: n.next, on: n.on}
	if w.standIn = other; w.before == nil {
		q.first = other
	} else {
		w.before.next = other
	}
	if q.last == n {
		q.last = other
	} else {
		n.next.standing().before = other
	}
}

// dismiss ends n's wait in a line, in which it does not stand any more, with a cancellation.
func (n *node) dismiss(msg string) {
	n.kill(msg)
	n.phase = dismissed
	n.loop.push(n)
}

// leave ends w's wait, when its task has its turn, and says whether it was woken and not canceled. If the task was
// canceled afterwards, somebody else is to be woken in its place.
func (w *waiter) leave() (woken bool) {
	n := w.standIn
	if n == nil {
		return true
	}
	if w.standIn = nil; n.phase == idle {
		w.line.remove(n)
	}
	return false
}

// wake lets n, which was taken out of the line, go on.
func (q *line) wake(n *node) {
	n.phase = called
	q.loop.push(n)
}

// check is debug mode's look at who wakes somebody. It is apart, so that the others are small.
//
//go:noinline
func (q *line) check() {
	q.loop.checkGoroutine("what wakes a task that waits for a lock or queue")
}

// release takes the first out of the line and wakes it; stand-ins before it only leave. This is Queue._wakeup_next.
func (q *line) release() {
	if q.loop.debug {
		q.check()
	}
	for q.first != nil {
		n := q.pop()
		if n.phase == lined {
			q.wake(n)
			return
		}
		n.phase = ended
	}
}

// releaseOnly is release if there is only one in the line, as most often, and no more to do than that. It is inlined.
func (q *line) releaseOnly() bool {
	n, l := q.first, q.loop
	if n.next != nil || n.phase != lined || l.debug {
		return false
	}
	n.phase = called
	r := &l.exec.ready
	q.first, q.last, *r.tail, r.tail = nil, nil, n, &n.next
	return true
}

// call wakes up to most that are neither woken nor canceled, and says how many. They count as coming.
func (q *line) call(most int) (woken int) {
	if q.first != nil && q.loop.debug {
		q.check()
	}
	for ; woken < most; woken++ {
		n := q.firstWaiting()
		if n == nil {
			break
		}
		q.remove(n)
		q.wake(n)
	}
	q.coming += woken
	return woken
}

// firstWaiting is the first in the line that was not canceled. Each stand-in is passed once: that those before q.gone
// are stand-ins stays true, since who comes stands at the end.
func (q *line) firstWaiting() *node {
	n := q.first
	if q.gone != nil {
		n = q.gone.next
	}
	for ; n != nil && n.phase != lined; n = n.next {
		q.gone = n
	}
	return n
}

// leaveCalled is leave for a line that counts who is coming.
func (w *waiter) leaveCalled() (woken bool) {
	if woken = w.leave(); woken {
		w.line.coming--
	}
	return woken
}

// allCanceled says that nobody is in the line, or on the way from it, who was not canceled.
func (q *line) allCanceled() bool { return q.firstWaiting() == nil && q.coming == 0 }

// count is the length of asyncio's deque.
func (q *line) count() int {
	count := q.coming
	for n := q.first; n != nil; n = n.next {
		count++
	}
	return count
}

// lineCall is a call that waits in line and that somebody keeps: a frame around the wait, a W.
type lineCall[T, W any, P interface {
	*W
	lineWait[T]
}] struct {
	Frame[T]
	wait W
}

// lineWait is such a wait. It knows its line, and what else there is, before it begins.
type lineWait[T any] interface {
	begin(x *Exec) Status
	again(x *Exec) Status
	value() T
	info() *FuncInfo
}

// Info describes the call to tracebacks.
func (f *lineCall[T, W, P]) Info() *FuncInfo { return P(&f.wait).info() }

// Resume goes on with the call.
func (f *lineCall[T, W, P]) Resume(x *Exec) Status {
	w := P(&f.wait)
	if f.State == Start {
		f.State = 1
		if w.begin(x) == Suspended {
			return x.Suspend(f)
		}
	} else if w.again(x) == Suspended {
		return Suspended
	}
	f.Value = w.value()
	return Done
}

// describe is the text of what so many wait for, and which is in that state, as Python's repr has it without
// module and address: <Lock [locked, waiters:2]>
func describe(what, state string, waiting int) string {
	if waiting > 0 {
		state = fmt.Sprintf("%s, waiters:%d", state, waiting)
	}
	return fmt.Sprintf("<%s [%s]>", what, state)
}

// lockedness is the state of a lock in a text.
func lockedness(locked bool) string {
	if locked {
		return "locked"
	}
	return "unlocked"
}

// noCopy makes go vet find copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
