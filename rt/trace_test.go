package rt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// parseTrace reads a trace as viewers do: they accept an array without its end.
func parseTrace(t *testing.T, text string) []traceEvent {
	t.Helper()
	if !strings.HasSuffix(text, "\n]\n") {
		text += "]"
	}
	var events []traceEvent
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&events); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return events
}

// traced runs a main that begins the functions as tasks, on a virtual clock with a trace, and gives that.
func traced(t *testing.T, fs ...*fn) string {
	t.Helper()
	var w bytes.Buffer
	l, _ := virtual(t, WithTrace(&w))
	l.SetExceptionHandler(func(*Loop, ExceptionContext) {})
	steps := make([]func(*fn, *Exec) Status, len(fs)+1)
	for i, f := range fs {
		steps[i] = func(main *fn, x *Exec) Status {
			main.aw = CreateTaskIn(x, Coro[int](f))
			return Done
		}
	}
	steps[len(fs)] = func(main *fn, x *Exec) Status { return Begin(x, main, main.aw) }
	if _, err := RunOn(l, Coro[int](seq("main", steps...))); err != nil {
		t.Fatal(err)
	}
	l.Close()
	return w.String()
}

// withLock takes the lock, sleeps and gives it back.
func withLock(name string, lock *Lock) *fn {
	var acquire Coro[None]
	return seq(name,
		func(f *fn, x *Exec) Status {
			acquire = lock.Acquire()
			return Begin(x, f, Awaitable[None](acquire))
		},
		func(f *fn, x *Exec) Status { return x.Sleep(f, time.Second) },
		func(f *fn, x *Exec) Status {
			lock.Release()
			return Done
		})
}

// ring is a callback.
func ring() {}

func TestTraceOfAWholeRun(t *testing.T) {
	var lock Lock
	asleep := sleeper(&trace{}, "asleep", time.Hour)
	golden(t, "trace.json", traced(t,
		withLock("first", &lock),
		withLock("second", &lock),
		asleep,
		seq("last",
			func(f *fn, x *Exec) Status { return x.Yield(f) },
			func(f *fn, x *Exec) Status {
				x.Loop().CallSoon(ring)
				for _, t := range x.AllTasks() {
					if t.Name() == "Task-4" {
						t.Cancel("enough")
					}
				}
				CreateTaskIn(x, Coro[int](plain("fails", func(x *Exec) { x.Err = errBoom })), Name("failing"))
				return x.Sleep(f, 3*time.Second)
			}),
	))
}

// Perfetto and Chrome refuse what is not so: a wait or life that ends has begun, an arrow that ends too, each in a slice of its track,
// and the steps of a track do not overlap.
func TestTraceIsWellFormed(t *testing.T) {
	var lock Lock
	events := parseTrace(t, traced(t, withLock("first", &lock), withLock("second", &lock),
		seq("yields", func(f *fn, x *Exec) Status { return x.Yield(f) }, func(f *fn, x *Exec) Status {
			CreateTaskIn(x, Coro[int](withLock("eager", &lock)), EagerStart())
			return x.Sleep(f, 9*time.Second)
		})))
	open, end, arrows := map[int][]string{}, map[int]float64{}, map[int]traceEvent{}
	for _, e := range events {
		switch e.Phase {
		case "b":
			open[e.ID] = append(open[e.ID], e.Name)
		case "e":
			if n := len(open[e.ID]); n == 0 || open[e.ID][n-1] != e.Name {
				t.Errorf("%s ends, but open are %v", e.Name, open[e.ID])
				continue
			}
			open[e.ID] = open[e.ID][:len(open[e.ID])-1]
		case "X":
			if e.At < end[e.Track] {
				t.Errorf("%s begins at %v, before the end of the step before it at %v", e.Name, e.At, end[e.Track])
			}
			end[e.Track] = e.At + e.Duration
		case "s":
			if e.At > end[e.Track] {
				t.Errorf("the arrow %d begins outside of a step", e.ID)
			}
			arrows[e.ID] = e
		case "f":
			if from, ok := arrows[e.ID]; !ok || from.At >= e.At {
				t.Errorf("the arrow %d ends at %v and begins at %v", e.ID, e.At, from.At)
			}
		}
	}
	for _, names := range open {
		if len(names) > 0 {
			t.Errorf("open to the end: %v", names)
		}
	}
	if len(arrows) == 0 {
		t.Error("no arrows")
	}
}

