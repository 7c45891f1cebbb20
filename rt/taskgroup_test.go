package rt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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

// panicsAfter panics, at once or after it has slept.
func panicsAfter(d time.Duration, value any) *fn {
	return coro("panics", func(f *fn, x *Exec) Status {
		if d > 0 && f.State == Start {
			f.State = 1
			return x.Sleep(f, d)
		}
		panic(value)
	})
}

// recovering is an async function that awaits one thing, recovers what it panics with and notes that.
func recovering(tr *trace, aw func() Awaitable[int], after func()) *deferring {
	return withDefers("main", func(f *deferring, x *Exec) Status {
		if f.State == Start {
			pushPlain(f, func() {
				tr.add("recovered %v", recover())
				after()
			})
			f.State = 1
			return Begin(x, f, aw())
		}
		return Done
	})
}

// A panic of the body cancels the children, waits for them while others run, and goes on. What they fail with
// is lost; asyncio with KeyboardInterrupt does the same.
func TestGroupWaitsForItsTasksBeforeAPanicGoesOn(t *testing.T) {
	for _, later := range []time.Duration{0, time.Second} {
		l, tr := virtual(t)
		main := recovering(tr, func() Awaitable[int] {
			return group(func(x *Exec, tg *TaskGroup) {
				GoIn(x, tg, Coro[int](resisting(tr, "a", time.Minute, 1, 1)), EagerStart())
				GoIn(x, tg, Coro[int](resisting(tr, "b", 2*time.Minute, 1, 1)), EagerStart())
				GoIn(x, tg, Coro[int](failingLate(time.Second)), EagerStart())
				x.loop.CallLater(later+30*time.Second, func() { tr.add("others run") })
			}, func() Awaitable[int] { return panicsAfter(later, "boom") })
		}, func() { tr.add("%d", l.main.canceling()) })
		if _, err := RunOn(l, Coro[int](main)); err != nil {
			t.Error(err)
		}
		s := int(later / time.Second)
		tr.want(t, fmt.Sprintf("%d a resists", s), fmt.Sprintf("%d b resists", s), fmt.Sprintf("%d others run", s+30),
			fmt.Sprintf("%d recovered boom", s+120), fmt.Sprintf("%d 0", s+120))
		wantClean(t, l)
	}
}

// failingLate fails d after it was canceled.
func failingLate(d time.Duration) *fn {
	return coro("fails late", func(f *fn, x *Exec) Status {
		switch f.State++; f.State {
		case 1:
			return x.Sleep(f, time.Hour)
		case 2:
			x.take()
			return x.Sleep(f, d)
		}
		return x.Throw(f, 1, errOther)
	})
}

// The inner group's tasks end before the outer one hears of the panic.
func TestPanicPassesNestedGroupsOneAfterTheOther(t *testing.T) {
	l, tr := virtual(t)
	main := recovering(tr, func() Awaitable[int] {
		return group(func(x *Exec, tg *TaskGroup) {
			GoIn(x, tg, Coro[int](resisting(tr, "outer child", 10*time.Second, 1, 1)), EagerStart())
		}, func() Awaitable[int] {
			return group(func(x *Exec, tg *TaskGroup) {
				GoIn(x, tg, Coro[int](resisting(tr, "inner child", 3*time.Second, 1, 1)), EagerStart())
			}, func() Awaitable[int] { return panicsAfter(time.Second, "boom") })
		})
	}, func() {})
	if _, err := RunOn(l, Coro[int](main)); err != nil {
		t.Error(err)
	}
	tr.want(t, "1 inner child resists", "4 outer child resists", "14 recovered boom")
	wantClean(t, l)
}

// A panic that nobody recovers leaves Run with the stack on which it began, however long a group has held it.
func TestPanicKeepsItsStackThroughAGroup(t *testing.T) {
	defer func() {
		p, ok := recover().(*PanicError)
		if !ok || p.Value != "boom" || !strings.Contains(p.Stack, "panicsAfter") || !strings.Contains(p.Trace, "body") {
			t.Errorf("got %v", p)
		}
	}()
	Run(group(func(x *Exec, tg *TaskGroup) {
		GoIn(x, tg, Coro[int](resisting(new(trace), "a", time.Second, 1, 1)), EagerStart())
	}, func() Awaitable[int] { return panicsAfter(time.Second, "boom") }), WithClock(NewVirtualClock()))
	t.Error("Run has returned")
}

