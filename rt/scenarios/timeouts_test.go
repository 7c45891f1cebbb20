//go:build asyncgen

package scenarios

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// What CPython's test_timeouts.py pins down.

var errInTimeout = errors.New("foreign")

// timeoutSleep is the usual body: it sleeps, and hands out its Deadline.
func timeoutSleep(d time.Duration, limit **rt.Deadline) func(*rt.Deadline) rt.Coro[rt.None] {
	return func(self *rt.Deadline) rt.Coro[rt.None] {
		*limit = self
		return rt.Sleep(d)
	}
}

// wantTimeout checks that err is ErrTimeout itself.
func wantTimeout(t *testing.T, err error) {
	t.Helper()
	if err != rt.ErrTimeout {
		t.Errorf("got %v, want a timeout", err)
	}
}

// wantExpired compares what the Deadline says.
func wantExpired(t *testing.T, d *rt.Deadline, expired bool, when time.Duration) {
	t.Helper()
	if d.Expired() != expired || d.When() != when {
		t.Errorf("expired: %v, when: %v; want %v, %v", d.Expired(), d.When(), expired, when)
	}
}

// wantNow compares the time of the virtual clock.
func wantNow(t *testing.T, loop *rt.Loop, now time.Duration) {
	t.Helper()
	if loop.Time() != now {
		t.Errorf("it is %v, want %v", loop.Time(), now)
	}
}

func TestTimeoutEndsTheBody(t *testing.T) {
	for name, with := range map[string]func(time.Duration, func(*rt.Deadline) rt.Coro[rt.None]) rt.Coro[rt.None]{
		"after a time": rt.WithTimeout[rt.None],
		"at a moment":  rt.WithDeadline[rt.None],
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				var limit *rt.Deadline
				_, err := rt.TryAwait(with(10*ms, timeoutSleep(10*second, &limit)))
				wantTimeout(t, err)
				wantExpired(t, limit, true, 10*ms)
				wantNow(t, rt.RunningLoop(), 10*ms)
				return nil
			}())
		})
	}
}

// Of two that are over at once the outer one gives the timeout; the inner one lets the cancellation pass.
func TestTimeoutOfNestedOnesAtOneMoment(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		deadline := rt.RunningLoop().Time() + 10*ms
		var outer, inner *rt.Deadline
		_, err := rt.TryAwait(rt.WithDeadline(deadline, func(d *rt.Deadline) rt.Coro[rt.None] {
			outer = d
			if _, err := rt.CatchAwait(rt.WithDeadline(deadline, timeoutSleep(10*second, &inner))); err != nil {
				e.add("inner: %v", err)
				rt.Throw(err)
			}
			return nil
		}))
		e.add("outer: %v", err)
		wantExpired(t, outer, true, deadline)
		wantExpired(t, inner, true, deadline)
		return nil
	}())
	e.want(t, "inner: canceled", "outer: timeout")
}

func TestTimeoutIsACancellationInTheBody(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			_, err := rt.CatchAwait(rt.Sleep(10 * second))
			e.add("body: %v", err)
			rt.Throw(err)
			return nil
		}))
		e.add("outside: %v", err)
		return nil
	}())
	e.want(t, "body: canceled", "outside: timeout")
}

func TestTimeoutThatIsNotReached(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var limit *rt.Deadline
		rt.Await(rt.WithTimeout(10*second, timeoutSleep(10*ms, &limit)))
		wantExpired(t, limit, false, 10*second)
		wantNow(t, rt.RunningLoop(), 10*ms)
		rt.Await(rt.Sleep(20 * second)) // its timer is gone
		wantExpired(t, limit, false, 10*second)
		return nil
	}())
}

