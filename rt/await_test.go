package rt

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// trying awaits what aw makes, as CatchAwait does, and hands on how it has ended.
func trying[T any](aw func(x *Exec) Awaitable[T], then func(x *Exec, v T, err error)) *fn {
	var a Awaitable[T]
	return coro("trying", func(f *fn, x *Exec) Status {
		if f.State == Start {
			a = aw(x)
			f.State = 1
			if Begin(x, f, a) == Suspended {
				return Suspended
			}
		}
		v, err := Try(x, a)
		then(x, v, err)
		return Done
	})
}

// logging is trying that logs the end under a name.
func logging[T any](tr *trace, name string, aw func(x *Exec) Awaitable[T]) *fn {
	return trying(aw, func(_ *Exec, v T, err error) {
		switch {
		case err != nil:
			tr.add("%s: %v", name, err)
		default:
			tr.add("%s: %v", name, v)
		}
	})
}

// endingAfter is an async function that sleeps and then gives v or fails with err. It logs when it is
// canceled.
func endingAfter(tr *trace, name string, d time.Duration, v int, err error) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		if f.State == Start {
			f.State = 1
			return x.Sleep(f, d)
		}
		if x.Err != nil {
			tr.add("%s %v", name, x.Err)
			return x.Fail(f, 1)
		}
		if err != nil {
			return x.Throw(f, 2, err)
		}
		f.Value = v
		return Done
	})
}

// resisting sleeps for d and swallows so many cancellations, each of which makes it sleep again.
func resisting(tr *trace, name string, d time.Duration, times int, v int) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		if f.State == Start {
			f.State = 1
			return x.Sleep(f, d)
		}
		if x.take() != nil && int(f.State) <= times {
			tr.add("%s resists", name)
			f.State++
			return x.Sleep(f, d)
		}
		f.Value = v
		return Done
	})
}

// spawn makes a task.
func spawn(x *Exec, c *fn) *Task[int] { return CreateTaskIn(x, Coro[int](c)) }

// step is a step of seq that awaits c.
func step(c func() *fn) func(f *fn, x *Exec) Status {
	return func(f *fn, x *Exec) Status {
		return Begin(x, f, Awaitable[int](c()))
	}
}

// cancelLater cancels the task n in d.
func cancelLater(l *Loop, n AnyFuture, d time.Duration) { l.CallLater(d, func() { n.Cancel() }) }

// wantClean fails when a task, a timer or a callback is left.
func wantClean(t *testing.T, l *Loop) {
	t.Helper()
	RunOn(l, Sleep(0)) // what is on its way comes
	RunOn(l, Sleep(0))
	if n := l.tasks.live; n != 0 {
		t.Errorf("%d tasks are left: %v", n, l.AllTasks())
	}
	if n := l.timers.len() - l.timers.dead; n != 0 {
		t.Errorf("%d timers are left", n)
	}
	if l.exec.ready.head != nil {
		t.Error("the ready queue is not empty")
	}
}

// cancelInEachTurn runs the task that start makes and cancels it in one turn after the other, once
// each, until it ends before that. Nothing may be left of it. A result is checked by ended.
func cancelInEachTurn(t *testing.T, start func(x *Exec) *Task[int], ended func(turn int, v int, err error)) {
	t.Helper()
	for turn := 0; ; turn++ {
		if turn == 1000 {
			t.Fatal("the task never ends")
		}
		l, _ := virtual(t)
		var task *Task[int]
		inTime := false
		RunOn(l, coro("canceler", func(f *fn, x *Exec) Status {
			if f.State == Start {
				task = start(x)
			}
			if int(f.State) == turn {
				inTime = task.Cancel()
				return Done
			}
			f.State++
			return x.Sleep(f, time.Duration(f.State%2)*time.Millisecond)
		}))
		RunOn(l, Sleep(time.Minute))
		wantClean(t, l)
		v, err := task.Result()
		if ended(turn, v, err); !inTime {
			return
		}
	}
}

// wantPanic runs c, which must panic with that text.
func wantPanic(t *testing.T, want string, c Coro[int]) {
	t.Helper()
	if _, p, err := tryRun(c); fmt.Sprint(p) != want {
		t.Errorf("panic %v, error %v, want the panic %s", p, err, want)
	}
}

func isCanceled(err error) bool { return errors.Is(err, ErrCanceled) }