// A task that panics ends the run, as always. The panic of the body still waits, and goes on in the next run.
func TestTaskOfAGroupPanicsWhileTheBodyPanics(t *testing.T) {
	l := NewLoop(WithClock(NewVirtualClock()))
	main := group(func(x *Exec, tg *TaskGroup) {
		GoIn(x, tg, Coro[int](coro("child", func(f *fn, x *Exec) Status {
			if f.State == Start {
				f.State = 1
				return x.Sleep(f, time.Hour)
			}
			panic("the child's")
		})), EagerStart())
	}, func() Awaitable[int] { return panicsAfter(time.Second, "the body's") })
	var said []any
	for _, run := range []func(){func() { RunOn(l, main) }, func() { l.Close() }} {
		func() {
			defer func() { said = append(said, recover().(*PanicError).Value) }()
			run()
		}()
	}
	if !slices.Equal(said, []any{"the child's", "the body's"}) {
		t.Error(said)
	}
}

// A cancellation that comes while the group waits does not end the wait. The panic goes on, and who recovers
// it hears of the cancellation at the next await.
func TestGroupIsCanceledWhileAPanicWaits(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main", func(f *fn, x *Exec) Status {
		task := spawn(x, seq("task",
			func(f *fn, x *Exec) Status {
				return Begin(x, f, Awaitable[int](recovering(tr, func() Awaitable[int] {
					return group(func(x *Exec, tg *TaskGroup) {
						GoIn(x, tg, Coro[int](resisting(tr, "a", time.Minute, 1, 1)), EagerStart())
					}, func() Awaitable[int] { return panicsAfter(time.Second, "boom") })
				}, func() {})))
			},
			func(f *fn, x *Exec) Status { return x.Sleep(f, time.Second) },
		))
		cancelLater(l, task, 2*time.Second)
		cancelLater(l, task, 3*time.Second)
		l.CallLater(2*time.Minute, func() { tr.add("%v %d", task.Canceled(), task.Canceling()) })
		return x.Sleep(f, 3*time.Minute)
	}))
	tr.want(t, "1 a resists", "61 recovered boom", "120 true 2")
	wantClean(t, l)
}

// Wherever a cancellation comes, the panic is not lost and nothing is left behind.
func TestPanicInAGroupCanceledEverywhere(t *testing.T) {
	cancelInEachTurn(t, func(x *Exec) *Task[int] {
		tr := new(trace)
		return spawn(x, awaits("f", func(*Exec) Awaitable[int] {
			return recovering(tr, func() Awaitable[int] {
				return group(func(x *Exec, tg *TaskGroup) {
					GoIn(x, tg, Coro[int](endingAfter(tr, "a", 2*time.Millisecond, 1, errBoom)))
					GoIn(x, tg, Coro[int](resisting(tr, "b", 3*time.Millisecond, 1, 1)))
				}, func() Awaitable[int] {
					return awaits("body", func(*Exec) Awaitable[int] { return sleeper(tr, "sleeps", time.Millisecond) },
						func(*fn, *Exec) { panic("boom") })
				})
			}, func() {})
		}, func(_ *fn, x *Exec) {
			if !slices.Contains(tr.lines, "recovered boom") {
				t.Errorf("the panic is lost: %q", tr.lines)
			}
		}))
	}, func(turn, v int, err error) {
		if err != nil && !isCanceled(err) {
			t.Errorf("turn %d: %v, %v", turn, v, err)
		}
	})
}

// A task that does not end holds the panic back for good. Then the deadlock says what there is to know.
func TestDeadlockNamesThePanicThatAGroupHolds(t *testing.T) {
	_, err := Run(group(func(x *Exec, tg *TaskGroup) {
		GoIn(x, tg, Coro[int](coro("stubborn", func(f *fn, x *Exec) Status {
			x.take()
			f.aw = NewFutureIn[int](x)
			return Begin(x, f, f.aw)
		})), EagerStart())
	}, func() Awaitable[int] { return panicsAfter(time.Second, "boom\nand more") }), WithClock(NewVirtualClock()))
	if !errors.Is(err, ErrDeadlock) || !strings.Contains(err.Error(), "Task-1 (panicking: boom)\n└── WithTaskGroup\n") {
		t.Errorf("got %v", err)
	}
}
