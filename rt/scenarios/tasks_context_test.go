//go:build asyncgen

package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// A task has a copy of the variables that its creator has at that moment: neither sees what the other
// sets afterwards.
func TestTaskHasVariablesOfItsOwn(t *testing.T) {
	v := rt.NewVar("v", "nope")
	run(t, func() rt.Coro[rt.None] {
		var e events
		e.add("main: %s", v.Get())
		sub := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.Sleep(10 * ms))
			e.add("sub: %s", v.Get())
			v.Set("something else")
			return nil
		}())
		v.Set("yes")
		e.add("main: %s", v.Get())
		rt.Await(sub)
		e.add("main: %s", v.Get())
		e.want(t, "main: nope", "main: yes", "sub: nope", "main: yes")
		return nil
	}())
}

// A callback has a copy of the variables too, as they are when it is added, and a task finds its own again
// after each await.
func TestTaskVariablesAreNotTouchedByCallbacks(t *testing.T) {
	var e events
	v := rt.NewVar("v", "nope")
	l := tasksLoop(t)
	task := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		if v.Get() != "nope" {
			t.Error(v.Get())
		}
		for j := range 2 {
			f := rt.NewFuture[rt.None]()
			f.AddDoneCallback(func(*rt.Future[rt.None]) {
				e.add("callback: %s", v.GetOn(l))
				v.SetOn(l, "something else")
			})
			want := fmt.Sprint("yes", j)
			v.Set(want)
			l.CallSoon(func() { f.SetResult(rt.None{}) })
			rt.Await(f)
			if v.Get() != want {
				t.Errorf("%s after the future, want %s", v.Get(), want)
			}
			for i := range 3 {
				want := fmt.Sprint("yes", i, "-", j)
				v.Set(want)
				rt.Await(rt.Sleep(ms))
				if v.Get() != want {
					t.Errorf("%s after the sleep, want %s", v.Get(), want)
				}
			}
		}
		return nil
	}())
	if _, err := runUntil(l, task); err != nil {
		t.Error(err)
	}
	if v.GetOn(l) != "nope" {
		t.Errorf("%s outside of the task", v.GetOn(l))
	}
	e.want(t, "callback: nope", "callback: yes2-0")
}

func TestTaskVariablesOfManyTasks(t *testing.T) {
	v := rt.NewVar("v", -1)
	l := tasksLoop(t)
	sub := func(n int) rt.Coro[rt.None] {
		for i := range 10 {
			v.Set(n + i)
			rt.Await(rt.Sleep(time.Duration(1+(n*7+i*13)%50) * ms))
			if v.Get() != n+i {
				t.Errorf("task %d: %d", n, v.Get())
			}
		}
		return nil
	}
	main := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		var tasks []*rt.Task[rt.None]
		for n := range 100 {
			tasks = append(tasks, rt.CreateTask(sub(n)))
		}
		rt.Await(rt.Gather(rt.Awaitables(tasks)...))
		return nil
	}())
	runUntil(l, main)
	if v.GetOn(l) != -1 {
		t.Error(v.GetOn(l))
	}
}
