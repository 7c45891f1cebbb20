package rt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// each makes a task of each coroutine inside of main, and gives them.
func each(x *Exec, cs ...Coro[int]) (tasks []*Task[int]) {
	for _, c := range cs {
		tasks = append(tasks, CreateTaskIn(x, c))
	}
	return tasks
}

// cancelEachEverywhere runs a scenario without a cancellation to count its turns, and then once for each
// of its tasks and each turn, with a Cancel of the task right before or right after that turn's
// steps. The scenario's tasks must end within 40 turns; check looks at what they leave.
func cancelEachEverywhere(t *testing.T, scenario func() (tasks []Coro[int], rescue func(), check func(ended []*Task[int]) error)) {
	t.Helper()
	const turns = 40
	run := func(victim, when int) (count, last int) {
		l, _ := virtual(t)
		cs, rescue, check := scenario()
		var tasks []*Task[int]
		RunOn(l, coro("main", func(f *fn, x *Exec) Status {
			turn := int(f.State)
			if turn == 0 {
				tasks = each(x, cs...)
			}
			for _, task := range tasks {
				if !task.Done() {
					last = turn
				}
			}
			if turn == when {
				tasks[victim].Cancel()
			}
			if turn == turns && rescue != nil {
				rescue()
			}
			if f.State++; turn == 2*turns {
				return Done
			}
			return x.Sleep(f, 0)
		}))
		for i, task := range tasks {
			if !task.Done() {
				t.Errorf("cancel %d at %d: task %d has not ended: %v", victim, when, i, task)
			} else if err := task.Err(); err != nil && i != victim && rescue == nil {
				t.Errorf("cancel %d at %d: task %d: %v", victim, when, i, err)
			}
		}
		if err := check(tasks); err != nil {
			t.Errorf("cancel %d at %d: %v", victim, when, err)
		}
		if n := len(l.AllTasks()); n != 0 || l.exec.ready.head != nil || l.timers.len() != 0 {
			t.Errorf("cancel %d at %d: something is left in the loop, tasks: %d", victim, when, n)
		}
		return len(tasks), last
	}
	count, last := run(0, -1)
	for victim := range count {
		for when := range min(last, turns) + 2 {
			run(victim, when)
		}
	}
}

// inside is a body that notes that it is inside of something for some turns.
func inside(now, most *int, turns int) func() Coro[int] {
	return func() Coro[int] {
		return coro("inside", func(f *fn, x *Exec) Status {
			if f.State == Start {
				*now++
				*most = max(*most, *now)
			}
			if x.Err == nil && int(f.State) < turns {
				f.State++
				return x.Sleep(f, 0)
			}
			*now--
			return Done
		})
	}
}

func TestLockCanceledAnywhere(t *testing.T) {
	cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
		var l Lock
		var now, most int
		var cs []Coro[int]
		for range 4 {
			cs = append(cs, Holding(&l, inside(&now, &most, 2)))
		}
		return cs, nil, func([]*Task[int]) error {
			if l.Locked() || l.waiters.count() != 0 || now != 0 || most != 1 {
				return fmt.Errorf("locked %v, %d wait, %d inside, at most %d", l.Locked(), l.waiters.count(), now, most)
			}
			return nil
		}
	})
}

func TestSemaphoreCanceledAnywhere(t *testing.T) {
	for _, bounded := range []bool{false, true} {
		cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
			b := NewBoundedSemaphore(2)
			s, locker := &b.s, Locker(b)
			if !bounded {
				s = NewSemaphore(2)
				locker = s
			}
			var now, most int
			var cs []Coro[int]
			for i := range 6 {
				cs = append(cs, Holding(locker, inside(&now, &most, 1+i%3)))
			}
			return cs, nil, func([]*Task[int]) error {
				if s.Locked() || s.value != 2 || s.waiters.count() != 0 || now != 0 || most != 2 {
					return fmt.Errorf("%d places, %d wait, %d inside, at most %d", s.value, s.waiters.count(), now, most)
				}
				return nil
			}
		})
	}
}

