package rt

import "time"

// Nothing here waits for several futures itself: each of them calls back, in a turn of its own, and
// the callback that finds enough of them done completes one future more, for which the task waits.
// These turns are asyncio's, and count.

// When says when Wait ends: asyncio's return_when.
type When int

const (
	AllCompleted   When = iota // when all are done
	FirstCompleted             // when the first one is done
	FirstError                 // when the first one has failed, or all are done: FIRST_EXCEPTION
)

// Waited is what Wait gives, both in the order of the arguments.
type Waited[F AnyFuture] struct{ Done, Pending []F }

// Wait waits for some or all of fs and says which are done: asyncio.wait. It cancels none of them
// and does not fail when the time is over. NoTimeout waits for as long as it takes.
//
// Futures of one type need no type argument; Wait[rt.AnyFuture](…) takes a mixture. Without any
// future it panics.
func Wait[F AnyFuture](when When, timeout time.Duration, fs ...F) Coro[Waited[F]] {
	return New(&wait[F]{when: when, timeout: timeout, fs: fs})
}

// wait is a call of Wait. The futures' callbacks complete waiter, the future that the task waits for.
type wait[F AnyFuture] struct {
	Frame[Waited[F]]
	when      When
	timeout   time.Duration
	fs        []F
	callbacks []doneCallback[*node]
	left      int // how many are not done
	waiter    node
	timer     *Timer
}

var waitInfo = FuncInfo{Name: "Wait"}

func (*wait[F]) Info() *FuncInfo { return &waitInfo }

func (f *wait[F]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		f.begin(x)
		return x.wait(f, &f.waiter)
	}
	f.end()
	if x.Err != nil {
		return Done
	}
	for _, a := range f.fs {
		if a.core().done() {
			f.Value.Done = append(f.Value.Done, a)
		} else {
			f.Value.Pending = append(f.Value.Pending, a)
		}
	}
	return Done
}

// begin sets the timer and tells the futures whom to call.
func (f *wait[F]) begin(x *Exec) {
	switch {
	case len(f.fs) == 0:
		panic("rt.Wait: no futures")
	case f.when < AllCompleted || f.when > FirstError:
		panic("rt.Wait: invalid When")
	}
	f.waiter.loop = x.loop
	if f.timeout != NoTimeout {
		f.timer = x.loop.CallLater(f.timeout, f.release)
	}
	f.fs = f.withoutDuplicates()
	f.left = len(f.fs)
	f.callbacks = make([]doneCallback[*node], f.left)
	ended := f.ended
	for i, a := range f.fs {
		n := a.core()
		x.checkOwn(n)
		f.callbacks[i] = doneCallback[*node]{of: n, call: ended, on: &f.waiter}
		n.tell(&f.callbacks[i])
	}
}

// withoutDuplicates is the set of the futures, in the order of the arguments.
func (f *wait[F]) withoutDuplicates() []F {
	known := distinct{of: func(i int) identity { return identity{future: f.fs[i].core()} }}
	set := make([]F, 0, len(f.fs))
	for i, a := range f.fs {
		if known.first(i) == i {
			set = append(set, a)
		}
	}
	known.end(len(f.fs))
	return set
}

// ended is called when the future n is done; also after the wait has ended, when the call was on its
// way already.
func (f *wait[F]) ended(n *node) {
	f.left--
	if f.left <= 0 || f.when == FirstCompleted || f.when == FirstError && n.hasFailed() {
		if f.timer != nil {
			f.timer.Cancel()
		}
		f.release()
	}
}

// hasFailed says whether n has ended with an error, and counts as a look at it.
func (n *node) hasFailed() bool {
	if n.state != failed {
		return false
	}
	n.look()
	return true
}

// release ends the wait.
func (f *wait[F]) release() {
	if !f.waiter.done() {
		f.waiter.complete(finished)
	}
}

// end takes the timer and the callbacks back.
func (f *wait[F]) end() {
	if f.timer != nil {
		f.timer.Cancel()
	}
	for i := range f.callbacks {
		c := &f.callbacks[i]
		c.of.untell(c)
	}
}

// WaitFor waits for aw, at most for d: asyncio.wait_for. When the time is over it cancels aw, waits
// until that has ended, and fails with ErrTimeout; what aw gives in spite of that is the result.
// With 0 and less a coroutine does not even begin. NoTimeout waits for as long as it takes.
//
// A coroutine runs in the task that awaits WaitFor: it is WithTimeout around an await.
func WaitFor[T any](aw Awaitable[T], d time.Duration) Coro[T] {
	aw, d = inTime(aw, d)
	return New(&TimedCall[T]{info: &waitForInfo, limit: d, aw: aw})
}

// inTime is what a WaitFor really waits for, and for how long.
func inTime[T any](aw Awaitable[T], d time.Duration) (Awaitable[T], time.Duration) {
	if d > 0 {
		return aw, d
	}
	return &overdue[T]{aw: aw}, NoTimeout
}

var waitForInfo = FuncInfo{Name: "WaitFor", Defers: true}

// overdue is a WaitFor without any time: it takes what is done, and cancels the rest.
type overdue[T any] struct {
	Frame[T]
	aw     Awaitable[T]
	future Finished[T]
	ended  doneCallback[*node]
	waiter node
}

func (*overdue[T]) Info() *FuncInfo { return &waitForInfo }

func (f *overdue[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		f.future = ensureFuture(x, f.aw)
		if n := f.future.core(); !n.done() {
			return f.cancelAndWait(x, n)
		}
		return f.take(x)
	}
	f.ended.of.untell(&f.ended) // it may be canceled while it waits
	if x.Err != nil {
		return Done
	}
	if f.take(x); x.Canceled() {
		x.Err = timeoutFor(x.Err)
	}
	return Done
}

// cancelAndWait is asyncio's _cancel_and_wait. It waits for a future of its own, so that a
// cancellation of the waiting task ends the wait and does not ask n again.
func (f *overdue[T]) cancelAndWait(x *Exec, n *node) Status {
	f.waiter.loop = x.loop
	f.ended = doneCallback[*node]{of: n, on: &f.waiter, call: func(*node) {
		if !f.waiter.done() {
			f.waiter.complete(finished)
		}
	}}
	n.tell(&f.ended)
	n.cancel("")
	return x.wait(f, &f.waiter)
}

// take ends f as the future has ended.
func (f *overdue[T]) take(x *Exec) Status {
	if x.failWith(f.future.core()); x.Err == nil {
		f.Value = f.future.result()
	}
	return Done
}
