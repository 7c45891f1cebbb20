//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// together makes n tasks of f and waits for all of them.
//
//async:func
func together(n int, f func(i int) rt.Coro[rt.None]) rt.Coro[rt.None] {
	tasks := make([]*rt.Task[rt.None], n)
	for i := range tasks {
		tasks[i] = rt.CreateTask(f(i))
	}
	rt.Await(rt.Gather(rt.Awaitables(tasks)...))
	return nil
}

// idle says that nobody is inside of b, and that it can be used.
func idle(t *testing.T, b *rt.Barrier) {
	t.Helper()
	if b.Waiting() != 0 || b.Broken() {
		t.Errorf("%d wait, broken: %v", b.Waiting(), b.Broken())
	}
}

func TestBarrierParties(t *testing.T) {
	for _, n := range []int{0, -4} {
		if said := misuse(func() { rt.NewBarrier(n) }); said != "rt: a barrier needs at least one party" {
			t.Errorf("said %q", said)
		}
	}
	if n := rt.NewBarrier(5).Parties(); n != 5 {
		t.Error(n)
	}
}

// Some wait; all have come; some come while the others leave, and it is reset; some come after that,
// and it is aborted.
func TestBarrierStates(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		var tasks []*rt.Task[rt.None]
		wait := func(n int) rt.Coro[rt.None] {
			i, err := rt.TryAwait(barrier.Wait())
			if err != nil {
				ev.add("%d: %v", n, err)
			} else {
				ev.add("%d: %d", n, i)
			}
			return nil
		}
		come := func(n int) rt.Coro[rt.None] {
			for range n {
				tasks = append(tasks, rt.CreateTask(wait(len(tasks))))
			}
			return rt.Sleep(0)
		}
		state := func() { ev.add("%v, broken: %v", barrier, barrier.Broken()) }
		rt.Await(come(2))
		state()
		rt.Await(come(3))
		state()
		rt.Await(come(2))
		rt.Await(barrier.Reset())
		state()
		rt.Await(come(2))
		rt.Await(barrier.Abort())
		state()
		rt.Await(rt.Gather(rt.Awaitables(tasks)...))
		return nil
	}())
	ev.want(t,
		"<Barrier [filling, waiters:2/5]>, broken: false",
		"4: 4",
		"<Barrier [draining, waiters:0/5]>, broken: false",
		"0: 0", "1: 1", "2: 2", "3: 3",
		"<Barrier [resetting, waiters:0/5]>, broken: false",
		"5: barrier is broken", "6: barrier is broken",
		"<Barrier [broken]>, broken: true",
		"7: barrier is broken", "8: barrier is broken")
}

// The last to come is the first to leave.
func TestBarrierNumbers(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(3)
		rt.Await(together(3, func(n int) rt.Coro[rt.None] {
			ev.add("%d: %d", n, rt.Await(barrier.Wait()))
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t, "2: 2", "0: 0", "1: 1")
}

func TestBarrierForOne(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(1)
		if i := rt.Await(barrier.Wait()); i != 0 {
			t.Error(i)
		}
		idle(t, barrier)
		for range 2 {
			task := rt.CreateTask(barrier.Wait())
			rt.Await(rt.Sleep(0))
			if i, err := task.Result(); i != 0 || err != nil {
				t.Error(i, err)
			}
			idle(t, barrier)
		}
		return nil
	}())
}

func TestBarrierFillsTaskByTask(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(3)
		var tasks []*rt.Task[int]
		for i := range 3 {
			if n := barrier.Waiting(); n != i {
				t.Errorf("%d wait, want %d", n, i)
			}
			tasks = append(tasks, rt.CreateTask(barrier.Wait()))
			rt.Await(rt.Sleep(0))
		}
		rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, tasks...))
		idle(t, barrier)
		return nil
	}())
}

// All have left before the first may leave again.
func TestBarrierTwice(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			ev.add("%d: %d", n, rt.Await(barrier.Wait()))
			ev.add("%d: %d again", n, rt.Await(barrier.Wait()))
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"4: 4", "0: 0", "1: 1", "2: 2", "3: 3",
		"2: 4 again", "3: 0 again", "4: 1 again", "0: 2 again", "1: 3 again")
}

