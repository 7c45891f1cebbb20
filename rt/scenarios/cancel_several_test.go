//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// A canceled Gather cancels its children; a canceled child fails the Gather, and no other child.
func TestCancelGather(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a, b := enter(s, naps(2)), enter(s, yields(3))
		outer := enter(s, func() rt.Coro[rt.None] {
			v := rt.Await(rt.Gather(a, naps(1), rt.Awaitable[int](b), a))
			if fmt.Sprint(v) != "[2 1 3 2]" {
				rt.Throw(fmt.Errorf("gathered %v", v))
			}
			return nil
		}())
		s.shares = func(task rt.AnyTask) bool {
			return wasCanceled(task.Err()) && (s.victim == rt.AnyTask(outer) || task == rt.AnyTask(outer))
		}
	})
}

// A canceled child is a result like others.
func TestCancelGatherResults(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a, b := enter(s, naps(2)), enter(s, yields(3))
		var results []rt.Result[int]
		outer := enter(s, func() rt.Coro[rt.None] {
			results = rt.Await(rt.GatherResults(a, naps(1), rt.Awaitable[int](b)))
			return nil
		}())
		s.shares = func(task rt.AnyTask) bool { return wasCanceled(task.Err()) && s.victim == rt.AnyTask(outer) }
		s.check = func() string {
			if outer.Canceled() {
				return ""
			}
			for i, task := range []*rt.Task[int]{a, nil, b} {
				if task != nil && task.Canceled() != wasCanceled(results[i].Err) || task == nil && results[i].Value != 1 {
					return fmt.Sprintf("result %d is %v", i, results[i])
				}
			}
			return ""
		}
	})
}

// Any of a task, of a coroutine that becomes one, and of a coroutine that is awaited in place.
func TestCancelAny(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a := enter(s, naps(2))
		enter(s, func() rt.Coro[rt.None] {
			rt.Await(rt.Any(yields(2)))
			rt.Await(rt.Gather(rt.Any(a), rt.Any(giving("x")), rt.Any(yields(1))))
			rt.Await(rt.Any(a))
			return nil
		}())
		s.shares = s.others()
	})
}

// A Wait cancels nothing, and a child that is canceled is done like any other.
func TestCancelWait(t *testing.T) {
	for _, when := range []rt.When{rt.AllCompleted, rt.FirstCompleted, rt.FirstError} {
		for _, timeout := range []time.Duration{0, 2 * tick, rt.NoTimeout} {
			t.Run(fmt.Sprintf("%d for %v", when, timeout), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					a, b := enter(s, naps(1)), enter(s, naps(3))
					for range 2 {
						enter(s, func() rt.Coro[rt.None] {
							w := rt.Await(rt.Wait(when, timeout, a, b))
							if len(w.Done)+len(w.Pending) != 2 {
								rt.Throw(fmt.Errorf("%v", w))
							}
							return nil
						}())
					}
				})
			})
		}
	}
}

// WaitFor cancels what it waits for. Whoever asks first, the count of the requests is right in the end.
func TestCancelWaitFor(t *testing.T) {
	for _, d := range []time.Duration{0, 2 * tick, 20 * tick, rt.NoTimeout} {
		for name, body := range map[string]func() rt.Coro[int]{
			"naps": func() rt.Coro[int] { return naps(3) }, "yields": func() rt.Coro[int] { return yields(3) },
		} {
			t.Run(fmt.Sprintf("%s for %v", name, d), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					inner := enter(s, body())
					var waiters []rt.AnyTask
					for _, aw := range []rt.Awaitable[int]{body(), inner} {
						waiters = append(waiters, enter(s, func() rt.Coro[rt.None] {
							if _, err := rt.TryAwait(rt.WaitFor(aw, d)); err != nil && err != rt.ErrTimeout {
								rt.Throw(err)
							}
							return nil
						}()))
					}
					// The end of the time cancels the inner task; and who waits for a canceled one is canceled.
					s.shares = func(task rt.AnyTask) bool { return task != waiters[0] && wasCanceled(task.Err()) }
				})
			})
		}
	}
}

func TestCancelWaitForWhatIgnoresIt(t *testing.T) {
	for _, d := range []time.Duration{0, 2 * tick} {
		cancelAnywhere(t, func(s *scene) {
			enter(s, func() rt.Coro[rt.None] {
				_, err := rt.TryAwait(rt.WaitFor(rt.CreateTask(ignores(4)), d))
				if err != nil && err != rt.ErrTimeout {
					rt.Throw(err)
				}
				return nil
			}())
			s.survives = true // the inner task takes no notice, and its value is the result
		})
	}
}

// Who waits for a future that is never done, and is canceled or has waited long enough, leaves nothing there.
func TestCancelLeavesNoCallback(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		never := rt.NewFutureOn[int](s.loop)
		s.leavesAsItWas(never)
		for _, when := range []rt.When{rt.AllCompleted, rt.FirstCompleted, rt.FirstError} {
			enter(s, rt.Wait(when, 2*tick, never))
		}
		enter(s, func() rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.WithTimeout(2*tick, func(*rt.Deadline) rt.Coro[int] {
				return rt.Return(rt.Await(rt.Shield(never)))
			}))
			if err != rt.ErrTimeout {
				rt.Throw(fmt.Errorf("not a timeout: %w", err))
			}
			return nil
		}())
		enter(s, func() rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.Next(rt.AsCompletedWithin(2*tick, never)))
			if err != rt.ErrTimeout {
				rt.Throw(fmt.Errorf("not a timeout: %w", err))
			}
			return nil
		}())
		s.rescue = func() rt.Coro[rt.None] { return rt.Sleep(2 * tick) }
	})
}

