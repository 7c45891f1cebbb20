//go:build asyncgen

package scenarios

import (
	"errors"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// stubborn sleeps for d, whoever cancels it.
//
//async:func
func stubborn(d time.Duration, exited *bool) rt.Coro[rt.None] {
	loop := rt.RunningLoop()
	for end := loop.Time() + d; loop.Time() < end; {
		_, _ = rt.CatchAwait(rt.Sleep(end - loop.Time()))
	}
	*exited = true
	return nil
}

// A WaitFor that is canceled ends when what it waits for has ended, and as that does.
func TestWaitForCanceledWaitsForTheStubborn(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		exited := false
		task := rt.CreateTask(rt.WaitFor(stubborn(200*ms, &exited), 400*ms))
		rt.Await(rt.Sleep(0))
		task.Cancel()
		rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, task))
		if now := rt.RunningLoop().Time(); !exited || now != 200*ms {
			t.Errorf("exited: %v, at %v", exited, now)
		}
		if err := task.Err(); err != nil {
			t.Errorf("the canceled WaitFor failed: %v", err)
		}
		return nil
	}())
}

func TestWaitForTimeoutWaitsForTheStubborn(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		exited := false
		_, err := rt.TryAwait(rt.WaitFor(stubborn(200*ms, &exited), 100*ms))
		if now := rt.RunningLoop().Time(); !exited || now != 200*ms || err != nil {
			t.Errorf("exited: %v, at %v, %v", exited, now, err)
		}
		return nil
	}())
}

func TestWaitForWithoutTimeTakesWhatIsDone(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[string]()
		f.SetResult("done")
		if v := rt.Await(rt.WaitFor(f, 0)); v != "done" || f.Canceled() {
			t.Errorf("got %q, the future is canceled: %v", v, f.Canceled())
		}
		return nil
	}())
}

func TestWaitForWithoutTimeBeginsNoCoroutine(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		started := false
		//async:func
		foo := func() rt.Coro[rt.None] {
			started = true
			return nil
		}
		if _, err := rt.TryAwait(rt.WaitFor(foo(), 0)); err != rt.ErrTimeout || started {
			t.Errorf("%v, started: %v", err, started)
		}
		return nil
	}())
}

// A task that runs is canceled by a WaitFor whose time is over, and has ended when that fails.
func TestWaitForTimeoutCancelsTheTask(t *testing.T) {
	for _, timeout := range []time.Duration{0, -second, 100 * ms} {
		t.Run(timeout.String(), func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				running := false
				started := rt.NewFuture[rt.None]()
				task := rt.CreateTask(func() rt.Coro[string] {
					running = true
					defer func() { running = false }()
					started.SetResult(rt.None{})
					rt.Await(rt.Sleep(10 * second))
					return rt.Return("done")
				}())
				rt.Await(started)
				if _, err := rt.TryAwait(rt.WaitFor(task, timeout)); err != rt.ErrTimeout {
					t.Error(err)
				}
				if !task.Done() || !task.Canceled() || running {
					t.Errorf("%v, running: %v", task, running)
				}
				if now := rt.RunningLoop().Time(); now != max(timeout, 0) {
					t.Errorf("it is %v", now)
				}
				return nil
			}())
		})
	}
}

func TestWaitForNoTimeout(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		//async:func
		foo := func() rt.Coro[string] { return rt.Return("done") }
		if v := rt.Await(rt.WaitFor(foo(), rt.NoTimeout)); v != "done" {
			t.Error(v)
		}
		return nil
	}())
}

func TestWaitForFutureThatIsCompletedInTime(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[string]()
		wait := rt.WaitFor(f, 200*ms)
		rt.RunningLoop().CallSoon(func() { f.SetResult("ok") })
		if v := rt.Await(wait); v != "ok" {
			t.Error(v)
		}
		if now := rt.RunningLoop().Time(); now != 0 {
			t.Errorf("it is %v", now)
		}
		return nil
	}())
}

// What is canceled at the timeout may give a value all the same: that is the result.
func TestWaitForValueInSpiteOfTheTimeout(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		inner := func() rt.Coro[int] {
			if _, err := rt.CatchAwait(rt.Sleep(10 * second)); !errors.Is(err, rt.ErrCanceled) {
				t.Errorf("the sleep ended with %v", err)
			}
			return rt.Return(42)
		}
		if v := rt.Await(rt.WaitFor(inner(), 100*ms)); v != 42 {
			t.Error(v)
		}
		if now := rt.RunningLoop().Time(); now != 100*ms {
			t.Errorf("it is %v", now)
		}
		if n := rt.CurrentTask().Canceling(); n != 0 {
			t.Errorf("%d requests to cancel are left", n)
		}
		return nil
	}())
}

