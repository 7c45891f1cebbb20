package rt

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// exits runs f on a goroutine of its own, which it must end by runtime.Goexit.
func exits(t *testing.T, f func()) {
	t.Helper()
	over := make(chan None)
	returned := false
	go func() {
		defer close(over)
		f()
		returned = true
	}()
	if <-over; returned {
		t.Error("it returned")
	}
}

// goexits is an async function that sleeps, or not, and ends the goroutine.
func goexits(d time.Duration) *fn {
	return coro("goexits", func(f *fn, x *Exec) Status {
		if f.State == Start && d > 0 {
			f.State = 1
			return x.Sleep(f, d)
		}
		runtime.Goexit()
		return Done
	})
}

// All deferred calls run in Go's order, those that await too, and the tasks that are left are canceled.
func TestGoexitOfATask(t *testing.T) {
	for _, d := range []time.Duration{0, time.Second} {
		for _, eager := range []bool{false, true} {
			var tr trace
			inner := func() Coro[int] {
				return withDefers("inner", func(f *deferring, x *Exec) Status {
					switch f.State {
					case Start:
						f.defers.Push(func(*Exec) { tr.add("inner's call") })
						PushAwait(&f.defers, Awaitable[int](sleeper(&tr, "awaited", time.Minute)))
						f.State, f.aw = 1, goexits(d)
						return Begin(x, f, f.aw)
					}
					tr.add("goes on: %v", x.Err)
					return Done
				})
			}
			main := withDefers("main", func(f *deferring, x *Exec) Status {
				if f.State == Start {
					f.defers.Push(func(*Exec) { tr.add("main's call") })
					var opts []TaskOption
					if eager {
						opts = append(opts, EagerStart())
					}
					f.State, f.aw = 1, CreateTaskIn(x, inner(), opts...)
					return Begin(x, f, f.aw)
				}
				tr.add("main: %v", x.Err)
				return Done
			})
			exits(t, func() { Run(Coro[int](main), WithClock(NewVirtualClock())) })
			want := []string{"awaited begins", "awaited ends", "inner's call", "main: canceled: runtime.Goexit", "main's call"}
			if eager && d == 0 { // main has called CreateTask, and has not come further
				want = []string{"awaited begins", "awaited ends", "inner's call", "main's call"}
			}
			tr.want(t, want...)
		}
	}
}

// A loop of RunOn is as it was: the task has ended, others go on in the next run.
func TestGoexitInRunOn(t *testing.T) {
	l, tr := virtual(t)
	other := CreateTaskOn(l, Coro[int](sleeper(tr, "other", time.Hour)))
	exits(t, func() { RunOn(l, goexits(time.Second)) })
	if !l.main.done() || l.running {
		t.Error("the run has not ended")
	}
	if _, err := RunOn(l, WaitFor(other, NoTimeout)); err != nil {
		t.Error(err)
	}
	tr.want(t, "0 other begins", "3600 other ends")
}

// A stream that ordinary code reads has no loop, and its deferred calls run all the same.
func TestGoexitInAll(t *testing.T) {
	var tr trace
	exits(t, func() {
		for range All(Stream[int](&exitingStream{tr: &tr})) {
			tr.add("a value")
		}
	})
	tr.want(t, "deferred")
}

// exitingStream is a stream that calls runtime.Goexit before its first value.
type exitingStream struct {
	StreamFrame[int]
	defers Defers
	tr     *trace
}

var exitingInfo = FuncInfo{Name: "exiting", File: "test.go", Lines: []int{30}, Defers: true}

func (*exitingStream) Info() *FuncInfo { return &exitingInfo }
func (f *exitingStream) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.defers.Push(func(x *Exec) {
			defer f.tr.add("deferred")
			x.Raise()
		})
		runtime.Goexit()
	}
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	f.State = Ended
	return f.defers.End(x)
}

