//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// waitOn acquires c, waits to be notified, notes what, and gives true. It keeps the lock.
//
//async:func
func waitOn(c *rt.Condition, ev *events, what string) rt.Coro[bool] {
	rt.Await(c.Acquire())
	rt.Await(c.Wait())
	ev.add("%s", what)
	return rt.Return(true)
}

// waitAndRelease is waitOn that releases.
//
//async:func
func waitAndRelease(c *rt.Condition, ev *events, what string) rt.Coro[bool] {
	rt.Await(c.Acquire())
	defer c.Release()
	rt.Await(c.Wait())
	ev.add("%s", what)
	return rt.Return(true)
}

// Who is notified goes on when it has the lock, and not before.
func TestConditionWait(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		t1 := rt.CreateTask(waitOn(cond, &ev, "1"))
		t2 := rt.CreateTask(waitOn(cond, &ev, "2"))
		t3 := rt.CreateTask(waitOn(cond, &ev, "3"))
		rt.Await(rt.Sleep(0))
		ev.add("locked: %v", cond.Locked())

		rt.Await(cond.Acquire())
		cond.Notify(1)
		rt.Await(rt.Sleep(0))
		ev.add("notified 1, locked: %v", cond.Locked())
		cond.Release()
		rt.Await(rt.Sleep(0))
		ev.add("released, locked: %v", cond.Locked())
		cond.Notify(2) // task 1 has the lock
		rt.Await(rt.Sleep(0))
		ev.add("notified 2, locked: %v", cond.Locked())
		cond.Release()
		rt.Await(rt.Sleep(0))
		ev.add("released, locked: %v", cond.Locked())
		cond.Release()
		rt.Await(rt.Sleep(0))
		ev.add("released, locked: %v", cond.Locked())
		ended(t, t1, t2, t3)
		return nil
	}())
	ev.want(t,
		"locked: false",
		"notified 1, locked: true",
		"1", "released, locked: true",
		"notified 2, locked: true",
		"2", "released, locked: true",
		"3", "released, locked: true")
}

// A wait that is canceled ends with the lock acquired.
func TestConditionWaitCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		rt.Await(cond.Acquire())
		wait := rt.CreateTask(cond.Wait())
		rt.RunningLoop().CallSoon(func() { wait.Cancel() })
		if _, err := rt.CatchAwait(wait); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		if !cond.Locked() {
			t.Error("nobody has the lock")
		}
		cond.NotifyAll() // nobody is left in the line
		return nil
	}())
}

// The same when the wait was notified, and somebody else has the lock. CPython's test says of the
// cancellation that it should not happen; it does, there as here.
func TestConditionWaitCanceledWithTheLockContested(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		rt.Await(cond.Acquire())
		wait := rt.CreateTask(cond.Wait())
		rt.Await(rt.Sleep(0))
		if cond.Locked() {
			t.Error("the wait has not released the lock")
		}
		rt.Await(cond.Acquire())
		cond.Notify(1)
		loop := rt.RunningLoop()
		loop.CallSoon(func() { wait.Cancel() })
		loop.CallSoon(cond.Release)
		if _, err := rt.CatchAwait(wait); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		if !cond.Locked() {
			t.Error("nobody has the lock")
		}
		return nil
	}())
}

// bpo-32841: a cancellation while the wait acquires the lock again is not lost.
func TestConditionWaitCanceledAfterNotify(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		waited := false
		waiter := rt.CreateTask(rt.Holding(cond, func() rt.Coro[rt.None] {
			waited = true
			rt.Await(cond.Wait())
			return nil
		}))
		rt.Await(rt.Sleep(0)) // it waits
		rt.Await(cond.Acquire())
		cond.Notify(1)
		rt.Await(rt.Sleep(0)) // it waits for the lock
		waiter.Cancel()
		rt.Await(rt.Sleep(0)) // and goes on to do so
		if waiter.Done() {
			t.Error("it ends without the lock")
		}
		cond.Release()
		rt.Await(rt.Sleep(0))
		if !waiter.Canceled() || !waited || cond.Locked() {
			t.Errorf("%v, waited: %v, locked: %v", waiter, waited, cond.Locked())
		}
		return nil
	}())
}

