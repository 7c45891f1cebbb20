package scenarios

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/rttest"
)

// run is rttest.Run, under the name that a scenario is read by.
func run[T any](t *testing.T, main rt.Coro[T], opts ...rt.Option) T {
	t.Helper()
	return rttest.Run(t, main, opts...)
}

// try is run that gives main's error back.
func try[T any](t *testing.T, main rt.Coro[T], opts ...rt.Option) (T, error) {
	t.Helper()
	return rttest.Try(t, main, opts...)
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
