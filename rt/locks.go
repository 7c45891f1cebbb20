package rt

import "unsafe"

// Locker is what `async with` takes: Lock, Condition, Semaphore and BoundedSemaphore.
type Locker interface {
	Acquire() Coro[None] // waits until the lock is free, and takes it
	Release()            // gives it back; misuse panics
}

// Lock is asyncio.Lock: it belongs to no task, and who waits for it gets it first come, first served.
// The zero Lock is unlocked and ready for use. It must not be copied.
//
// It is needed only around what awaits: between two awaits nothing else runs on the loop.
type Lock struct {
	_       noCopy
	waiters line
	locked  bool
}

// Acquire waits until the lock is unlocked, and locks it: Lock.acquire. A task that is canceled while
// it waits does not get the lock, and hands a wake-up that has reached it on to the next.
func (l *Lock) Acquire() Coro[None] {
	return New(&lineCall[None, LockAcquire, *LockAcquire]{wait: LockAcquire{in(&l.waiters)}})
}

// Release unlocks the lock and wakes the first who waits for it: Lock.release. The lock stays
// unlocked until that one has its turn, and nobody can get ahead of it. Release panics when the lock
// is not locked.
func (l *Lock) Release() {
	if !l.locked {
		panic("rt: Lock.Release: the lock is not acquired")
	}
	l.locked = false
	l.wakeFirst()
}

// Locked says whether somebody has the lock.
func (l *Lock) Locked() bool { return l.locked }

// String describes the lock as Python's repr does: <Lock [locked, waiters:2]>
func (l *Lock) String() string { return describe("Lock", lockedness(l.locked), l.waiters.count()) }

// wakeFirst makes sure that the first in the line wakes up.
func (l *Lock) wakeFirst() {
	if q := &l.waiters; q.coming == 0 && q.first != nil && q.first.phase == lined {
		q.call(1)
	}
}

// LockAcquire is a wait for a lock: generated code holds it in the frame of who waits.
type LockAcquire struct{ waiter }

var acquireInfo = FuncInfo{Name: "Lock.Acquire"}

func (w *LockAcquire) lock() *Lock { return (*Lock)(unsafe.Pointer(w.line)) }

// Begin begins a call of l.Acquire.
func (w *LockAcquire) Begin(x *Exec, l *Lock) Status {
	// To pass those that are canceled and still stand in the line is no injustice.
	if !l.locked && l.waiters.allCanceled() {
		l.locked = true
		return Done
	}
	l.waiters.bind(x, &acquireInfo)
	return w.wait(x, &l.waiters)
}

// BeginCondition begins a call of c.Acquire.
func (w *LockAcquire) BeginCondition(x *Exec, c *Condition) Status { return w.Begin(x, c.lock) }

// Turn goes on with the call when the task has its turn.
func (w *LockAcquire) Turn(x *Exec) {
	l := w.lock()
	w.leaveCalled()
	switch {
	case x.Err == nil:
		l.locked = true
	case !l.locked: // canceled, perhaps after it was woken: somebody else must wake up
		l.wakeFirst()
	}
}

func (w *LockAcquire) begin(x *Exec) Status { return w.Begin(x, w.lock()) }
func (*LockAcquire) value() (v None)        { return v }
func (*LockAcquire) info() *FuncInfo        { return &acquireInfo }

func (w *LockAcquire) again(x *Exec) Status {
	w.Turn(x)
	return Done
}

// Event is asyncio.Event: a flag that tasks can wait for. The zero Event is not set and ready for
// use. It must not be copied.
type Event struct {
	_     noCopy
	line  line   // all are woken by one move of the whole line to the ready queue; who is canceled leaves it
	moves uint32 // how often that was done
	set   bool
}

// Set sets the flag and wakes all who wait: Event.set. They have seen it set even if Clear comes
// before their turn.
func (e *Event) Set() {
	if !e.set {
		e.set = true
		e.wake()
	}
}

// wake moves the line to the ready queue. Nobody in it is touched.
func (e *Event) wake() {
	q := &e.line
	if q.first == nil {
		return
	}
	l := q.loop
	if l.debug {
		l.checkGoroutine("Event.Set")
	}
	e.moves++
	l.pushAll(q.first, q.last)
	q.first, q.last = nil, nil
}

// Clear resets the flag: Event.clear.
func (e *Event) Clear() { e.set = false }