func TestConditionWithoutTheLock(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		for _, said := range []string{
			rt.Await(misuseOfAwait(cond.Wait())),
			rt.Await(misuseOfAwait(cond.WaitFor(func() bool { return false }))),
		} {
			if said != "rt: Condition.Wait: the lock is not acquired" {
				t.Errorf("said %q", said)
			}
		}
		for _, said := range []string{misuse(func() { cond.Notify(1) }), misuse(cond.NotifyAll)} {
			if said != "rt: Condition.Notify: the lock is not acquired" {
				t.Errorf("said %q", said)
			}
		}
		rt.Await(cond.WaitFor(func() bool { return true })) // is over before it looks for the lock
		return nil
	}())
}

// A notification is no reason: WaitFor asks its predicate.
func TestConditionWaitFor(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		ready := false
		task := rt.CreateTask(func() rt.Coro[bool] {
			rt.Await(cond.Acquire())
			rt.Await(cond.WaitFor(func() bool {
				ev.add("ready? %v", ready)
				return ready
			}))
			ev.add("goes on")
			cond.Release()
			return rt.Return(true)
		}())
		rt.Await(rt.Sleep(0))
		for _, ready = range []bool{false, true} {
			rt.Await(cond.Acquire())
			ev.add("notify")
			cond.Notify(1)
			cond.Release()
			rt.Await(rt.Sleep(0))
		}
		ended(t, task)
		return nil
	}())
	ev.want(t, "ready? false", "notify", "ready? false", "notify", "ready? true", "goes on")
}

// Notify wakes so many of those who wait as it says, in the order in which they came, and none twice.
func TestConditionNotify(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		t1 := rt.CreateTask(waitAndRelease(cond, &ev, "1"))
		t2 := rt.CreateTask(waitAndRelease(cond, &ev, "2"))
		t3 := rt.CreateTask(waitAndRelease(cond, &ev, "3"))
		rt.Await(rt.Sleep(0))
		rt.Await(cond.Acquire())
		ev.add("notify 1")
		cond.Notify(1)
		cond.Release()
		rt.Await(rt.Sleep(0))
		rt.Await(cond.Acquire())
		ev.add("notify 1 and 2048")
		cond.Notify(1)
		cond.Notify(2048)
		cond.Release()
		rt.Await(rt.Sleep(0))
		ended(t, t1, t2, t3)
		return nil
	}())
	ev.want(t, "notify 1", "1", "notify 1 and 2048", "2", "3")
}

func TestConditionNotifyAll(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		t1 := rt.CreateTask(waitAndRelease(cond, &ev, "1"))
		t2 := rt.CreateTask(waitAndRelease(cond, &ev, "2"))
		rt.Await(rt.Sleep(0))
		rt.Await(cond.Acquire())
		ev.add("notify all")
		cond.NotifyAll()
		cond.Release()
		rt.Await(rt.Sleep(0))
		ended(t, t1, t2)
		return nil
	}())
	ev.want(t, "notify all", "1", "2")
}

// Those who are notified and have not got the lock yet do not wait for the condition any more.
func TestConditionString(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		ev.add("%v", cond)
		t1 := rt.CreateTask(waitAndRelease(cond, &ev, "1"))
		t2 := rt.CreateTask(waitAndRelease(cond, &ev, "2"))
		rt.Await(rt.Sleep(0))
		ev.add("%v", cond)
		rt.Await(cond.Acquire())
		ev.add("%v", cond)
		cond.Notify(1)
		ev.add("notified: %v", cond)
		rt.Await(rt.Sleep(0))
		ev.add("a turn later: %v", cond)
		cond.NotifyAll()
		cond.Release()
		rt.Await(rt.Gather(t1, t2))
		ev.add("%v", cond)
		return nil
	}())
	ev.want(t,
		"<Condition [unlocked]>",
		"<Condition [unlocked, waiters:2]>",
		"<Condition [locked, waiters:2]>",
		"notified: <Condition [locked, waiters:2]>",
		"a turn later: <Condition [locked, waiters:1]>",
		"1", "2",
		"<Condition [unlocked]>")
}

