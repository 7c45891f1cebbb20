package rt

import (
	"errors"
	"testing"
	"time"
)

func TestGatherGivesValuesInOrder(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main",
		step(func() *fn {
			return logging(tr, "values", func(x *Exec) Awaitable[[]int] {
				a := spawn(x, endingAfter(tr, "a", 2*time.Second, 1, nil))
				b := endingAfter(tr, "b", time.Second, 2, nil)
				fu := NewFutureIn[int](x)
				l.CallLater(3*time.Second, func() { fu.SetResult(3) })
				return GatherIn(x, a, b, fu, a, b, nil)
			})
		}),
		step(func() *fn {
			return logging(tr, "none", func(x *Exec) Awaitable[[]int] { return GatherIn[int](x) })
		}),
		step(func() *fn {
			return logging(tr, "tasks", func(x *Exec) Awaitable[[]int] {
				var tasks []*Task[int]
				for i := range 20 {
					tasks = append(tasks, spawn(x, endingAfter(tr, "t", time.Duration(20-i), i, nil)))
				}
				return GatherIn(x, Awaitables(append(tasks, tasks[0]))...)
			})
		}),
	))
	tr.want(t, "3 values: [1 2 3 1 2 0]", "3 none: []",
		"3 tasks: [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 0]")
	wantClean(t, l)
}

// The first error ends the gather, and the others go on.
func TestGatherFirstError(t *testing.T) {
	l, tr := virtual(t)
	var slow *Task[int]
	RunOn(l, seq("main",
		step(func() *fn {
			return logging(tr, "gather", func(x *Exec) Awaitable[[]int] {
				slow = spawn(x, sleeper(tr, "slow", 3*time.Second))
				return GatherIn(x, slow, endingAfter(tr, "b", 2*time.Second, 0, errOther),
					endingAfter(tr, "a", time.Second, 0, errBoom))
			})
		}),
		func(f *fn, x *Exec) Status { return Begin(x, f, slow) },
	))
	tr.want(t, "0 slow begins", "1 gather: boom", "3 slow ends")
	wantClean(t, l)
}

func TestGatherResults(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, Coro[int](trying(func(x *Exec) Awaitable[[]Result[int]] {
		canceled := spawn(x, sleeper(tr, "c", time.Second))
		canceled.Cancel("no more")
		return GatherResultsIn(x, endingAfter(tr, "a", time.Second, 7, nil), Fail[int](errBoom), canceled)
	}, func(_ *Exec, rs []Result[int], err error) {
		if err != nil || len(rs) != 3 || rs[0] != (Result[int]{Value: 7}) || rs[1].Err != errBoom || !isCanceled(rs[2].Err) {
			t.Errorf("%v, %v", rs, err)
		}
	})))
	wantClean(t, l)
}

// A canceled child is an error of the gather, which is not canceled itself.
func TestGatherOfCanceledChild(t *testing.T) {
	l, tr := virtual(t)
	var outer *Future[[]int]
	RunOn(l, Coro[int](logging(tr, "gather", func(x *Exec) Awaitable[[]int] {
		child := spawn(x, sleeper(tr, "child", time.Minute))
		cancelLater(l, child, time.Second)
		outer = GatherIn(x, child)
		return outer
	})))
	tr.want(t, "0 child begins", "1 child canceled", "1 gather: canceled")
	if outer.Canceled() || !isCanceled(outer.Err()) {
		t.Error(outer.Canceled(), outer.Err())
	}
	wantClean(t, l)
}

// Cancel of the outer cancels the children, and it fails even when all of them swallow that.
func TestGatherCanceled(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main",
		step(func() *fn {
			return logging(tr, "plain", func(x *Exec) Awaitable[[]int] {
				outer := GatherIn(x, sleeper(tr, "a", time.Minute), sleeper(tr, "b", time.Minute))
				l.CallLater(time.Second, func() { tr.add("cancel %v", outer.Cancel()) })
				return outer
			})
		}),
		step(func() *fn {
			return logging(tr, "results", func(x *Exec) Awaitable[[]Result[int]] {
				outer := GatherResultsIn(x, resisting(tr, "c", time.Second, 1, 1))
				cancelLater(l, outer, time.Second/2)
				return outer
			})
		}),
		step(func() *fn {
			return trying(func(x *Exec) Awaitable[[]int] {
				done := NewFutureIn[int](x)
				done.SetResult(1)
				return GatherIn(x, done)
			}, func(x *Exec, v []int, err error) { tr.add("%v %v", v, err) })
		}),
	))
	tr.want(t, "0 a begins", "0 b begins", "1 cancel true", "1 a canceled", "1 b canceled", "1 plain: canceled",
		"1 c resists", "2 results: canceled", "2 [1] <nil>")
	wantClean(t, l)
}

// A task that waits for a gather of itself can be canceled. CPython's recursion ends in an error.
func TestGatherRing(t *testing.T) {
	l, tr := virtual(t)
	var outer *Future[[]int]
	var ring *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			ring = spawn(x, logging(tr, "ring", func(*Exec) Awaitable[[]int] { return outer }))
			outer = GatherIn(x, ring)
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status {
			tr.add("cancel %v", ring.Cancel())
			return x.Sleep(f, time.Second)
		},
	))
	tr.want(t, "1 cancel true", "1 ring: canceled")
	if !isCanceled(outer.Err()) {
		t.Error(outer.Err())
	}
	wantClean(t, l)
}

