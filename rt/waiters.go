package rt

import "fmt"

// waiter is a place in a line: what the future is that asyncio's locks and queues make for each wait. It
// is part of the frame of the call that waits, and is used again when that waits once more.
type waiter struct {
	task          *node
	before, after *waiter
	standing      bool // it is in the line
	state         waiterState
}

type waiterState uint8

const (
	hoping waiterState = iota
	served             // it was woken; its task may be canceled all the same, before it has its turn
	gone               // it was canceled
)

// inLine is a frame that holds a place in a line.
type inLine interface {
	// over says that the wait is over, although its task n has still the phase lined.
	over() bool

	// line is the line, to be compared.
	line() any

	// cancelWait ends the wait with a cancellation.
	cancelWait(n *node, msg string)
}

func (*waiter) over() bool { return false }

// wait makes the task of f, whose waiter w is, wait at the end of the line q.
func (w *waiter) wait(x *Exec, f Resumer, q *waiters) Status {
	n := x.task
	n.leaf, n.phase = f, lined
	w.task = n
	if last := q.last; last == nil { // it has neither neighbor, see remove and release
		q.first, q.last = w, w
	} else {
		w.before, last.after, q.last = last, w, w
	}
	w.state, w.standing = hoping, true
	q.count++
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		w.cancelWait(n, n.message())
	}
	return Suspended
}

// wake lets the one who waits go on. It must not have been woken or canceled before.
func (w *waiter) wake() {
	n := w.task
	l := n.loop
	if l.debug {
		l.checkGoroutine("what wakes a task that waits for a lock or queue")
	}
	w.state = served
	n.phase = woken
	l.push(n)
}

func (w *waiter) cancelWait(n *node, msg string) {
	w.state = gone
	n.kill(msg)
	n.loop.push(n)
}

// woken says whether w was woken, and not canceled. If its task was canceled afterwards, somebody else
// is to be woken in its place.
func (w *waiter) woken() bool { return w.state == served }

// waiters is a line of those who wait, first come, first served: asyncio's deque of futures. Who is
// woken or canceled stands in it until its task has its turn, as there.
type waiters struct {
	first, last *waiter
	count       int
}

// remove takes w out, if it stands in the line.
func (q *waiters) remove(w *waiter) {
	if !w.standing {
		return
	}
	if w.before == nil {
		q.first = w.after
	} else {
		w.before.after = w.after
	}
	if w.after == nil {
		q.last = w.before
	} else {
		w.after.before = w.before
	}
	w.before, w.after, w.standing = nil, nil, false
	q.count--
}

// allCanceled says that nobody is left in the line who was not canceled.
func (q *waiters) allCanceled() bool {
	for w := q.first; w != nil; w = w.after {
		if w.state != gone {
			return false
		}
	}
	return true
}

// wake wakes up to n that are neither woken nor canceled, and says how many.
func (q *waiters) wake(n int) int {
	woken := 0
	for w := q.first; w != nil && woken < n; w = w.after {
		if w.state == hoping {
			w.wake()
			woken++
		}
	}
	return woken
}

// release takes the first out of the line and wakes it; those that are done already it only takes
// out. This is Queue._wakeup_next.
func (q *waiters) release() {
	for w := q.first; w != nil; w = q.first {
		if q.first = w.after; q.first == nil {
			q.last = nil
		} else {
			q.first.before, w.after = nil, nil
		}
		w.standing = false
		q.count--
		if w.state == hoping {
			w.wake()
			return
		}
	}
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

// bound is the loop of a lock or queue: the first one on which somebody has waited for it. It is
// asyncio's mixins._LoopBoundMixin.
type bound struct{ loop *Loop }

// bind panics when what is bound to another loop.
func (b *bound) bind(x *Exec, what string) {
	if b.loop != x.loop {
		b.rebind(x, what)
	}
}

// rebind is apart so that bind, which has nothing to do but once, is inlined.
//
//go:noinline
func (b *bound) rebind(x *Exec, what string) {
	if b.loop != nil {
		panic(fmt.Sprintf("rt: the %s is bound to another loop", what))
	}
	b.loop = x.loop
}

// noCopy makes go vet find copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
