//go:build asyncgen

package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

var errSpam = errors.New("spam")

func TestRunnerResult(t *testing.T) {
	v, err := rt.Run(func() rt.Coro[int] {
		rt.Await(rt.Sleep(0))
		return rt.Return(42)
	}())
	if v != 42 || err != nil {
		t.Error(v, err)
	}
}

func TestRunnerError(t *testing.T) {
	_, err := rt.Run(func() rt.Coro[int] {
		rt.Await(rt.Sleep(0))
		return rt.Fail[int](errSpam)
	}())
	if err != errSpam {
		t.Error(err)
	}
}

// A loop that runs refuses to run another one, or itself; the coroutine is not spent.
func TestRunnerInsideOfARunningLoop(t *testing.T) {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer func() {
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
	}()
	//async:func
	inner := func() rt.Coro[int] { return rt.Return(1) }
	_, err := rt.RunOn(loop, func() rt.Coro[rt.None] {
		for who, run := range map[string]func(rt.Coro[int]) (int, error){
			"rt.Run":   func(c rt.Coro[int]) (int, error) { return rt.Run(c) },
			"rt.RunOn": func(c rt.Coro[int]) (int, error) { return rt.RunOn(loop, c) },
		} {
			c := inner()
			_, err := run(c)
			if err == nil || err.Error() != who+" was called from a running event loop: await the coroutine instead" {
				t.Errorf("%s: %v", who, err)
			}
			if v := rt.Await(c); v != 1 {
				t.Error(v)
			}
		}
		return nil
	}())
	if err != nil {
		t.Error(err)
	}
}

func TestRunnerCancelsHangingTasks(t *testing.T) {
	clock := rt.NewVirtualClock()
	var left *rt.Task[rt.None]
	v, err := rt.Run(func() rt.Coro[int] {
		left = rt.CreateTask(rt.Sleep(100 * ms))
		return rt.Return(123)
	}(), rt.CancelPending(), rt.WithClock(clock))
	if v != 123 || err != nil || !left.Canceled() || clock.Now() != 0 {
		t.Errorf("%d, %v, %v at %v", v, err, left, clock.Now())
	}
}

// What tasks fail with when they are canceled at the end is told to the exception handler, when all
// have ended.
func TestRunnerReportsErrorsOfHangingTasks(t *testing.T) {
	var ev events
	var tasks []*rt.Task[rt.None]
	v, err := rt.Run(func() rt.Coro[int] {
		rt.RunningLoop().SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) {
			ev.add("%s: %v", c.Message, c.Err)
			if !slices.ContainsFunc(tasks, func(task *rt.Task[rt.None]) bool { return c.Task == rt.AnyTask(task) }) {
				t.Errorf("the task is %v", c.Task)
			}
		})
		//async:func
		leftover := func(n int) rt.Coro[rt.None] {
			if _, err := rt.CatchAwait(rt.Sleep(100 * ms)); err != nil {
				ev.add("%d is canceled", n)
				rt.Throw(fmt.Errorf("error %d", n))
			}
			return nil
		}
		tasks = append(tasks, rt.CreateTask(leftover(0)), rt.CreateTask(leftover(1)))
		return rt.Return(123)
	}(), rt.CancelPending(), rt.WithClock(rt.NewVirtualClock()))
	if v != 123 || err != nil || !tasks[0].Done() || !tasks[1].Done() {
		t.Error(v, err, tasks)
	}
	const message = "Unhandled error while the loop was closed"
	ev.want(t, "0 is canceled", "1 is canceled", message+": error 0", message+": error 1")
}

// A stream that a task reads ends with the task, though main and the task fail.
func TestRunnerClosesStreamsOfHangingTasks(t *testing.T) {
	var ev events
	//async:func
	fidget := func() rt.Stream[int] {
		defer ev.add("the stream ends")
		for i := 0; ; i++ {
			rt.Yield(i)
			rt.Await(rt.Sleep(second))
		}
	}
	read := func() rt.Coro[rt.None] {
		for v := range rt.AwaitEach(fidget()) {
			ev.add("got %d", v)
		}
		return nil
	}
	var task *rt.Task[rt.None]
	_, err := rt.Run(func() rt.Coro[rt.None] {
		rt.RunningLoop().SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { ev.add("reported: %v", c.Err) })
		task = rt.CreateTask(func() rt.Coro[rt.None] {
			if _, err := rt.CatchAwait(read()); err != nil {
				ev.add("the reader: %v", err)
			}
			return rt.Fail[rt.None](errors.New("division by zero"))
		}())
		return rt.Fail[rt.None](errSpam)
	}(), rt.CancelPending(), rt.WithClock(rt.NewVirtualClock()))
	if err != errSpam || !task.Done() {
		t.Error(err, task)
	}
	ev.want(t, "got 0", "the stream ends", "the reader: canceled", "reported: division by zero")
}

