package rt

import (
	"slices"
	"testing"
	"time"
)

// waitLog logs which of the tasks a Wait gives as done.
func waitLog(tr *trace, name string, wait func(x *Exec) Coro[Waited[*Task[int]]]) func(f *fn, x *Exec) Status {
	return step(func() *fn {
		return trying(func(x *Exec) Awaitable[Waited[*Task[int]]] { return wait(x) },
			func(_ *Exec, w Waited[*Task[int]], err error) {
				names := func(ts []*Task[int]) (s []string) {
					for _, t := range ts {
						s = append(s, t.Name())
					}
					return s
				}
				tr.add("%s: done %v, pending %v, %v", name, names(w.Done), names(w.Pending), err)
			})
	})
}

func TestWait(t *testing.T) {
	l, tr := virtual(t)
	reports(l) // nobody looks at the errors of c
	var a, b, c *Task[int]
	make3 := func(x *Exec) {
		named := func(name string, d time.Duration, err error) *Task[int] {
			return CreateTaskIn(x, Coro[int](endingAfter(tr, name, d, 0, err)), Name(name))
		}
		a, b, c = named("a", 3*time.Second, nil), named("b", time.Second, nil), named("c", 2*time.Second, errBoom)
	}
	on := func(when When, d time.Duration) func(x *Exec) Coro[Waited[*Task[int]]] {
		return func(x *Exec) Coro[Waited[*Task[int]]] {
			make3(x)
			return Wait(when, d, a, b, c, a)
		}
	}
	again := func(*Exec) Coro[Waited[*Task[int]]] { return Wait(AllCompleted, NoTimeout, a, b, c) }
	RunOn(l, seq("main",
		waitLog(tr, "first", on(FirstCompleted, NoTimeout)),
		waitLog(tr, "the rest", again),
		waitLog(tr, "error", on(FirstError, time.Minute)),
		waitLog(tr, "the rest", again),
		waitLog(tr, "in time", on(AllCompleted, 2500*time.Millisecond)),
		waitLog(tr, "the rest", again),
		waitLog(tr, "no time", on(AllCompleted, 0)),
		waitLog(tr, "done", again),
		waitLog(tr, "done again", again),
	))
	tr.want(t, "1 first: done [b], pending [a c], <nil>", "3 the rest: done [a b c], pending [], <nil>",
		"5 error: done [b c], pending [a], <nil>", "6 the rest: done [a b c], pending [], <nil>",
		"8 in time: done [b c], pending [a], <nil>", "9 the rest: done [a b c], pending [], <nil>",
		"9 no time: done [], pending [a b c], <nil>", "12 done: done [a b c], pending [], <nil>",
		"12 done again: done [a b c], pending [], <nil>")
	wantClean(t, l)
}

// A mixture needs a type argument, and tells the futures apart.
func TestWaitOfMixture(t *testing.T) {
	l, _ := virtual(t)
	RunOn(l, seq("main", step(func() *fn {
		var s *Task[string]
		var n *Future[int]
		return trying(func(x *Exec) Awaitable[Waited[AnyFuture]] {
			s, n = CreateTaskIn(x, Return("s")), NewFutureIn[int](x)
			return Wait[AnyFuture](FirstCompleted, NoTimeout, n, s)
		}, func(_ *Exec, w Waited[AnyFuture], err error) {
			if !slices.Equal(w.Done, []AnyFuture{s}) || !slices.Equal(w.Pending, []AnyFuture{n}) || err != nil {
				t.Error(w, err)
			}
		})
	})))
	wantClean(t, l)
}

func TestWaitCancelEverywhere(t *testing.T) {
	tr := new(trace)
	var inner []*Task[int]
	cancelInEachTurn(t, func(x *Exec) *Task[int] {
		inner = inner[:0]
		return spawn(x, seq("f", func(f *fn, x *Exec) Status {
			inner = append(inner, spawn(x, endingAfter(tr, "a", 4*time.Millisecond, 1, nil)),
				spawn(x, endingAfter(tr, "b", 2*time.Millisecond, 1, nil)))
			return Begin(x, f, Awaitable[Waited[*Task[int]]](Wait(AllCompleted, time.Second, inner...)))
		}))
	}, func(turn, v int, err error) {
		for _, task := range inner { // a Wait cancels nothing
			if !task.Done() || task.Canceled() || *task.tail() != nil {
				t.Errorf("turn %d: %v", turn, task)
			}
		}
	})
}