func TestAny(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main",
		step(func() *fn {
			return logging(tr, "mixed", func(x *Exec) Awaitable[[]any] {
				task := spawn(x, endingAfter(tr, "a", time.Second, 1, nil))
				c := Any(Return("s"))
				var none Awaitable[int]
				return GatherIn(x, Any(task), c, Any(task), Any(c), c, Any(none), Any(Sleep(0)))
			})
		}),
		step(func() *fn {
			return logging(tr, "in place", func(x *Exec) Awaitable[any] {
				return Any(endingAfter(tr, "b", time.Second, 2, nil))
			})
		}),
		step(func() *fn {
			return logging(tr, "fails", func(x *Exec) Awaitable[any] { return Any(Fail[int](errBoom)) })
		}),
		step(func() *fn {
			return logging(tr, "a view", func(x *Exec) Awaitable[any] {
				view := Any(spawn(x, endingAfter(tr, "c", time.Second, 3, nil)))
				fin := view.(Finished[any])
				if _, err := fin.Result(); fin.Done() || fin.Canceled() || fin.Err() != nil || err != ErrInvalidState {
					t.Error("a pending view")
				}
				cancelLater(l, fin, time.Second/2)
				return view
			})
		}),
	))
	tr.want(t, "1 mixed: [1 s 1 s s 0 {}]", "2 in place: 2", "2 fails: boom", "2 c canceled", "2 a view: canceled")
	if n := l.names; n != 6 { // main, a and c; Return, a nil one and Sleep as children of the gather
		t.Errorf("%d tasks", n)
	}
	wantClean(t, l)
}

func TestGatherCancelEverywhere(t *testing.T) {
	tr := new(trace)
	cancelInEachTurn(t, func(x *Exec) *Task[int] {
		return spawn(x, coro("f", func(f *fn, x *Exec) Status {
			if f.State == Start {
				f.State = 1
				return Begin(x, f, Awaitable[[]int](GatherIn(x, endingAfter(tr, "a", 5*time.Millisecond, 1, nil),
					resisting(tr, "b", 3*time.Millisecond, 1, 2))))
			}
			f.Value = 9
			return Done
		}))
	}, func(turn, v int, err error) {
		if !(v == 9 && err == nil) && !isCanceled(err) {
			t.Errorf("turn %d: %v, %v", turn, v, err)
		}
	})
}

func TestShield(t *testing.T) {
	l, tr := virtual(t)
	var outer *Future[int]
	RunOn(l, seq("main",
		step(func() *fn { // the inner one goes on
			return logging(tr, "canceled outer", func(x *Exec) Awaitable[int] {
				outer = ShieldIn(x, sleeper(tr, "a", 2*time.Second))
				cancelLater(l, outer, time.Second)
				return outer
			})
		}),
		step(func() *fn {
			return logging(tr, "canceled inner", func(x *Exec) Awaitable[int] {
				inner := spawn(x, sleeper(tr, "b", time.Minute))
				cancelLater(l, inner, 2*time.Second)
				return ShieldIn(x, inner)
			})
		}),
		step(func() *fn {
			return logging(tr, "value", func(x *Exec) Awaitable[int] { return ShieldIn(x, Return(5)) })
		}),
		step(func() *fn {
			return logging(tr, "error", func(x *Exec) Awaitable[int] { return ShieldIn(x, Fail[int](errBoom)) })
		}),
	))
	tr.want(t, "0 a begins", "1 canceled outer: canceled", "1 b begins", "2 a ends", "3 b canceled",
		"3 canceled inner: canceled", "3 value: 5", "3 error: boom")
	wantClean(t, l)
}

// What is done already ends the shield at once; a future is its own shield.
func TestShieldOfDone(t *testing.T) {
	l, _ := virtual(t)
	var good, bad, gone *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			good, bad = CreateTaskIn(x, Return(1)), CreateTaskIn(x, Fail[int](errBoom))
			gone = CreateTaskIn(x, Return(1))
			gone.Cancel()
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status {
			if v, err := ShieldIn(x, good).Result(); v != 1 || err != nil {
				t.Error(v, err)
			}
			if s := ShieldIn(x, bad); !s.Done() || !errors.Is(s.Err(), errBoom) {
				t.Error(s)
			}
			if s := ShieldIn(x, gone); !s.Canceled() || !isCanceled(s.Err()) {
				t.Error(s)
			}
			fu := NewFutureIn[int](x)
			fu.SetResult(3)
			if ShieldIn(x, fu) != fu {
				t.Error("not the future itself")
			}
			return Done
		},
	))
	wantClean(t, l)
}

func TestMarkersOfSeveralPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"Gather":            func() { Gather[int]() },
		"GatherResults":     func() { GatherResults[int]() },
		"Shield":            func() { Shield(Return(1)) },
		"AsCompleted":       func() { AsCompleted[int]() },
		"AsCompletedWithin": func() { AsCompletedWithin[int](0) },
		"Go":                func() { Go(nil, Return(1)) },
	} {
		func() {
			defer func() {
				want := "rt." + name + " was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)"
				if r := recover(); r != want {
					t.Errorf("%v, want %s", r, want)
				}
			}()
			f()
		}()
	}
	wantPanic(t, "rt: waiting for a future of another loop: use Submit", plain("main", func(x *Exec) {
		GatherIn(x, NewFutureOn[int](NewLoop()))
	}))
}
