//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// taskState describes how a task stands with its cancellation.
func taskState(task rt.AnyTask) string {
	s := fmt.Sprintf("canceling %d, canceled %v, done %v", task.Canceling(), task.Canceled(), task.Done())
	if strings.HasPrefix(task.String(), "<Task cancelling ") {
		s += ", said so"
	}
	return s
}

// The message of Cancel reaches who awaits the task, though nothing of it ever runs.
func TestTaskCancelMessage(t *testing.T) {
	l := tasksLoop(t)
	task := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		t.Error("the task begins")
		rt.Await(rt.Sleep(0))
		return nil
	}())
	task.Cancel("my message")
	if _, err := runUntil(l, task); rt.CancelMessage(err) != "my message" {
		t.Error(err)
	}
}

func TestTaskCancelMessageOfTheLastCancelCounts(t *testing.T) {
	l := tasksLoop(t)
	task := rt.CreateTaskOn(l, giving(1))
	task.Cancel("my message")
	task.Cancel("my new message")
	if _, err := runUntil(l, task); rt.CancelMessage(err) != "my new message" {
		t.Error(err)
	}
}

func TestTaskCancelFromACallback(t *testing.T) {
	l := tasksLoop(t)
	task := rt.CreateTaskOn(l, rt.Sleep(10*second))
	l.CallSoon(func() { task.Cancel() })
	_, err := runUntil(l, task)
	if !wasCanceled(err) || !task.Done() || !task.Canceled() || l.Time() != 0 {
		t.Errorf("%v: %s, after %v", err, taskState(task), l.Time())
	}
	if task.Cancel() {
		t.Error("a task that is done can be canceled")
	}
}

// The error of a canceled task carries the message, whichever way one reads it; who throws it is
// canceled as well.
func TestTaskCancelMessageInItsResult(t *testing.T) {
	for _, msg := range [][]string{nil, {"my message"}} {
		for name, read := range map[string]func(*rt.Task[rt.None]) error{
			"Result": func(task *rt.Task[rt.None]) error { _, err := task.Result(); return err },
			"Err":    func(task *rt.Task[rt.None]) error { return task.Err() },
		} {
			for _, begun := range []bool{true, false} {
				_, err := try(t, func() rt.Coro[rt.None] {
					task := rt.CreateTask(rt.Sleep(10 * second))
					if begun {
						rt.Await(rt.Sleep(0))
					}
					task.Cancel(msg...)
					rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, task))
					rt.Throw(read(task))
					return nil
				}())
				if c, ok := err.(*rt.CanceledError); !ok || c.Msg != strings.Join(msg, "") {
					t.Errorf("%s with %q, begun %v: %v", name, msg, begun, err)
				}
			}
		}
	}
}

// An error that wraps a cancellation keeps it, with its message, and is no cancellation itself.
func TestTaskCancelWrappedInAnotherError(t *testing.T) {
	l := tasksLoop(t)
	main := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		f := rt.NewFuture[rt.None]()
		inner := rt.CreateTask(func() rt.Coro[rt.None] {
			f.SetResult(rt.None{})
			rt.Await(rt.Sleep(10 * second))
			return nil
		}())
		rt.Await(f)
		l.CallSoon(func() { inner.Cancel("msg") })
		if _, err := rt.CatchAwait(inner); wasCanceled(err) {
			rt.Throw(fmt.Errorf("gave up: %w", err))
		}
		return nil
	}())
	_, err := runUntil(l, main)
	if err == nil || err.Error() != "gave up: canceled: msg" || rt.CancelMessage(err) != "msg" || main.Canceled() {
		t.Errorf("%v, %s", err, taskState(main))
	}
}

func TestTaskCancelBetweenTwoTurns(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.Await(rt.Sleep(0))
			rt.Await(rt.Sleep(0))
			return rt.Return(12)
		}())
		rt.Await(rt.Sleep(0)) // it begins
		task.Cancel()
		if _, err := rt.CatchAwait(task); !wasCanceled(err) || !task.Done() || !task.Canceled() || task.Cancel() {
			t.Errorf("%v: %s", err, taskState(task))
		}
		return nil
	}())
}

// A task whose future is canceled is canceled with it, whether or not it was asked to be.
func TestTaskCancelOfTheFutureItAwaits(t *testing.T) {
	for _, both := range []bool{false, true} {
		run(t, func() rt.Coro[rt.None] {
			f := rt.NewFuture[int]()
			task := rt.CreateTask(func() rt.Coro[int] {
				rt.Await(f)
				return rt.Return(12)
			}())
			rt.Await(rt.Sleep(0))
			f.Cancel()
			if both {
				task.Cancel()
			}
			if _, err := rt.CatchAwait(task); !wasCanceled(err) || !f.Canceled() || !task.Canceled() || !task.Done() {
				t.Errorf("both %v: %v, future canceled %v, task %s", both, err, f.Canceled(), taskState(task))
			}
			return nil
		}())
	}
}

// Cancel ends the future that is waited for at once; the task may catch what it throws, and end well.
func TestTaskCancelCaught(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f1, f2 := rt.NewFuture[int](), rt.NewFuture[int]()
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.Await(f1)
			if _, err := rt.CatchAwait(f2); wasCanceled(err) {
				return rt.Return(42)
			}
			return nil
		}())
		rt.Await(rt.Sleep(0))
		f1.SetResult(1)
		rt.Await(rt.Sleep(0))
		task.Cancel()
		if !f2.Canceled() {
			t.Error("the future is not canceled at once")
		}
		if v, err := rt.CatchAwait(task); v != 42 || err != nil || task.Canceled() {
			t.Error(v, err, taskState(task))
		}
		return nil
	}())
}

