package rt

import "math"

// Condition is asyncio.Condition: tasks wait, with a lock in hand, for others to say that something
// has changed. NewCondition makes one.
type Condition struct {
	lock    *Lock
	waiters line
}

// NewCondition makes a condition on l; nil gives it a lock of its own. Several conditions may share a
// lock.
func NewCondition(l *Lock) *Condition {
	if l == nil {
		l = new(Lock)
	}
	return &Condition{lock: l}
}

// Acquire acquires the condition's lock.
func (c *Condition) Acquire() Coro[None] { return c.lock.Acquire() }

// Release releases the condition's lock.
func (c *Condition) Release() { c.lock.Release() }

// Locked says whether somebody has the condition's lock.
func (c *Condition) Locked() bool { return c.lock.locked }

// String describes the condition as Python's repr does: <Condition [locked, waiters:2]>. The waiters are
// those of Wait, not those of Acquire.
func (c *Condition) String() string {
	return describe("Condition", lockedness(c.lock.locked), c.waiters.count())
}

// Wait releases the lock, waits to be notified and acquires the lock again: Condition.wait. A
// cancellation comes out only when the lock is acquired again, and notifies somebody else: so a Wait
// may end without a reason, and belongs in a loop. See WaitFor. Wait panics when nobody has the
// lock.
func (c *Condition) Wait() Coro[None] { return New(&ConditionWait{c: c}) }

// WaitFor waits until predicate is true, which it asks at first and after each notification, with the
// lock in hand: Condition.wait_for.
func (c *Condition) WaitFor(predicate func() bool) Coro[None] {
	f := new(ConditionWaitFor)
	f.set(c, predicate)
	return New(f)
}

// Notify wakes up to n of those who wait: Condition.notify. They go on when they have the lock, so
// the caller, who has it, should release it. Notify panics when nobody has the lock.
func (c *Condition) Notify(n int) {
	if !c.lock.locked {
		panic("rt: Condition.Notify: the lock is not acquired")
	}
	c.waiters.call(n)
}

// NotifyAll wakes all who wait: Condition.notify_all.
func (c *Condition) NotifyAll() { c.Notify(math.MaxInt) }

// ConditionWait is a call of Condition.Wait: generated code holds it in the caller's frame.
type ConditionWait struct {
	Frame[None]
	waiter
	c       *Condition
	acquire LockAcquire
	err     error // the last cancellation, kept until the lock is acquired again
	trace   *tracePart
}

var conditionWaitInfo = FuncInfo{Name: "Condition.Wait"}

// Info describes the call to tracebacks.
func (*ConditionWait) Info() *FuncInfo { return &conditionWaitInfo }

// Begin begins a call of c.Wait.
func (f *ConditionWait) Begin(x *Exec, c *Condition) Status {
	f.State, f.c = Start, c
	f.err, f.trace = nil, nil
	return f.Resume(x)
}

// Resume goes on with the call.
func (f *ConditionWait) Resume(x *Exec) Status {
	c := f.c
	if f.State == Start {
		if !c.lock.locked {
			panic("rt: Condition.Wait: the lock is not acquired")
		}
		c.waiters.bind(x, &conditionWaitInfo)
		c.Release()
		f.State = 1
		f.wait(x, &c.waiters)
		return x.Suspend(f)
	}
	// State 1: woken, or canceled. State 2: the lock is acquired, or that was canceled; then it is
	// tried again.
	if f.State == 1 {
		f.leaveCalled()
	} else {
		f.acquire.Turn(x)
	}
	for f.State == 1 || x.Err != nil {
		if x.Err != nil {
			f.trace, f.err = x.stash()
		}
		f.State = 2
		if f.acquire.Begin(x, c.lock) == Suspended {
			return x.Suspend(f)
		}
	}
	if f.err != nil {
		x.fail(f.err, f.trace)
		f.err, f.trace = nil, nil
		c.waiters.call(1) // perhaps f was notified: somebody else is, then
	}
	return Done
}

// ConditionWaitFor is a call of Condition.WaitFor: generated code holds it in the caller's frame.
type ConditionWaitFor struct {
	Frame[None]
	c         *Condition
	predicate func() bool
	wait      ConditionWait
}

var conditionWaitForInfo = FuncInfo{Name: "Condition.WaitFor"}

// Info describes the call to tracebacks.
func (*ConditionWaitFor) Info() *FuncInfo { return &conditionWaitForInfo }

// Begin begins a call of c.WaitFor(predicate).
func (f *ConditionWaitFor) Begin(x *Exec, c *Condition, predicate func() bool) Status {
	f.set(c, predicate)
	return f.Resume(x)
}

func (f *ConditionWaitFor) set(c *Condition, predicate func() bool) {
	if predicate == nil {
		panic("rt: Condition.WaitFor: nil function")
	}
	f.State, f.c, f.predicate = Start, c, predicate
}

// Resume goes on with the call.
func (f *ConditionWaitFor) Resume(x *Exec) Status {
	for x.Err == nil && !f.predicate() {
		f.State = 1
		if f.wait.Begin(x, f.c) == Suspended {
			return Link(&f.wait, f)
		}
	}
	f.predicate = nil
	return Done
}
