package rt

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// timeout is a WithTimeout of one await.
func timeout(d time.Duration, aw func(x *Exec, d *Deadline) Awaitable[int]) Coro[int] {
	return WithTimeout(d, func(d *Deadline) Coro[int] {
		return awaits("body", func(x *Exec) Awaitable[int] { return aw(x, d) }, nil)
	})
}

func timeoutStep(tr *trace, name string, d time.Duration, aw func(x *Exec, d *Deadline) Awaitable[int]) func(f *fn, x *Exec) Status {
	return step(func() *fn {
		return logging(tr, name, func(*Exec) Awaitable[int] { return timeout(d, aw) })
	})
}

func TestWithTimeout(t *testing.T) {
	l, tr := virtual(t)
	var kept *Deadline
	sleeps := func(d time.Duration) func(*Exec, *Deadline) Awaitable[int] {
		return func(_ *Exec, limit *Deadline) Awaitable[int] {
			kept = limit
			return sleeper(tr, "s", d)
		}
	}
	RunOn(l, seq("main",
		timeoutStep(tr, "in time", 2*time.Second, sleeps(time.Second)),
		plainStep(func() { tr.add("%v %v", kept.Expired(), kept.When()) }),
		timeoutStep(tr, "late", time.Second, sleeps(time.Minute)),
		plainStep(func() { tr.add("%v %v", kept.Expired(), kept.When()) }),
		timeoutStep(tr, "no limit", NoTimeout, sleeps(time.Hour)),
		timeoutStep(tr, "no time", 0, sleeps(0)),
		timeoutStep(tr, "no time and no await", -1, func(*Exec, *Deadline) Awaitable[int] { return Return(4) }),
		timeoutStep(tr, "fails", time.Second, func(*Exec, *Deadline) Awaitable[int] { return Fail[int](errBoom) }),
		step(func() *fn {
			return logging(tr, "nil", func(*Exec) Awaitable[int] {
				return WithDeadline(0, func(*Deadline) Coro[int] { return nil })
			})
		}),
	))
	tr.want(t, "0 s begins", "1 s ends", "1 in time: 1", "1 false 2s", "1 s begins", "2 s canceled", "2 late: timeout",
		"2 true 2s", "2 s begins", "3602 s ends", "3602 no limit: 1", "3602 s begins", "3602 s canceled",
		"3602 no time: timeout", "3602 no time and no await: 4", "3602 fails: boom", "3602 nil: 0")
	if !errors.Is(ErrTimeout, context.DeadlineExceeded) {
		t.Error("ErrTimeout is not context.DeadlineExceeded")
	}
	wantClean(t, l)
}

// plainStep is a step that awaits nothing.
func plainStep(do func()) func(*fn, *Exec) Status {
	return func(*fn, *Exec) Status { do(); return Done }
}

// The inner limit is the inner one's business; the outer one's passes through it.
func TestNestedTimeouts(t *testing.T) {
	l, tr := virtual(t)
	nested := func(outer, inner time.Duration) func(*fn, *Exec) Status {
		return timeoutStep(tr, "outer", outer, func(*Exec, *Deadline) Awaitable[int] {
			return trying(func(*Exec) Awaitable[int] {
				return timeout(inner, func(*Exec, *Deadline) Awaitable[int] { return sleeper(tr, "s", time.Minute) })
			}, func(x *Exec, _ int, err error) {
				tr.add("inner: %v", err)
				x.Err = err
			})
		})
	}
	RunOn(l, seq("main", nested(2*time.Second, time.Second), nested(time.Second, 2*time.Second),
		nested(time.Second, time.Second)))
	tr.want(t, "0 s begins", "1 s canceled", "1 inner: timeout", "1 outer: timeout",
		"1 s begins", "2 s canceled", "2 inner: canceled", "2 outer: timeout",
		"2 s begins", "3 s canceled", "3 inner: canceled", "3 outer: timeout")
	wantClean(t, l)
}

func TestReschedule(t *testing.T) {
	l, tr := virtual(t)
	var limit *Deadline
	RunOn(l, seq("main",
		timeoutStep(tr, "later", time.Second, func(_ *Exec, d *Deadline) Awaitable[int] {
			limit = d
			d.Reschedule(l.Time() + 3*time.Second)
			return sleeper(tr, "s", time.Minute)
		}),
		timeoutStep(tr, "never", time.Second, func(_ *Exec, d *Deadline) Awaitable[int] {
			d.Reschedule(NoTimeout)
			return sleeper(tr, "s", 2*time.Second)
		}),
		timeoutStep(tr, "past", time.Hour, func(_ *Exec, d *Deadline) Awaitable[int] {
			d.Reschedule(0)
			return sleeper(tr, "s", 2*time.Second)
		}),
	))
	tr.want(t, "0 s begins", "3 s canceled", "3 later: timeout", "3 s begins", "5 s ends", "5 never: 1",
		"5 s begins", "5 s canceled", "5 past: timeout")
	wantClean(t, l)
	for d, state := range map[*Deadline]string{{}: "not entered", limit: "expired", {state: expiring}: "expiring", {state: exited}: "finished"} {
		wantPanic(t, "rt: Reschedule of a Deadline that is "+state, plain("main", func(*Exec) { d.Reschedule(NoTimeout) }))
	}
}

