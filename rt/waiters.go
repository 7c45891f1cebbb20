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
	place() *waiter
	line() *waiters
}

func (w *waiter) place() *waiter { return w }

// wait makes the task of f, whose waiter w is, wait at the end of the line q.
func (w *waiter) wait(x *Exec, f Resumer, q *waiters) Status {
	n := x.task
	n.leaf, n.phase = f, lined
	w.task, w.state = n, hoping
	q.add(w)
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		w.cancel(n.message())
	}
	return Suspended
}

// wake lets the one who waits go on. It must not have been woken or canceled before.
func (w *waiter) wake() {
	if w.task.loop.debug {
		w.task.loop.checkGoroutine("what wakes a task that waits for a lock or queue")
	}
	w.state = served
	w.task.phase = woken
	w.task.loop.push(w.task)
}

// cancel ends the wait with a cancellation.
func (w *waiter) cancel(msg string) {
	w.state = gone
	w.task.kill(msg)
	w.task.loop.push(w.task)
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

func (q *waiters) add(w *waiter) {
	w.before, w.after, w.standing = q.last, nil, true
	if q.last == nil {
		q.first = w
	} else {
		q.last.after = w
	}
	q.last = w
	q.count++
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
		next := w.after
		if q.first = next; next == nil {
			q.last = nil
		} else {
			next.before = nil
		}
		w.after, w.standing = nil, false
		q.count--
		if w.state == hoping {
			w.wake()
			return
		}
	}
}

// dismiss wakes all and leaves the line empty.
func (q *waiters) dismiss() {
	w := q.first
	*q = waiters{}
	for w != nil {
		next := w.after
		w.before, w.after, w.standing = nil, nil, false
		if w.state == hoping {
			w.wake()
		}
		w = next
	}
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
