package rttest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/internal/hook"
)

// Run runs main on a virtual clock and gives its result. It fails the test at once when main fails, with the
// async traceback, or waits for what cannot come, with the tree of tasks; and it fails the test
//
//   - when tasks or timers are left at the end of main,
//   - when an error was never retrieved, as the loop's exception handler hears of it.
//
// A clock that stands still for five seconds of real time, while nothing happens, fails the test as well, with what holds it: a
// function of rt.ToThread that sleeps, say, or a server that waits for a client. Such tests need real time.
//
// Options come on top: rt.WithClock(nil) is real time. A test that expects reports sets an exception handler of
// its own, with rt.RunningLoop().SetExceptionHandler.
//
// A panic leaves Run, as it leaves rt.Run.
func Run[T any](t testing.TB, main rt.Coro[T], opts ...rt.Option) T {
	t.Helper()
	loop, v, err := run(t, main, opts)
	switch {
	case errors.Is(err, rt.ErrDeadlock) || hook.StoodStill(err):
		t.Fatal(err) // it has the tree of tasks
	case err != nil:
		t.Fatalf("main failed: %v\n%s", err, hook.Traceback(loop))
	}
	return v
}

// Try is Run that gives main's error back, a deadlock's too.
func Try[T any](t testing.TB, main rt.Coro[T], opts ...rt.Option) (T, error) {
	t.Helper()
	_, v, err := run(t, main, opts)
	return v, err
}

// run is Run that leaves main's end to the caller.
func run[T any](t testing.TB, main rt.Coro[T], opts []rt.Option) (*rt.Loop, T, error) {
	t.Helper()
	loop := newLoop(t, append([]rt.Option{hook.Enclosed().(rt.Option)}, opts...))
	over := false
	defer func() {
		if !over { // a panic, or main has called t.FailNow
			loop.Close()
		}
	}()
	v, err := rt.RunOn(loop, main)
	over = true
	switch {
	case hook.StoodStill(err): // closing may well take as long again, for the same reason
		loop.Close()
		return loop, v, err
	case !errors.Is(err, rt.ErrDeadlock):
		checkLeft(t, loop)
	}
	closeLoop(t, loop)
	return loop, v, err
}

// Loop makes a loop on a virtual clock, for rt.RunOn. At the end of the test it is closed, and then what is left
// on it or was never retrieved fails the test as with Run.
func Loop(t testing.TB, opts ...rt.Option) *rt.Loop {
	t.Helper()
	loop := newLoop(t, opts)
	t.Cleanup(func() {
		t.Helper()
		checkLeft(t, loop)
		closeLoop(t, loop)
	})
	return loop
}

// standstill is for how long a loop's virtual clock may stand still.
const standstill = 5 * time.Second

// newLoop makes a loop whose reports fail the test.
func newLoop(t testing.TB, opts []rt.Option) *rt.Loop {
	loop := rt.NewLoop(append([]rt.Option{rt.WithClock(rt.NewVirtualClock()), hook.Standstill(standstill).(rt.Option)}, opts...)...)
	loop.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) {
		t.Helper()
		t.Error(describe(c))
	})
	return loop
}

// describe is a report as text.
func describe(c rt.ExceptionContext) string {
	var b strings.Builder
	b.WriteString(c.Message)
	if c.Err != nil {
		fmt.Fprintf(&b, ": %v", c.Err)
	}
	if c.Task != nil {
		fmt.Fprintf(&b, "\n  %v", c.Task)
	}
	for _, line := range c.Traceback {
		b.WriteString("\n  " + line)
	}
	if len(c.Created) > 0 {
		b.WriteString("\ncreated by")
	}
	for _, line := range c.Created {
		b.WriteString("\n  " + line)
	}
	return b.String()
}

// checkLeft fails the test when there is still something to do. A loop that was closed has nothing left.
func checkLeft(t testing.TB, loop *rt.Loop) {
	t.Helper()
	left := loop.Pending()
	if left.Tasks == 0 && left.Timers == 0 {
		return
	}
	var b strings.Builder
	loop.Dump(&b)
	t.Errorf("main has ended, and these are left: tasks: %d, timers: %d\n%s", left.Tasks, left.Timers, b.String())
}

// closeLoop closes the loop, which cancels what is left and reports errors.
func closeLoop(t testing.TB, loop *rt.Loop) {
	t.Helper()
	if err := loop.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
