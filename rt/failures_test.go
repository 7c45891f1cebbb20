package rt

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// collect waits until the garbage collector has told the loop that it has run, and lets the loop hear of it.
func collect(l *Loop) {
	told := func() bool {
		l.inbox.mu.Lock()
		defer l.inbox.mu.Unlock()
		return l.inbox.collected
	}
	for !told() {
		runtime.GC()
		runtime.Gosched()
	}
	RunOn(l, Sleep(time.Second))
}

// failing fails at once.
func failing(err error) *fn {
	return coro("failing", func(f *fn, x *Exec) Status { return x.Throw(f, 1, err) })
}

// A server does not end: what it never hears of is reported when the task is collected, once, and kept no longer.
func TestErrorsAreReportedWhenTheirTaskIsCollected(t *testing.T) {
	l, _ := virtual(t)
	var got []string
	l.SetExceptionHandler(func(_ *Loop, c ExceptionContext) {
		name := "a future"
		if c.Task != nil {
			name = c.Task.Name()
			if c.Task.Err() != c.Err || !strings.Contains(c.Task.String(), "coro=<failing() done, defined at test.go:10>") {
				t.Errorf("the task that is gone: %v", c.Task)
			}
		}
		got = append(got, strings.Join(append([]string{c.Message, name, c.Err.Error()}, c.Traceback...), ", "))
	})
	kept := CreateTaskOn[int](l, failing(errors.New("kept")))
	CreateTaskOn[int](l, failing(errors.New("first")))
	CreateTaskOn[int](l, failing(errors.New("second")), Name("named"))
	looked := CreateTaskOn[int](l, failing(errors.New("looked at")))
	NewFutureOn[int](l).SetError(errors.New("of a future"))
	for range 2 * youngFailures {
		CreateTaskOn[int](l, failing(errors.New("looked at"))).AddDoneCallback(func(t *Task[int]) { t.Err() })
	}
	RunOn(l, Sleep(time.Second))
	looked.Err()
	collect(l)
	slices.Sort(got)
	want := []string{
		"Future exception was never retrieved, a future, of a future",
		"Task exception was never retrieved, Task-2, first, failing at test.go:11",
		"Task exception was never retrieved, named, second, failing at test.go:11",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if f := &l.failures; len(f.young) != 0 || len(f.old) != 1 || f.old[0].n.Value() != &kept.node {
		t.Errorf("%d young and %d old failures are kept", len(f.young), len(f.old))
	}
	got = nil
	l.Close()
	if want := []string{"Task exception was never retrieved, Task-1, kept, failing at test.go:11"}; !slices.Equal(got, want) {
		t.Errorf("at the end: %v", got)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(looked)
}

// An exception handler that panics, an error whose Error does, a logger: all is reported, and Close returns.
func TestReportsSurviveWhoPanics(t *testing.T) {
	var log bytes.Buffer
	l := NewLoop(WithClock(NewVirtualClock()), logTo(&log))
	calls := 0
	l.SetExceptionHandler(func(*Loop, ExceptionContext) {
		calls++
		panic("the handler")
	})
	var none *nilError
	CreateTaskOn[int](l, failing(none))
	CreateTaskOn[int](l, failing(errors.New("the second failure")))
	RunOn(l, Sleep(time.Second))
	if err := l.Close(); err != nil || calls != 2 {
		t.Errorf("%v after %d calls of the handler", err, calls)
	}
	if text := log.String(); strings.Count(text, "Unhandled panic in exception handler: the handler") != 2 || !strings.Contains(text, "the second failure") {
		t.Errorf("logged:\n%s", text)
	}
}

// What debug mode has to say goes to a logger. One that panics, or ends the goroutine, ends neither a task nor the run, and
// debug mode, which watches all coroutines of the process, ends with the loop.
func TestLoggerThatDoesNotReturn(t *testing.T) {
	for name, leave := range map[string]func(){"panic": func() { panic("the logger") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			said := 0
			ended := make(chan None)
			go func() {
				defer close(ended)
				l := NewLoop(WithClock(NewVirtualClock()), Debug(), hears(func(string) { said++; leave() }))
				defer l.Close()
				if name == "panic" {
					now := time.Now()
					l.realTime = func() time.Time { now = now.Add(time.Hour); return now } // every step is slow
					if v, err := RunOn[int](l, plain("main", func(*Exec) { made("dropped") })); v != 0 || err != nil || said == 0 {
						t.Errorf("%d, %v; said %d times", v, err, said)
					}
				}
				CreateTaskOn[int](l, failing(errBoom))
				l.slow = time.Duration(math.MaxInt64)
				RunOn(l, Sleep(0))
			}()
			<-ended
			watched.mu.Lock()
			defer watched.mu.Unlock()
			if said == 0 || watched.loops != 0 || watched.on.Load() {
				t.Errorf("said %d times; %d loops in debug mode", said, watched.loops)
			}
		})
	}
}

// nilError is an error that panics when it is asked for its text, through a nil pointer.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// An error that passes tasks which await one another leaves one part of a traceback in each, not a copy of all before it.
func TestErrorThroughTasksSharesItsTraceback(t *testing.T) {
	const n = 100
	l, _ := virtual(t)
	boom := errors.New("boom")
	task := CreateTaskOn[int](l, failing(boom))
	for range n {
		inner := task
		task = CreateTaskOn[int](l, awaits("outer", func(*Exec) Awaitable[int] { return inner }, nil))
	}
	if _, err := RunOn[int](l, awaits("main", func(*Exec) Awaitable[int] { return task }, nil)); err != boom {
		t.Error(err)
	}
	parts := 0
	for p := task.trace(); p != nil; p = p.inner {
		if parts++; len(p.sites) > 1 {
			t.Fatalf("a task keeps %d lines", len(p.sites))
		}
	}
	if all := task.trace().all(); parts != n+1 || len(all) != n+1 || all[0].info.Name != "failing" {
		t.Errorf("%d parts, %d lines", parts, len(all))
	}
}
