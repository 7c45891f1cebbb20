//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

func TestSemaphoreInitialValue(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		if !rt.NewSemaphore(0).Locked() {
			t.Error("without places it is not locked")
		}
		sem := rt.NewSemaphore(1)
		before := sem.Locked()
		rt.Await(sem.Acquire())
		between := sem.Locked()
		sem.Release()
		if before || !between || sem.Locked() {
			t.Error(before, between, sem.Locked())
		}
		return nil
	}())
}

// A place that is given back is the next one's before it has its turn: the semaphore stays locked.
func TestSemaphoreString(t *testing.T) {
	for _, sem := range []rt.Locker{rt.NewSemaphore(2), rt.NewBoundedSemaphore(2)} {
		var ev events
		run(t, func() rt.Coro[rt.None] {
			ev.add("%v", sem)
			rt.Await(sem.Acquire())
			ev.add("%v", sem)
			rt.Await(sem.Acquire())
			ev.add("%v", sem)
			task := rt.CreateTask(sem.Acquire())
			rt.Await(rt.Sleep(0))
			ev.add("%v", sem)
			sem.Release()
			ev.add("released: %v", sem)
			sem.Release()
			ev.add("released: %v", sem)
			rt.Await(task)
			ev.add("%v", sem)
			return nil
		}())
		name := strings.TrimPrefix(fmt.Sprintf("%T", sem), "*rt.")
		ev.want(t,
			"<"+name+" [unlocked, value:2]>",
			"<"+name+" [unlocked, value:1]>",
			"<"+name+" [locked]>",
			"<"+name+" [locked, waiters:1]>",
			"released: <"+name+" [locked, waiters:1]>",
			"released: <"+name+" [locked, waiters:1]>",
			"<"+name+" [unlocked, value:1]>")
	}
}

func TestSemaphoreMisuse(t *testing.T) {
	const negative = "rt: a semaphore's initial value must not be negative"
	if said := misuse(func() { rt.NewSemaphore(-1) }); said != negative {
		t.Errorf("said %q", said)
	}
	if said := misuse(func() { rt.NewBoundedSemaphore(-1) }); said != negative {
		t.Errorf("said %q", said)
	}
	if said := misuse(rt.NewBoundedSemaphore(1).Release); said != "rt: BoundedSemaphore.Release was called too often" {
		t.Errorf("said %q", said)
	}
}

// A place that is given back belongs to who has waited, and not to who comes now.
func TestSemaphoreAcquireInOrder(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(3)
		rt.Await(sem.Acquire())
		rt.Await(sem.Acquire())
		ev.add("locked: %v", sem.Locked())
		t1 := rt.CreateTask(acquire(sem, &ev, "1"))
		t2 := rt.CreateTask(acquire(sem, &ev, "2"))
		t3 := rt.CreateTask(acquire(sem, &ev, "3"))
		rt.Await(rt.Sleep(0))
		ev.add("locked: %v", sem.Locked())
		t4 := rt.CreateTask(acquire(sem, &ev, "4"))
		sem.Release()
		sem.Release()
		ev.add("released twice, locked: %v", sem.Locked())
		rt.Await(rt.Sleep(0))
		ev.add("locked: %v", sem.Locked())
		ended(t, t1, t2, t3)
		if t4.Done() {
			t.Error(t4)
		}
		sem.Release()
		rt.Await(t4)
		return nil
	}())
	ev.want(t,
		"locked: false", "1",
		"locked: true", "released twice, locked: true", "2", "3",
		"locked: true", "4")
}

func TestSemaphoreAcquireCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(1)
		rt.Await(sem.Acquire())
		task := rt.CreateTask(sem.Acquire())
		rt.RunningLoop().CallSoon(func() { task.Cancel() })
		if _, err := rt.CatchAwait(task); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		sem.Release()
		if sem.Locked() {
			t.Error("the place is for somebody who does not wait any more")
		}
		return nil
	}())
}

// Those that are canceled still stand in the line: the place is for the first who is not, and for
// that one only.
func TestSemaphoreReleaseWithCanceledWaiters(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(0)
		var tasks [4]*rt.Task[rt.None]
		for i := range tasks {
			tasks[i] = rt.CreateTask(sem.Acquire())
		}
		rt.Await(rt.Sleep(0))
		tasks[0].Cancel()
		tasks[1].Cancel()
		sem.Release()
		rt.Await(rt.Sleep(0))
		rt.Await(rt.Sleep(0))
		for i, done := range []bool{true, true, true, false} {
			if tasks[i].Done() != done || tasks[i].Canceled() != (i < 2) {
				t.Error(i, tasks[i])
			}
		}
		if !sem.Locked() {
			t.Error("it is not locked")
		}
		tasks[3].Cancel()
		rt.Await(rt.Sleep(0))
		return nil
	}())
}