func TestWaitForKinds(t *testing.T) {
	l, tr := virtual(t)
	waitFor := func(name string, d time.Duration, aw func(x *Exec) Awaitable[int]) func(f *fn, x *Exec) Status {
		return step(func() *fn {
			return logging(tr, name, func(x *Exec) Awaitable[int] { return WaitFor(aw(x), d) })
		})
	}
	RunOn(l, seq("main",
		waitFor("in time", 2*time.Second, func(*Exec) Awaitable[int] { return sleeper(tr, "a", time.Second) }),
		waitFor("late", time.Second, func(*Exec) Awaitable[int] { return sleeper(tr, "b", time.Minute) }),
		waitFor("for ever", NoTimeout, func(*Exec) Awaitable[int] { return sleeper(tr, "c", time.Second) }),
		waitFor("no time", 0, func(*Exec) Awaitable[int] { return sleeper(tr, "never", 0) }),
		waitFor("no time for a task", -1, func(x *Exec) Awaitable[int] { return spawn(x, resisting(tr, "d", time.Second, 1, 5)) }),
		waitFor("resists", time.Second, func(x *Exec) Awaitable[int] {
			return spawn(x, resisting(tr, "e", 2*time.Second, 1, 5))
		}),
		waitFor("done", 0, func(x *Exec) Awaitable[int] {
			fu := NewFutureIn[int](x)
			fu.SetResult(7)
			return fu
		}),
		waitFor("canceled", 0, func(x *Exec) Awaitable[int] {
			fu := NewFutureIn[int](x)
			fu.Cancel()
			return fu
		}),
		waitFor("nil", time.Second, func(x *Exec) Awaitable[int] { return nil }),
		waitFor("fails", time.Second, func(x *Exec) Awaitable[int] { return Fail[int](errBoom) }),
	))
	tr.want(t, "0 a begins", "1 a ends", "1 in time: 1", "1 b begins", "2 b canceled", "2 late: timeout",
		"2 c begins", "3 c ends", "3 for ever: 1", "3 no time: timeout", "3 no time for a task: timeout",
		"4 e resists", "6 resists: 5", "6 done: 7", "6 canceled: canceled", "6 nil: 0", "6 fails: boom")
	wantClean(t, l)
}

// A cancellation from outside stays one; what is waited for is canceled as well, unless it is a
// task that WaitFor without time is already waiting for.
func TestWaitForCancelEverywhere(t *testing.T) {
	for _, d := range []time.Duration{0, 2 * time.Millisecond, time.Second} {
		tr := new(trace)
		cancelInEachTurn(t, func(x *Exec) *Task[int] {
			return spawn(x, coro("f", func(f *fn, x *Exec) Status {
				if f.State == Start {
					f.State = 1
					return Begin(x, f, Awaitable[int](WaitFor(spawn(x, resisting(tr, "a", 3*time.Millisecond, 1, 1)), d)))
				}
				return Done
			}))
		}, func(turn, v int, err error) {
			if err != nil && !isCanceled(err) && err != ErrTimeout {
				t.Errorf("turn %d: %v, %v", turn, v, err)
			}
		})
	}
}

func TestWaitMisuse(t *testing.T) {
	wantPanic(t, "rt.Wait: no futures", seq("main", func(f *fn, x *Exec) Status {
		return Begin(x, f, Awaitable[Waited[*Task[int]]](Wait[*Task[int]](AllCompleted, NoTimeout)))
	}))
	wantPanic(t, "rt.Wait: invalid When", seq("main", func(f *fn, x *Exec) Status {
		return Begin(x, f, Awaitable[Waited[*Future[int]]](Wait(When(9), NoTimeout, NewFutureIn[int](x))))
	}))
}

