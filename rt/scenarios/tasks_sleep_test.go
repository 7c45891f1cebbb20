//go:build asyncgen

package scenarios

import (
	"errors"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

func TestSleepTakesItsTime(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		l := rt.RunningLoop()
		task := rt.CreateTask(func() rt.Coro[string] {
			rt.Await(rt.Sleep(50 * ms))
			if l.Time() != 50*ms {
				t.Errorf("after the first half: %v", l.Time())
			}
			rt.Await(rt.Sleep(50 * ms))
			return rt.Return("yeah")
		}())
		if v := rt.Await(task); v != "yeah" || l.Time() != 100*ms {
			t.Errorf("%q after %v", v, l.Time())
		}
		return nil
	}())
}

// Cancel of a task that sleeps takes its timer along: what is left has nothing to wait for.
func TestSleepCanceledLeavesNoTimer(t *testing.T) {
	clock := rt.NewVirtualClock()
	_, err := rt.Run(func() rt.Coro[int] {
		task := rt.CreateTask(rt.Sleep(10 * second))
		rt.Await(rt.Sleep(0))
		task.Cancel()
		return rt.Return(rt.Await(rt.NewFuture[int]()))
	}(), rt.WithClock(clock))
	if !errors.Is(err, rt.ErrDeadlock) || clock.Now() != 0 {
		t.Errorf("%v after %v", err, clock.Now())
	}
}

// Sleep(0) lets what was ready before run first.
func TestSleepZero(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		result := 0
		rt.RunningLoop().CallSoon(func() { result++ })
		if result != 0 {
			t.Error("the callback runs at once")
		}
		rt.Await(rt.Sleep(0))
		if result != 1 {
			t.Error("the callback has not run")
		}
		return nil
	}())
}
