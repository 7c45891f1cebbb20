//go:build asyncgen

package tasks

import (
	"time"

	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/rt"
)

// spawn makes a task that ends at once and awaits it, n times.
//
//async:func
func spawn(n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	ops := 0
	for i := range n {
		t := rt.CreateTask(ready(i))
		ops += rt.Await(t) & 1
	}
	w.Stop()
	return rt.Return(ops)
}

// gather gathers children that suspend once, up to 10,000 at a time.
//
//async:func
func gather(n int, w *harness.Watch) rt.Coro[int] {
	children := min(n, 10_000)
	w.Start()
	ops := 0
	for range n / children {
		list := make([]rt.Awaitable[int], children)
		for i := range list {
			list[i] = once(i)
		}
		for _, v := range rt.Await(rt.Gather(list...)) {
			ops += v & 1
		}
	}
	w.Stop()
	return rt.Return(ops)
}

// crowd is what waits for an event, and how many have seen it.
type crowd struct {
	event        rt.Event
	waiting, saw int
	laps         *harness.Laps
}

//async:func
func (c *crowd) wait() rt.Coro[rt.None] {
	c.waiting++
	rt.Await(c.event.Wait())
	c.saw++
	if c.saw == c.waiting {
		c.laps.Stop()
	}
	return nil
}

// wake lets up to 100,000 tasks wait for an event, and measures from Set until the last has seen it.
//
//async:func
func wake(n int, w *harness.Watch) rt.Coro[int] {
	tasks := min(n, 100_000)
	laps := w.Laps()
	ops := 0
	for range n / tasks {
		c := &crowd{laps: laps}
		list := make([]*rt.Task[rt.None], tasks)
		for i := range list {
			list[i] = rt.CreateTask(c.wait())
		}
		rt.Await(rt.Sleep(0))
		laps.Start()
		c.event.Set()
		for _, t := range list {
			rt.Await(t)
		}
		ops += c.saw
	}
	return rt.Return(ops)
}

// asleep counts tasks that sleep.
type asleep struct{ now, most int }

//async:func
func (a *asleep) sleep(d time.Duration) rt.Coro[rt.None] {
	a.now++
	a.most = max(a.most, a.now)
	rt.Await(rt.Sleep(d))
	a.now--
	return nil
}

// sleepers lets n tasks sleep at the same time, and gives how many did.
//
//async:func
func sleepers(n int, d time.Duration) rt.Coro[int] {
	var a asleep
	for range n {
		rt.CreateTask(a.sleep(d))
	}
	rt.Await(rt.Sleep(d + d/10))
	return rt.Return(a.most)
}