// Who is canceled in the turn in which its place comes free does not stop the line.
func TestSemaphoreCanceledWhenThePlaceComesFree(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(1)
		var t2 *rt.Task[rt.None]
		t1 := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.Holding(sem, func() rt.Coro[rt.None] { return rt.Sleep(0) }))
			t2.Cancel()
			return nil
		}())
		t2 = rt.CreateTask(rt.Holding(sem, func() rt.Coro[rt.None] {
			t.Error("it has the place")
			return nil
		}))
		results := rt.Await(rt.GatherResults(rt.Awaitables([]*rt.Task[rt.None]{t1, t2})...))
		if results[0].Err != nil || !errors.Is(results[1].Err, rt.ErrCanceled) {
			t.Error(results)
		}
		rt.Await(rt.WaitFor(sem.Acquire(), second))
		return nil
	}())
}

// Who gives a place back and wants another one goes to the end of the line.
func TestSemaphoreIsFair(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(1)
		work := func(name string) rt.Coro[rt.None] {
			for i := range 2 {
				rt.Await(sem.Acquire())
				ev.add("%s_%d", name, i+1)
				rt.Await(rt.Sleep(10 * ms))
				sem.Release()
			}
			return nil
		}
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, work("c1"))
			rt.Go(tg, work("c2"))
			rt.Go(tg, work("c3"))
			return nil
		}))
		return nil
	}())
	ev.want(t, "c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2")
}

func TestSemaphoreIsFairToWhoComesAgain(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(1)
		t1 := rt.CreateTask(acquire(sem, &ev, "1"))
		t2 := rt.CreateTask(func() rt.Coro[bool] {
			rt.Await(acquire(sem, &ev, "2"))
			sem.Release()
			return acquire(sem, &ev, "4")
		}())
		t3 := rt.CreateTask(acquire(sem, &ev, "3"))
		rt.Await(rt.Sleep(0))
		sem.Release()
		sem.Release()
		rt.Await(rt.Gather(rt.Awaitables([]*rt.Task[bool]{t1, t2, t3})...))
		return nil
	}())
	ev.want(t, "1", "2", "3", "4")
}

func TestSemaphoreFirstOfTheLineCanceled(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(0)
		tasks := []*rt.Task[bool]{
			rt.CreateTask(acquire(sem, &ev, "1")),
			rt.CreateTask(acquire(sem, &ev, "2")),
			rt.CreateTask(acquire(sem, &ev, "3")),
		}
		rt.Await(rt.Sleep(0))
		tasks[0].Cancel()
		rt.Await(rt.Sleep(0))
		sem.Release()
		sem.Release()
		rt.Await(rt.GatherResults(rt.Awaitables(tasks)...))
		if !tasks[0].Canceled() {
			t.Error(tasks[0])
		}
		return nil
	}())
	ev.want(t, "2", "3")
}

// There are places, but others wait in front: the semaphore is locked. The first of them, when it has
// its place, wakes those behind in its turn, before what it makes itself.
func TestSemaphoreWakesSeveral(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		sem := rt.NewSemaphore(0)
		//async:func
		fourth := func() rt.Coro[bool] {
			ev.add("4")
			return rt.Return(true)
		}
		var t4 *rt.Task[bool]
		t1 := rt.CreateTask(func() rt.Coro[bool] {
			rt.Await(sem.Acquire())
			t4 = rt.CreateTask(fourth())
			ev.add("1, locked: %v", sem.Locked())
			return rt.Return(true)
		}())
		t2 := rt.CreateTask(func() rt.Coro[bool] {
			for range 3 {
				sem.Release()
			}
			ev.add("released, locked: %v", sem.Locked())
			return rt.Return(rt.Await(acquire(sem, &ev, "2")))
		}())
		t3 := rt.CreateTask(acquire(sem, &ev, "3"))
		rt.Await(rt.Sleep(0))
		ev.add("turn, locked: %v", sem.Locked())
		rt.Await(rt.Sleep(0))
		ev.add("turn, locked: %v", sem.Locked())
		rt.Await(rt.Gather(rt.Awaitables([]*rt.Task[bool]{t1, t2, t3, t4})...))
		return nil
	}())
	ev.want(t,
		"released, locked: true",
		"turn, locked: true", "1, locked: true",
		"turn, locked: true", "2", "3", "4")
}
