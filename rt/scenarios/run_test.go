package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/rt"
)

// run runs main on a virtual clock. The test fails when main does, or when something is left in the loop.
func run[T any](t *testing.T, main rt.Coro[T], opts ...rt.Option) T {
	t.Helper()
	v, err := try(t, main, opts...)
	if err != nil {
		t.Fatalf("main failed: %v", err)
	}
	return v
}

// try is run that gives main's error back.
func try[T any](t *testing.T, main rt.Coro[T], opts ...rt.Option) (T, error) {
	t.Helper()
	loop := rt.NewLoop(append(opts, rt.WithClock(rt.NewVirtualClock()))...)
	v, err := rt.RunOn(loop, main)
	if left := loop.AllTasks(); len(left) > 0 {
		t.Errorf("tasks are left: %v", left)
	}
	if said := leftIn(loop); said != "" {
		t.Error(said)
	}
	if err := loop.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return v, err
}

// leftIn says what is left in a loop whose main has ended; "" when nothing is.
func leftIn(l *rt.Loop) string {
	for range 2 { // what main has caused comes
		if _, err := rt.RunOn(l, rt.Sleep(0)); err != nil {
			return err.Error()
		}
	}
	if p := l.Pending(); p != (rt.Pending{}) {
		return fmt.Sprintf("left in the loop: %+v; tasks: %v", p, l.AllTasks())
	}
	return ""
}

// events is what a scenario does, in its order.
type events struct{ list []string }

// add notes an event.
func (e *events) add(format string, args ...any) {
	e.list = append(e.list, fmt.Sprintf(format, args...))
}

// want compares with what CPython does.
func (e *events) want(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, e.list); diff != "" {
		t.Errorf("the order of events differs from CPython's (-want +got):\n%s", diff)
	}
}

// misuse says what f panics with; "" when it does not.
func misuse(f func()) (said string) {
	defer func() {
		if r := recover(); r != nil {
			said = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

const (
	second = time.Second
	ms     = time.Millisecond
)
