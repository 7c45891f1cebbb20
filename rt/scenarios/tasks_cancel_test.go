//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

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

// The message of Cancel reaches who awaits the task, though nothing of it has run.
func TestTaskCancelMessage(t *testing.T) {
	l := tasksLoop(t)
	task := rt.CreateTaskOn(l, giving(1))
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

func TestTaskCanceling(t *testing.T) {
	l := tasksLoop(t)
	var e events
	task := rt.CreateTaskOn(l, rt.Sleep(10*second))
	e.add("%s", taskState(task))
	for range 2 {
		taken := task.Cancel()
		e.add("%v: %s", taken, taskState(task))
	}
	_, err := runUntil(l, task)
	e.add("%v", err)
	e.want(t,
		"canceling 0, canceled false, done false",
		"true: canceling 1, canceled false, done false, said so",
		"true: canceling 2, canceled false, done false, said so",
		"canceled")
}

func TestTaskUncancel(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			if _, err := rt.CatchAwait(rt.Sleep(10 * second)); wasCanceled(err) {
				rt.CurrentTask().Uncancel()
				rt.Await(rt.Sleep(10 * second))
			}
			return nil
		}())
		rt.Await(rt.Sleep(10 * ms))
		e.add("first sleep %v: %s", task.Cancel(), taskState(task))
		rt.Await(rt.Sleep(10 * ms))
		e.add("taken back: %s", taskState(task))
		e.add("second sleep %v: %s", task.Cancel(), taskState(task))
		_, err := rt.CatchAwait(task)
		e.add("%v: %s", err, taskState(task))
		e.add("too late, %d: %s", task.Uncancel(), taskState(task))
		e.want(t,
			"first sleep true: canceling 1, canceled false, done false, said so",
			"taken back: canceling 0, canceled false, done false",
			"second sleep true: canceling 1, canceled false, done false, said so",
			"canceled: canceling 1, canceled true, done true",
			"too late, 0: canceling 0, canceled true, done true")
		return nil
	}())
}

// block is how requestWithTimeout went.
type block struct{ timedOut, finished, outer bool }

// requestWithTimeout is a timeout as a library would write it with Cancel and Uncancel.
//
//async:func
func requestWithTimeout(sleep, timeout time.Duration) rt.Coro[block] {
	var b block
	task := rt.CurrentTask()
	timer := rt.RunningLoop().CallLater(timeout, func() {
		b.timedOut = true
		task.Cancel()
	})
	_, err := rt.CatchAwait(func() rt.Coro[rt.None] {
		_, err := rt.CatchAwait(rt.Sleep(sleep))
		b.finished = err == nil
		timer.Cancel()
		if b.timedOut && task.Uncancel() == 0 && wasCanceled(err) {
			err = rt.ErrTimeout
		}
		if err != nil {
			rt.Throw(err)
		}
		return nil
	}())
	if err != nil && err != rt.ErrTimeout {
		rt.Throw(err)
	}
	b.outer = true // not affected by the timeout
	rt.Await(rt.Sleep(0))
	return rt.Return(b)
}

func TestTaskUncancelOfStructuredBlocks(t *testing.T) {
	for _, c := range []struct {
		sleep, timeout time.Duration
		want           block
	}{
		{10 * second, 100 * ms, block{timedOut: true, finished: false, outer: true}},
		{0, 10 * second, block{timedOut: false, finished: true, outer: true}},
	} {
		l := tasksLoop(t)
		task := rt.CreateTaskOn(l, requestWithTimeout(c.sleep, c.timeout))
		if got, err := runUntil(l, task); got != c.want || err != nil || task.Canceling() != 0 {
			t.Errorf("sleep %v, timeout %v: %+v, %v, %d requests to cancel are left", c.sleep, c.timeout, got, err, task.Canceling())
		}
	}
}

// A request that was taken back before the task's next step is forgotten.
func TestTaskUncancelBeforeItIsThrown(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[rt.None]()
		task := rt.CreateTask(func() rt.Coro[int] {
			rt.Await(f)
			return rt.Return(42)
		}())
		rt.Await(rt.Sleep(0))
		f.SetResult(rt.None{}) // the task is ready
		task.Cancel()
		if task.Canceling() != 1 {
			t.Error(taskState(task))
		}
		task.Uncancel()
		if task.Canceling() != 0 {
			t.Error(taskState(task))
		}
		if v, err := rt.CatchAwait(task); v != 42 || err != nil {
			t.Error(v, err)
		}
		return nil
	}())
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