// A task that needs time to end after its cancellation is given it.
func TestWaitForWaitsUntilTheCanceledTaskHasEnded(t *testing.T) {
	for _, timeout := range []time.Duration{0, ms} {
		t.Run(timeout.String(), func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				done := false
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					defer func() { done = true }()
					if _, err := rt.CatchAwait(rt.Sleep(10 * second)); err != nil {
						rt.Await(rt.Sleep(second))
						rt.Throw(err)
					}
					return nil
				}())
				rt.Await(rt.Sleep(ms))
				if _, err := rt.TryAwait(rt.WaitFor(task, timeout)); err != rt.ErrTimeout || !done {
					t.Errorf("%v, done: %v", err, done)
				}
				if now := rt.RunningLoop().Time(); now != ms+timeout+second {
					t.Errorf("it is %v", now)
				}
				return nil
			}())
		})
	}
}

// An error of the canceled task takes the place of ErrTimeout.
func TestWaitForErrorDuringTheCancellation(t *testing.T) {
	foo := errors.New("foo")
	run(t, func() rt.Coro[rt.None] {
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			_, _ = rt.CatchAwait(rt.Sleep(200 * ms))
			rt.Throw(foo)
			return nil
		}())
		if _, err := rt.TryAwait(rt.WaitFor(task, ms)); err != foo {
			t.Error(err)
		}
		if now := rt.RunningLoop().Time(); now != ms {
			t.Errorf("it is %v", now)
		}
		return nil
	}())
}

// Python issue #23219: to cancel the wait is to cancel the task.
func TestWaitForCanceledCancelsTheTask(t *testing.T) {
	for _, timeout := range []time.Duration{rt.NoTimeout, 60 * second} {
		t.Run(timeout.String(), func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				task := rt.CreateTask(func() rt.Coro[rt.None] {
					rt.Await(rt.NewFuture[rt.None]())
					return nil
				}())
				wait := rt.CreateTask(rt.WaitFor(task, timeout))
				rt.RunningLoop().CallSoon(func() { wait.Cancel() })
				if _, err := rt.CatchAwait(wait); !errors.Is(err, rt.ErrCanceled) {
					t.Error(err)
				}
				if !task.Canceled() || !wait.Canceled() {
					t.Error(task, wait)
				}
				return nil
			}())
		})
	}
}

// GH-86296: a task that is canceled while it waits for what has just ended is canceled all the same.
func TestWaitForCanceledWhenTheTaskHasEnded(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		reached := false
		//async:func
		inner := func() rt.Coro[string] { return rt.Return("done") }
		innerTask := rt.CreateTask(inner())
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.WaitFor(innerTask, 100*second))
			rt.Await(rt.Sleep(second))
			reached = true
			return nil
		}())
		rt.Await(rt.Sleep(0))
		if !innerTask.Done() || task.Done() {
			t.Error(innerTask, task)
		}
		task.Cancel()
		if _, err := rt.CatchAwait(task); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		if v := rt.Await(innerTask); v != "done" || reached {
			t.Errorf("inner gives %q, the end is reached: %v", v, reached)
		}
		return nil
	}())
}

func TestWaitForShield(t *testing.T) {
	for _, c := range []struct {
		name    string
		timeout time.Duration
		want    error
		after   time.Duration
	}{
		{"without time", 0, rt.ErrTimeout, 0},
		{"too little time", 10 * ms, rt.ErrTimeout, 10 * ms},
		{"no timeout", rt.NoTimeout, nil, 100 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				task := rt.CreateTask(func() rt.Coro[string] {
					rt.Await(rt.Sleep(100 * ms))
					return rt.Return("done")
				}())
				shield := rt.Shield(task)
				_, err := rt.TryAwait(rt.WaitFor(shield, c.timeout))
				if now := rt.RunningLoop().Time(); err != c.want || now != c.after {
					t.Errorf("%v at %v", err, now)
				}
				late := err != nil
				if task.Done() == late || task.Canceled() || shield.Canceled() != late {
					t.Errorf("%v, %v", task, shield)
				}
				if v := rt.Await(task); v != "done" {
					t.Error(v)
				}
				return nil
			}())
		})
	}
}