// The reader of a stream of finished ones is canceled, or one of them is.
func TestCancelAsCompleted(t *testing.T) {
	for _, limit := range []time.Duration{2 * tick, rt.NoTimeout} {
		for _, most := range []int{1, 9} {
			t.Run(fmt.Sprintf("%d within %v", most, limit), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					a, b := enter(s, naps(1)), enter(s, naps(3))
					enter(s, func() rt.Coro[rt.None] {
						n := 0
						_, err := rt.TryAwait(func() rt.Coro[rt.None] {
							for range rt.AwaitEach(rt.AsCompletedWithin(limit, a, rt.Awaitable[int](b), a)) {
								if n++; n == most {
									break
								}
							}
							return nil
						}())
						if err != nil && err != rt.ErrTimeout {
							rt.Throw(err)
						}
						return nil
					}())
				})
			})
		}
	}
}

// What is shielded goes on when who waits for it is canceled, and ends that one when it is canceled itself.
func TestCancelShield(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		inner := enter(s, naps(2))
		ended := 0
		waiter := enter(s, func() rt.Coro[rt.None] {
			rt.Await(rt.Shield(inner))
			rt.Await(rt.Shield(func() rt.Coro[rt.None] {
				rt.Await(yields(2))
				ended++
				return nil
			}()))
			return nil
		}())
		s.shares = s.others(inner)
		s.check = func() string {
			if inner.Canceled() && s.victim != rt.AnyTask(inner) || waiter.Err() == nil && ended != 1 {
				return fmt.Sprintf("%v; %d", inner, ended)
			}
			return ""
		}
	})
}

// Each limit turns its own cancellation into ErrTimeout and no other one.
func TestCancelTimeouts(t *testing.T) {
	for _, limits := range [][2]time.Duration{{2 * tick, 4 * tick}, {4 * tick, 2 * tick}, {3 * tick, 3 * tick}, {0, 0}, {9 * tick, 9 * tick}} {
		t.Run(fmt.Sprint(limits), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				var outer, inner *rt.Deadline
				var innerErr, outerErr error
				task := enter(s, func() rt.Coro[rt.None] {
					_, outerErr = rt.CatchAwait(rt.WithTimeout(limits[0], func(d *rt.Deadline) rt.Coro[rt.None] {
						outer = d
						_, innerErr = rt.CatchAwait(rt.WithTimeout(limits[1], func(d *rt.Deadline) rt.Coro[int] {
							inner = d
							rt.Await(yields(1))
							return naps(5)
						}))
						if innerErr != nil && innerErr != rt.ErrTimeout {
							rt.Throw(innerErr)
						}
						rt.Await(yields(2))
						return nil
					}))
					if outerErr != nil && outerErr != rt.ErrTimeout {
						rt.Throw(outerErr)
					}
					rt.Await(yields(2))
					return nil
				}())
				s.check = func() string {
					left := task.Canceling()
					if s.victim != nil && s.taken {
						left--
					}
					if left != 0 || outerErr == rt.ErrTimeout && !outer.Expired() || innerErr == rt.ErrTimeout && !inner.Expired() {
						return fmt.Sprintf("%v %v, %v %v, %d requests", outer, outerErr, inner, innerErr, left)
					}
					return ""
				}
			})
		})
	}
}

var errChild = errors.New("a child fails")

// A group waits for all of its tasks, whatever ends it, and takes its own requests back.
func TestCancelTaskGroups(t *testing.T) {
	for name, fails := range map[string]error{"all succeed": nil, "one fails": errChild} {
		t.Run(name, func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				running := 0
				child := func(n int, err error) rt.Coro[rt.None] {
					running++
					defer func() { running-- }()
					rt.Await(yields(1))
					defer rt.Await(yields(n % 2)) // takes its time to end
					rt.Await(naps(n))
					if err != nil {
						rt.Throw(err)
					}
					return nil
				}
				outside := enter(s, naps(2))
				task := enter(s, func() rt.Coro[rt.None] {
					_, err := rt.CatchAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
						rt.Go(tg, child(3, nil))
						rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
							rt.Go(tg, child(2, fails))
							rt.Go(tg, child(1, nil))
							return nil
						}))
						rt.Go(tg, child(1, nil))
						rt.Await(outside)
						return nil
					}))
					if running != 0 {
						panic("a task of the group runs")
					}
					if err != nil && !errors.Is(err, errChild) {
						rt.Throw(err)
					}
					return nil
				}())
				s.survives = fails != nil // an error of the group goes before a cancellation
				s.shares = s.others(outside)
				if fails == nil {
					s.shares = s.others()
				}
				s.check = func() string {
					if n := task.Canceling(); s.victim == rt.AnyTask(outside) && n != 0 && !task.Canceled() {
						return fmt.Sprintf("%d requests are left", n)
					}
					return ""
				}
			})
		})
	}
}
