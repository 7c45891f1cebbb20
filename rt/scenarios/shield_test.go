//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// shielded runs body in a shielded scope.
//
//async:func
func shielded[T any](body func(s *rt.CancelScope) rt.Coro[T]) rt.Coro[T] {
	return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[T] {
		s.SetShield(true)
		return body(s)
	})
}

// resting sleeps for so many turns.
//
//async:func
func resting(turns int) rt.Coro[rt.None] {
	for range turns {
		rt.Await(rt.Sleep(0))
	}
	return nil
}

// Whenever a task is canceled, a shielded part of it runs to its end, and the next await throws, once.
func TestShieldedScopeIsCanceledAtEachMoment(t *testing.T) {
	for turns := range 7 {
		run(t, func() rt.Coro[rt.None] {
			var e events
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				defer e.add("over")
				defer rt.Await(resting(1))
				rt.Await(resting(1))
				e.add("%d", rt.Await(shielded(func(s *rt.CancelScope) rt.Coro[int] {
					e.add("in")
					rt.Await(resting(2))
					if n := rt.CurrentTask().Canceling(); n != 0 || s.CancelCalled() {
						t.Errorf("%d: %d requests inside", turns, n)
					}
					return rt.Return(7)
				})))
				rt.Await(resting(1))
				e.add("end")
				return nil
			}())
			rt.Await(resting(turns))
			took := task.Cancel("enough")
			_, err := rt.CatchAwait(task)
			want := []string{"", "over", "in 7 over", "in 7 over", "in 7 over", "in 7 end over", "in 7 end over"}[turns]
			got := fmt.Sprint(e.list)
			if got != "["+want+"]" || took != (turns < 6) || took && rt.CancelMessage(err) != "enough" {
				t.Errorf("%d: %s, took %v, %v", turns, got, took, err)
			}
			return nil
		}())
	}
}

// A task that ends without another await keeps the value of its shielded part.
func TestShieldedScopeAtTheEnd(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		task := rt.CreateTask(shielded(func(*rt.CancelScope) rt.Coro[int] {
			rt.Await(resting(3))
			return rt.Return(7)
		}))
		rt.Await(resting(1))
		task.Cancel()
		task.Cancel()
		if v, err := rt.CatchAwait(task); v != 7 || err != nil || task.Canceling() != 2 {
			t.Error(v, err, task.Canceling())
		}
		waiting := rt.CreateTask(func() rt.Coro[int] {
			v := rt.Await(rt.CreateTask(shielded(func(*rt.CancelScope) rt.Coro[int] {
				rt.Await(resting(3))
				return rt.Return(7)
			})))
			rt.Await(rt.Sleep(0))
			return rt.Return(v)
		}())
		rt.Await(resting(3))
		waiting.Cancel()
		if _, err := rt.CatchAwait(waiting); !wasCanceled(err) {
			t.Error(err)
		}
		return nil
	}())
}

// What is inside of the shield works, whatever is held back: the scope's own Cancel, its deadline, a limit, a group.
func TestShieldedScopeInside(t *testing.T) {
	errBad := errors.New("bad")
	for name, body := range map[string]func(s *rt.CancelScope) rt.Coro[rt.None]{
		"its own Cancel": func(s *rt.CancelScope) rt.Coro[rt.None] {
			rt.RunningLoop().CallLater(10*ms, s.Cancel)
			return rt.Sleep(second)
		},
		"its deadline": func(s *rt.CancelScope) rt.Coro[rt.None] {
			s.SetDeadline(rt.RunningLoop().Time() + 10*ms)
			return rt.Sleep(second)
		},
		"a limit": func(s *rt.CancelScope) rt.Coro[rt.None] {
			if _, err := rt.TryAwait(rt.WaitFor(rt.Sleep(second), 10*ms)); err != rt.ErrTimeout {
				t.Error("a limit:", err)
			}
			return nil
		},
		"a group": func(s *rt.CancelScope) rt.Coro[rt.None] {
			if _, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, func() rt.Coro[rt.None] {
					rt.Await(rt.Sleep(10 * ms))
					rt.Throw(errBad)
					return nil
				}())
				return rt.Sleep(second)
			})); !errors.Is(err, errBad) || wasCanceled(err) {
				t.Error("a group:", err)
			}
			return nil
		},
		"a scope": func(s *rt.CancelScope) rt.Coro[rt.None] {
			return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				rt.RunningLoop().CallLater(10*ms, s.Cancel)
				return rt.Sleep(second)
			})
		},
	} {
		for _, at := range []time.Duration{ms, 10 * ms, 20 * ms} { // before, at the same moment, never
			run(t, func() rt.Coro[rt.None] {
				var e events
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					_, err := rt.TryAwait(shielded(func(s *rt.CancelScope) rt.Coro[rt.None] { return body(s) }))
					e.add("%v %v", rt.RunningLoop().Time(), err)
					rt.Await(rt.Sleep(0))
					e.add("end")
					return nil
				}())
				defer rt.RunningLoop().CallLater(at, func() { task.Cancel() }).Cancel()
				_, err := rt.CatchAwait(task)
				want := []string{"10ms <nil>"}
				if at == 20*ms {
					want = append(want, "end")
				}
				if !slices.Equal(e.list, want) || wasCanceled(err) != (at < 20*ms) {
					t.Errorf("%s, canceled at %v: %v, %v", name, at, e.list, err)
				}
				return nil
			}())
		}
	}
}

