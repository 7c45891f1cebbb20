package rt

import "fmt"

// Barrier is asyncio.Barrier: tasks wait until a number of them has come, and go on together. It can
// be used again and again; who comes while the last ones are leaving waits for the next time.
// NewBarrier makes one.
type Barrier struct {
	changed *Condition // the state has changed
	parties int
	count   int // tasks inside
	state   barrierState
}

// barrierState is asyncio's _BarrierState.
type barrierState uint8

const (
	filling   barrierState = iota // some are missing
	draining                      // all have come, some have not left
	resetting                     // Reset sends away those that are inside
	broken                        // Abort was called
)

func (s barrierState) String() string {
	return [...]string{filling: "filling", draining: "draining", resetting: "resetting", broken: "broken"}[s]
}

// NewBarrier makes a barrier for so many parties. It panics when that is less than one.
func NewBarrier(parties int) *Barrier {
	if parties < 1 {
		panic("rt: a barrier needs at least one party")
	}
	return &Barrier{changed: NewCondition(nil), parties: parties}
}

// Wait waits until all parties do, and gives each another number, from 0: Barrier.wait. It fails with
// ErrBrokenBarrier when the barrier is aborted, or reset meanwhile. A task that is canceled leaves;
// the others go on waiting for one more.
func (b *Barrier) Wait() Coro[int] { return New(&BarrierWait{b: b}) }

// Reset makes the barrier as it was in the beginning, not aborted: Barrier.reset. Who waits gets
// ErrBrokenBarrier.
func (b *Barrier) Reset() Coro[None] {
	return New(&barrierChange{b: b, info: &barrierResetInfo, change: (*Barrier).reset})
}

// Abort breaks the barrier until it is reset: Barrier.abort. Who waits, and who comes, gets
// ErrBrokenBarrier.
func (b *Barrier) Abort() Coro[None] {
	return New(&barrierChange{b: b, info: &barrierAbortInfo, change: func(b *Barrier) { b.state = broken }})
}

// Parties is the number of tasks that the barrier is for.
func (b *Barrier) Parties() int { return b.parties }

// Waiting is the number of tasks that wait for others to come: Barrier.n_waiting.
func (b *Barrier) Waiting() int {
	if b.state == filling {
		return b.count
	}
	return 0
}

// Broken says whether the barrier was aborted.
func (b *Barrier) Broken() bool { return b.state == broken }

// String describes the barrier as Python's repr does: <Barrier [filling, waiters:1/3]>
func (b *Barrier) String() string {
	if b.state == broken {
		return "<Barrier [broken]>"
	}
	return fmt.Sprintf("<Barrier [%s, waiters:%d/%d]>", b.state, b.Waiting(), b.parties)
}

func (b *Barrier) reset() {
	if b.count > 0 {
		b.state = resetting
	} else {
		b.state = filling
	}
}

// isReady says that a task may come in, isOver that one that is inside need not wait any more.
func (b *Barrier) isReady() bool { return b.state != draining && b.state != resetting }
func (b *Barrier) isOver() bool  { return b.state != filling }

// exit lets one task leave. After the last one the barrier is ready for the next time.
func (b *Barrier) exit() {
	b.count--
	if b.count > 0 {
		return
	}
	if !b.isReady() {
		b.state = filling
	}
	b.changed.NotifyAll()
}

// BarrierWait is a call of Barrier.Wait: generated code holds it in the caller's frame.
type BarrierWait struct {
	Frame[int]
	b       *Barrier
	acquire LockAcquire
	wait    ConditionWaitFor
}

var barrierWaitInfo = FuncInfo{Name: "Barrier.Wait"}

// Info describes the call to tracebacks.
func (*BarrierWait) Info() *FuncInfo { return &barrierWaitInfo }

// Begin begins a call of b.Wait.
func (f *BarrierWait) Begin(x *Exec, b *Barrier) Status {
	f.State, f.b = Start, b
	return f.Resume(x)
}

// Resume goes on with the call.
func (f *BarrierWait) Resume(x *Exec) Status {
	b := f.b
	switch f.State {
	case 1:
		f.acquire.Turn(x)
		goto acquired
	case 2:
		goto ready
	case 3:
		goto over
	}
	if f.acquire.Begin(x, b.changed.lock) == Suspended {
		f.State = 1
		return x.Suspend(f)
	}
acquired:
	if x.Err != nil {
		return Done
	}
	if f.wait.Begin(x, b.changed, b.isReady) == Suspended {
		f.State = 2
		return Link(&f.wait, f)
	}
ready:
	if x.Err == nil && b.state == broken {
		x.fail(ErrBrokenBarrier, nil)
	}
	if x.Err != nil {
		b.changed.Release()
		return Done
	}
	f.Value = b.count
	b.count++
	if b.count == b.parties {
		b.state = draining
		b.changed.NotifyAll()
		goto leave
	}
	if f.wait.Begin(x, b.changed, b.isOver) == Suspended {
		f.State = 3
		return Link(&f.wait, f)
	}
over:
	if x.Err == nil && (b.state == broken || b.state == resetting) {
		x.fail(ErrBrokenBarrier, nil)
	}
leave:
	b.exit()
	b.changed.Release()
	return Done
}

// barrierChange is a call of Barrier.Reset or Barrier.Abort.
type barrierChange struct {
	Frame[None]
	b       *Barrier
	info    *FuncInfo
	change  func(*Barrier)
	acquire LockAcquire
}

var (
	barrierResetInfo = FuncInfo{Name: "Barrier.Reset"}
	barrierAbortInfo = FuncInfo{Name: "Barrier.Abort"}
)

func (f *barrierChange) Info() *FuncInfo { return f.info }

func (f *barrierChange) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if f.acquire.Begin(x, f.b.changed.lock) == Suspended {
			return x.Suspend(f)
		}
	} else {
		f.acquire.Turn(x)
	}
	if x.Err == nil {
		f.change(f.b)
		f.b.changed.NotifyAll()
		f.b.changed.Release()
	}
	return Done
}
