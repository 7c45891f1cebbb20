//go:build asyncgen

package scenarios

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/rt"
)

// gathers are the two ways to gather futures: as they are, and through coroutines that await them.
var gathers = map[string]func(fs ...*rt.Future[int]) []rt.Awaitable[int]{
	"futures": func(fs ...*rt.Future[int]) []rt.Awaitable[int] { return rt.Awaitables(fs) },
	"coroutines": func(fs ...*rt.Future[int]) (aws []rt.Awaitable[int]) {
		for _, f := range fs {
			aws = append(aws, awaiting(f))
		}
		return aws
	},
}

// newFutures makes n futures.
//
//async:func
func newFutures(n int) rt.Coro[[]*rt.Future[int]] {
	fs := make([]*rt.Future[int], n)
	for i := range fs {
		fs[i] = rt.NewFuture[int]()
	}
	return rt.Return(fs)
}

// forEachGather runs a test with both ways to gather.
func forEachGather(t *testing.T, f func(t *testing.T, wrap func(...*rt.Future[int]) []rt.Awaitable[int]) rt.Coro[rt.None]) {
	for name, wrap := range gathers {
		t.Run(name, func(t *testing.T) { run(t, f(t, wrap)) })
	}
}

func TestGatherSuccess(t *testing.T) {
	forEachGather(t, func(t *testing.T, wrap func(...*rt.Future[int]) []rt.Awaitable[int]) rt.Coro[rt.None] {
		fs := rt.Await(newFutures(3))
		all := rt.Gather(wrap(fs...)...)
		called := 0
		all.AddDoneCallback(func(f *rt.Future[[]int]) { called++ })
		fs[1].SetResult(1)
		fs[0].SetResult(2)
		rt.Await(fiveTurns())
		if called != 0 || all.Done() {
			t.Errorf("before the last one: %d calls, done %v", called, all.Done())
		}
		fs[2].SetResult(3)
		rt.Await(fiveTurns())
		if v, err := all.Result(); called != 1 || !slices.Equal(v, []int{2, 1, 3}) || err != nil {
			t.Errorf("%d calls, result %v, %v", called, v, err)
		}
		return nil
	})
}

func TestGatherResultsSuccess(t *testing.T) {
	forEachGather(t, func(t *testing.T, wrap func(...*rt.Future[int]) []rt.Awaitable[int]) rt.Coro[rt.None] {
		fs := rt.Await(newFutures(3))
		all := rt.GatherResults(wrap(fs...)...)
		fs[1].SetResult(1)
		fs[0].SetResult(2)
		rt.Await(fiveTurns())
		if all.Done() {
			t.Error("it is done before the last one")
		}
		fs[2].SetResult(3)
		rt.Await(fiveTurns())
		want := []rt.Result[int]{{Value: 2}, {Value: 1}, {Value: 3}}
		if v, err := all.Result(); !slices.Equal(v, want) || err != nil {
			t.Errorf("%v, %v", v, err)
		}
		return nil
	})
}

// The first error ends the gather; what the others do later changes nothing.
func TestGatherOneError(t *testing.T) {
	forEachGather(t, func(t *testing.T, wrap func(...*rt.Future[int]) []rt.Awaitable[int]) rt.Coro[rt.None] {
		fs := rt.Await(newFutures(5))
		all := rt.Gather(wrap(fs...)...)
		called := 0
		all.AddDoneCallback(func(*rt.Future[[]int]) { called++ })
		rt.Await(fiveTurns())
		fs[0].SetResult(1)
		fs[1].SetError(errTaskBoom)
		rt.Await(fiveTurns())
		if called != 1 || all.Err() != errTaskBoom {
			t.Errorf("%d calls, error %v", called, all.Err())
		}
		fs[2].SetResult(3)
		fs[3].Cancel()
		fs[4].SetError(errors.New("another one"))
		rt.Await(fiveTurns())
		if called != 1 || all.Err() != errTaskBoom {
			t.Errorf("later: %d calls, error %v", called, all.Err())
		}
		return nil
	})
}