// A condition and its lock are locked together.
func TestConditionOnALock(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		cond := rt.NewCondition(&lock)
		for _, l := range []rt.Locker{cond, &lock} {
			for _, want := range []bool{false, true, false} {
				if want {
					rt.Await(l.Acquire())
				}
				if lock.Locked() != want || cond.Locked() != want {
					t.Errorf("by %T: the lock is locked: %v, the condition: %v, want %v", l, lock.Locked(), cond.Locked(), want)
				}
				if want {
					l.Release()
				}
			}
		}
		return nil
	}())
}

// The time is over inside of Wait: the lock is acquired when ErrTimeout comes, and can be released.
func TestConditionTimeoutOfWait(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		cond := rt.NewCondition(nil)
		rt.Await(rt.Holding(cond, func() rt.Coro[rt.None] {
			if _, err := rt.TryAwait(rt.WaitFor(cond.Wait(), 500*ms)); err != rt.ErrTimeout || !cond.Locked() {
				t.Errorf("%v, locked: %v", err, cond.Locked())
			}
			return nil
		}))
		if cond.Locked() {
			t.Error("it is locked")
		}
		return nil
	}())
}

// The cancellation that comes out of WaitFor is the one that was thrown into it, whether it waits to
// be notified or for the lock.
func TestConditionCancellationKeepsItsIdentity(t *testing.T) {
	for _, notified := range []bool{false, true} {
		t.Run(fmt.Sprintf("notified=%v", notified), func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				cond := rt.NewCondition(nil)
				wake := false
				var raised error
				task := rt.CreateTask(rt.Holding(cond, func() rt.Coro[rt.None] {
					_, raised = rt.CatchAwait(cond.WaitFor(func() bool { return wake }))
					if !errors.Is(raised, rt.ErrCanceled) {
						t.Error(raised)
					}
					rt.Throw(raised)
					return nil
				}))
				rt.Await(rt.Sleep(0))
				if notified {
					rt.Await(cond.Acquire())
					wake = true
					cond.Notify(1)
					rt.Await(rt.Sleep(0))
				}
				task.Cancel("foo")
				if notified {
					cond.Release()
				}
				_, err := rt.CatchAwait(task)
				if rt.CancelMessage(err) != "foo" || err != raised {
					t.Errorf("got %v, raised was %v", err, raised)
				}
				return nil
			}())
		})
	}
}

// Who is notified and canceled at once hands the notification on; so does who is canceled while it
// waits for the lock.
func TestConditionCanceledWakeUpIsNotLost(t *testing.T) {
	for _, relock := range []bool{false, true} {
		t.Run(fmt.Sprintf("relock=%v", relock), func(t *testing.T) {
			var ev events
			run(t, func() rt.Coro[rt.None] {
				cond := rt.NewCondition(nil)
				state := 0
				consumer := func(n int) rt.Coro[rt.None] {
					return rt.Holding(cond, func() rt.Coro[rt.None] {
						for {
							rt.Await(cond.WaitFor(func() bool { return state != 0 }))
							if state < 0 {
								ev.add("%d ends", n)
								return nil
							}
							state--
							ev.add("%d takes", n)
						}
					})
				}
				c0, c1 := rt.CreateTask(consumer(0)), rt.CreateTask(consumer(1))
				rt.Await(rt.Sleep(0))
				rt.Await(rt.Holding(cond, func() rt.Coro[rt.None] {
					state++
					cond.Notify(1)
					if relock {
						rt.Await(rt.Sleep(0)) // c0 waits for the lock
					}
					c0.Cancel()
					_, err := rt.TryAwait(rt.WithTimeout(10*ms, func(*rt.Deadline) rt.Coro[rt.None] {
						return cond.WaitFor(func() bool { return state == 0 })
					}))
					ev.add("state %d, %v", state, err)
					state = -1
					cond.NotifyAll()
					return nil
				}))
				rt.Await(c1)
				if !c0.Canceled() {
					t.Error(c0)
				}
				return nil
			}())
			ev.want(t, "1 takes", "state 0, timeout", "1 ends")
		})
	}
}