// IsSet says whether the flag is set.
func (e *Event) IsSet() bool { return e.set }

// String describes the Event as Python's repr does: <Event [unset, waiters:1]>
func (e *Event) String() string {
	state := "unset"
	if e.set {
		state = "set"
	}
	return describe("Event", state, e.waiting())
}

// waiting counts the tasks whose wait has not ended: those in the line, and those on their way from it, which
// in asyncio leave it when they have their turn.
func (e *Event) waiting() int {
	l := e.line.loop
	if l == nil {
		return 0
	}
	count := 0
	for _, first := range []*node{e.line.first, l.todo, l.exec.ready.head} {
		for n := first; n != nil; n = n.next {
			if n.inLine() && n.standing().line == &e.line {
				count++
			}
		}
	}
	return count
}

// Wait waits until the flag is set; it does not suspend when it is already: Event.wait.
func (e *Event) Wait() Coro[None] {
	return New(&lineCall[None, EventWait, *EventWait]{wait: EventWait{place: place{line: &e.line}}})
}

// EventWait is a wait for an event: generated code holds it in the frame of who waits. There is nothing to do when it is
// over.
type EventWait struct {
	place
	moves uint32 // those of the event when it began to wait: one more, and it is woken
}

var eventWaitInfo = FuncInfo{Name: "Event.Wait"}

// attended is the wait of a task in phase attending.
func (n *node) attended() *EventWait { return (*EventWait)(n.on) }

func (w *EventWait) event() *Event { return (*Event)(unsafe.Pointer(w.line)) }

// Begin makes the task that runs wait for e at the end of the line, unless it is set.
func (w *EventWait) Begin(x *Exec, e *Event) Status {
	if e.set {
		return Done
	}
	return w.wait(x, e)
}

func (w *EventWait) wait(x *Exec, e *Event) Status {
	e.line.bind(x, &eventWaitInfo)
	n, q := x.task, &e.line
	n.phase, w.moves = attending, e.moves
	n.on, n.next, w.line, w.before = unsafe.Pointer(w), nil, q, q.last
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		n.dismiss(n.message())
		return Suspended
	}
	if w.before == nil {
		q.first = n
	} else {
		w.before.next = n
	}
	q.last = n
	return Suspended
}

// over says that the event was set, although the task has not had its turn.
func (w *EventWait) over() bool { return w.moves != w.event().moves }

func (w *EventWait) begin(x *Exec) Status { return w.Begin(x, w.event()) }
func (*EventWait) again(*Exec) Status     { return Done }
func (*EventWait) value() (v None)        { return v }
func (*EventWait) info() *FuncInfo        { return &eventWaitInfo }

// Holding acquires l, awaits what body gives, and releases l however that ends, by a panic too:
// `async with l: return await body()`. Without a closure the same is
//
//	rt.Await(l.Acquire())
//	defer l.Release()
func Holding[T any](l Locker, body func() Coro[T]) Coro[T] {
	if body == nil {
		panic("rt.Holding: nil function")
	}
	return New(&holding[T]{l: l, body: body})
}

// holding is a call of Holding. It is written as asyncgen would write it: its release is a deferred
// call.
type holding[T any] struct {
	Frame[T]
	defers Defers
	l      Locker
	body   func() Coro[T]
	call   Coro[T] // what body gave
}

var holdingInfo = FuncInfo{Name: "Holding", Defers: true}

func (*holding[T]) Info() *FuncInfo     { return &holdingInfo }
func (f *holding[T]) Deferred() *Defers { return &f.defers }

func (f *holding[T]) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	switch f.State {
	case Exit:
		goto exit
	case 1:
		goto acquired
	case 2:
		goto ended
	}
	if Begin(x, f, Awaitable[None](f.l.Acquire())) == Suspended {
		f.State = 1
		return Suspended
	}
acquired:
	if x.Err != nil {
		goto exit
	}
	f.defers.Push(func(x *Exec) {
		defer f.l.Release()
		x.Raise()
	})
	f.call = f.body()
	if Begin(x, f, Awaitable[T](f.call)) == Suspended {
		f.State = 2
		return Suspended
	}
ended:
	if x.Err == nil {
		f.Value = Value(Awaitable[T](f.call))
	}
exit:
	f.State = Exit
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	return f.defers.End(x)
}
