package rt

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// group is a WithTaskGroup whose body starts children and then awaits one thing.
func group(start func(x *Exec, tg *TaskGroup), then func() Awaitable[int]) Coro[int] {
	return WithTaskGroup(func(tg *TaskGroup) Coro[int] {
		return awaits("body", func(x *Exec) Awaitable[int] {
			if start(x, tg); then == nil {
				return nil
			}
			return then()
		}, nil)
	})
}

func groupStep(tr *trace, name string, start func(x *Exec, tg *TaskGroup), then func() Awaitable[int]) func(*fn, *Exec) Status {
	return step(func() *fn {
		return logging(tr, name, func(*Exec) Awaitable[int] { return group(start, then) })
	})
}

func TestTaskGroup(t *testing.T) {
	l, tr := virtual(t)
	sleeps := func() Awaitable[int] { return sleeper(tr, "body", time.Minute) }
	RunOn(l, seq("main",
		groupStep(tr, "waits", func(x *Exec, tg *TaskGroup) {
			GoIn(x, tg, Coro[int](sleeper(tr, "a", 2*time.Second)), Name("child"))
			GoIn(x, tg, Coro[int](sleeper(tr, "b", time.Second)))
			GoIn(x, tg, Return(1), EagerStart())
		}, func() Awaitable[int] { return Return(7) }),
		groupStep(tr, "empty", func(*Exec, *TaskGroup) {}, nil),
		groupStep(tr, "child fails", func(x *Exec, tg *TaskGroup) {
			GoIn(x, tg, Coro[int](sleeper(tr, "a", time.Minute)))
			GoIn(x, tg, Coro[int](endingAfter(tr, "b", time.Second, 0, errBoom)))
			GoIn(x, tg, Coro[int](sleeper(tr, "c", time.Minute)))
		}, sleeps),
		groupStep(tr, "body fails", func(x *Exec, tg *TaskGroup) {
			GoIn(x, tg, Coro[int](sleeper(tr, "a", time.Minute)))
			GoIn(x, tg, Coro[int](coro("b", func(f *fn, x *Exec) Status {
				if f.State == Start {
					f.State = 1
					return x.Sleep(f, time.Minute)
				}
				x.take()
				return x.Throw(f, 1, errOther)
			})))
			x.loop.CallLater(time.Second, func() {})
		}, func() Awaitable[int] { return endingAfter(tr, "body", time.Second, 0, errBoom) }),
		groupStep(tr, "canceled child", func(x *Exec, tg *TaskGroup) {
			task := GoIn(x, tg, Coro[int](sleeper(tr, "a", time.Minute)))
			cancelLater(l, task, time.Second)
		}, nil),
	))
	tr.want(t, "0 a begins", "0 b begins", "1 b ends", "2 a ends", "2 waits: 7", "2 empty: 0",
		"2 body begins", "2 a begins", "2 c begins", "3 a canceled", "3 c canceled", "3 body canceled",
		"3 child fails: unhandled errors in a TaskGroup (1): boom",
		"3 a begins", "4 a canceled", "4 body fails: unhandled errors in a TaskGroup (2): other; boom",
		"4 a begins", "5 a canceled", "5 canceled child: 0")
	wantClean(t, l)
}

// A group in a group: the inner one's errors are an error of the outer one. The parent's count of
// requests is what it was.
func TestNestedGroups(t *testing.T) {
	l, tr := virtual(t)
	var task AnyTask
	var got error
	RunOn(l, Coro[int](trying(func(x *Exec) Awaitable[int] {
		task = x.CurrentTask()
		return group(func(x *Exec, tg *TaskGroup) {
			GoIn(x, tg, Coro[int](sleeper(tr, "outer child", time.Minute)))
		}, func() Awaitable[int] {
			return group(func(x *Exec, tg *TaskGroup) {
				GoIn(x, tg, Coro[int](endingAfter(tr, "a", time.Second, 0, errBoom)))
				GoIn(x, tg, Coro[int](endingAfter(tr, "b", time.Second, 0, errOther)))
			}, func() Awaitable[int] { return sleeper(tr, "inner body", time.Minute) })
		})
	}, func(_ *Exec, _ int, err error) {
		got = err
		tr.add("%d", task.Canceling())
	})))
	tr.want(t, "0 inner body begins", "0 outer child begins", "1 inner body canceled", "1 outer child canceled", "1 0")
	var g *ErrorGroup
	if !errors.As(got, &g) || len(g.Errs) != 1 || !errors.As(g.Errs[0], &g) || !slices.Equal(g.Errs, []error{errBoom, errOther}) {
		t.Error(got)
	}
	if !errors.Is(got, errOther) || errors.Is(got, errStreamClosed) {
		t.Error("errors.Is")
	}
	wantClean(t, l)
}

