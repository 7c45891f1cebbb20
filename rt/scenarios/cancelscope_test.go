//go:build asyncgen

package scenarios

import (
	"errors"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// A scope swallows its own cancellation, whoever asks for it and when, and no other one.
func TestCancelScope(t *testing.T) {
	for turns := range 5 {
		run(t, func() rt.Coro[rt.None] {
			var e events
			var scope *rt.CancelScope
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				v := rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[int] {
					scope = s
					for range 2 {
						rt.Await(rt.Sleep(0))
					}
					return rt.Return(7)
				}))
				rt.Await(rt.Sleep(0)) // nothing is left of the cancellation
				e.add("%d %v %v %d", v, scope.CancelCalled(), scope.CancelCaught(), rt.CurrentTask().Canceling())
				return nil
			}())
			rt.Await(rt.Sleep(0))
			for range turns {
				rt.Await(rt.Sleep(0))
			}
			scope.Cancel()
			scope.Cancel()
			rt.Await(task)
			e.want(t, map[bool]string{true: "0 true true 0", false: "7 false false 0"}[turns < 2])
			return nil
		}())
	}
}

// cancelers are who may want the body to end at the same moment.
type cancelers struct {
	outer, inner *rt.CancelScope
	task         rt.AnyTask
}

// Two of an outer scope, an inner one, the task's Cancel and limits inside and outside of the scopes, in both orders: the outermost
// one decides how it ends, and no request is left.
func TestCancelScopeAndOthers(t *testing.T) {
	ends := []func(*cancelers){
		func(c *cancelers) { c.inner.Cancel() },
		func(c *cancelers) { c.outer.Cancel() },
		func(c *cancelers) { c.task.Cancel() },
	}
	for i, first := range ends {
		for k, next := range ends {
			run(t, func() rt.Coro[rt.None] {
				var c cancelers
				at := ""
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
						c.outer = s
						rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
							c.inner = s
							return rt.Sleep(second)
						}))
						at += "inner "
						return rt.Sleep(second)
					}))
					at += "outer"
					return nil
				}())
				c.task = task
				rt.Await(rt.Sleep(0))
				first(&c)
				next(&c)
				_, err := rt.CatchAwait(task)
				want := []string{"inner outer", "outer", ""}[max(i, k)]
				if at != want || errors.Is(err, rt.ErrCanceled) != (max(i, k) == 2) {
					t.Errorf("%d, %d: %q %v, want %q", i, k, at, err, want)
				}
				if i != k && max(i, k) < 2 && (!c.outer.CancelCaught() || c.inner.CancelCaught()) {
					t.Errorf("%d, %d: caught: %v, %v", i, k, c.outer.CancelCaught(), c.inner.CancelCaught())
				}
				if task.Canceling() > 1 && i != k {
					t.Errorf("%d, %d: %d requests are left", i, k, task.Canceling())
				}
				return nil
			}())
		}
	}
}

// Limits, groups and scopes around one another at one moment.
func TestCancelScopeWithLimits(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		l := rt.RunningLoop()
		cancelAt := func(s *rt.CancelScope, d time.Duration) { l.CallLater(d, s.Cancel) }
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				cancelAt(s, 10*ms)
				return rt.Sleep(second)
			})
		}))
		e.add("limit outside: %v", err)
		_, err = rt.TryAwait(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			cancelAt(s, 10*ms)
			return rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] { return rt.Sleep(second) })
		}))
		e.add("limit inside: %v", err)
		var scope *rt.CancelScope
		_, err = rt.TryAwait(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			scope = s
			s.SetDeadline(l.Time() + 10*ms)
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, rt.Sleep(second))
				rt.Go(tg, rt.Sleep(ms))
				return nil
			})
		}))
		e.add("group: %v %v %v", err, scope.CancelCaught(), l.Time())
		_, err = rt.TryAwait(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			s.SetDeadline(l.Time())
			s.SetDeadline(rt.NoTimeout)
			rt.Await(rt.Sleep(0))
			s.Cancel() // nothing is awaited any more
			return nil
		}))
		e.add("taken back: %v", err)
		func() {
			defer func() { e.add("%v", recover()) }()
			_ = rt.WithCancelScope[int](nil)
		}()
		rt.Await(rt.Sleep(0))
		e.want(t, "limit outside: timeout", "limit inside: <nil>", "group: <nil> true 30ms", "taken back: <nil>", "rt.WithCancelScope: nil function")
		return nil
	}())
}

// An error or a panic passes the scope, also when it was canceled; nothing of it is left.
func TestCancelScopeLetsErrorsPass(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		errBad := errors.New("bad")
		_, err := rt.TryAwait(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			s.Cancel()
			rt.CatchAwait(rt.Sleep(second))
			rt.Throw(errBad)
			return nil
		}))
		if err != errBad {
			t.Error(err)
		}
		v := rt.Await(func() (v rt.Coro[any]) {
			var got any
			defer func() { got = recover(); v = rt.Return(got) }()
			rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				s.SetDeadline(rt.RunningLoop().Time() + second)
				rt.Await(rt.Sleep(0))
				panic("boom")
			}))
			return nil
		}())
		if v != "boom" || rt.CurrentTask().Canceling() != 0 {
			t.Error(v)
		}
		return nil
	}())
}