func TestEventCanceledAnywhere(t *testing.T) {
	cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
		var e Event
		wait := func() Coro[int] {
			return seq("wait", func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](e.Wait())) })
		}
		set := seq("set",
			func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
			func(f *fn, x *Exec) Status { e.Set(); e.Clear(); return Done },
			func(f *fn, x *Exec) Status { return x.Sleep(f, 0) })
		return []Coro[int]{wait(), wait(), set, wait()}, e.Set, func([]*Task[int]) error {
			if e.line.first != nil || e.line.last != nil {
				return errors.New("somebody waits")
			}
			return nil
		}
	})
}

// A line is left at its beginning, in its middle, at its end and by neighbors; the others keep their order.
func TestEventLineIsLeftAnywhere(t *testing.T) {
	const tasks = 5
	for gone := range 1 << tasks {
		l, tr := virtual(t)
		var e Event
		var all []*Task[int]
		var want []string
		RunOn(l, seq("main",
			func(f *fn, x *Exec) Status {
				for i := range tasks {
					all = append(all, spawn(x, seq("wait",
						func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](e.Wait())) },
						func(f *fn, x *Exec) Status { tr.add("woken %d", i); return Done })))
				}
				return x.Sleep(f, 0)
			},
			func(f *fn, x *Exec) Status {
				for i, task := range all {
					if gone>>i&1 == 1 {
						task.Cancel()
					} else {
						want = append(want, fmt.Sprintf("0 woken %d", i))
					}
				}
				e.Set()
				for i, task := range all {
					if got, pending := task.String(), strings.Contains(task.String(), "<Future finished result=None>"); pending != (gone>>i&1 == 0) {
						t.Error(got)
					}
				}
				return x.Sleep(f, 0)
			}))
		tr.want(t, want...)
	}
}

// One of those who wait is notified at a time; when that one is canceled, another must be.
func TestConditionCanceledAnywhere(t *testing.T) {
	cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
		c := NewCondition(nil)
		tickets := 0
		take := func() Coro[int] {
			return Holding(c, func() Coro[int] {
				return seq("take",
					func(f *fn, x *Exec) Status {
						return Begin(x, f, Awaitable[None](c.WaitFor(func() bool { return tickets > 0 })))
					},
					func(f *fn, x *Exec) Status { tickets--; return Done })
			})
		}
		give := func() Coro[int] {
			return Holding(c, func() Coro[int] {
				return seq("give",
					func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
					func(f *fn, x *Exec) Status { tickets++; c.Notify(1); return x.Sleep(f, 0) })
			})
		}
		rescue := func() { // those whose giver was canceled
			tickets += 3
			c.waiters.call(3)
		}
		return []Coro[int]{take(), take(), take(), give(), give(), give()}, rescue, func(tasks []*Task[int]) error {
			for i, task := range tasks[3:] { // rescued or not, each ticket given was taken
				if task.Canceled() && tickets < 2 {
					return fmt.Errorf("giver %d: %d tickets", i, tickets)
				}
			}
			if c.Locked() || c.waiters.count() != 0 || c.lock.waiters.count() != 0 {
				return fmt.Errorf("locked %v, %d wait", c.Locked(), c.waiters.count())
			}
			return nil
		}
	})
}

func TestBarrierCanceledAnywhere(t *testing.T) {
	cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
		b := NewBarrier(3)
		var cs []Coro[int]
		for range 7 {
			cs = append(cs, b.Wait())
		}
		rescue := func() {
			b.state = broken
			b.changed.waiters.call(7)
		}
		return cs, rescue, func(tasks []*Task[int]) error {
			var got []int
			for _, task := range tasks {
				if v, err := task.Result(); err == nil {
					got = append(got, v)
				}
			}
			// Who is canceled when all have come takes a number away.
			seen := [3]int{}
			for _, v := range got {
				seen[v]++
			}
			if len(got) < 3 || len(got) > 6 || slices.Max(seen[:]) > 2 || slices.Min(seen[:]) < 1 {
				return fmt.Errorf("numbers %v", got)
			}
			if b.count != 0 || b.changed.Locked() || b.changed.waiters.count() != 0 || !b.Broken() || b.Waiting() != 0 {
				return fmt.Errorf("%d inside, %d wait", b.count, b.changed.waiters.count())
			}
			return nil
		}
	})
}

