package rt

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"
)

// debugging makes a loop in debug mode that logs to a buffer. Real time, as it sees it, moves only when
// spend is called.
func debugging(t *testing.T) (l *Loop, log *bytes.Buffer, spend func(time.Duration)) {
	log = new(bytes.Buffer)
	l, _ = virtual(t, Debug(), logTo(log))
	now := time.Now()
	l.realTime = func() time.Time { return now }
	return l, log, func(d time.Duration) { now = now.Add(d) }
}

func TestSlowStepIsLogged(t *testing.T) {
	l, log, spend := debugging(t)
	slow := func(name string, d time.Duration) *fn {
		return coro(name, func(f *fn, x *Exec) Status {
			if f.State == Start {
				f.State = 1
				return x.Sleep(f, 0)
			}
			spend(d)
			return Done
		})
	}
	RunOn(l, seq("main",
		step(func() *fn { return slow("quick", 99*time.Millisecond) }),
		step(func() *fn { return slow("slow", 100*time.Millisecond) }),
	))
	want := `level=WARN msg="a step of the event loop was slow" took=100ms from="slow at test.go:11" to="main at test.go:12" task="<Task finished name='Task-1' coro=<main() done, defined at test.go:10> result=0>"
`
	if log.String() != want {
		t.Errorf("got\n%swant\n%s", log, want)
	}
}

func TestSlowCallbackIsLogged(t *testing.T) {
	l, log, spend := debugging(t)
	l.SetSlowCallbackDuration(time.Minute)
	l.CallSoon(func() { spend(time.Hour) })
	l.CallSoon(func() { spend(time.Second) })
	RunOn(l, Sleep(time.Second))
	if n := strings.Count(log.String(), "took=1h0m0s"); n != 1 || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("logged:\n%s", log)
	}
	if !strings.Contains(log.String(), "rt.TestSlowCallbackIsLogged.func1() at debug_test.go:") {
		t.Errorf("the callback's place is missing:\n%s", log)
	}
}

// made is an async function as generated code has it.
func made(name string) Coro[int] { return New(Coro[int](plain(name, func(*Exec) {}))) }

func TestCoroutineNeverAwaitedIsLogged(t *testing.T) {
	l, log, _ := debugging(t)
	kept := made("kept")
	task := made("task")
	RunOn(l, coro("main", func(f *fn, x *Exec) Status {
		if f.State == Start {
			made("dropped")
			CreateTaskIn(x, task)
			f.State = 1
			f.aw = made("awaited")
			return Begin(x, f, f.aw)
		}
		return Done
	}))
	task = nil
	l.Close()
	if n := strings.Count(log.String(), "never awaited"); n != 1 || !strings.Contains(log.String(), "coroutine=dropped") {
		t.Errorf("logged:\n%s", log)
	}
	if !strings.Contains(log.String(), "rt.TestCoroutineNeverAwaitedIsLogged.func1 at ") {
		t.Errorf("the place where it was made is missing:\n%s", log)
	}
	runtime.KeepAlive(kept)
}

// misused runs f and says what it panics with.
func misused(f func()) (said string) {
	defer func() {
		if r := recover(); r != nil {
			said, _ = r.(string)
		}
	}()
	f()
	return ""
}

func TestForeignGoroutineIsCaught(t *testing.T) {
	l, _, _ := debugging(t)
	future := NewFutureOn[int](l)
	task := CreateTaskOn(l, Coro[int](forever("f")))
	var event Event
	waiter := CreateTaskOn(l, event.Wait())
	uses := map[string]func(){
		"CallSoon":   func() { l.CallSoon(func() {}) },
		"CallLater":  func() { l.CallLater(time.Second, func() {}) },
		"CreateTask": func() { CreateTaskOn(l, Coro[int](plain("late", func(*Exec) {}))) },
		"SetResult":  func() { future.SetResult(1) },
		"Cancel":     func() { task.Cancel() },
		"Event.Set":  func() { event.Set() },
	}
	RunOn(l, Sleep(0))
	RunOn(l, coro("main", func(f *fn, x *Exec) Status {
		for name, use := range uses {
			said := make(chan string)
			go func() { said <- misused(use) }()
			if text := <-said; !strings.Contains(text, "but the loop runs on goroutine") {
				t.Errorf("%s on another goroutine: %q", name, text)
			}
		}
		return Done
	}))
	if future.Done() || task.Done() || waiter.Done() {
		t.Error("a future was completed from another goroutine")
	}
	task.Cancel()
	waiter.Cancel()
}

func TestDebugVariable(t *testing.T) {
	t.Setenv("ASYNCGENDEBUG", "1")
	if l := NewLoop(); !l.debug || l.Close() != nil {
		t.Error("ASYNCGENDEBUG=1 does not switch debug mode on")
	}
	t.Setenv("ASYNCGENDEBUG", "")
	if l := NewLoop(); l.debug {
		t.Error("debug mode is on")
	}
}

func TestDebugModeSaysWhereATaskWasCreated(t *testing.T) {
	l, _, _ := debugging(t)
	var created [][]string
	l.SetExceptionHandler(func(_ *Loop, c ExceptionContext) { created = append(created, c.Created) })
	RunOn(l, plain("main", func(x *Exec) {
		CreateTaskIn(x, Coro[int](plain("f", func(x *Exec) { x.Err = errBoom })), Name(""))
	}))
	l.Close()
	if len(created) != 1 || len(created[0]) == 0 || !strings.HasPrefix(created[0][0], "github.com/asyncgen/asyncgen/rt.TestDebugModeSaysWhereATaskWasCreated.func2 at ") {
		t.Errorf("created %q", created)
	}
}