// A task that has caught its cancellation awaits what comes next as if nothing had been.
func TestTaskCancelIgnored(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f1, f2, f3 := rt.NewFuture[int](), rt.NewFuture[int](), rt.NewFuture[int]()
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.Await(f1)
			rt.CatchAwait(f2)
			return rt.Return(rt.Await(f3))
		}())
		rt.Await(rt.Sleep(0))
		f1.SetResult(1)
		rt.Await(rt.Sleep(0))
		task.Cancel()
		if !f2.Canceled() {
			t.Error("the future is not canceled at once")
		}
		rt.Await(fiveTurns())
		f3.SetResult(42)
		if v, err := rt.CatchAwait(task); v != 42 || err != nil || f3.Canceled() || task.Canceled() {
			t.Error(v, err, f3.Canceled(), taskState(task))
		}
		return nil
	}())
}

// A task that cancels itself is canceled at its next await, without any wait.
func TestTaskCancelsItself(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		went := false
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.CurrentTask().Cancel()
			went = true
			rt.Await(rt.Sleep(100 * second))
			return rt.Return(12)
		}())
		_, err := rt.CatchAwait(task)
		if now := rt.RunningLoop().Time(); !wasCanceled(err) || !went || now != 0 {
			t.Errorf("%v, after %v", err, now)
		}
		if !task.Done() || !task.Canceled() || task.Cancel() {
			t.Error(taskState(task))
		}
		return nil
	}())
}

// A task that is asked to end and ends before it awaits anything is canceled: its value is lost.
func TestTaskCancelsItselfAtItsEnd(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.CurrentTask().Cancel()
			return rt.Return(12)
		}())
		_, err := rt.CatchAwait(task)
		if !wasCanceled(err) || !task.Done() || !task.Canceled() || task.Cancel() {
			t.Errorf("%v: %s", err, taskState(task))
		}
		return nil
	}())
}

// A task that was asked to end while it ran cancels what it awaits next, through tasks down to a future.
func TestTaskCancelReachesTheNextAwaitedTask(t *testing.T) {
	l := tasksLoop(t)
	var f *rt.Future[int]
	var nested *rt.Task[int]
	task := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		f = rt.NewFuture[int]()
		nested = rt.CreateTask(awaiting(f))
		rt.Await(rt.Sleep(0))
		rt.CurrentTask().Cancel()
		rt.Await(nested)
		return nil
	}())
	if _, err := runUntil(l, task); !wasCanceled(err) {
		t.Error(err)
	}
	if !task.Canceled() || !nested.Canceled() || !f.Canceled() {
		t.Errorf("task %s; nested %s; future canceled %v", taskState(task), taskState(nested), f.Canceled())
	}
}

func TestTaskCancelOfASleepingTask(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		l := rt.RunningLoop()
		sleeper := rt.CreateTask(rt.Sleep(5000 * second))
		l.CallLater(100*ms, func() { sleeper.Cancel() })
		if _, err := rt.CatchAwait(sleeper); !wasCanceled(err) || l.Time() != 100*ms {
			t.Errorf("%v after %v", err, l.Time())
		}
		return nil
	}())
}

func TestTaskCancelEndsTheFutureItAwaits(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		task := rt.CreateTask(awaiting(f))
		rt.Await(rt.Sleep(0))
		task.Cancel()
		rt.Await(fiveTurns())
		if _, err := task.Result(); !wasCanceled(err) || !f.Canceled() {
			t.Errorf("%v, future canceled %v", err, f.Canceled())
		}
		if strings.Contains(task.String(), "wait_for") {
			t.Errorf("it still waits: %v", task)
		}
		return nil
	}())
}

// What a task ends with when it does not let the cancellation pass is its own: here a panic, which leaves
// the run as SystemExit does.
func TestTaskPanicsDuringItsCancellation(t *testing.T) {
	l := tasksLoop(t)
	exit := errors.New("exit")
	task := rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		if _, err := rt.CatchAwait(rt.Sleep(10 * second)); wasCanceled(err) {
			panic(exit)
		}
		return nil
	}())
	rt.RunOn(l, rt.Sleep(0))
	task.Cancel()
	if task.Done() {
		t.Error(taskState(task))
	}
	if said := misuse(func() { rt.RunOn(l, rt.Sleep(0)) }); !strings.HasPrefix(said, "exit\n") {
		t.Errorf("the run ends with %q", said)
	}
	if !task.Done() || task.Canceled() || !errors.Is(task.Err(), exit) {
		t.Errorf("%v: %s", task.Err(), taskState(task))
	}
}

// Cancel of a task cancels the future that a function of it awaits; who catches it on the way decides.
func TestTaskCancelPassesThroughCalls(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		waiter := rt.NewFuture[int]()
		inner := func() rt.Coro[rt.None] {
			if _, err := rt.CatchAwait(waiter); err != nil {
				e.add("inner: %v", err)
				rt.Throw(err)
			}
			e.add("got past the wait")
			return nil
		}
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			_, err := rt.CatchAwait(inner())
			e.add("outer: %v", err)
			return nil
		}())
		rt.Await(rt.Sleep(0))
		task.Cancel()
		rt.Await(task)
		e.want(t, "inner: canceled", "outer: canceled")
		if !waiter.Canceled() {
			t.Error("the future is not canceled")
		}
		return nil
	}())
}