// With GODEBUG=panicnil=1 recover gives nil for a panic as well, which is not runtime.Goexit.
func TestPanicNil(t *testing.T) {
	t.Setenv("GODEBUG", "panicnil=1")
	panics := func(d time.Duration) Coro[int] {
		return coro("panics", func(f *fn, x *Exec) Status {
			if f.State == Start && d > 0 {
				f.State = 1
				return x.Sleep(f, d)
			}
			panic(nil)
		})
	}
	for name, c := range map[string]func(x *Exec) Awaitable[int]{
		"at once":   func(*Exec) Awaitable[int] { return panics(0) },
		"suspended": func(*Exec) Awaitable[int] { return panics(time.Second) },
		"a thread":  func(*Exec) Awaitable[int] { return ToThread(func() (int, error) { panic(nil) }) },
		"a group": func(*Exec) Awaitable[int] {
			return WithTaskGroup(func(*TaskGroup) Coro[int] { return panics(time.Second) })
		},
		"a deferred call": func(*Exec) Awaitable[int] {
			return withDefers("f", func(f *deferring, _ *Exec) Status {
				f.defers.Push(func(*Exec) { panic(nil) })
				return Done
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tr trace
			main := withDefers("main", func(f *deferring, x *Exec) Status {
				if f.State == Start {
					f.defers.Push(func(x *Exec) {
						defer func() { tr.add("recovered %v", recover()) }()
						x.Raise()
						tr.add("no panic")
					})
					f.State, f.aw = 1, c(x)
					return Begin(x, f, f.aw)
				}
				tr.add("goes on")
				return Done
			})
			if _, err := Run(Coro[int](main), WithClock(NewVirtualClock())); err != nil {
				t.Error(err)
			}
			tr.want(t, "recovered <nil>")
		})
	}
	defer func() {
		if p, ok := recover().(*PanicError); !ok || p.Value != nil || p.Task != "Task-2" {
			t.Error(p)
		}
	}()
	Run(Coro[int](plain("main", func(x *Exec) { CreateTaskIn(x, panics(0), EagerStart()) })))
}

// Run is the only one that can close its loop, and does so too when a panic goes through it.
func TestRunThatPanicsClosesItsLoop(t *testing.T) {
	for name, break_ := range map[string]func(){"panic": func() { panic("oh") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			var l *Loop
			var tr trace
			waiting := make(chan error)
			stuck := &recv[int]{ch: make(chan int)}
			stuck.op.try, stuck.op.block = stuck.try, stuck.block
			main := seq("main", func(f *fn, x *Exec) Status {
				l = x.loop
				CreateTaskIn(x, Coro[int](stuck))
				CreateTaskIn(x, Coro[int](withDefers("other", func(f *deferring, x *Exec) Status {
					if f.State == Start {
						PushAwait(&f.defers, Awaitable[int](sleeper(&tr, "deferred", time.Hour)))
						f.State = 1
						return x.Sleep(f, 2*time.Hour)
					}
					tr.add("%v", x.Err)
					return Done
				})))
				submitted := Submit(l, Coro[int](forever("submitted")))
				go func() {
					_, err := submitted.Wait(context.Background())
					waiting <- err
				}()
				l.OnSignal(os.Interrupt, func() {})
				return x.Sleep(f, time.Minute)
			}, plainStep(break_))
			over := make(chan any)
			go func() {
				defer func() { over <- recover() }()
				Run(Coro[int](main), WithClock(NewVirtualClock()), Debug())
			}()
			r := <-over
			if p, _ := r.(*PanicError); name == "panic" && (p == nil || p.Value != "oh") || name == "Goexit" && r != nil {
				t.Errorf("it ended with %v", r)
			}
			if err := <-waiting; err != errClosed {
				t.Errorf("Wait gives %v", err)
			}
			<-stuck.op.over
			tr.want(t, "canceled", "deferred begins", "deferred ends")
			if !l.closed || len(l.signals) > 0 || watched.on.Load() {
				t.Errorf("closed: %v, signals: %d, debug mode: %v", l.closed, len(l.signals), watched.on.Load())
			}
		})
	}
}

// A task that does not end when it is canceled holds up a panic on its way out of Run. The warning says what has panicked.
func TestWarningOfATaskThatHoldsUpAPanic(t *testing.T) {
	text := ""
	over := make(chan None)
	defer func() {
		if p, _ := recover().(*PanicError); p == nil || p.Value != "oh" {
			t.Errorf("Run panics with %v", p)
		}
		if !strings.HasPrefix(text, "a panic has ended the run (oh), and the run still waits for these tasks and threads:\n") {
			t.Errorf("said %q", text)
		}
	}()
	Run(Coro[int](plain("main", func(x *Exec) {
		CreateTaskIn(x, Coro[int](awaits("stubborn", func(*Exec) Awaitable[int] {
			return Coro[int](withDefers("body", func(f *deferring, x *Exec) Status {
				if f.State == Start {
					PushAwait(&f.defers, Awaitable[int](onThread(func() { <-over })))
					f.State = 1
					return x.Sleep(f, time.Hour)
				}
				return Done
			}))
		}, nil)))
		x.loop.CallLater(time.Millisecond, func() { panic("oh") })
	})), impatient(), hears(func(m string) {
		if text == "" && strings.HasPrefix(m, "a panic") {
			text = m
			close(over)
		}
	}))
}
