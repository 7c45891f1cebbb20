//go:build asyncgen

package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/rttest"
)

// Many tasks wait for the same, and are canceled from either end or anywhere. What one costs, and what is left of it, does
// not depend on how many there are.

// crowded is what they wait for. None of it ever comes.
type crowded struct {
	task    *rt.Task[int] // a server's shutdown, for example
	future  *rt.Future[int]
	event   rt.Event
	lock    rt.Lock
	places  *rt.Semaphore
	changed *rt.Condition
	barrier *rt.Barrier
	empty   *rt.Queue[int]
	full    *rt.Queue[int]
}

//async:func
func newCrowded() rt.Coro[*crowded] {
	c := &crowded{
		future: rt.NewFuture[int](), places: rt.NewSemaphore(0), changed: rt.NewCondition(nil), barrier: rt.NewBarrier(1 << 30),
		empty: rt.NewPriorityQueue(0, func(a, b int) bool { return a < b }), full: rt.NewQueue[int](1),
	}
	c.task = rt.CreateTask(c.never())
	rt.Await(c.lock.Acquire())
	rt.Await(c.full.Put(1))
	return rt.Return(c)
}

//async:func
func (c *crowded) never() rt.Coro[int] { return rt.Return(rt.Await(c.future)) }

// crowdWaits is ways to wait.
var crowdWaits = []struct {
	name string
	wait func(*crowded) rt.Coro[rt.None]
}{
	{"Event", func(c *crowded) rt.Coro[rt.None] { return c.event.Wait() }},
	{"Lock", func(c *crowded) rt.Coro[rt.None] { return c.lock.Acquire() }},
	{"Semaphore", func(c *crowded) rt.Coro[rt.None] { return c.places.Acquire() }},
	{"Condition", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(c.changed.Acquire())
		defer c.changed.Release()
		return c.changed.WaitFor(func() bool { return false }) // who is canceled wakes somebody else
	}},
	{"Barrier", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(c.barrier.Wait())
		return nil
	}},
	{"Get", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(c.empty.Get())
		return nil
	}},
	{"Put", func(c *crowded) rt.Coro[rt.None] { return c.full.Put(1) }},
	{"Join", func(c *crowded) rt.Coro[rt.None] { return c.full.Join() }},
	{"Shield", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(rt.Shield(c.task))
		return nil
	}},
	{"Wait", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(rt.Wait(rt.FirstCompleted, time.Hour, c.task, rt.CreateTask(rt.Return(1))))
		rt.Await(rt.Wait(rt.FirstCompleted, rt.NoTimeout, c.task))
		return nil
	}},
	{"AsCompleted", func(c *crowded) rt.Coro[rt.None] {
		for range rt.AwaitEach(rt.AsCompleted[int](c.task, c.future)) {
		}
		return nil
	}},
	{"WaitFor", func(c *crowded) rt.Coro[rt.None] {
		rt.Await(rt.WaitFor(rt.Shield(c.task), time.Hour))
		return nil
	}},
	{"WithTimeout", func(c *crowded) rt.Coro[rt.None] {
		return rt.WithTimeout(time.Hour, func(*rt.Deadline) rt.Coro[rt.None] {
			rt.Await(rt.Gather(rt.Shield(c.future)))
			return nil
		})
	}},
	{"AddDoneCallback", func(c *crowded) rt.Coro[rt.None] {
		defer c.task.AddDoneCallback(func(*rt.Task[int]) {})()
		rt.Await(rt.NewFuture[int]())
		return nil
	}},
}

// orders are those in which n are canceled.
func orders(n int) map[string][]int {
	forward := make([]int, n)
	for i := range forward {
		forward[i] = i
	}
	reverse := slices.Clone(forward)
	slices.Reverse(reverse)
	return map[string][]int{"forward": forward, "reverse": reverse, "random": rand.New(rand.NewPCG(1, 2)).Perm(n)}
}

// gather lets n tasks wait.
//
//async:func
func (c *crowded) gather(n int, wait func(*crowded) rt.Coro[rt.None]) rt.Coro[[]*rt.Task[rt.None]] {
	tasks := make([]*rt.Task[rt.None], n)
	for i := range tasks {
		tasks[i] = rt.CreateTask(wait(c))
	}
	rt.Await(yields(4))
	return rt.Return(tasks)
}

// cancelCrowd cancels tasks in an order, with turns in between or not.
//
//async:func
func cancelCrowd(tasks []*rt.Task[rt.None], order []int, turns bool) rt.Coro[rt.None] {
	for _, i := range order {
		tasks[i].Cancel()
		if turns {
			rt.Await(rt.Sleep(0))
		}
	}
	rt.Await(yields(4))
	return nil
}

// describe is all that may keep a trace of who has gone.
func (c *crowded) describe() string {
	return fmt.Sprint(c.task, c.future, &c.event, &c.lock, c.places, c.changed, c.barrier, c.empty, c.full)
}

func TestCanceledCrowdLeavesNothing(t *testing.T) {
	const n = 20
	for _, way := range crowdWaits {
		for name, order := range orders(n) {
			for _, turns := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", way.name, name, turns), func(t *testing.T) {
					rttest.Run(t, func() rt.Coro[rt.None] {
						c := rt.Await(newCrowded())
						rt.Await(rt.Sleep(0))
						before := c.describe()
						tasks := rt.Await(c.gather(n, way.wait))
						if slices.ContainsFunc(tasks, (*rt.Task[rt.None]).Done) {
							t.Error("not all of them wait")
						}
						rt.Await(cancelCrowd(tasks, order, turns))
						for i, task := range tasks {
							if !task.Canceled() {
								t.Errorf("task %d: %v", i, task)
							}
						}
						if after := c.describe(); after != before {
							t.Errorf("before: %s\nafter:  %s", before, after)
						}
						c.future.SetResult(1)
						rt.Await(c.task)
						return nil
					}())
				})
			}
		}
	}
}

// BenchmarkCanceledCrowd has the nanoseconds for each task beside the number of tasks: they do not grow with it.
func BenchmarkCanceledCrowd(b *testing.B) {
	for _, way := range crowdWaits {
		for _, name := range []string{"forward", "reverse", "random"} {
			for _, n := range []int{1_000, 64_000} {
				order := orders(n)[name]
				b.Run(fmt.Sprintf("%s/%s/%d", way.name, name, n), func(b *testing.B) {
					rttest.Run(b, func() rt.Coro[rt.None] {
						c := rt.Await(newCrowded())
						for range b.N {
							b.StopTimer()
							tasks := rt.Await(c.gather(n, way.wait))
							b.StartTimer()
							rt.Await(cancelCrowd(tasks, order, false))
						}
						c.future.SetResult(1)
						rt.Await(c.task)
						return nil
					}())
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/task")
				})
			}
		}
	}
}
