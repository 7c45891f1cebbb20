package rt

import "fmt"

// waiter is a place in a line: the future that asyncio's locks and queues make for each wait. It lies
// in the frame of the coroutine that waits, and is used again when that waits once more.
type waiter struct {
	fut           node
	line          *waiters // where it stands; nil: nowhere
	before, after *waiter
}

// wait makes f, whose waiter w is, wait at the end of the line q.
func (w *waiter) wait(x *Exec, f Resumer, q *waiters) Status {
	w.fut = node{loop: x.loop}
	q.add(w)
	return x.wait(f, &w.fut)
}

// leave takes w out of its line, if it stands in one.
func (w *waiter) leave() {
	if w.line != nil {
		w.line.remove(w)
	}
}

// wake lets the one who waits go on. It must not have been woken or canceled before.
func (w *waiter) wake() { w.fut.complete(finished) }

// woken says whether w was woken, and not canceled. Its task may be canceled all the same, before
// it has its turn; then somebody else is to be woken in its place.
func (w *waiter) woken() bool { return w.fut.state == finished }

// waiters is a line of those who wait, first come, first served: asyncio's deque of futures. Who is
// woken or canceled stands in it until its task has its turn, as there.
type waiters struct {
	first, last *waiter
	count       int
}

func (q *waiters) add(w *waiter) {
	w.line, w.before, w.after = q, q.last, nil
	if q.last == nil {
		q.first = w
	} else {
		q.last.after = w
	}
	q.last = w
	q.count++
}

func (q *waiters) remove(w *waiter) {
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
	w.line, w.before, w.after = nil, nil, nil
	q.count--
}

// allCanceled says that nobody is left in the line who was not canceled.
func (q *waiters) allCanceled() bool {
	for w := q.first; w != nil; w = w.after {
		if w.fut.state != canceled {
			return false
		}
	}
	return true
}

// wake wakes up to n that are neither woken nor canceled, and says how many.
func (q *waiters) wake(n int) int {
	woken := 0
	for w := q.first; w != nil && woken < n; w = w.after {
		if !w.fut.done() {
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
		q.remove(w)
		if !w.fut.done() {
			w.wake()
			return
		}
	}
}

// bound is the loop of a lock or queue: the first one on which somebody has waited for it. It is
// asyncio's mixins._LoopBoundMixin.
type bound struct{ loop *Loop }

// bind panics when what is bound to another loop.
func (b *bound) bind(x *Exec, what string) {
	if b.loop == nil {
		b.loop = x.loop
	}
	if b.loop != x.loop {
		panic(fmt.Sprintf("rt: the %s is bound to another loop", what))
	}
}

// noCopy makes go vet find copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