// Limits, scopes and groups outside of the shield wait until it is over, in both orders of what happens at the same moment, and
// then end the next await; a body that has none is simply late.
func TestShieldedScopeOutside(t *testing.T) {
	errBad := errors.New("bad")
	in := func(e *events) rt.Coro[rt.None] {
		return shielded(func(*rt.CancelScope) rt.Coro[rt.None] {
			rt.Await(rt.Sleep(10 * ms))
			e.add("shielded")
			return nil
		})
	}
	outsides := map[string]func(at time.Duration, body func() rt.Coro[rt.None]) rt.Coro[rt.None]{
		"limit": func(at time.Duration, body func() rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithTimeout(at, func(*rt.Deadline) rt.Coro[rt.None] { return body() })
		},
		"scope": func(at time.Duration, body func() rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				defer rt.RunningLoop().CallLater(at, s.Cancel).Cancel()
				return body()
			})
		},
		"group": func(at time.Duration, body func() rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, func() rt.Coro[rt.None] {
					rt.Await(rt.Sleep(at))
					rt.Throw(errBad)
					return nil
				}())
				rt.Await(rt.Sleep(0))
				return body()
			})
		},
		"scope, limit": func(at time.Duration, body func() rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				defer rt.RunningLoop().CallLater(at, s.Cancel).Cancel()
				return rt.WithTimeout(at, func(*rt.Deadline) rt.Coro[rt.None] { return body() })
			})
		},
	}
	for name, outside := range outsides {
		for _, at := range []time.Duration{ms, 10 * ms, 20 * ms} {
			for _, goesOn := range []bool{true, false} {
				var e events
				_, err := try(t, func() rt.Coro[rt.None] {
					_, err := rt.TryAwait(outside(at, func() rt.Coro[rt.None] {
						rt.Await(in(&e))
						if goesOn {
							rt.Await(rt.Sleep(5 * ms))
							e.add("on")
						}
						return nil
					}))
					rt.Await(rt.Sleep(0)) // nothing is left of the cancellation
					if n := rt.CurrentTask().Canceling(); n != 0 {
						t.Errorf("%s: %d requests are left", name, n)
					}
					if err != nil {
						rt.Throw(err)
					}
					return nil
				}())
				late := at <= 10*ms
				want := []string{"shielded"}
				if !late && goesOn {
					want = append(want, "on")
				}
				if !slices.Equal(e.list, want) {
					t.Errorf("%s at %v, goes on %v: %v", name, at, goesOn, e.list)
				}
				fails := map[string]error{"limit": rt.ErrTimeout, "group": errBad}[name]
				if name == "limit" && (!late || !goesOn) {
					fails = nil
				}
				if !errors.Is(err, fails) {
					t.Errorf("%s at %v, goes on %v: %v", name, at, goesOn, err)
				}
			}
		}
	}
}