// A cancellation from outside wins over the limit, even in the same turn, and the count is right.
func TestTimeoutAndCancel(t *testing.T) {
	l, tr := virtual(t)
	var task *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			task = spawn(x, logging(tr, "f", func(*Exec) Awaitable[int] {
				return timeout(time.Second, func(*Exec, *Deadline) Awaitable[int] { return sleeper(tr, "s", time.Minute) })
			}))
			l.CallLater(time.Second, func() { tr.add("%v %d", task.Cancel(), task.Canceling()) })
			return x.Sleep(f, 2*time.Second)
		},
		plainStep(func() { tr.add("%d", task.Canceling()) }),
	))
	tr.want(t, "0 s begins", "1 true 1", "1 s canceled", "1 f: canceled", "2 1")
	wantClean(t, l)
}

func TestTimeoutCancelEverywhere(t *testing.T) {
	tr := new(trace)
	seen := map[error]bool{}
	cancelInEachTurn(t, func(x *Exec) *Task[int] {
		return spawn(x, awaits("f", func(*Exec) Awaitable[int] {
			return timeout(4*time.Millisecond, func(*Exec, *Deadline) Awaitable[int] {
				return timeout(2*time.Millisecond, func(*Exec, *Deadline) Awaitable[int] { return sleeper(tr, "s", time.Second) })
			})
		}, nil))
	}, func(turn, v int, err error) {
		seen[err] = true
		if err != ErrTimeout && !isCanceled(err) {
			t.Errorf("turn %d: %v, %v", turn, v, err)
		}
	})
	if !seen[ErrTimeout] {
		t.Error("never a timeout")
	}
}

// A panic passes, the timer is taken back, also when the panic comes after a suspension.
func TestTimeoutPanics(t *testing.T) {
	for _, later := range []bool{false, true} {
		l, tr := virtual(t)
		var task AnyTask
		var canceling int
		_, err := RunOn(l, withDefers("main", func(f *deferring, x *Exec) Status {
			if f.State == Start {
				pushPlain(f, func() { tr.add("recovered %v", recover()) })
				f.State = 1
				return Begin(x, f, Awaitable[int](timeout(time.Minute, func(x *Exec, d *Deadline) Awaitable[int] {
					task = x.CurrentTask()
					return coro("panics", func(f *fn, x *Exec) Status {
						if later && f.State == Start {
							f.State = 1
							d.Reschedule(0)
							return x.Sleep(f, time.Second)
						}
						panic("boom")
					})
				})))
			}
			return Done
		}))
		canceling = task.Canceling()
		tr.want(t, "0 recovered boom")
		if err != nil || canceling != 0 {
			t.Error(err, canceling)
		}
		wantClean(t, l)
	}
	for _, f := range []func(){
		func() { WithTimeout[int](0, nil) }, func() { WithDeadline[int](0, nil) }, func() { WithTaskGroup[int](nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

// A panic behind the limit, while the body cleans up, leaves no request to cancel behind, and one before the
// limit leaves no timer.
func TestPanicTakesTheLimitAlong(t *testing.T) {
	kinds := map[string]func(d time.Duration, aw Awaitable[int]) Coro[int]{
		"WithTimeout": func(d time.Duration, aw Awaitable[int]) Coro[int] {
			return timeout(d, func(*Exec, *Deadline) Awaitable[int] { return aw })
		},
		"WithDeadline": func(d time.Duration, aw Awaitable[int]) Coro[int] {
			return WithDeadline(d, func(*Deadline) Coro[int] {
				return awaits("body", func(*Exec) Awaitable[int] { return aw }, nil)
			})
		},
		"WaitFor": func(d time.Duration, aw Awaitable[int]) Coro[int] { return WaitFor(aw, d) },
	}
	for name, limited := range kinds {
		for _, limit := range []time.Duration{time.Second, time.Hour} {
			l, tr := virtual(t)
			_, err := RunOn(l, seq("main",
				func(f *fn, x *Exec) Status {
					return Begin(x, f, Awaitable[int](recovering(tr, func() Awaitable[int] {
						return limited(limit, awaits("late", func(*Exec) Awaitable[int] { return sleeper(tr, "s", time.Minute) },
							func(*fn, *Exec) { panic("boom") }))
					}, func() { tr.add("canceling %d, timers %d", l.main.canceling(), l.timers.len()-l.timers.dead) })))
				},
				func(f *fn, x *Exec) Status { return x.Sleep(f, 2*time.Hour) },
			))
			how := "1 s canceled"
			if limit > time.Minute {
				how = "60 s ends"
			}
			when, _, _ := strings.Cut(how, " ")
			tr.want(t, "0 s begins", how, when+" recovered boom", when+" canceling 0, timers 0")
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			wantClean(t, l)
		}
	}
}
