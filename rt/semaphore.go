package rt

import (
	"fmt"
	"unsafe"
)

// Semaphore is asyncio.Semaphore: a number of places that tasks take and give back. NewSemaphore
// makes one; the zero Semaphore has no places until Release adds one.
type Semaphore struct {
	_       noCopy
	waiters line
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
func (s *Semaphore) Acquire() Coro[None] {
	return New(&lineCall[None, SemaphoreAcquire, *SemaphoreAcquire]{wait: SemaphoreAcquire{in(&s.waiters)}})
}

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
	return describe(what, state, s.waiters.count())
}

// wakeNext gives a place to the first who waits; it is false when nobody does.
func (s *Semaphore) wakeNext() bool {
	if s.waiters.call(1) == 0 {
		return false
	}
	s.value--
	return true
}

// SemaphoreAcquire is a wait for a semaphore: generated code holds it in the frame of who waits.
type SemaphoreAcquire struct{ waiter }

var semaphoreAcquireInfo = FuncInfo{Name: "Semaphore.Acquire"}

func (w *SemaphoreAcquire) semaphore() *Semaphore { return (*Semaphore)(unsafe.Pointer(w.line)) }

// Begin begins a call of s.Acquire.
func (w *SemaphoreAcquire) Begin(x *Exec, s *Semaphore) Status {
	if !s.Locked() {
		s.value--
		return Done
	}
	s.waiters.bind(x, &semaphoreAcquireInfo)
	return w.wait(x, &s.waiters)
}

// BeginBounded is Begin for a BoundedSemaphore.
func (w *SemaphoreAcquire) BeginBounded(x *Exec, s *BoundedSemaphore) Status { return w.Begin(x, &s.s) }

// Turn goes on with the call when the task has its turn.
func (w *SemaphoreAcquire) Turn(x *Exec) {
	s := w.semaphore()
	if woken := w.leaveCalled(); woken && x.Err != nil { // canceled with the place in hand
		s.value++
	}
	// Others may have come while the task was on its way, and had to wait behind it.
	for s.value > 0 && s.wakeNext() {
	}
}

func (w *SemaphoreAcquire) begin(x *Exec) Status { return w.Begin(x, w.semaphore()) }
func (*SemaphoreAcquire) value() (v None)        { return v }
func (*SemaphoreAcquire) info() *FuncInfo        { return &semaphoreAcquireInfo }

func (w *SemaphoreAcquire) again(x *Exec) Status {
	w.Turn(x)
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