// What one shield lets go another one may hold; where a shield is taken away, what it has held comes at once.
func TestShieldsOfOneAnother(t *testing.T) {
	var scopes [3]*rt.CancelScope
	nested := func(e *events) rt.Coro[rt.None] {
		return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			scopes[0] = s
			rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				scopes[1] = s
				rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
					scopes[2] = s
					rt.Await(resting(10))
					e.add("2")
					return nil
				}))
				rt.Await(resting(1))
				e.add("1")
				return nil
			}))
			rt.Await(resting(1))
			e.add("0")
			return nil
		})
	}
	type step = func(cancel func())
	shield := func(i int, on bool) step { return func(func()) { scopes[i].SetShield(on) } }
	cancelTask := func(cancel func()) { cancel() }
	cancel := func(i int) step { return func(func()) { scopes[i].Cancel() } }
	for _, c := range []struct {
		steps []step
		want  string
	}{
		{[]step{cancelTask}, "[]"},
		{[]step{shield(2, true), cancelTask}, "[2]"},
		{[]step{shield(1, true), cancelTask}, "[2 1]"},
		{[]step{shield(1, true), shield(2, true), cancelTask}, "[2 1]"},
		{[]step{shield(2, true), cancelTask, shield(1, true)}, "[2 1]"},
		{[]step{shield(0, true), cancelTask, shield(1, true), cancel(0)}, "[2 1]"},
		{[]step{shield(0, true), shield(2, true), cancelTask, shield(2, false)}, "[2 1 0]"},
		{[]step{shield(2, true), cancelTask, shield(2, false)}, "[]"},
		{[]step{shield(2, true), shield(2, false), cancelTask}, "[]"},
		{[]step{shield(1, true), cancelTask, shield(2, true), shield(1, false)}, "[2]"},
		{[]step{shield(2, true), cancel(1), cancelTask}, "[2]"},
		{[]step{shield(2, true), cancel(1)}, "[2 0 end]"},
		{[]step{shield(2, true), cancel(2)}, "[1 0 end]"},
		{[]step{shield(1, true), cancel(2)}, "[1 0 end]"},
		{[]step{shield(1, true), cancelTask, cancel(2)}, "[1]"},
		{[]step{shield(1, true), cancelTask, cancel(1)}, "[]"},
		{[]step{shield(0, true), cancelTask, cancel(1)}, "[0]"},
		{[]step{cancel(0), shield(0, true)}, "[end]"}, // it is on its way already
	} {
		run(t, func() rt.Coro[rt.None] {
			var e events
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				rt.Await(nested(&e))
				rt.Await(rt.Sleep(0))
				e.add("end")
				return nil
			}())
			rt.Await(resting(3))
			canceled := false
			for _, step := range c.steps {
				step(func() { task.Cancel(); canceled = true })
			}
			_, err := rt.CatchAwait(task)
			if got := fmt.Sprint(e.list); got != c.want || wasCanceled(err) != canceled {
				t.Errorf("got %s, want %s: %v", got, c.want, err)
			}
			for _, s := range scopes {
				s.SetShield(true) // it is over, and this does nothing
				if s.Shield() {
					t.Error("a scope that is over has a shield")
				}
			}
			return nil
		}())
	}
}

// A request that the task has not met yet when it sets the shield waits as well, unless it comes from inside.
func TestShieldSetAfterTheRequest(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.CurrentTask().Cancel("enough")
			rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] {
				rt.Await(rt.Sleep(0))
				e.add("%v %d", rt.Context().Err(), rt.CurrentTask().Canceling())
				return nil
			}))
			e.add("%d", rt.CurrentTask().Canceling())
			_, err := rt.CatchAwait(rt.Sleep(0))
			e.add("%s", rt.CancelMessage(err))
			rt.Await(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				s.Cancel()
				s.SetShield(true)
				rt.Await(rt.Sleep(0))
				e.add("not canceled")
				return nil
			}))
			return nil
		}())
		rt.Await(task)
		e.want(t, "<nil> 0", "1", "enough")
		return nil
	}())
}

// While a request is held back, the context of the task is not done, and a task that the body awaits is not asked.
func TestShieldHoldsFromContextAndTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			ctx := rt.Context()
			rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] {
				rt.Await(rt.CreateTask(resting(3)))
				e.add("%v", ctx.Err())
				return nil
			}))
			e.add("%v", ctx.Err())
			return rt.Sleep(second)
		}())
		rt.Await(resting(2))
		task.Cancel()
		if _, err := rt.CatchAwait(task); !wasCanceled(err) {
			t.Error(err)
		}
		e.want(t, "<nil>", "context canceled")
		return nil
	}())
}