func TestTimeoutWithoutALimit(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var limit *rt.Deadline
		rt.Await(rt.WithTimeout(rt.NoTimeout, timeoutSleep(10*ms, &limit)))
		wantExpired(t, limit, false, rt.NoTimeout)
		rt.Await(rt.WithDeadline(rt.NoTimeout, timeoutSleep(10*ms, &limit)))
		wantExpired(t, limit, false, rt.NoTimeout)
		return nil
	}())
}

// Without any time the body is ended at its first suspension, be it as short as it may.
func TestTimeoutWithoutTime(t *testing.T) {
	for _, c := range []struct {
		name         string
		limit, sleep time.Duration
	}{
		{"a sleep", 0, 10 * second},
		{"a turn", 0, 0},
		{"a turn, in the past", -11 * second, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				rt.Await(rt.Sleep(time.Minute))
				var limit *rt.Deadline
				_, err := rt.TryAwait(rt.WithTimeout(c.limit, timeoutSleep(c.sleep, &limit)))
				wantTimeout(t, err)
				wantExpired(t, limit, true, time.Minute+c.limit)
				wantNow(t, rt.RunningLoop(), time.Minute)
				return nil
			}())
		})
	}
}

func TestTimeoutPassesForeignErrors(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var limit *rt.Deadline
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(d *rt.Deadline) rt.Coro[rt.None] {
			limit = d
			return rt.Fail[rt.None](errInTimeout)
		}))
		if err != errInTimeout {
			t.Errorf("got %v", err)
		}
		wantExpired(t, limit, false, 10*ms)
		return nil
	}())
}

// The time is over in a deferred call, while an error is on its way: the timeout replaces the error.
func TestTimeoutInADeferredCall(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			defer rt.Await(rt.Sleep(second))
			rt.Throw(errInTimeout)
			return nil
		}))
		wantTimeout(t, err)
		wantNow(t, rt.RunningLoop(), 10*ms)
		return nil
	}())
}

// An error that replaces the cancellation is what leaves the timeout, which has expired all the same.
func TestTimeoutPassesForeignErrorsWhenItIsOver(t *testing.T) {
	for name, body := range map[string]func() rt.Coro[rt.None]{
		"in the wait": func() rt.Coro[rt.None] {
			defer rt.Await(rt.Fail[int](errInTimeout))
			rt.Await(rt.Sleep(second))
			return nil
		},
		"in a deferred call": func() rt.Coro[rt.None] {
			defer rt.Await(rt.Fail[int](errInTimeout))
			defer rt.Await(rt.Fail[int](errors.New("that is replaced")))
			defer rt.Await(rt.Sleep(second))
			rt.Throw(errors.New("the first"))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				var limit *rt.Deadline
				_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(d *rt.Deadline) rt.Coro[rt.None] {
					limit = d
					return body()
				}))
				if err != errInTimeout {
					t.Errorf("got %v", err)
				}
				wantExpired(t, limit, true, 10*ms)
				if n := rt.CurrentTask().Canceling(); n != 0 {
					t.Errorf("%d requests to cancel are left", n)
				}
				return nil
			}())
		})
	}
}

func TestTimeoutPassesForeignCancellations(t *testing.T) {
	var limit *rt.Deadline
	_, err := try(t, rt.WithTimeout(10*second, func(d *rt.Deadline) rt.Coro[rt.None] {
		limit = d
		rt.CurrentTask().Cancel()
		rt.Await(rt.Sleep(10 * second))
		return nil
	}))
	wantCanceled(t, err)
	wantExpired(t, limit, false, 10*second)
}

func TestTimeoutDoesNotCancelItsTask(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var limit *rt.Deadline
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.WithTimeout(ms, timeoutSleep(10*second, &limit)))
			wantTimeout(t, err)
			return nil
		}())
		rt.Await(task)
		if task.Canceled() || !task.Done() || task.Canceling() != 0 {
			t.Errorf("it is %v", task)
		}
		return nil
	}())
}