// The body may start tasks while it runs and, from a child, while the group waits; not later, and
// not in a group that is being canceled.
func TestClosedGroup(t *testing.T) {
	l, tr := virtual(t)
	var kept *TaskGroup
	late := func(name string, next func(x *Exec)) *fn {
		return coro(name, func(f *fn, x *Exec) Status {
			if f.State == Start {
				f.State = 1
				return x.Sleep(f, time.Second)
			}
			x.take()
			next(x)
			if x.Err != nil {
				tr.add("%s: %v", name, x.Err)
				return x.Fail(f, 1)
			}
			return Done
		})
	}
	var unused *fn
	spawnLate := func(x *Exec) {
		unused = sleeper(tr, "late", 0)
		GoIn(x, kept, Coro[int](unused))
	}
	RunOn(l, seq("main",
		groupStep(tr, "while it waits", func(x *Exec, tg *TaskGroup) {
			kept = tg
			GoIn(x, tg, Coro[int](late("child", spawnLate)))
		}, nil),
		step(func() *fn {
			return logging(tr, "finished", func(*Exec) Awaitable[int] { return late("after", spawnLate) })
		}),
		groupStep(tr, "shutting down", func(x *Exec, tg *TaskGroup) {
			kept = tg
			GoIn(x, tg, Coro[int](late("child", spawnLate)))
		}, func() Awaitable[int] { return Fail[int](errBoom) }),
		groupStep(tr, "nil", func(x *Exec, tg *TaskGroup) { GoIn[int](x, tg, nil) }, nil),
		step(func() *fn {
			return logging(tr, "nil, too late", func(*Exec) Awaitable[int] {
				return late("nil", func(x *Exec) { GoIn[int](x, kept, nil) })
			})
		}),
	))
	tr.want(t, "1 late begins", "1 late ends", "1 while it waits: 0",
		"2 after: task group is shutting down", "2 finished: task group is shutting down",
		"2 shutting down: unhandled errors in a TaskGroup (1): boom", "2 nil: 0",
		"3 nil: task group is shutting down", "3 nil, too late: task group is shutting down")
	if !unused.started {
		t.Error("the coroutine that never ran is not marked as used")
	}
	wantPanic(t, "rt.Go: the TaskGroup was not made by WithTaskGroup", plain("main", func(x *Exec) {
		GoIn(x, new(TaskGroup), Return(1))
	}))
	wantClean(t, l)
}

// A cancellation from outside cancels the children and goes on; errors have priority, and then the
// task hears of the cancellation at its next await.
func TestGroupCanceled(t *testing.T) {
	l, tr := virtual(t)
	run := func(name string, child func() *fn) func(*fn, *Exec) Status {
		return func(f *fn, x *Exec) Status {
			task := spawn(x, seq(name,
				groupStep(tr, name, func(x *Exec, tg *TaskGroup) { GoIn(x, tg, Coro[int](child())) }, nil),
				func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
				plainStep(func() { tr.add("%s goes on", name) }),
			))
			l.CallLater(time.Second, func() { task.Cancel() })
			l.CallLater(time.Second, func() { task.Cancel() }) // the second one changes nothing
			l.CallLater(5*time.Second, func() { tr.add("%s %v %d", name, task.Canceled(), task.Canceling()) })
			return x.Sleep(f, 10*time.Second)
		}
	}
	RunOn(l, seq("main",
		run("plain", func() *fn { return sleeper(tr, "a", time.Minute) }),
		run("resists", func() *fn { return resisting(tr, "b", 2*time.Second, 1, 1) }),
		run("fails", func() *fn {
			return coro("c", func(f *fn, x *Exec) Status {
				if f.State == Start {
					f.State = 1
					return x.Sleep(f, time.Minute)
				}
				x.take()
				return x.Throw(f, 1, errBoom)
			})
		}),
	))
	tr.want(t, "0 a begins", "1 a canceled", "1 plain: canceled", "1 plain goes on", "5 plain false 2",
		"11 b resists", "13 resists: canceled", "13 resists goes on", "15 resists false 2",
		"21 fails: unhandled errors in a TaskGroup (1): boom", "25 fails true 2")
	wantClean(t, l)
}

func TestGroupCancelEverywhere(t *testing.T) {
	for _, fail := range []error{nil, errBoom} {
		tr := new(trace)
		cancelInEachTurn(t, func(x *Exec) *Task[int] {
			return spawn(x, awaits("f", func(*Exec) Awaitable[int] {
				return group(func(x *Exec, tg *TaskGroup) {
					GoIn(x, tg, Coro[int](endingAfter(tr, "a", 2*time.Millisecond, 1, fail)))
					GoIn(x, tg, Coro[int](resisting(tr, "b", 3*time.Millisecond, 1, 1)))
				}, func() Awaitable[int] { return sleeper(tr, "body", time.Millisecond) })
			}, nil))
		}, func(turn, v int, err error) {
			if err != nil && !isCanceled(err) && !(fail != nil && errors.Is(err, fail)) {
				t.Errorf("turn %d: %v, %v", turn, v, err)
			}
		})
	}
}

// A panic of the body cancels the children and goes on at once.
func TestGroupPanics(t *testing.T) {
	for _, later := range []bool{false, true} {
		l, tr := virtual(t)
		_, err := RunOn(l, withDefers("main", func(f *deferring, x *Exec) Status {
			if f.State != Start {
				return Done
			}
			pushPlain(f, func() { tr.add("recovered %v", recover()) })
			f.State = 1
			return Begin(x, f, Awaitable[int](group(func(x *Exec, tg *TaskGroup) {
				GoIn(x, tg, Coro[int](sleeper(tr, "a", time.Minute)))
			}, func() Awaitable[int] {
				return coro("panics", func(f *fn, x *Exec) Status {
					if later && f.State == Start {
						f.State = 1
						return x.Sleep(f, 0)
					}
					panic("boom")
				})
			})))
		}))
		RunOn(l, Sleep(time.Second))
		want := []string{"0 recovered boom"}
		if later {
			want = []string{"0 a begins", "0 recovered boom", "0 a canceled"}
		}
		if tr.want(t, want...); err != nil {
			t.Error(err)
		}
		wantClean(t, l)
	}
}
