//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// misuseOfAwait says what awaiting aw panics with; "" when it does not.
//
//async:func
func misuseOfAwait[T any](aw rt.Awaitable[T]) (said rt.Coro[string]) {
	defer func() {
		if r := recover(); r != nil {
			said = rt.Return(fmt.Sprint(r))
		}
	}()
	rt.Await(aw)
	return nil
}

// acquire acquires l, notes what, and gives true.
//
//async:func
func acquire(l rt.Locker, ev *events, what string) rt.Coro[bool] {
	rt.Await(l.Acquire())
	ev.add("%s", what)
	return rt.Return(true)
}

// ended says that all the tasks have given true.
func ended(t *testing.T, tasks ...*rt.Task[bool]) {
	t.Helper()
	for _, task := range tasks {
		if v, err := task.Result(); !v || err != nil {
			t.Errorf("%v gives %v, %v", task, v, err)
		}
	}
}

func TestLockAcquireInOrder(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		rt.Await(lock.Acquire())
		t1 := rt.CreateTask(acquire(&lock, &ev, "1"))
		t2 := rt.CreateTask(acquire(&lock, &ev, "2"))
		rt.Await(rt.Sleep(0))
		ev.add("release")
		lock.Release()
		rt.Await(rt.Sleep(0))
		ev.add("turn")
		rt.Await(rt.Sleep(0))
		t3 := rt.CreateTask(acquire(&lock, &ev, "3"))
		ev.add("release")
		lock.Release()
		rt.Await(rt.Sleep(0))
		ev.add("release")
		lock.Release()
		rt.Await(rt.Sleep(0))
		ended(t, t1, t2, t3)
		return nil
	}())
	ev.want(t, "release", "1", "turn", "release", "2", "release", "3")
}

// A task that is canceled while it waits leaves the line: the next release is for others.
func TestLockAcquireCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		rt.Await(lock.Acquire())
		task := rt.CreateTask(lock.Acquire())
		rt.RunningLoop().CallSoon(func() { task.Cancel() })
		if _, err := rt.CatchAwait(task); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		lock.Release()
		rt.Await(rt.Sleep(0))
		if lock.Locked() {
			t.Error("somebody has the lock")
		}
		return nil
	}())
}

// The first who waits is canceled when the lock is released: the second gets it.
func TestLockCancelRace(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		//async:func
		lockit := func(blocker *rt.Future[rt.None]) rt.Coro[rt.None] {
			rt.Await(lock.Acquire())
			defer lock.Release()
			if blocker != nil {
				rt.Await(blocker)
			}
			return nil
		}
		fa := rt.NewFuture[rt.None]()
		ta := rt.CreateTask(lockit(fa))
		rt.Await(rt.Sleep(0))
		if !lock.Locked() {
			t.Error("a does not have the lock")
		}
		tb := rt.CreateTask(lockit(nil))
		rt.Await(rt.Sleep(0))
		tc := rt.CreateTask(lockit(nil))
		rt.Await(rt.Sleep(0))

		fa.SetResult(rt.None{})
		tb.Cancel()
		rt.Await(rt.Sleep(0))
		if lock.Locked() || !ta.Done() || !tb.Canceled() || tc.Done() {
			t.Errorf("locked: %v\n%v\n%v\n%v", lock.Locked(), ta, tb, tc)
		}
		rt.Await(tc)
		return nil
	}())
}

// bpo-32734: a cancellation and a release at once must not let two tasks have the lock.
func TestLockCancelAndRelease(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		calls := 0
		//async:func
		lockit := func(name string) rt.Coro[rt.None] {
			calls++
			rt.Await(lock.Acquire())
			ev.add("%s has the lock", name)
			return nil
		}
		rt.Await(lock.Acquire())
		t1 := rt.CreateTask(lockit("1"))
		t2 := rt.CreateTask(lockit("2"))
		t3 := rt.CreateTask(lockit("3"))
		rt.Await(rt.Sleep(0))
		rt.RunningLoop().CallSoon(func() {
			t1.Cancel()
			lock.Release()
		})
		if _, err := rt.CatchAwait(t1); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		if calls != 3 || !t1.Canceled() || !t2.Done() {
			t.Errorf("%d calls\n%v\n%v", calls, t1, t2)
		}
		t3.Cancel()
		rt.Await(rt.Sleep(0))
		if !t3.Canceled() {
			t.Error(t3)
		}
		return nil
	}())
	ev.want(t, "2 has the lock")
}