// The outer one is over first: the inner one lets its cancellation pass.
func TestTimeoutOfTheOuterOneFirst(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var inner *rt.Deadline
		_, err := rt.TryAwait(rt.WithTimeout(2*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			_, err := rt.CatchAwait(rt.WithTimeout(100*ms, timeoutSleep(second, &inner)))
			wantCanceled(t, err)
			rt.Throw(err)
			return nil
		}))
		wantTimeout(t, err)
		wantExpired(t, inner, false, 100*ms)
		return nil
	}())
}

func TestTimeoutOfTheInnerOneFirst(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(100*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			var inner *rt.Deadline
			_, err := rt.TryAwait(rt.WithTimeout(10*ms, timeoutSleep(second, &inner)))
			wantTimeout(t, err)
			wantNow(t, rt.RunningLoop(), 10*ms)
			rt.Await(rt.Sleep(10 * second))
			return nil
		}))
		wantTimeout(t, err)
		wantNow(t, rt.RunningLoop(), 100*ms)
		return nil
	}())
}

// The loop was busy, and finds both limits reached in one turn, the inner one's first: what stands between the
// two is not run.
func TestTimeoutOfNestedOnesInOneTurn(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(second, func(outer *rt.Deadline) rt.Coro[rt.None] {
			_, err := rt.CatchAwait(rt.WithTimeout(10*ms, func(inner *rt.Deadline) rt.Coro[rt.None] {
				outer.Reschedule(inner.When()) // its timer is set after the inner one's now
				rt.Await(rt.Sleep(second))
				return nil
			}))
			e.add("inner: %v, canceling: %d", err, rt.CurrentTask().Canceling())
			rt.Throw(err)
			return nil
		}))
		e.add("outer: %v, canceling: %d", err, rt.CurrentTask().Canceling())
		wantNow(t, rt.RunningLoop(), 10*ms)
		return nil
	}())
	e.want(t, "inner: canceled, canceling: 1", "outer: timeout, canceling: 0")
}

func TestTimeoutRescheduled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		fut := rt.NewFuture[*rt.Deadline]()
		task := rt.CreateTask(rt.WithDeadline(10*second, func(d *rt.Deadline) rt.Coro[rt.None] {
			fut.SetResult(d)
			return rt.Sleep(50 * second)
		}))
		limit := rt.Await(fut)
		wantExpired(t, limit, false, 10*second)
		limit.Reschedule(30 * second)
		wantExpired(t, limit, false, 30*second)
		limit.Reschedule(rt.NoTimeout)
		wantExpired(t, limit, false, rt.NoTimeout)
		rt.Await(rt.Sleep(40 * second)) // none of them comes
		task.Cancel()
		_, err := rt.CatchAwait(task)
		wantCanceled(t, err)
		wantExpired(t, limit, false, rt.NoTimeout)
		return nil
	}())
}

func TestTimeoutString(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		var limit *rt.Deadline
		shown := func(sleep time.Duration) func(*rt.Deadline) rt.Coro[rt.None] {
			return func(d *rt.Deadline) rt.Coro[rt.None] {
				limit = d
				e.add("%v", d)
				_, err := rt.CatchAwait(rt.Sleep(sleep))
				e.add("%v", d)
				if err != nil {
					rt.Throw(err)
				}
				return nil
			}
		}
		rt.Await(rt.WithTimeout(10*second, shown(0)))
		e.add("%v", limit)
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, shown(second)))
		wantTimeout(t, err)
		e.add("%v", limit)
		rt.Await(rt.WithTimeout(rt.NoTimeout, shown(0)))
		e.add("%v", new(rt.Deadline))
		return nil
	}())
	e.want(t,
		"<Deadline [active] when=10s>", "<Deadline [active] when=10s>", "<Deadline [finished]>",
		"<Deadline [active] when=10ms>", "<Deadline [expiring]>", "<Deadline [expired]>",
		"<Deadline [active] when=None>", "<Deadline [active] when=None>",
		"<Deadline [created]>")
}

