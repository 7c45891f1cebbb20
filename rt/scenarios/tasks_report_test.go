//go:build asyncgen

package scenarios

import (
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// reportsOf runs main, closes the loop and gives what its exception handler was told.
func reportsOf(t *testing.T, main rt.Coro[rt.None]) []rt.ExceptionContext {
	l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	var told []rt.ExceptionContext
	l.SetExceptionHandler(func(on *rt.Loop, c rt.ExceptionContext) {
		if on != l {
			t.Error("the handler is called with another loop")
		}
		told = append(told, c)
	})
	if _, err := rt.RunOn(l, main); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	return told
}

// Cancel of a task that has failed counts as a look at its error.
func TestTaskErrorIsNotReportedAfterCancel(t *testing.T) {
	for _, cancels := range []bool{false, true} {
		told := reportsOf(t, func() rt.Coro[rt.None] {
			task := rt.CreateTask(failingAfter(0))
			rt.Await(rt.Sleep(50 * ms))
			if cancels && task.Cancel() {
				t.Error("a task that is done can be canceled")
			}
			return nil
		}())
		if reported := len(told) > 0; reported == cancels {
			t.Errorf("canceled %v: %v", cancels, told)
		}
	}
}

// Only the first error of a gather is somebody's; the later ones are not reported.
func TestGatherErrorsOfTheOthersAreNotReported(t *testing.T) {
	told := reportsOf(t, func() rt.Coro[rt.None] {
		a, b := rt.NewFuture[rt.None](), rt.NewFuture[rt.None]()
		inner := func(f *rt.Future[rt.None]) rt.Coro[rt.None] {
			rt.Await(f)
			rt.Throw(errTaskBoom)
			return nil
		}
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.Gather(inner(a), inner(b)))
			return nil
		}())
		rt.Await(fiveTurns())
		a.SetResult(rt.None{})
		rt.Await(fiveTurns())
		b.SetResult(rt.None{})
		rt.Await(fiveTurns())
		if task.Err() != errTaskBoom {
			t.Error(task.Err())
		}
		return nil
	}())
	if len(told) > 0 {
		t.Error(told)
	}
}

// The loop keeps its tasks until it is closed. Close cancels them; one that is made meanwhile is left, and
// reported.
func TestTaskDestroyedWhileItIsPending(t *testing.T) {
	var left *rt.Task[rt.None]
	told := reportsOf(t, func() rt.Coro[rt.None] {
		rt.CreateTask(func() rt.Coro[rt.None] {
			rt.CatchAwait(rt.NewFuture[int]())
			left = rt.CreateTask(rt.Sleep(second))
			return nil
		}())
		rt.Await(rt.Sleep(0))
		return nil
	}())
	if len(told) != 1 || told[0].Message != "Task was destroyed but it is pending!" || told[0].Task != rt.AnyTask(left) || told[0].Err != nil {
		t.Errorf("%+v", told)
	}
}

// In debug mode a report says where the task was created.
func TestTaskDebugSaysWhereItWasCreated(t *testing.T) {
	for _, debug := range []bool{false, true} {
		var opts []rt.Option
		if debug {
			opts = append(opts, rt.Debug())
		}
		loop := rt.NewLoop(append(opts, rt.WithClock(rt.NewVirtualClock()))...)
		var created []string
		loop.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { created = c.Created })
		rt.RunOn(loop, func() rt.Coro[rt.None] {
			rt.CreateTask(rt.Fail[int](errTaskBoom))
			rt.Await(rt.Sleep(0))
			return nil
		}())
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
		if got := len(created) > 0 && strings.Contains(created[0], "tasks_report_"); got != debug {
			t.Errorf("debug mode %v: created %q", debug, created)
		}
	}
}