// The barrier drains until the last one has left.
func TestBarrierDrains(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(3)
		rt.Await(together(3, func(n int) rt.Coro[rt.None] {
			rt.Await(barrier.Wait())
			ev.add("%d: %v", n, barrier)
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"2: <Barrier [draining, waiters:0/3]>",
		"0: <Barrier [draining, waiters:0/3]>",
		"1: <Barrier [filling, waiters:0/3]>")
}

// Who comes back while the others leave has to wait until they have.
func TestBarrierBlocksWhileOthersLeave(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier, small := rt.NewBarrier(5), rt.NewBarrier(3)
		again := 2
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			rt.Await(barrier.Wait())
			ev.add("%d leaves", n)
			if again > 0 {
				again--
			} else {
				rt.Await(small.Wait())
				ev.add("%d leaves the small one", n)
			}
			rt.Await(barrier.Wait())
			ev.add("%d leaves again", n)
			return nil
		}))
		return nil
	}())
	ev.want(t,
		"4 leaves", "0 leaves", "1 leaves", "2 leaves", "3 leaves",
		"3 leaves the small one", "1 leaves the small one", "2 leaves the small one",
		"2 leaves again", "3 leaves again", "4 leaves again", "0 leaves again", "1 leaves again")
}

// Who is canceled while it waits is not counted any more.
func TestBarrierCancelOne(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(3)
		wait := func(n int) rt.Coro[rt.None] {
			ev.add("%d: %d", n, rt.Await(barrier.Wait()))
			return nil
		}
		waiting := func(want int) {
			if n := barrier.Waiting(); n != want {
				t.Errorf("%d wait, want %d", n, want)
			}
		}
		t1 := rt.CreateTask(wait(1))
		rt.Await(rt.Sleep(0))
		waiting(1)
		t2 := rt.CreateTask(wait(2))
		rt.Await(rt.Sleep(0))
		waiting(2)
		t1.Cancel()
		rt.Await(rt.Sleep(0))
		waiting(1)
		if _, err := rt.CatchAwait(t1); !errors.Is(err, rt.ErrCanceled) || !t1.Canceled() {
			t.Error(err)
		}
		t3 := rt.CreateTask(wait(3))
		rt.Await(rt.Sleep(0))
		waiting(2)
		t4 := rt.CreateTask(wait(4))
		rt.Await(rt.Gather(rt.Awaitables([]*rt.Task[rt.None]{t2, t3, t4})...))
		idle(t, barrier)
		return nil
	}())
	ev.want(t, "4: 2", "2: 1", "3: 1")
}

func TestBarrierResetAndAbortOfNobody(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(1)
		rt.CreateTask(barrier.Reset())
		rt.Await(rt.Sleep(0))
		idle(t, barrier)
		rt.CreateTask(barrier.Abort())
		rt.Await(rt.Sleep(0))
		if barrier.Waiting() != 0 || !barrier.Broken() {
			t.Errorf("%d wait, broken: %v", barrier.Waiting(), barrier.Broken())
		}
		return nil
	}())
}

func TestBarrierResetWhileTasksWait(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		waiting := rt.CreateTask(together(4, func(n int) rt.Coro[rt.None] {
			_, err := rt.TryAwait(barrier.Wait())
			ev.add("%d: %v", n, err)
			return nil
		}))
		rt.Await(rt.Sleep(0))
		rt.Await(rt.Sleep(0))
		rt.CreateTask(barrier.Reset())
		rt.Await(waiting)
		idle(t, barrier)
		rt.Await(together(5, func(int) rt.Coro[rt.None] { // the reset is over: it can be passed
			rt.Await(barrier.Wait())
			return nil
		}))
		return nil
	}())
	ev.want(t, "0: barrier is broken", "1: barrier is broken", "2: barrier is broken", "3: barrier is broken")
}

// Those who have left stay out, those who have not get ErrBrokenBarrier.
func TestBarrierResetWhenHalfHaveLeft(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		left := 0
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			if _, err := rt.TryAwait(barrier.Wait()); err != nil {
				ev.add("%d: %v", n, err)
				return nil
			}
			ev.add("%d leaves", n)
			if left++; left == 3 {
				rt.Await(barrier.Reset())
				ev.add("%d has reset it", n)
			}
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"4 leaves", "0 leaves", "1 leaves", "1 has reset it",
		"2: barrier is broken", "3: barrier is broken")
}

// Those who have left and come back wait for the next time, and do not notice the reset, but they do
// notice an Abort.
func TestBarrierResetOrAbortWhenHalfHaveLeftAndComeBack(t *testing.T) {
	for _, abort := range []bool{false, true} {
		t.Run(fmt.Sprintf("abort=%v", abort), func(t *testing.T) {
			var ev events
			run(t, func() rt.Coro[rt.None] {
				barrier := rt.NewBarrier(5)
				left := 0
				pass := func(n int) rt.Coro[rt.None] {
					if _, err := rt.TryAwait(barrier.Wait()); err != nil {
						ev.add("%d: %v, again", n, err)
					} else {
						ev.add("%d passes", n)
					}
					return nil
				}
				rt.Await(together(5, func(n int) rt.Coro[rt.None] {
					if _, err := rt.TryAwait(barrier.Wait()); err != nil {
						ev.add("%d: %v", n, err)
						if abort {
							return nil
						}
						return pass(n)
					}
					ev.add("%d leaves", n)
					left++
					switch {
					case left <= 2:
					case abort:
						rt.Await(barrier.Abort())
						ev.add("%d has aborted it", n)
						return nil
					default:
						rt.Await(barrier.Reset())
						ev.add("%d has reset it", n)
					}
					return pass(n)
				}))
				if barrier.Waiting() != 0 || barrier.Broken() != abort {
					t.Errorf("%d wait, broken: %v", barrier.Waiting(), barrier.Broken())
				}
				return nil
			}())
			if abort {
				ev.want(t,
					"4 leaves", "0 leaves", "1 leaves", "1 has aborted it",
					"2: barrier is broken", "3: barrier is broken",
					"4: barrier is broken, again", "0: barrier is broken, again")
				return
			}
			ev.want(t,
				"4 leaves", "0 leaves", "1 leaves", "1 has reset it",
				"2: barrier is broken", "3: barrier is broken",
				"2 passes", "3 passes", "4 passes", "0 passes", "1 passes")
		})
	}
}

