package rt

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// fn is an async function as asyncgen lowers it: body switches over f.State, its variables are those
// of a closure. Each test function is written as the generated code would be.
type fn struct {
	Frame[int]
	info FuncInfo
	body func(f *fn, x *Exec) Status
	aw   Awaitable[int] // the awaited one, where there is one at a time
}

func (f *fn) Info() *FuncInfo       { return &f.info }
func (f *fn) Resume(x *Exec) Status { return f.body(f, x) }
func coro(name string, body func(f *fn, x *Exec) Status) *fn {
	return &fn{body: body, info: FuncInfo{Name: name, File: "test.go", Lines: []int{10, 11, 12, 13, 14, 15, 16, 17, 18, 19}}}
}

// deferring is fn with deferred calls.
type deferring struct {
	Frame[int]
	defers Defers
	info   FuncInfo
	body   func(f *deferring, x *Exec) Status
	aw     Awaitable[int]
}

func (f *deferring) Info() *FuncInfo   { return &f.info }
func (f *deferring) Deferred() *Defers { return &f.defers }

// Resume is what asyncgen writes around a body with deferred calls; the body returns Done to go to
// its exit.
func (f *deferring) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.defers.Reset()
		f.Value = 0
	}
	if f.State != Exit && f.body(f, x) == Suspended {
		return Suspended
	}
	f.State = Exit
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	return f.defers.End(x)
}

func withDefers(name string, body func(f *deferring, x *Exec) Status) *deferring {
	return &deferring{body: body, info: FuncInfo{Name: name, File: "test.go", Lines: []int{20, 21, 22, 23, 24}, Defers: true}}
}

// trace collects what a test does, with the loop's time in seconds.
type trace struct {
	l     *Loop
	lines []string
}

func (t *trace) add(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if t.l != nil {
		s = fmt.Sprintf("%d %s", t.l.Time()/time.Second, s)
	}
	t.lines = append(t.lines, s)
}

// want compares with the lines that CPython prints.
func (t *trace) want(tt *testing.T, lines ...string) {
	tt.Helper()
	if !slices.Equal(t.lines, lines) {
		tt.Errorf("got\n  %s\nwant\n  %s", strings.Join(t.lines, "\n  "), strings.Join(lines, "\n  "))
	}
}

// virtual makes a loop on a virtual clock and a trace of it. In the end nothing may be left in the loop.
func virtual(tt *testing.T, opts ...Option) (*Loop, *trace) {
	l, tr := untidy(tt, opts...)
	tt.Cleanup(func() { isTidy(tt, l) })
	return l, tr
}

// untidy is virtual for tests that leave something in the loop on purpose: Close ends it.
func untidy(tt *testing.T, opts ...Option) (*Loop, *trace) {
	l := NewLoop(append(opts, WithClock(NewVirtualClock()))...)
	tt.Cleanup(func() {
		if err := l.Close(); err != nil {
			tt.Errorf("Close: %v", err)
		}
	})
	return l, &trace{l: l}
}

// isTidy says that nothing is left in l, unless it is closed.
func isTidy(tt *testing.T, l *Loop) {
	tt.Helper()
	for i := 0; i < 3 && !l.closed; i++ { // what the last run has caused comes
		if _, err := RunOn(l, Sleep(0)); err != nil {
			tt.Error(err)
		}
	}
	if p := l.Pending(); p != (Pending{}) || l.outside != 0 || l.threads != 0 || l.unread.len() != 0 {
		tt.Errorf("left in the loop: %+v, %d bridges, %d threads, %d values received; tasks: %.300s",
			p, l.outside, l.threads, l.unread.len(), fmt.Sprint(l.AllTasks()))
	}
}

// reports collects what the loop tells its exception handler: message, future or task, traceback, error.
func reports(l *Loop) *[]string {
	var got []string
	l.SetExceptionHandler(func(_ *Loop, c ExceptionContext) {
		got = append(got, c.Message)
		if c.Future != nil {
			got = append(got, c.Future.core().repr(nil))
		}
		got = append(got, c.Traceback...)
		if c.Err != nil {
			got = append(got, c.Err.Error())
		}
	})
	return &got
}

// sleeper logs, sleeps and logs again.
func sleeper(t *trace, name string, d time.Duration) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		if f.State == Start {
			t.add("%s begins", name)
			f.State = 1
			return x.Sleep(f, d)
		}
		if x.Err != nil {
			t.add("%s %v", name, x.Err)
			return x.Fail(f, 1)
		}
		t.add("%s ends", name)
		f.Value = 1
		return Done
	})
}

// plain is an async function that does not suspend.
func plain(name string, do func(x *Exec)) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		do(x)
		return Done
	})
}

// awaits is an async function that awaits one thing and then calls after, with x.Err if it failed;
// an error that after leaves there goes on.
func awaits(name string, aw func(x *Exec) Awaitable[int], after func(f *fn, x *Exec)) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		if f.State == Start {
			f.aw = aw(x)
			if Begin(x, f, f.aw) == Suspended {
				f.State = 1
				return Suspended
			}
		}
		if x.Err == nil {
			f.Value = Value(f.aw)
		}
		if after != nil {
			after(f, x)
		}
		if x.Err != nil {
			return x.Fail(f, 1)
		}
		return Done
	})
}

// seq is an async function with one await at the end of each step.
func seq(name string, steps ...func(f *fn, x *Exec) Status) *fn {
	return coro(name, func(f *fn, x *Exec) Status {
		if x.Err != nil {
			return x.Fail(f, int(f.State))
		}
		for int(f.State) < len(steps) {
			i := f.State
			f.State++
			if steps[i](f, x) == Suspended {
				return Suspended
			}
			if x.Err != nil {
				return x.Fail(f, int(i)+1)
			}
		}
		return Done
	})
}