func TestRunnerRunsOnItsLoop(t *testing.T) {
	loop := rt.NewLoop()
	defer loop.Close()
	for range 2 {
		running, err := rt.RunOn(loop, func() rt.Coro[*rt.Loop] { return rt.Return(rt.RunningLoop()) }())
		if running != loop || err != nil {
			t.Error(running, err)
		}
	}
}

// A loop that is closed runs nothing any more; to close it again does nothing.
func TestRunnerClosed(t *testing.T) {
	for _, used := range []bool{false, true} {
		t.Run(fmt.Sprintf("used=%v", used), func(t *testing.T) {
			var ev events
			//async:func
			f := func(n int) rt.Coro[string] {
				ev.add("%d", n)
				return rt.Return("done")
			}
			loop := rt.NewLoop()
			if used {
				if v, err := rt.RunOn(loop, f(1)); v != "done" || err != nil {
					t.Error(v, err)
				}
			}
			for range 2 {
				if err := loop.Close(); err != nil {
					t.Error(err)
				}
			}
			if _, err := rt.RunOn(loop, f(2)); err == nil || err.Error() != "rt: the loop is closed" {
				t.Error(err)
			}
			if used {
				ev.want(t, "1")
			} else {
				ev.want(t)
			}
		})
	}
}

// The main tasks of a loop share their context variables.
func TestRunnerKeepsContext(t *testing.T) {
	loop := rt.NewLoop()
	defer loop.Close()
	v := rt.NewVar("v", -1)
	//async:func
	f := func(to int) rt.Coro[int] {
		old := v.Get()
		rt.Await(rt.Sleep(0))
		v.Set(to)
		return rt.Return(old)
	}
	first, _ := rt.RunOn(loop, f(1))
	second, _ := rt.RunOn(loop, f(2))
	if third := v.GetOn(loop); first != -1 || second != 1 || third != 2 {
		t.Error(first, second, third)
	}
}

// described counts how often it is made a text.
type described struct{ times int }

func (d *described) String() string {
	d.times++
	return "described"
}

func TestRunnerDoesNotMakeTheResultAText(t *testing.T) {
	for _, opts := range [][]rt.Option{nil, {rt.Debug()}} {
		//async:func
		f := func() rt.Coro[*described] { return rt.Return(new(described)) }
		if v, err := rt.Run(f(), opts...); err != nil || v.times != 0 {
			t.Errorf("%v, %d times", err, v.times)
		}
	}
}

// Debug mode is off by default.
func TestRunnerDebug(t *testing.T) {
	for _, debug := range []bool{false, true} {
		var opts []rt.Option
		if debug {
			opts = append(opts, rt.Debug())
		}
		_, err := rt.Run(func() rt.Coro[rt.None] {
			if got := rt.RunningLoop().Debugging(); got != debug {
				t.Errorf("Debugging() is %v", got)
			}
			return nil
		}(), opts...)
		if err != nil {
			t.Error(err)
		}
	}
}

// What Run refuses inside of a running loop is never awaited, and debug mode says so.
func TestRunnerRefusedCoroutineIsNeverAwaited(t *testing.T) {
	var log bytes.Buffer
	_, err := rt.Run(func() rt.Coro[rt.None] {
		refused := func() rt.Coro[rt.None] {
			rt.Await(rt.Sleep(0))
			return nil
		}
		if _, err := rt.Run(refused()); err == nil {
			t.Error("Run inside of Run is not refused")
		}
		rt.Await(rt.Sleep(0))
		return nil
	}(), rt.Debug(), rt.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "a coroutine was never awaited") {
		t.Errorf("logged: %s", &log)
	}
}