// reading logs the elements of a stream as AwaitEach gives them, at most so many.
func reading(tr *trace, most int, s func(x *Exec) Stream[Finished[int]]) *fn {
	var stream Stream[Finished[int]]
	var each StreamLoop[Finished[int]]
	return coro("reading", func(f *fn, x *Exec) Status {
		if f.State == Start {
			stream = s(x)
			each.read(stream)
		} else {
			goto resumed
		}
	next:
		f.State = 1
		if most == 0 {
			return Begin(x, f, Awaitable[None](Close(stream)))
		}
		most--
		if each.Next(x, f) == Suspended {
			return Suspended
		}
	resumed:
		if x.Err != nil {
			tr.add("reader: %v", x.Err)
			return x.Fail(f, 1)
		}
		if !each.More() {
			tr.add("end")
			return Done
		}
		v, err := each.Value.Result()
		tr.add("%d %v", v, err)
		goto next
	})
}

func TestAsCompleted(t *testing.T) {
	l, tr := virtual(t)
	reports(l) // nor at those that come after the loop
	three := func(x *Exec) []Awaitable[int] {
		done := spawn(x, endingAfter(tr, "b", time.Second, 2, nil))
		return []Awaitable[int]{endingAfter(tr, "a", 3*time.Second, 1, nil), done, Fail[int](errBoom), done}
	}
	RunOn(l, seq("main",
		step(func() *fn {
			return reading(tr, 9, func(x *Exec) Stream[Finished[int]] { return AsCompletedIn(x, three(x)...) })
		}),
		step(func() *fn {
			return reading(tr, 9, func(x *Exec) Stream[Finished[int]] { return AsCompletedIn[int](x) })
		}),
		step(func() *fn { // left early
			return reading(tr, 1, func(x *Exec) Stream[Finished[int]] {
				return AsCompletedWithinIn(x, time.Hour, three(x)...)
			})
		}),
		func(f *fn, x *Exec) Status { return x.Sleep(f, 3*time.Second) },
		step(func() *fn { // closed before it is read
			return reading(tr, 0, func(x *Exec) Stream[Finished[int]] {
				return AsCompletedWithinIn(x, time.Hour, three(x)...)
			})
		}),
		func(f *fn, x *Exec) Status { return x.Sleep(f, 3*time.Second) },
	))
	tr.want(t, "0 0 boom", "1 2 <nil>", "3 1 <nil>", "3 end", "3 end", "3 0 boom")
	wantClean(t, l)
}

func TestAsCompletedWithin(t *testing.T) {
	l, tr := virtual(t)
	var s Stream[Finished[int]]
	again := func(f *fn, x *Exec) Status {
		return Begin(x, f, Awaitable[int](logging(tr, "again", func(*Exec) Awaitable[Item[Finished[int]]] { return Next(s) })))
	}
	_, err := RunOn(l, seq("main",
		step(func() *fn {
			return trying(func(x *Exec) Awaitable[int] {
				return reading(tr, 9, func(x *Exec) Stream[Finished[int]] {
					s = AsCompletedWithinIn(x, 2*time.Second, endingAfter(tr, "a", time.Second, 1, nil),
						endingAfter(tr, "b", 3*time.Second, 2, nil), endingAfter(tr, "c", 4*time.Second, 3, nil))
					return s
				})
			}, func(*Exec, int, error) {})
		}),
		again, again,
		func(f *fn, x *Exec) Status { return x.Sleep(f, 3*time.Second) },
	))
	tr.want(t, "1 1 <nil>", "2 reader: timeout", "2 again: timeout", "2 again: {<nil> false}")
	if err != nil {
		t.Error(err)
	}
	wantClean(t, l)
}

func TestAsCompletedCancelEverywhere(t *testing.T) {
	tr := new(trace)
	cancelInEachTurn(t, func(x *Exec) *Task[int] {
		return spawn(x, reading(tr, 9, func(x *Exec) Stream[Finished[int]] {
			return AsCompletedWithinIn(x, time.Minute/2, endingAfter(tr, "a", 2*time.Millisecond, 1, nil),
				endingAfter(tr, "b", 2*time.Millisecond, 2, nil))
		}))
	}, func(turn, v int, err error) {
		if err != nil && !isCanceled(err) {
			t.Errorf("turn %d: %v, %v", turn, v, err)
		}
	})
}
