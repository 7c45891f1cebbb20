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

func (f *scoped[T]) Resume(x *Exec) (status Status) {
	defer x.exitWithPanic(f, &f.scope, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.State = 1
		f.scope.enter(x)
		f.aw = f.body(&f.scope)
		if Begin(x, f, f.aw) == Suspended {
			return Suspended
		}
	}
	return endScope(x, f, &f.Frame, &f.aw, &f.scope)
}

// CancelScope is the part of a task that WithCancelScope runs: anyio.CancelScope. It may be looked at when the body has ended.
type CancelScope struct {
	limit  Deadline // its expiry is the cancellation
	outer  *CancelScope
	held   []request // what the shield holds back
	shield bool
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

// SetShield shields the body from cancellations that come from outside: CancelScope.shield. A Cancel of the task, and an outer scope, timeout or task
// group that wants the body to end, wait until the scope has ended, or the shield is taken away. Then the task's next await is canceled; a
// task that ends without another one keeps its value. The scope's own Cancel and deadline, and what is inside of the
// body, cancel it as ever. So a clean-up with an end of its own is
//
//	defer rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
//		s.SetShield(true)
//		s.SetDeadline(rt.RunningLoop().Time() + time.Second)
//		return conn.Goodbye()
//	}))
//
// A request that the body has set no await against yet waits as well: to shield it is enough to begin with SetShield. One that was thrown is not
// taken back. While a request waits Canceling does not count it, Uncancel does not take it back, and Context is not done.
//
// The shield is one of a task's own: other tasks that the body awaits are asked to end as soon as somebody cancels them. It holds for everybody, unlike
// anyio's, which asyncio's own requests pass: a Ctrl-C (a second one ends the program), the end of the context of
// WithContext, CancelPending and Close wait for the body. Therefore a shielded scope should have a deadline. Only a deadlock
// takes the shield off: the body could never end.
func (s *CancelScope) SetShield(on bool) {
	if s.limit.state != active && s.limit.state != expiring {
		return
	}
	if s.shield = on; !on {
		s.release()
		return
	}
	n := s.limit.task
	if r := n.rare(); n.loop.exec.task == n && n.flags&mustCancel != 0 && r.depth < s.limit.depth {
		n.flags &^= mustCancel
		n.phase = runnable
		n.uncancel()
		s.held = append(s.held, request{depth: r.depth, msg: r.msg})
	}
}

// Shield says whether SetShield(true) is in force.
func (s *CancelScope) Shield() bool { return s.shield }

// release makes the requests that the shield has held back. There may be another shield to hold them.
func (s *CancelScope) release() {
	held := s.held
	s.held = nil
	for _, q := range held {
		q.late = true
		s.limit.task.cancelTask(q)
	}
}

// enter begins the scope in the running task.
func (s *CancelScope) enter(x *Exec) {
	r := x.task.extra()
	s.limit.enter(x, NoTimeout, x.loop.now())
	s.limit.depth++
	s.outer, r.scope = r.scope, s
}

// exit ends the scope, with x.Err as what ends the body.
func (s *CancelScope) exit(x *Exec) {
	if s.limit.leave(x) {
		x.take()
		s.caught = true
	}
	s.limit.task.extra().scope = s.outer
	s.shield = false
	s.release()
}
