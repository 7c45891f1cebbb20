//go:build asyncgen

package rttest_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/internal/hook"
	"github.com/asyncgen/asyncgen/rt/rttest"
)

//go:generate go run github.com/asyncgen/asyncgen/cmd/asyncgen

var errBoom = errors.New("boom")

// recorder is a test that notes what fails it.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()                      {}
func (r *recorder) Error(args ...any)            { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Errorf(f string, args ...any) { r.said = append(r.said, fmt.Sprintf(f, args...)) }
func (r *recorder) Fatal(args ...any)            { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(f string, args ...any) { r.Errorf(f, args...); runtime.Goexit() }

// verdict is what Run says about main.
func verdict[T any](main rt.Coro[T], opts ...rt.Option) string {
	r := new(recorder)
	over := make(chan struct{})
	go func() { // Fatal ends it
		defer close(over)
		rttest.Run(r, main, opts...)
	}()
	<-over
	return strings.Join(r.said, "\n")
}

//async:func
func sleeper(d time.Duration) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(d))
	return nil
}

//async:func
func failing(d time.Duration) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(d))
	rt.Throw(errBoom)
	return nil
}

//async:func
func failingDeeper() rt.Coro[rt.None] {
	rt.Await(failing(0))
	return nil
}

func TestRunTakesNoTimeAndGivesTheResult(t *testing.T) {
	got := rttest.Run(t, func() rt.Coro[time.Duration] {
		rt.Await(sleeper(1000 * time.Hour))
		return rt.Return(rt.RunningLoop().Time())
	}())
	if got != 1000*time.Hour {
		t.Error(got)
	}
}

func TestRunFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		main  func() rt.Coro[rt.None]
		wants []string
	}{
		{"with main", failingDeeper, []string{"main failed: boom", "failingDeeper at", "failing at"}},
		{"on tasks that are left", func() rt.Coro[rt.None] {
			rt.CreateTask(sleeper(time.Second))
			rt.Await(rt.Sleep(0))
			return nil
		}, []string{"these are left: tasks: 1, timers: 1", "sleeper at", "sleeps, 1s left"}},
		{"on timers that are left", func() rt.Coro[rt.None] {
			rt.RunningLoop().CallLater(time.Second, func() {})
			rt.Await(rt.Sleep(0))
			return nil
		}, []string{"these are left: tasks: 0, timers: 1"}},
		{"on errors never retrieved", func() rt.Coro[rt.None] {
			rt.CreateTask(failing(0))
			rt.Await(rt.Sleep(time.Second))
			return nil
		}, []string{"Task exception was never retrieved: boom", "Task-2", "failing at"}},
		{"in a deadlock", func() rt.Coro[rt.None] {
			var never rt.Event
			rt.Await(never.Wait())
			return nil
		}, []string{"deadlock", "Event.Wait"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := verdict(c.main())
			for _, want := range c.wants {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in:\n%s", want, said)
				}
			}
		})
	}
}

// A loop that nobody else holds need not wait for other goroutines.
func TestDeadlockIsCertainAtOnce(t *testing.T) {
	began := time.Now()
	_, err := rttest.Try(t, func() rt.Coro[rt.None] {
		rt.Await(rt.NewFuture[int]())
		return nil
	}())
	if !errors.Is(err, rt.ErrDeadlock) {
		t.Error(err)
	}
	if took := time.Since(began); took >= time.Second {
		t.Error("it took", took)
	}
}

func TestTryGivesTheError(t *testing.T) {
	if _, err := rttest.Try(t, failingDeeper()); err != errBoom {
		t.Error(err)
	}
}

func TestOwnExceptionHandlerHearsInstead(t *testing.T) {
	var told []string
	rttest.Run(t, func() rt.Coro[rt.None] {
		rt.RunningLoop().SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { told = append(told, c.Message) })
		rt.CreateTask(failing(0))
		rt.Await(rt.Sleep(time.Second))
		return nil
	}())
	if len(told) != 1 {
		t.Error(told)
	}
}

func TestLoopKeepsItsTasksBetweenRuns(t *testing.T) {
	loop := rttest.Loop(t)
	task := rt.CreateTaskOn(loop, sleeper(time.Second))
	for range 2 {
		if _, err := rt.RunOn(loop, sleeper(time.Second/2)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := rt.RunOn(loop, func() rt.Coro[rt.None] {
		rt.Await(task)
		return nil
	}()); err != nil {
		t.Error(err)
	}
}

// fatal fails the test after a suspension, below a function that has deferred calls.
//
//async:func
func fatal(t testing.TB) rt.Coro[rt.None] {
	rt.Await(sleeper(time.Second))
	t.Fatal("it is fatal")
	return nil
}

func TestFatalRunsTheDeferredCalls(t *testing.T) {
	var closed []string
	r := new(recorder)
	over := make(chan struct{})
	go func() {
		defer close(over)
		rttest.Run(r, func() rt.Coro[rt.None] {
			rt.CreateTask(func() rt.Coro[rt.None] {
				defer func() { closed = append(closed, "another task") }()
				rt.Await(sleeper(time.Hour))
				return nil
			}())
			defer func() { closed = append(closed, "main") }()
			defer rt.Await(sleeper(time.Minute))
			rt.Await(fatal(r))
			return nil
		}())
	}()
	<-over
	if got := fmt.Sprint(r.said, closed); got != "[it is fatal] [main another task]" {
		t.Error(got)
	}
}

// A virtual clock that does not go on in real time is a mistake of the test, which hears what holds it.
func TestRunFailsWhenTheClockStandsStill(t *testing.T) {
	release := make(chan struct{})
	var over sync.WaitGroup
	over.Add(1)
	soon := hook.Standstill(time.Millisecond).(rt.Option)
	said := verdict(func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WaitFor(rt.ToThread(func() (rt.None, error) {
			defer over.Done()
			<-release
			return rt.None{}, nil
		}), time.Hour))
		rt.Throw(err)
		return nil
	}(), soon)
	for _, want := range []string{"the virtual clock has stood still for 1ms of real time, since a function of rt.ToThread runs", "rt.WithClock(nil)", "ToThread", "func1 at"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
	close(release)
	over.Wait()
	said = verdict(func() rt.Coro[rt.None] {
		loop := rt.RunningLoop()
		rt.Await(rt.NewFuture[int]())
		loop.CallSoon(func() {})
		return nil
	}(), soon)
	if want := "since somebody outside has the loop"; !strings.Contains(said, want) {
		t.Errorf("%q is not in:\n%s", want, said)
	}
}