// Cleaning up may have a limit of its own, after the one that has ended the body.
func TestTimeoutInACleanupAfterATimeout(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			_, err := rt.CatchAwait(rt.Sleep(second))
			e.add("body: %v", err)
			var limit *rt.Deadline
			_, inner := rt.TryAwait(rt.WithTimeout(10*ms, timeoutSleep(10*second, &limit)))
			e.add("cleanup: %v at %v", inner, rt.RunningLoop().Time())
			rt.Throw(err)
			return nil
		}))
		e.add("outside: %v", err)
		return nil
	}())
	e.want(t, "body: canceled", "cleanup: timeout at 20ms", "outside: timeout")
}

// The task was canceled and goes on: a timeout knows its own cancellation from that one.
func TestTimeoutAfterACancellation(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		rt.CurrentTask().Cancel()
		_, err := rt.CatchAwait(rt.Sleep(second))
		wantCanceled(t, err)
		var limit *rt.Deadline
		_, err = rt.TryAwait(rt.WithTimeout(0, timeoutSleep(second, &limit)))
		wantTimeout(t, err)
		return nil
	}())
}

func TestTimeoutCanceledAfterACancellation(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		rt.CurrentTask().Cancel()
		_, err := rt.CatchAwait(rt.Sleep(second))
		wantCanceled(t, err)
		_, err = rt.CatchAwait(rt.WithTimeout(second, func(*rt.Deadline) rt.Coro[rt.None] {
			rt.CurrentTask().Cancel()
			rt.Await(rt.Sleep(2 * second))
			return nil
		}))
		wantCanceled(t, err)
		wantNow(t, rt.RunningLoop(), 0)
		return nil
	}())
}

// A timeout is entered where it is awaited, and that happens once.
func TestTimeoutIsEnteredOnce(t *testing.T) {
	const twice = "was already awaited"
	run(t, func() rt.Coro[rt.None] {
		var within rt.Coro[int]
		within = rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[int] {
			if said := rt.Await(groupRecover(within)); !strings.Contains(said, twice) {
				t.Errorf("in its own body: %q", said)
			}
			return nil
		})
		rt.Await(within)
		if said := rt.Await(groupRecover(within)); !strings.Contains(said, twice) {
			t.Errorf("when it has ended: %q", said)
		}
		return nil
	}())
}

// Only a timeout whose body runs, and was not canceled by it, can be set to another moment.
func TestTimeoutRescheduledTooLate(t *testing.T) {
	e := &events{}
	late := func(d *rt.Deadline) { e.add("%s", misuse(func() { d.Reschedule(20 * ms) })) }
	run(t, func() rt.Coro[rt.None] {
		late(new(rt.Deadline))
		var limit *rt.Deadline
		rt.Await(rt.WithTimeout(10*ms, timeoutSleep(0, &limit)))
		late(limit)
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, timeoutSleep(second, &limit)))
		wantTimeout(t, err)
		late(limit)
		rt.Await(rt.WithTimeout(10*ms, func(d *rt.Deadline) rt.Coro[rt.None] {
			_, err := rt.CatchAwait(rt.Sleep(second))
			wantCanceled(t, err)
			late(d)
			return nil // in spite of the cancellation
		}))
		return nil
	}())
	const of = "rt: Reschedule of a Deadline that is "
	e.want(t, of+"not entered", of+"finished", of+"expired", of+"expiring")
}

// The time is over in a group: the error of a task that was canceled is what leaves the timeout.
func TestTimeoutOfATaskGroup(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, groupFailInEnd(2*second, errGroupTask))
				defer rt.Await(rt.Sleep(second))
				rt.Throw(errGroupBody)
				return nil
			})
		}))
		wantGroup(t, err, errGroupTask)
		if n := rt.CurrentTask().Canceling(); n != 0 {
			t.Errorf("%d requests to cancel are left", n)
		}
		return nil
	}())
}
