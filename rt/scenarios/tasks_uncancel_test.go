//go:build asyncgen

package scenarios

import (
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

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