func TestBarrierResetAndWaitAgain(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		again := func(n int) rt.Coro[rt.None] {
			rt.Await(barrier.Wait())
			ev.add("%d passes", n)
			return nil
		}
		var tasks []*rt.Task[rt.None]
		for n := range 4 {
			tasks = append(tasks, rt.CreateTask(func() rt.Coro[rt.None] {
				defer rt.Await(again(n))
				if _, err := rt.TryAwait(barrier.Wait()); err != nil {
					ev.add("%d: %v", n, err)
				}
				return nil
			}()))
		}
		rt.CreateTask(barrier.Reset())
		rt.Await(rt.Sleep(0))
		last := rt.CreateTask(again(4))
		rt.Await(rt.Gather(rt.Awaitables(tasks)...))
		if !last.Done() {
			t.Error(last)
		}
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"0: barrier is broken", "1: barrier is broken", "2: barrier is broken", "3: barrier is broken",
		"2 passes", "3 passes", "4 passes", "0 passes", "1 passes")
}

// The last to leave resets: those who wait for the next time do not notice it.
func TestBarrierResetByTheLastToLeave(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		left := 0
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			rt.Await(barrier.Wait())
			ev.add("%d leaves", n)
			if left++; left == 5 {
				rt.Await(barrier.Reset())
				ev.add("%d has reset it", n)
			}
			rt.Await(barrier.Wait())
			ev.add("%d passes", n)
			ev.add("%d passes: %d", n, rt.Await(barrier.Wait()))
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"4 leaves", "0 leaves", "1 leaves", "2 leaves", "3 leaves", "3 has reset it",
		"2 passes", "3 passes", "4 passes", "0 passes", "1 passes",
		"0 passes: 4", "1 passes: 0", "2 passes: 1", "3 passes: 2", "4 passes: 3")
}

func TestBarrierAbortAfterAnError(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier := rt.NewBarrier(5)
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			i, err := rt.TryAwait(barrier.Wait())
			if err == nil && i == 2 {
				ev.add("%d aborts", n)
				return barrier.Abort()
			}
			if err == nil {
				ev.add("%d: %d", n, i)
				_, err = rt.TryAwait(barrier.Wait())
			}
			ev.add("%d: %v", n, err)
			return nil
		}))
		if barrier.Waiting() != 0 || !barrier.Broken() {
			t.Errorf("%d wait, broken: %v", barrier.Waiting(), barrier.Broken())
		}
		return nil
	}())
	ev.want(t,
		"4: 4", "0: 0", "1: 1", "2 aborts",
		"3: barrier is broken", "4: barrier is broken", "0: barrier is broken", "1: barrier is broken")
}

func TestBarrierAbortAndReset(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		barrier, sync := rt.NewBarrier(5), rt.NewBarrier(5)
		rt.Await(together(5, func(n int) rt.Coro[rt.None] {
			i, err := rt.TryAwait(barrier.Wait())
			switch {
			case err != nil:
				ev.add("%d: %v", n, err)
			case i == 2:
				ev.add("%d aborts", n)
				rt.Await(barrier.Abort())
			default:
				_, err := rt.TryAwait(barrier.Wait())
				ev.add("%d: %v", n, err)
			}
			// All have left when it is reset, and none comes before that.
			if rt.Await(sync.Wait()) == 2 {
				rt.Await(barrier.Reset())
				ev.add("%d has reset it", n)
			}
			rt.Await(sync.Wait())
			rt.Await(barrier.Wait())
			ev.add("%d passes", n)
			return nil
		}))
		idle(t, barrier)
		return nil
	}())
	ev.want(t,
		"2 aborts", "3: barrier is broken", "4: barrier is broken", "0: barrier is broken", "1: barrier is broken",
		"4 has reset it", "3 passes", "4 passes", "0 passes", "1 passes", "2 passes")
}
