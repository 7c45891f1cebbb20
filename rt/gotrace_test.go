package rt

import (
	"bytes"
	gotrace "runtime/trace"
	"testing"
	"time"
)

// runtime/trace hears of tasks, steps and requests to cancel while it is on, also when that is in the middle of a run.
func TestGoTrace(t *testing.T) {
	if gotrace.IsEnabled() {
		t.Skip("the test itself is being traced")
	}
	l, _ := virtual(t)
	var w bytes.Buffer
	RunOn(l, Coro[int](seq("main",
		func(f *fn, x *Exec) Status {
			if err := gotrace.Start(&w); err != nil {
				t.Error(err)
			}
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status {
			if !l.watched {
				t.Error("the loop has not seen that the trace was switched on")
			}
			CreateTaskIn(x, Coro[int](plain("child", func(x *Exec) { x.CurrentTask().SetName("the other name") })), Name("the child"))
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status {
			gotrace.Stop()
			return x.Sleep(f, time.Second)
		})))
	if l.watched || len(l.observers) > 0 {
		t.Error("the loop has not seen that the trace was switched off")
	}
	for _, want := range []string{"main at test.go:11", "child", "the child", "the other name"} {
		if !bytes.Contains(w.Bytes(), []byte(want)) {
			t.Errorf("%q is not in the trace", want)
		}
	}
}