func TestGatherResultsGivesErrors(t *testing.T) {
	forEachGather(t, func(t *testing.T, wrap func(...*rt.Future[int]) []rt.Awaitable[int]) rt.Coro[rt.None] {
		fs := rt.Await(newFutures(4))
		all := rt.GatherResults(wrap(fs...)...)
		called := 0
		all.AddDoneCallback(func(*rt.Future[[]rt.Result[int]]) { called++ })
		other := errors.New("another one")
		fs[1].SetResult(1)
		fs[2].SetError(errTaskBoom)
		fs[0].SetResult(3)
		rt.Await(fiveTurns())
		if all.Done() {
			t.Error("it is done before the last one")
		}
		fs[3].SetError(other)
		rt.Await(fiveTurns())
		want := []rt.Result[int]{{Value: 3}, {Value: 1}, {Err: errTaskBoom}, {Err: other}}
		if v, err := all.Result(); called != 1 || !slices.Equal(v, want) || err != nil {
			t.Errorf("%d calls, %v, %v", called, v, err)
		}
		return nil
	})
}

// A gather of nothing is done at once.
func TestGatherOfNothing(t *testing.T) {
	said := misuse(func() { rt.Gather[int]() })
	if said != "rt.Gather was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)" {
		t.Error(said)
	}
	run(t, func() rt.Coro[rt.None] {
		all := rt.Gather[int]()
		if v, err := all.Result(); !all.Done() || len(v) != 0 || err != nil {
			t.Errorf("done %v, %v, %v", all.Done(), v, err)
		}
		return nil
	}())
}

func TestGatherOfCoroutinesNeedsTheRunningLoop(t *testing.T) {
	said := misuse(func() { rt.Gather(giving("abc"), giving("abc")) })
	if said != "rt.Gather was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)" {
		t.Error(said)
	}
	l := tasksLoop(t)
	all, err := rt.RunOn(l, func() rt.Coro[*rt.Future[[]string]] {
		return rt.Return(rt.Gather(giving("abc"), giving("abc")))
	}())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := runUntil(l, all); !slices.Equal(v, []string{"abc", "abc"}) || err != nil {
		t.Error(v, err)
	}
}

// The same futures may be gathered more than once.
func TestGatherTwice(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		fs := rt.Await(newFutures(3))
		first, second := rt.Gather(rt.Awaitables(fs)...), rt.Gather(rt.Awaitables(fs)...)
		rt.Await(fiveTurns())
		if first.Done() || second.Done() {
			t.Error("one is done")
		}
		for i, f := range fs {
			f.SetResult(i)
		}
		if a, b := rt.Await(first), rt.Await(second); !slices.Equal(a, []int{0, 1, 2}) || !slices.Equal(a, b) {
			t.Error(a, b)
		}
		return nil
	}())
}

// A child that is canceled is an error like others: the gather is not canceled.
func TestGatherOneCancellation(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		fs := rt.Await(newFutures(5))
		all := rt.Gather(rt.Awaitables(fs)...)
		called := 0
		all.AddDoneCallback(func(*rt.Future[[]int]) { called++ })
		fs[0].SetResult(1)
		fs[1].Cancel()
		rt.Await(fiveTurns())
		if err := all.Err(); !all.Done() || all.Canceled() || !wasCanceled(err) || called != 1 {
			t.Errorf("done %v, canceled %v, error %v, %d calls", all.Done(), all.Canceled(), err, called)
		}
		fs[2].SetResult(3)
		fs[3].Cancel()
		fs[4].SetError(errTaskBoom)
		rt.Await(fiveTurns())
		if called != 1 || all.Canceled() {
			t.Errorf("later: %d calls, canceled %v", called, all.Canceled())
		}
		return nil
	}())
}