// A panic or an error leaves a shield, and what it has held back comes at the next await behind it.
func TestShieldLeftByPanicAndError(t *testing.T) {
	errBad := errors.New("bad")
	for _, panics := range []bool{true, false} {
		for turns := range 3 { // nothing is awaited, or it suspends
			run(t, func() rt.Coro[rt.None] {
				var e events
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					_, err := rt.TryAwait(func() (c rt.Coro[rt.None]) {
						defer func() {
							if r := recover(); r != nil {
								c = rt.Fail[rt.None](r.(error))
							}
						}()
						rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] {
							rt.Await(resting(turns))
							rt.CurrentTask().Cancel()
							if panics {
								panic(errBad)
							}
							rt.Throw(errBad)
							return nil
						}))
						return nil
					}())
					e.add("%v", err)
					rt.Await(rt.Sleep(0))
					e.add("on")
					return nil
				}())
				if _, err := rt.CatchAwait(task); !wasCanceled(err) {
					t.Error(err)
				}
				e.want(t, "bad")
				return nil
			}())
		}
	}
}

// A stream that is in a shielded part when its reader is canceled ends that part, and is closed then; so is one that is left early, whose
// clean-up is shielded.
func TestShieldInAStream(t *testing.T) {
	var e *events
	numbers := func() rt.Stream[int] {
		defer rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] {
			rt.Await(resting(2))
			e.add("closed")
			return nil
		}))
		for i := 0; ; i++ {
			rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] { return resting(2) }))
			e.add("%d", i)
			rt.Yield(i)
		}
	}
	for turns := range 8 {
		for _, leaves := range []bool{true, false} {
			l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
			e = &events{}
			_, err := rt.RunOn(l, func() rt.Coro[rt.None] {
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					for i := range rt.AwaitEach(numbers()) {
						if i == 1 && leaves {
							break
						}
						rt.Await(rt.Sleep(0))
					}
					e.add("left")
					return nil
				}())
				rt.Await(resting(turns))
				task.Cancel()
				_, err := rt.CatchAwait(task)
				if !wasCanceled(err) && !slices.Contains(e.list, "left") {
					t.Errorf("canceled after %d: %v %v", turns, err, e.list)
				}
				return nil
			}())
			if closed := slices.Contains(e.list, "closed"); err != nil || closed != (turns > 0) {
				t.Errorf("canceled after %d, leaves %v: %v, %v", turns, leaves, err, e.list)
			}
			if left := leftIn(l); left != "" {
				t.Error(left)
			}
			l.Close()
		}
	}
}

// A Goexit leaves a shield behind the deferred calls of the body, which it shields as well.
func TestShieldLeftByGoexit(t *testing.T) {
	for turns := range 3 {
		var e events
		over := make(chan rt.None)
		go func() {
			defer close(over)
			rt.Run(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				s.SetShield(true)
				defer e.add("out")
				defer rt.Await(func() rt.Coro[rt.None] {
					rt.CurrentTask().Cancel()
					_, err := rt.CatchAwait(rt.Sleep(second))
					e.add("%v", err)
					return nil
				}())
				rt.Await(resting(turns))
				runtime.Goexit()
				return nil
			}), rt.WithClock(rt.NewVirtualClock()))
		}()
		<-over
		e.want(t, "<nil>", "out")
	}
}

// A shield cannot keep a task alive that nothing can wake: its deferred calls run, and the deadlock is reported once.
func TestShieldInDeadlock(t *testing.T) {
	stuck := func(e *events) rt.Coro[rt.None] {
		defer e.add("out")
		return rt.Return(rt.Await(rt.WithCancelScope(func(outer *rt.CancelScope) rt.Coro[rt.None] {
			outer.SetShield(true)
			return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
				s.SetShield(true)
				defer e.add("in")
				return rt.Return(rt.Await(rt.NewFuture[rt.None]()))
			})
		})))
	}
	for name, main := range map[string]func(e *events) rt.Coro[rt.None]{
		"main": stuck,
		"a task": func(e *events) rt.Coro[rt.None] {
			return rt.Return(rt.Await(rt.CreateTask(stuck(e))))
		},
		"a task that main has left": func(e *events) rt.Coro[rt.None] {
			task := rt.CreateTask(stuck(e))
			rt.Await(rt.Sleep(0))
			task.Cancel()
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			var e events
			_, err := rt.Run(main(&e), rt.WithClock(rt.NewVirtualClock()))
			if !errors.Is(err, rt.ErrDeadlock) {
				t.Error(err)
			}
			e.want(t, "in", "out")
		})
	}
}