// Who is canceled still stands in the line when the lock is released; the one behind is woken.
func TestLockReleaseWithACanceledWaiter(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		rt.Await(lock.Acquire())
		tb := rt.CreateTask(lock.Acquire())
		rt.Await(rt.Sleep(0))
		tc := rt.CreateTask(lock.Acquire())
		tb.Cancel()
		lock.Release()
		rt.Await(rt.Sleep(0))
		if !lock.Locked() || !tb.Canceled() {
			t.Errorf("locked: %v, %v", lock.Locked(), tb)
		}
		rt.Await(tc)
		return nil
	}())
}

func TestLockReleaseWithoutAcquire(t *testing.T) {
	var lock rt.Lock
	if said := misuse(lock.Release); said != "rt: Lock.Release: the lock is not acquired" {
		t.Errorf("said %q", said)
	}
}

func TestLockLocked(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		before := lock.Locked()
		rt.Await(lock.Acquire())
		between := lock.Locked()
		lock.Release()
		if before || !between || lock.Locked() {
			t.Error(before, between, lock.Locked())
		}
		return nil
	}())
}

// Who is woken or canceled stands in the line until its turn.
func TestLockString(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		ev.add("%v", &lock)
		rt.Await(lock.Acquire())
		ev.add("%v", &lock)
		t1, t2 := rt.CreateTask(lock.Acquire()), rt.CreateTask(lock.Acquire())
		rt.Await(rt.Sleep(0))
		ev.add("%v", &lock)
		lock.Release()
		ev.add("released: %v", &lock)
		t1.Cancel()
		t2.Cancel()
		ev.add("canceled: %v", &lock)
		rt.Await(rt.Sleep(0))
		ev.add("%v", &lock)
		return nil
	}())
	ev.want(t,
		"<Lock [unlocked]>",
		"<Lock [locked]>",
		"<Lock [locked, waiters:2]>",
		"released: <Lock [unlocked, waiters:2]>",
		"canceled: <Lock [unlocked, waiters:2]>",
		"<Lock [unlocked]>")
}

// Acquire takes nothing before it is awaited.
func TestLockAcquireBeginsWhenItIsAwaited(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		lock := new(rt.Lock)
		cond, sem, bounded := rt.NewCondition(nil), rt.NewSemaphore(1), rt.NewBoundedSemaphore(1)
		for _, l := range []interface {
			rt.Locker
			Locked() bool
		}{lock, cond, sem, bounded} {
			c := l.Acquire()
			rt.Await(rt.Sleep(10 * ms))
			before := l.Locked()
			rt.Await(c)
			if before || !l.Locked() {
				t.Errorf("%T is locked before: %v, after: %v", l, before, l.Locked())
			}
		}
		return nil
	}())
}

// What has a lock is released when the body ends.
func TestLockHolding(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		lock := new(rt.Lock)
		cond, sem, bounded := rt.NewCondition(nil), rt.NewSemaphore(1), rt.NewBoundedSemaphore(1)
		for _, l := range []interface {
			rt.Locker
			Locked() bool
		}{lock, cond, sem, bounded} {
			if l.Locked() {
				t.Errorf("%T is locked", l)
			}
			rt.Await(rt.Holding(l, func() rt.Coro[rt.None] {
				if !l.Locked() {
					t.Errorf("%T is not locked", l)
				}
				rt.Await(rt.Sleep(10 * ms))
				return nil
			}))
			if l.Locked() {
				t.Errorf("%T is locked", l)
			}
		}
		return nil
	}())
}

