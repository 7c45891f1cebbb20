package rt

import "time"

// WithCancelScope runs body in the same task, and lets anybody on the loop end it: `with anyio.CancelScope()`. Cancel of
// the scope cancels what the task does in the body; that cancellation, and no other, ends where it leaves the body. WithCancelScope then gives T's
// zero value and no error, and CancelCaught is true. As with a Deadline a cancellation is thrown once, where the body waits then, as
// asyncio does, and not again at each await as anyio does.
func WithCancelScope[T any](body func(*CancelScope) Coro[T]) Coro[T] {
	if body == nil {
		panic("rt.WithCancelScope: nil function")
	}
	return New(&scoped[T]{body: body})
}

// scoped is a call of WithCancelScope.
type scoped[T any] struct {
	Frame[T]
	body  func(*CancelScope) Coro[T]
	aw    Awaitable[T] // what body gave
	scope CancelScope
}

var withCancelScopeInfo = FuncInfo{Name: "WithCancelScope", Defers: true}

func (*scoped[T]) Info() *FuncInfo { return &withCancelScopeInfo }

func (f *scoped[T]) Resume(x *Exec) Status {
	panicking := true
	defer func() { // a panic passes, but leaves the scope
		if panicking {
			f.scope.exit(x)
		}
	}()
	x.raiseAwaited()
	if f.State == Start {
		f.State = 1
		f.scope.enter(x)
		f.aw = f.body(&f.scope)
		if Begin(x, f, f.aw) == Suspended {
			panicking = false
			return Suspended
		}
	}
	panicking = false
	aw := f.aw
	f.aw = nil
	failed := x.Err != nil
	if f.scope.exit(x); x.Err != nil {
		return x.Fail(f, 0)
	}
	if !failed {
		f.Value = Value(aw)
	}
	return Done
}

// CancelScope is the part of a task that WithCancelScope runs: anyio.CancelScope. It may be looked at when the body has ended.
type CancelScope struct {
	limit  Deadline // its expiry is the cancellation
	caught bool
}

// Cancel ends the body: CancelScope.cancel. It does nothing when the body has ended, or was canceled so before.
func (s *CancelScope) Cancel() {
	if d := &s.limit; d.state == active {
		d.stop()
		d.expire()
	}
}

// SetDeadline makes the moment when, on the clock of Loop.Time, one at which the scope is canceled; NoTimeout takes it
// away: CancelScope.deadline. A moment that has passed cancels the body in the next turn. After the scope's end, or its cancellation,
// it does nothing.
func (s *CancelScope) SetDeadline(when time.Duration) {
	if s.limit.state == active {
		s.limit.Reschedule(when)
	}
}

// Deadline is the moment that SetDeadline has set, NoTimeout if there is none.
func (s *CancelScope) Deadline() time.Duration { return s.limit.When() }

// CancelCalled says whether the body was canceled, by Cancel or by its deadline: CancelScope.cancel_called.
func (s *CancelScope) CancelCalled() bool { return s.limit.Expired() }

// CancelCaught says whether that has ended the body, and WithCancelScope gave the zero value: CancelScope.cancelled_caught.
func (s *CancelScope) CancelCaught() bool { return s.caught }

// enter begins the scope in the running task.
func (s *CancelScope) enter(x *Exec) { s.limit.enter(x, NoTimeout, x.loop.now()) }

// exit ends the scope, with x.Err as what ends the body.
func (s *CancelScope) exit(x *Exec) {
	if s.limit.leave(x) {
		x.take()
		s.caught = true
	}
}
