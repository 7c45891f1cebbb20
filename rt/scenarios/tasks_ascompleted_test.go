//go:build asyncgen

package scenarios

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// givingAfter gives v after d: asyncio.sleep(d, v).
//
//async:func
func givingAfter(d time.Duration, v string) rt.Coro[string] {
	rt.Await(rt.Sleep(d))
	return rt.Return(v)
}

// They come as they end, and those of one moment in the order in which they have begun.
func TestAsCompletedOrder(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		a, b, c := givingAfter(10*ms, "a"), givingAfter(10*ms, "b"), givingAfter(150*ms, "c")
		for f := range rt.AwaitEach(rt.AsCompleted(b, c, a)) {
			e.add("%v %s", rt.RunningLoop().Time(), rt.Await(f))
		}
		e.want(t, "10ms b", "10ms a", "150ms c")
		return nil
	}())
}

// Tasks come out as the same ones that were put in; coroutines as the tasks they have become.
func TestAsCompletedGivesTheTasksThemselves(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		in := []rt.AnyFuture{nil, rt.CreateTask(giving("b")), nil, rt.CreateTask(giving("d"))}
		var same, others int
		for f := range rt.AwaitEach(rt.AsCompleted(
			rt.Awaitable[string](giving("a")), in[1].(*rt.Task[string]), giving("c"), in[3].(*rt.Task[string]),
		)) {
			if slices.Contains(in, rt.AnyFuture(f)) {
				same++
			} else if _, ok := f.(*rt.Task[string]); ok {
				others++
			}
		}
		if same != 2 || others != 2 {
			t.Errorf("%d tasks are the same, %d are new", same, others)
		}
		return nil
	}())
}

func TestAsCompletedTimesOut(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		l := rt.RunningLoop()
		a, b := rt.CreateTask(givingAfter(100*ms, "a")), rt.CreateTask(givingAfter(150*ms, "b"))
		_, err := rt.TryAwait(func() rt.Coro[rt.None] {
			for f := range rt.AwaitEach(rt.AsCompletedWithin(120*ms, rt.Awaitable[string](a), b)) {
				e.add("%v %s", l.Time(), rt.Await(f))
			}
			return nil
		}())
		e.add("%v %v", l.Time(), err)
		e.add("%s", rt.Await(b)) // which goes on
		e.want(t, "100ms a", "120ms timeout", "b")
		return nil
	}())
}

// A limit that was not needed leaves no timer behind: what is left has nothing to wait for.
func TestAsCompletedInTime(t *testing.T) {
	clock := rt.NewVirtualClock()
	_, err := rt.Run(func() rt.Coro[int] {
		for f := range rt.AwaitEach(rt.AsCompletedWithin(second, givingAfter(10*ms, "a"))) {
			if v := rt.Await(f); v != "a" {
				t.Error(v)
			}
		}
		return rt.Return(rt.Await(rt.NewFuture[int]()))
	}(), rt.WithClock(clock))
	if !errors.Is(err, rt.ErrDeadlock) || clock.Now() != 10*ms {
		t.Errorf("%v after %v", err, clock.Now())
	}
}

// What Next has not taken is there for a loop that comes later. (A loop over AwaitEach closes the stream
// when it is left: `async with aclosing`.)
func TestAsCompletedGoesOn(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var got []int
		s := rt.AsCompleted(giving(0), giving(1), giving(2), giving(3))
		for range 2 {
			got = append(got, rt.Await(rt.Await(rt.Next(s)).Value))
		}
		for f := range rt.AwaitEach(s) {
			got = append(got, rt.Await(f))
		}
		if !slices.Equal(got, []int{0, 1, 2, 3}) {
			t.Error(got)
		}
		if end := rt.Await(rt.Next(s)); end.OK {
			t.Errorf("more: %v", end.Value)
		}
		return nil
	}())
}

// Its elements are futures like others: they may be kept, and waited for together.
func TestAsCompletedElementsMayBeWaitedForTogether(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var fs []rt.Finished[string]
		for f := range rt.AwaitEach(rt.AsCompleted(givingAfter(50*ms, "a"), givingAfter(50*ms, "b"))) {
			fs = append(fs, f)
		}
		var e events
		for _, f := range rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, fs...)).Done {
			v, err := f.Result()
			e.add("%v %s %v", rt.RunningLoop().Time(), v, err)
		}
		e.want(t, "50ms a <nil>", "50ms b <nil>")
		return nil
	}())
}

func TestAsCompletedOfDuplicates(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var got []string
		c := giving("ham")
		for f := range rt.AwaitEach(rt.AsCompleted(c, c, giving("spam"))) {
			got = append(got, rt.Await(f))
		}
		if !slices.Equal(got, []string{"ham", "spam"}) {
			t.Error(got)
		}
		return nil
	}())
}

func TestAsCompletedNeedsTheRunningLoop(t *testing.T) {
	said := misuse(func() { rt.AsCompleted(giving(42)) })
	if said != "rt.AsCompleted was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)" {
		t.Error(said)
	}
	run(t, func() rt.Coro[rt.None] {
		n := 0
		for f := range rt.AwaitEach(rt.AsCompleted(giving(42))) {
			if n++; rt.Await(f) != 42 {
				t.Error(f.Result())
			}
		}
		if n != 1 {
			t.Errorf("%d elements", n)
		}
		return nil
	}())
}