// Who comes with the Set is not behind those who have waited: it does not wait.
func TestEventWait(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		//async:func
		wait := func(n int) rt.Coro[rt.None] {
			rt.Await(event.Wait())
			ev.add("%d", n)
			return nil
		}
		t1, t2 := rt.CreateTask(wait(1)), rt.CreateTask(wait(2))
		rt.Await(rt.Sleep(0))
		t3 := rt.CreateTask(wait(3))
		ev.add("set")
		event.Set()
		rt.Await(rt.Sleep(0))
		for _, task := range []*rt.Task[rt.None]{t1, t2, t3} {
			if !task.Done() || task.Err() != nil {
				t.Error(task)
			}
		}
		return nil
	}())
	ev.want(t, "set", "3", "1", "2")
}

// The wait for an event that is set does not suspend.
func TestEventWaitWhenItIsSet(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		event.Set()
		other := false
		rt.RunningLoop().CallSoon(func() { other = true })
		rt.Await(event.Wait())
		if other {
			t.Error("the wait has suspended")
		}
		return nil
	}())
}

func TestEventWaitCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		wait := rt.CreateTask(event.Wait())
		rt.RunningLoop().CallSoon(func() { wait.Cancel() })
		if _, err := rt.CatchAwait(wait); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		event.Set() // nobody is left in the line
		return nil
	}())
}

func TestEventIsSet(t *testing.T) {
	var event rt.Event
	before := event.IsSet()
	event.Set()
	between := event.IsSet()
	event.Clear()
	if before || !between || event.IsSet() {
		t.Error(before, between, event.IsSet())
	}
}

func TestEventString(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		ev.add("%v", &event)
		task := rt.CreateTask(event.Wait())
		rt.Await(rt.Sleep(0))
		ev.add("%v", &event)
		event.Set()
		ev.add("%v", &event)
		rt.Await(task)
		ev.add("%v", &event)
		return nil
	}())
	ev.want(t,
		"<Event [unset]>",
		"<Event [unset, waiters:1]>",
		"<Event [set, waiters:1]>",
		"<Event [set]>")
}

// Who waits has seen the event, though it is cleared, and set again, before its turn.
func TestEventClearWithWaiters(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		task := rt.CreateTask(func() rt.Coro[bool] {
			rt.Await(event.Wait())
			ev.add("woken")
			return rt.Return(true)
		}())
		rt.Await(rt.Sleep(0))
		event.Set()
		event.Clear()
		if event.IsSet() {
			t.Error("it is set after Clear")
		}
		event.Set()
		event.Set()
		ev.add("set and cleared")
		rt.Await(rt.Sleep(0))
		ended(t, task)
		return nil
	}())
	ev.want(t, "set and cleared", "woken")
}

// A lock belongs to the loop on which somebody has waited for it; to get it without waiting binds it
// to none.
func TestLockOfAnotherLoop(t *testing.T) {
	var lock rt.Lock
	cond := rt.NewCondition(nil)
	run(t, func() rt.Coro[rt.None] {
		rt.Await(lock.Acquire())
		bind := rt.CreateTask(lock.Acquire())
		rt.Await(cond.Acquire())
		waits := rt.CreateTask(cond.Wait())
		rt.Await(rt.Sleep(0))
		lock.Release()
		rt.Await(bind)
		lock.Release()
		rt.Await(cond.Acquire())
		cond.Notify(1)
		cond.Release()
		rt.Await(waits)
		cond.Release()
		return nil
	}())
	run(t, func() rt.Coro[rt.None] {
		rt.Await(lock.Acquire()) // at once, without asking for the loop
		onLock := rt.NewCondition(&lock)
		if said := rt.Await(misuseOfAwait(onLock.Acquire())); !strings.HasSuffix(said, "the Lock is bound to another loop") {
			t.Errorf("said %q", said)
		}
		lock.Release()
		rt.Await(cond.Acquire())
		if said := rt.Await(misuseOfAwait(cond.Wait())); !strings.HasSuffix(said, "the Condition is bound to another loop") {
			t.Errorf("said %q", said)
		}
		cond.Release()
		return nil
	}())
}