func TestTraceShowsTheNewestName(t *testing.T) {
	events := parseTrace(t, traced(t, seq("fetch",
		func(f *fn, x *Exec) Status { return x.Sleep(f, time.Second) },
		func(f *fn, x *Exec) Status {
			x.CurrentTask().SetName("page 7")
			return x.Sleep(f, time.Second)
		})))
	var names, instants, life []string
	for _, e := range events {
		switch {
		case e.Name == "thread_name":
			names = append(names, fmt.Sprint(e.Args["name"]))
		case e.Phase == "i":
			instants = append(instants, fmt.Sprintf("%s on %d", e.Name, e.Track))
		case strings.HasSuffix(e.Name, " fetch"):
			life = append(life, e.Phase+" "+e.Name)
		}
	}
	want := []string{"callbacks", "Task-1 main", "Task-2 fetch", "page 7 fetch", "is now page 7 on 3", "b Task-2 fetch", "e Task-2 fetch"}
	if got := append(append(names, instants...), life...); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestTraceOfAPanicIsClosed(t *testing.T) {
	var w bytes.Buffer
	func() {
		defer func() { recover() }()
		Run(Coro[int](plain("main", func(*Exec) { panic("oops") })), WithTrace(&w), WithClock(NewVirtualClock()))
	}()
	if !json.Valid(w.Bytes()) || !strings.Contains(w.String(), `"error":"panic: oops"`) {
		t.Error(w.String())
	}
}

// A program that is killed leaves what it has done up to its last turn.
func TestTraceCanBeReadAtAnyTime(t *testing.T) {
	var w bytes.Buffer
	l, _ := virtual(t, WithTrace(&w))
	RunOn(l, Coro[int](sleeper(&trace{}, "main", time.Second)))
	if json.Valid(w.Bytes()) {
		t.Error("the array has an end already")
	}
	waits := 0
	for _, e := range parseTrace(t, w.String()) {
		if e.Name == "sleeps 1s" {
			waits++
		}
	}
	if waits != 2 {
		t.Error(w.String())
	}
}

// Deadlines are found in the line and in the heap.
func TestTraceKnowsHowLongASleepIs(t *testing.T) {
	var fs []*fn
	for i := range 200 {
		fs = append(fs, sleeper(&trace{}, "f", time.Duration(1+i*7919%200)*time.Minute))
	}
	text := traced(t, append(fs, sleeper(&trace{}, "last", time.Hour*9))...)
	for i := range 200 {
		if name := fmt.Sprintf(`"ph":"b","name":"sleeps %v"`, time.Duration(1+i)*time.Minute); !strings.Contains(text, name) {
			t.Errorf("no %s", name)
		}
	}
}

type brokenWriter struct{ writes int }

func (w *brokenWriter) Write([]byte) (int, error) {
	w.writes++
	return 0, io.ErrClosedPipe
}

func TestTraceThatCannotBeWrittenEnds(t *testing.T) {
	var w brokenWriter
	var log bytes.Buffer
	_, err := Run(Coro[int](sleeper(&trace{}, "main", time.Second)), WithTrace(&w), WithClock(NewVirtualClock()), logTo(&log))
	if err != nil || w.writes != 1 || !strings.Contains(log.String(), "the trace has ended early") {
		t.Errorf("%v, %d writes, log: %s", err, w.writes, log.String())
	}
}

// In real time events have the times at which they happen.
func TestTraceInRealTime(t *testing.T) {
	var w bytes.Buffer
	if _, err := Run(Coro[int](sleeper(&trace{}, "main", 300*time.Millisecond)), WithTrace(&w)); err != nil {
		t.Fatal(err)
	}
	var began, ended float64
	for _, e := range parseTrace(t, w.String()) {
		if strings.HasPrefix(e.Name, "sleeps ") {
			began, ended = ended, e.At
		}
	}
	if took := time.Duration((ended - began) * 1e3); took < 250*time.Millisecond {
		t.Errorf("the sleep takes %v in\n%s", took, w.String())
	}
}

// panicWriter panics at one write.
type panicWriter struct{ writes, at int }

func (w *panicWriter) Write(b []byte) (int, error) {
	if w.writes++; w.writes == w.at {
		panic("the trace's writer")
	}
	return len(b), nil
}

// What looks at a loop may panic at any step. That ends the run, but no task: all of them go on in the next one.
func TestTraceWriterThatPanicsEndsNoTask(t *testing.T) {
	for at := 1; at < 60; at++ {
		l := NewLoop(WithClock(NewVirtualClock()), WithTrace(&panicWriter{at: at}))
		ended := 0
		yields := func(n int32) Coro[int] {
			return coro("yields", func(f *fn, x *Exec) Status {
				if f.State++; f.State < n {
					return x.Yield(f)
				}
				ended++
				return Done
			})
		}
		for range 4 {
			CreateTaskOn(l, yields(6))
		}
		run := func() {
			defer func() {
				if p, ok := recover().(*PanicError); ok && (p.Task != "" || p.Value != "the trace's writer") {
					t.Errorf("write %d: blamed is %q: %v", at, p.Task, p.Value)
				}
			}()
			if _, err := RunOn(l, yields(20)); err != nil {
				t.Errorf("write %d: %v", at, err)
			}
		}
		for range 8 {
			run()
		}
		if ended != 4+8 || l.Pending().Tasks != 0 {
			t.Errorf("write %d: %d tasks have ended, %d are left", at, ended, l.Pending().Tasks)
		}
		l.SetExceptionHandler(func(*Loop, ExceptionContext) {})
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