func TestGatherResultsWithCancellations(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		fs := rt.Await(newFutures(6))
		all := rt.GatherResults(rt.Awaitables(fs)...)
		called := 0
		all.AddDoneCallback(func(*rt.Future[[]rt.Result[int]]) { called++ })
		other := errors.New("another one")
		fs[0].SetResult(1)
		fs[1].SetError(errTaskBoom)
		fs[2].Cancel()
		rt.Await(fiveTurns())
		if all.Done() {
			t.Error("it is done before the last one")
		}
		fs[3].SetResult(3)
		fs[4].Cancel("why")
		fs[5].SetError(other)
		got := rt.Await(all)
		want := []rt.Result[int]{{Value: 1}, {Err: errTaskBoom}, {Err: &rt.CanceledError{}}, {Value: 3}, {Err: &rt.CanceledError{Msg: "why"}}, {Err: other}}
		sameError := cmp.Comparer(func(a, b error) bool { return a == b || a != nil && b != nil && a.Error() == b.Error() })
		if diff := cmp.Diff(want, got, sameError); diff != "" {
			t.Error(diff)
		}
		rt.Await(fiveTurns())
		if called != 1 {
			t.Errorf("%d calls", called)
		}
		return nil
	}())
}

func TestGatherOfDuplicates(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		c := giving("abc")
		all := rt.Gather(c, c, giving("def"), c)
		if n := len(rt.AllTasks()); n != 3 { // main is one
			t.Errorf("%d tasks", n)
		}
		rt.Await(fiveTurns())
		if v, err := all.Result(); !slices.Equal(v, []string{"abc", "abc", "def", "abc"}) || err != nil {
			t.Error(v, err)
		}
		return nil
	}())
}

// The cancellation of who awaits a gather cancels all of its children, and what these wait for.
func TestGatherCancelReachesAllChildren(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		waiter := rt.NewFuture[rt.None]()
		inner := func() rt.Coro[rt.None] {
			rt.Await(waiter)
			e.add("a child ends")
			return nil
		}
		child1, child2 := rt.CreateTask(inner()), rt.CreateTask(inner())
		var gatherer *rt.Future[[]rt.None]
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			gatherer = rt.Gather(child1, child2)
			rt.Await(gatherer)
			e.add("outer ends")
			return nil
		}())
		rt.Await(rt.Sleep(0))
		if !task.Cancel() {
			t.Error("the task takes no Cancel")
		}
		_, err := rt.CatchAwait(task)
		e.add("%v", err)
		if gatherer.Cancel() {
			t.Error("a gather that is done can be canceled")
		}
		if !waiter.Canceled() || !child1.Canceled() || !child2.Canceled() {
			t.Errorf("canceled: the future %v, the children %v and %v", waiter.Canceled(), child1.Canceled(), child2.Canceled())
		}
		rt.Await(fiveTurns())
		e.want(t, "canceled")
		return nil
	}())
}

// A gather takes no Cancel any more when its children are done, though it is not done itself.
func TestGatherCancelWhenAllChildrenAreDone(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		all := rt.Gather(awaiting(f))
		rt.Await(rt.Sleep(0))
		var taken, done bool
		f.AddDoneCallback(func(*rt.Future[int]) { taken, done = all.Cancel(), all.Done() })
		f.SetResult(42)
		v, err := rt.CatchAwait(all)
		if taken || done || !slices.Equal(v, []int{42}) || err != nil || all.Canceled() {
			t.Errorf("Cancel %v, done %v; %v, %v, canceled %v", taken, done, v, err, all.Canceled())
		}
		return nil
	}())
}

// The cancellation of who awaits a gather of results is no result of it: it goes on, with its message.
func TestGatherResultsPassesCancellationOn(t *testing.T) {
	for _, msg := range []string{"", "my message"} {
		_, err := try(t, func() rt.Coro[rt.None] {
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				for range 21 {
					rt.Await(rt.GatherResults(rt.Sleep(50 * ms)))
				}
				return nil
			}())
			rt.Await(rt.Sleep(200 * ms))
			task.Cancel(msg)
			rt.Await(task)
			return nil
		}())
		if c, ok := err.(*rt.CanceledError); !ok || c.Msg != msg {
			t.Errorf("with %q: %v", msg, err)
		}
	}
}
