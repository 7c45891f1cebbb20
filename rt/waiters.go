package rt

import (
	"fmt"
	"strings"
	"unsafe"
)

// A wait in line is no frame: the frame of who waits is the task's innermost one. What is left to do when the task has
// its turn, generated code does first (Again, Turn), with what the wait keeps in that frame.

// line is those who wait for a lock, an event or a queue, first come, first served: asyncio's deque of futures. Tasks
// are linked as in the ready queue. Who is woken leaves; who is canceled has a stand-in until its turn.
type line struct {
	loop        *Loop     // the first one on which somebody has waited: asyncio's mixins._LoopBoundMixin
	info        *FuncInfo // the call that waits here
	first, last *node
	coming      int // those that were woken and have not had their turn, where that counts
}

// place is a task's place in a line; node.on points to it.
type place struct {
	line   *line
	before *node // in the line; of the first one any
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

// add puts n, whose place p is, at the end.
func (q *line) add(n *node, p *place) {
	if n.next, p.line = nil, q; q.first == nil {
		q.first = n
	} else {
		q.last.next, p.before = n, q.last
	}
	q.last = n
}

// remove takes n out.
func (q *line) remove(n *node) {
	p := n.standing()
	before := p.before
	if p.before = nil; q.first == n {
		q.first, before = n.next, nil
	} else {
		before.next = n.next
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
	if q.first = n.next; q.first == nil {
		q.last = nil
	}
	if p := n.standing(); p.before != nil {
		p.before = nil
	}
	return n
}

// wait makes the task of f, whose waiter w is, wait at the end of the line q.
func (w *waiter) wait(x *Exec, f Resumer, q *line) Status {
	n := x.task
	n.leaf, n.phase, n.on = f, lined, unsafe.Pointer(w)
	q.add(n, &w.place)
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		n.standInLine()
		n.dismiss(n.message())
	}
	return Suspended
}

// standInLine puts another node where n, which is canceled, stands.
func (n *node) standInLine() {
	w := (*waiter)(n.on)
	q, other := w.line, &node{phase: idle, next: n.next, on: n.on}
	if w.standIn = other; q.first == n {
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
	if q.loop.debug {
		q.loop.checkGoroutine("what wakes a task that waits for a lock or queue")
	}
	n.phase = called
	q.loop.push(n)
}

// release takes the first out of the line and wakes it; stand-ins before it only leave. This is Queue._wakeup_next.
func (q *line) release() {
	for q.first != nil {
		n := q.pop()
		if n.phase == lined {
			q.wake(n)
			return
		}
		n.phase = ended
	}
}

// call wakes up to most that are neither woken nor canceled, and says how many. They count as coming.
func (q *line) call(most int) (woken int) {
	for n := q.first; n != nil && woken < most; {
		next := n.next
		if n.phase == lined {
			q.remove(n)
			q.wake(n)
			woken++
		}
		n = next
	}
	q.coming += woken
	return woken
}

// leaveCalled is leave for a line that counts who is coming.
func (w *waiter) leaveCalled() (woken bool) {
	if woken = w.leave(); woken {
		w.line.coming--
	}
	return woken
}

// allCanceled says that nobody is in the line, or on the way from it, who was not canceled.
func (q *line) allCanceled() bool {
	for n := q.first; n != nil; n = n.next {
		if n.phase == lined {
			return false
		}
	}
	return q.coming == 0
}

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

// lineWait is such a wait. It knows its arguments before it begins.
type lineWait[T any] interface {
	begin(x *Exec, f Resumer) Status
	again(x *Exec, f Resumer) Status
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
		if w.begin(x, f) == Suspended {
			return Suspended
		}
	} else if w.again(x, f) == Suspended {
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
