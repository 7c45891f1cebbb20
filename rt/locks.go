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
	bound   bound
	waiters waiters
	locked  bool
}

// Acquire waits until the lock is unlocked, and locks it: Lock.acquire. A task that is canceled while
// it waits does not get the lock, and hands a wake-up that has reached it on to the next.
func (l *Lock) Acquire() Coro[None] { return New(&LockAcquire{l: l}) }

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
func (l *Lock) String() string { return describe("Lock", lockedness(l.locked), l.waiters.count) }

// wakeFirst makes sure that the first in the line wakes up.
func (l *Lock) wakeFirst() {
	if w := l.waiters.first; w != nil && w.state == hoping {
		w.wake()
	}
}

// LockAcquire is a call of Lock.Acquire: generated code holds it in the caller's frame.
type LockAcquire struct {
	Frame[None]
	waiter
	l *Lock
}

var acquireInfo = FuncInfo{Name: "Lock.Acquire"}

// Info describes the call to tracebacks.
func (*LockAcquire) Info() *FuncInfo { return &acquireInfo }

func (f *LockAcquire) line() any { return &f.l.waiters }

// Begin begins a call of l.Acquire.
func (f *LockAcquire) Begin(x *Exec, l *Lock) Status {
	f.State, f.l = Start, l
	return f.Resume(x)
}

// BeginCondition begins a call of c.Acquire.
func (f *LockAcquire) BeginCondition(x *Exec, c *Condition) Status { return f.Begin(x, c.lock) }

// Resume goes on with the call.
func (f *LockAcquire) Resume(x *Exec) Status {
	l := f.l
	if f.State == Start {
		// To pass those that are canceled and still stand in the line is no injustice.
		if !l.locked && l.waiters.allCanceled() {
			l.locked = true
			return Done
		}
		l.bound.bind(x, "Lock")
		f.State = 1
		return f.wait(x, f, &l.waiters)
	}
	l.waiters.remove(&f.waiter)
	if x.Err != nil { // canceled, perhaps after it was woken: somebody else must wake up
		if !l.locked {
			l.wakeFirst()
		}
		return Done
	}
	l.locked = true
	return Done
}

// Event is asyncio.Event: a flag that tasks can wait for. The zero Event is not set and ready for
// use. It must not be copied.
type Event struct {
	_     noCopy
	bound bound
	line  eventLine
	set   bool
}

// eventLine is the tasks that wait for an event, linked like the ready queue: all are woken by one move
// of the whole line to its end. Who is canceled leaves the line.
type eventLine struct {
	first, last *node
	moves       uint32 // how often that was done
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
	l := e.bound.loop
	if l.debug {
		l.checkGoroutine("Event.Set")
	}
	q.moves++
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
	l := e.bound.loop
	if l == nil {
		return 0
	}
	count := 0
	for _, first := range []*node{e.line.first, l.todo, l.exec.ready.head} {
		for n := first; n != nil; n = n.next {
			if (n.phase == attending || n.phase == dismissed) && n.attended().e == e {
				count++
			}
		}
	}
	return count
}

// Wait waits until the flag is set; it does not suspend when it is already: Event.wait.
func (e *Event) Wait() Coro[None] { return New(&eventCall{e: e}) }

// eventCall is a call of Event.Wait that somebody keeps.
type eventCall struct {
	Frame[None]
	e    *Event
	wait EventWait
}

var eventWaitInfo = FuncInfo{Name: "Event.Wait"}

// Info describes the call to tracebacks.
func (*eventCall) Info() *FuncInfo { return &eventWaitInfo }

// Resume goes on with the call.
func (f *eventCall) Resume(x *Exec) Status {
	if f.State != Start {
		return Done
	}
	f.State = 1
	return f.wait.Begin(x, f, f.e)
}

// EventWait is a wait for an event: generated code holds it in the frame of who waits. It is no frame itself: there is
// nothing to do when it is over.
type EventWait struct {
	e      *Event
	before *node  // in the line
	moves  uint32 // those of the line when it began to wait: one more, and it is woken
}

// Begin makes f wait for e at the end of the line, unless it is set.
func (w *EventWait) Begin(x *Exec, f Resumer, e *Event) Status {
	if e.set {
		return Done
	}
	return w.wait(x, f, e)
}

func (w *EventWait) wait(x *Exec, f Resumer, e *Event) Status {
	e.bound.bind(x, "Event")
	n, q := x.task, &e.line
	n.leaf, n.phase, n.on, n.next = f, attending, unsafe.Pointer(w), nil
	w.e, w.before, w.moves = e, q.last, q.moves
	if n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		n.dismiss(n.message())
		return Suspended
	}
	if q.last == nil {
		q.first = n
	} else {
		q.last.next = n
	}
	q.last = n
	return Suspended
}

// over says that the event was set, although the task has not had its turn.
func (w *EventWait) over() bool { return w.moves != w.e.line.moves }

func (w *EventWait) cancelWait(n *node, msg string) {
	q := &w.e.line
	if w.before == nil {
		q.first = n.next
	} else {
		w.before.next = n.next
	}
	if n.next == nil {
		q.last = w.before
	} else {
		n.next.attended().before = w.before
	}
	n.dismiss(msg)
}

// dismiss ends n's wait for an event, in whose line it does not stand, with a cancellation.
func (n *node) dismiss(msg string) {
	n.kill(msg)
	n.phase = dismissed
	n.loop.push(n)
}

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
