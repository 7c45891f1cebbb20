package rt

import "fmt"

// Semaphore is asyncio.Semaphore: a number of places that tasks take and give back. NewSemaphore
// makes one; the zero Semaphore has no places until Release adds one.
type Semaphore struct {
	_       noCopy
	bound   bound
	waiters waiters
	value   int
}

// NewSemaphore makes a semaphore with n places. It panics when n is negative.
func NewSemaphore(n int) *Semaphore {
	checkPlaces(n)
	return &Semaphore{value: n}
}

func checkPlaces(n int) {
	if n < 0 {
		panic("rt: a semaphore's initial value must not be negative")
	}
}

// Acquire waits until there is a place, and takes it: Semaphore.acquire. Who comes later never gets
// ahead, and a task that is canceled when a place was given to it hands it on.
func (s *Semaphore) Acquire() Coro[None] { return New(&SemaphoreAcquire{s: s}) }

// Release gives a place back and wakes the first who waits for one: Semaphore.release.
func (s *Semaphore) Release() {
	s.value++
	s.wakeNext()
}

// Locked says whether Acquire would have to wait: there is no place, or others wait already.
func (s *Semaphore) Locked() bool { return s.value == 0 || !s.waiters.allCanceled() }

// String describes the semaphore as Python's repr does: <Semaphore [unlocked, value:3]>
func (s *Semaphore) String() string { return s.describe("Semaphore") }

func (s *Semaphore) describe(what string) string {
	state := lockedness(s.Locked())
	if !s.Locked() {
		state = fmt.Sprintf("%s, value:%d", state, s.value)
	}
	return describe(what, state, s.waiters.count)
}

// wakeNext gives a place to the first who waits; it is false when nobody does.
func (s *Semaphore) wakeNext() bool {
	if s.waiters.wake(1) == 0 {
		return false
	}
	s.value--
	return true
}

// SemaphoreAcquire is a call of Semaphore.Acquire: generated code holds it in the caller's frame.
type SemaphoreAcquire struct {
	Frame[None]
	waiter
	s *Semaphore
}

var semaphoreAcquireInfo = FuncInfo{Name: "Semaphore.Acquire"}

// Info describes the call to tracebacks.
func (*SemaphoreAcquire) Info() *FuncInfo { return &semaphoreAcquireInfo }

func (f *SemaphoreAcquire) line() any { return &f.s.waiters }

// Begin begins a call of s.Acquire.
func (f *SemaphoreAcquire) Begin(x *Exec, s *Semaphore) Status {
	f.State, f.s = Start, s
	return f.Resume(x)
}

// BeginBounded is Begin for a BoundedSemaphore.
func (f *SemaphoreAcquire) BeginBounded(x *Exec, s *BoundedSemaphore) Status { return f.Begin(x, &s.s) }

// Resume goes on with the call.
func (f *SemaphoreAcquire) Resume(x *Exec) Status {
	s := f.s
	if f.State == Start {
		if !s.Locked() {
			s.value--
			return Done
		}
		s.bound.bind(x, "Semaphore")
		f.State = 1
		return f.wait(x, f, &s.waiters)
	}
	s.waiters.remove(&f.waiter)
	if x.Err != nil && f.woken() { // canceled with the place in hand
		s.value++
	}
	// Others may have come while f was on its way, and had to wait behind it.
	for s.value > 0 && s.wakeNext() {
	}
	return Done
}

// BoundedSemaphore is asyncio.BoundedSemaphore: a Semaphore that never has more places than in the
// beginning. NewBoundedSemaphore makes one.
type BoundedSemaphore struct {
	s     Semaphore
	bound int
}

// NewBoundedSemaphore makes a bounded semaphore with n places. It panics when n is negative.
func NewBoundedSemaphore(n int) *BoundedSemaphore {
	checkPlaces(n)
	return &BoundedSemaphore{s: Semaphore{value: n}, bound: n}
}

// Acquire waits until there is a place, and takes it, as Semaphore.Acquire.
func (s *BoundedSemaphore) Acquire() Coro[None] { return s.s.Acquire() }

// Release gives a place back, as Semaphore.Release. It panics when that makes more places than there
// were in the beginning.
func (s *BoundedSemaphore) Release() {
	if s.s.value >= s.bound {
		panic("rt: BoundedSemaphore.Release was called too often")
	}
	s.s.Release()
}

// Locked says whether Acquire would have to wait.
func (s *BoundedSemaphore) Locked() bool { return s.s.Locked() }

// String describes the semaphore as Python's repr does: <BoundedSemaphore [locked, waiters:1]>
func (s *BoundedSemaphore) String() string { return s.s.describe("BoundedSemaphore") }
