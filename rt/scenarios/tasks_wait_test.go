//go:build asyncgen

package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// failingAfter fails after d.
//
//async:func
func failingAfter(d time.Duration) rt.Coro[rt.None] {
	if d > 0 {
		rt.Await(rt.Sleep(d))
	}
	rt.Throw(errTaskBoom)
	return nil
}

// sleepingTask is a task called name that sleeps.
//
//async:func
func sleepingTask(name string, d time.Duration) rt.Coro[*rt.Task[rt.None]] {
	return rt.Return(rt.CreateTask(rt.Sleep(d), rt.Name(name)))
}

// waited describes what Wait gives by names, with the time.
//
//async:func
func waited(c rt.Coro[rt.Waited[*rt.Task[rt.None]]]) rt.Coro[string] {
	w := rt.Await(c)
	names := func(tasks []*rt.Task[rt.None]) string {
		var s []string
		for _, t := range tasks {
			s = append(s, t.Name())
		}
		return strings.Join(s, " ")
	}
	return rt.Return(fmt.Sprintf("%v: done [%s] pending [%s]", rt.RunningLoop().Time(), names(w.Done), names(w.Pending)))
}

// A second wait for what is done takes no time.
func TestWaitForAllTwice(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		a := rt.Await(sleepingTask("a", 100*ms))
		b := rt.Await(sleepingTask("b", 150*ms))
		for range 2 {
			e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, rt.NoTimeout, b, a))))
		}
		e.want(t, "150ms: done [b a] pending []", "150ms: done [b a] pending []")
		return nil
	}())
}

func TestWaitForDuplicates(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		c := rt.Await(sleepingTask("test", 0))
		e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, rt.NoTimeout, c, c, rt.Await(sleepingTask("spam", 0))))))
		e.want(t, "0s: done [test spam] pending []")
		return nil
	}())
}

func TestWaitOfNothing(t *testing.T) {
	l := tasksLoop(t)
	said := misuse(func() { rt.RunOn(l, rt.Wait[rt.AnyFuture](rt.AllCompleted, rt.NoTimeout)) })
	if !strings.HasPrefix(said, "rt.Wait: no futures\n") {
		t.Error(said)
	}
}

func TestWaitWithoutAValidEnd(t *testing.T) {
	l := untidyLoop(t)
	task := rt.CreateTaskOn(l, rt.Sleep(10*second))
	said := misuse(func() { rt.RunOn(l, rt.Wait(rt.When(-1), rt.NoTimeout, task)) })
	if !strings.HasPrefix(said, "rt.Wait: invalid When\n") {
		t.Error(said)
	}
}

func TestWaitFirstCompleted(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		a := rt.Await(sleepingTask("a", 10*second))
		b := rt.Await(sleepingTask("b", 100*ms))
		e.add("%s", rt.Await(waited(rt.Wait(rt.FirstCompleted, rt.NoTimeout, b, a))))
		if a.Done() || !b.Done() || b.Err() != nil {
			t.Errorf("a %v, b %v", a, b)
		}
		e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, rt.NoTimeout, a, b))))
		e.want(t, "100ms: done [b] pending [a]", "10s: done [a b] pending []")
		return nil
	}())
}

// What ends in the turn in which the wait is woken counts as done, though nobody was told yet.
func TestWaitFirstCompletedCountsThoseThatEndMeanwhile(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		yields := func(n int) rt.Coro[rt.None] {
			for range n {
				rt.Await(rt.Sleep(0))
			}
			return nil
		}
		a := rt.CreateTask(yields(1), rt.Name("a"))
		b := rt.CreateTask(yields(2), rt.Name("b"))
		c := rt.CreateTask(yields(4), rt.Name("c"))
		e.add("%s", rt.Await(waited(rt.Wait(rt.FirstCompleted, rt.NoTimeout, b, a, c))))
		e.want(t, "0s: done [b a] pending [c]")
		rt.Await(c)
		return nil
	}())
}

// The first error ends the wait, be it there already or still to come.
func TestWaitFirstError(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:       "0s: done [b] pending [a]",
		10 * ms: "10ms: done [b] pending [a]",
	} {
		run(t, func() rt.Coro[rt.None] {
			var e events
			a := rt.Await(sleepingTask("a", 10*second))
			b := rt.CreateTask(failingAfter(d), rt.Name("b"))
			e.add("%s", rt.Await(waited(rt.Wait(rt.FirstError, rt.NoTimeout, b, a))))
			e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, rt.NoTimeout, a, b))))
			e.want(t, want, "10s: done [a b] pending []")
			if b.Err() != errTaskBoom {
				t.Error(b.Err())
			}
			return nil
		}())
	}
}

// Wait for all does not mind errors.
func TestWaitForAllWithAnError(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		l := rt.RunningLoop()
		a := rt.Await(sleepingTask("a", 100*ms))
		b := rt.CreateTask(failingAfter(150*ms), rt.Name("b"))
		for range 2 {
			w := rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, b, a))
			if len(w.Done) != 2 || len(w.Pending) != 0 || w.Done[0].Err() != errTaskBoom || w.Done[1].Err() != nil || l.Time() != 150*ms {
				t.Errorf("%v after %v", w, l.Time())
			}
		}
		return nil
	}())
}

// When the time is over Wait says how things stand; nothing is canceled, and nothing fails.
func TestWaitWithTimeout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		110 * ms: "110ms: done [a] pending [b]",
		100 * ms: "100ms: done [a] pending [b]", // at the very moment at which a ends
	} {
		run(t, func() rt.Coro[rt.None] {
			var e events
			a := rt.Await(sleepingTask("a", 100*ms))
			b := rt.Await(sleepingTask("b", 150*ms))
			rt.Await(rt.Sleep(0)) // their timers are set before that of the wait
			e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, d, b, a))))
			e.add("%s", rt.Await(waited(rt.Wait(rt.AllCompleted, rt.NoTimeout, a, b))))
			e.want(t, want, "150ms: done [a b] pending []")
			return nil
		}())
	}
}

func TestWaitOfASlice(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var tasks []*rt.Task[int]
		for i := range 10 {
			tasks = append(tasks, rt.CreateTask(giving(i)))
		}
		w := rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, tasks...))
		if len(w.Done) != 10 || len(w.Pending) != 0 {
			t.Error(w)
		}
		return nil
	}())
}

// The cancellation of who waits ends the wait, and leaves what is waited for alone.
func TestWaitCanceledLeavesTheOthersAlone(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		waiter := rt.NewFuture[rt.None]()
		inner := func() rt.Coro[rt.None] {
			rt.Await(waiter)
			e.add("inner ends")
			return nil
		}
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, rt.CreateTask(inner())))
			e.add("outer ends")
			return nil
		}())
		rt.Await(fiveTurns())
		task.Cancel()
		_, err := rt.CatchAwait(task)
		e.add("outer: %v", err)
		waiter.SetResult(rt.None{})
		rt.Await(fiveTurns())
		e.want(t, "outer: canceled", "inner ends")
		return nil
	}())
}