// The scenarios of CPython's test_locks whose order is more than the invariants above.
func TestLockOrder(t *testing.T) {
	l, tr := virtual(t)
	var lock Lock
	take := func(name string) Coro[int] {
		return seq(name,
			func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](lock.Acquire())) },
			func(f *fn, x *Exec) Status { tr.add("%s", name); lock.Release(); return Done })
	}
	var a *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](lock.Acquire())) },
		func(f *fn, x *Exec) Status {
			a = each(x, take("a"), take("b"), take("c"))[0]
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status { // a is woken and canceled at once: b gets the lock
			lock.Release()
			a.Cancel()
			each(x, take("d")) // must not get ahead, though nobody has the lock
			return x.Sleep(f, time.Second)
		}))
	tr.want(t, "0 b", "0 c", "0 d")
	if !a.Canceled() {
		t.Error(a)
	}
}

// A panic in the body of Holding releases, and goes on.
func TestHoldingPanics(t *testing.T) {
	l, _ := virtual(t)
	var lock Lock
	for _, body := range []func() Coro[int]{
		func() Coro[int] { panic("boom") },
		func() Coro[int] { return plain("f", func(*Exec) { panic("boom") }) },
		func() Coro[int] {
			return seq("f", func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
				func(*fn, *Exec) Status { panic("boom") })
		},
	} {
		func() {
			defer func() {
				if p, ok := recover().(*PanicError); !ok || p.Value != "boom" || lock.Locked() {
					t.Error(p, lock.Locked())
				}
			}()
			RunOn(l, Holding(&lock, body))
		}()
	}
	if _, err := RunOn(l, Holding(&lock, func() Coro[int] { return Fail[int](errBoom) })); err != errBoom || lock.Locked() {
		t.Error(err)
	}
	if v, err := RunOn(l, Holding[int](&lock, func() Coro[int] { return nil })); v != 0 || err != nil {
		t.Error(v, err)
	}
}

func TestLockMisuse(t *testing.T) {
	var lock Lock
	c := NewCondition(nil)
	s := NewBoundedSemaphore(1)
	q := NewQueue[int](0)
	v, w := NewVar("v", 0), NewVar("w", 0)
	for _, m := range []struct {
		want string
		do   func(l *Loop)
	}{
		{"Lock.Release: the lock is not acquired", func(*Loop) { lock.Release() }},
		{"Condition.Notify: the lock is not acquired", func(*Loop) { c.NotifyAll() }},
		{"Condition.Wait: the lock is not acquired", func(l *Loop) { RunOn(l, c.Wait()) }},
		{"must not be negative", func(*Loop) { NewSemaphore(-1) }},
		{"must not be negative", func(*Loop) { NewBoundedSemaphore(-1) }},
		{"BoundedSemaphore.Release was called too often", func(*Loop) { s.Release() }},
		{"a barrier needs at least one party", func(*Loop) { NewBarrier(0) }},
		{"Queue.TaskDone was called too often", func(*Loop) { q.TaskDone() }},
		{"nil function", func(*Loop) { NewPriorityQueue[int](0, nil) }},
		{"nil function", func(*Loop) { Holding[int](&lock, nil) }},
		{"nil function", func(*Loop) { c.WaitFor(nil) }},
		{"Event is bound to another loop", func(l *Loop) {
			var e Event
			CreateTaskOn(l, e.Wait())
			RunOn(l, Sleep(0))
			other := NewLoop()
			defer other.Close()
			RunOn(other, e.Wait())
		}},
		{"was used already", func(l *Loop) {
			x := &l.exec
			token := v.SetOn(l, 1)
			v.ResetIn(x, token)
			v.ResetIn(x, token)
		}},
		{"belongs to the variable w, not to v", func(l *Loop) { v.ResetIn(&l.exec, w.SetOn(l, 1)) }},
		{"comes from another task", func(l *Loop) {
			token := v.SetOn(l, 1)
			CreateTaskOn(l, plain("f", func(x *Exec) { v.ResetIn(x, token) }))
			RunOn(l, Sleep(0))
		}},
		{"in ordinary code there is Var.GetOn", func(*Loop) { v.Get() }},
		{"in ordinary code there is Var.SetOn", func(*Loop) { v.Set(1) }},
		{"use asyncgen run", func(*Loop) { v.Reset(nil) }},
	} {
		func() {
			l, _ := untidy(t)
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), m.want) {
					t.Errorf("got %v, want %s", r, m.want)
				}
			}()
			m.do(l)
		}()
	}
}
