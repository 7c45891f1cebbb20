package rt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var (
	errBoom  = errors.New("boom")
	errOther = errors.New("other")
)

// pushes defers what each of these logs or does, first one first.
func pushPlain(f *deferring, call func()) {
	f.defers.Push(func(x *Exec) { defer call(); x.Raise() })
}

// tryRun runs c and gives its error, or the panic as text.
func tryRun(c Coro[int]) (v int, panicked any, err error) {
	defer func() {
		if p, ok := recover().(*PanicError); ok {
			panicked = p.Value
		}
	}()
	v, err = Run(c, WithClock(NewVirtualClock()))
	return v, nil, err
}

// The table of panics and recovers: what a function with deferred calls does, what it ends with, and
// what it has logged. A step of "now" happens natively, of "later" after a suspension.
func TestPanicsAndRecovers(t *testing.T) {
	var tr trace
	logs := func(s string) func() { return func() { tr.add("%s", s) } }
	recovers := func(s string) func() { return func() { tr.add("%s %v", s, recover()) } }
	panics := func(v any) func() { return func() { panic(v) } }
	// ends is the end of a callee: a value, an error or a panic, now or later.
	ends := func(later bool, how any) *fn {
		return coro("callee", func(f *fn, x *Exec) Status {
			if later && f.State == Start {
				f.State = 1
				return x.Sleep(f, 0)
			}
			switch how := how.(type) {
			case error:
				return x.Throw(f, 2, how)
			case string:
				panic(how)
			}
			f.Value = how.(int)
			return Done
		})
	}
	// recoverer is an async function that recovers in its own body, after a suspension if later.
	recoverer := func(later bool) *fn {
		return coro("recoverer", func(f *fn, x *Exec) Status {
			if later && f.State == Start {
				f.State = 1
				return x.Sleep(f, 0)
			}
			tr.add("async %v", x.Recover(f))
			return Done
		})
	}
	outer := func(later bool) *fn { // a deferred coroutine, whose callee's recover is no recover
		inner := recoverer(later)
		return awaits("outer", func(*Exec) Awaitable[int] { return inner }, nil)
	}
	cases := []struct {
		name    string
		defers  []any // func() or *fn, in order of the defer statements
		body    any   // what the body ends with: int, error, string (panic)
		v       int
		err     error
		panics  any
		log     string
		awaited bool // the body awaits a callee that ends like that
	}{
		{name: "return", defers: []any{logs("a"), logs("b")}, body: 1, v: 1, log: "b a"},
		{name: "error", defers: []any{logs("a"), recovers("b")}, body: errBoom, err: errBoom, log: "b <nil> a"},
		{name: "panic", defers: []any{logs("a"), logs("b")}, body: "oh", panics: "oh", log: "b a"},
		{name: "recover", defers: []any{logs("a"), recovers("b")}, body: "oh", log: "b oh a"},
		{name: "recover keeps the result", defers: []any{recovers("a"), panics("late")}, body: 3, v: 3, log: "a late"},
		{name: "panic replaces error", defers: []any{logs("a"), panics("new")}, body: errBoom, panics: "new", log: "a"},
		{name: "recover drops the replaced error", defers: []any{recovers("a"), panics("new")}, body: errBoom, log: "a new"},
		{name: "panic replaces panic", defers: []any{recovers("a"), panics("new")}, body: "old", log: "a new"},
		{name: "nested panics", defers: []any{panics("3"), recovers("b"), panics("2")}, body: "1", panics: "3", log: "b 2"},
		{name: "recovered once", defers: []any{recovers("a"), recovers("b")}, body: "oh", log: "b oh a <nil>"},
		{name: "await at exit", defers: []any{logs("a"), ends(true, 5)}, body: 1, v: 1, log: "a"},
		{name: "await during error", defers: []any{logs("a"), ends(true, 5)}, body: errBoom, err: errBoom, log: "a"},
		{name: "await during panic", defers: []any{logs("a"), ends(true, 5)}, body: "oh", panics: "oh", log: "a"},
		{name: "recover after await", defers: []any{recovers("a"), ends(true, 5)}, body: "oh", log: "a oh"},
		{name: "failing await", defers: []any{logs("a"), ends(true, errOther)}, body: 1, err: errOther, log: "a"},
		{name: "failing await replaces error", defers: []any{ends(false, errOther)}, body: errBoom, err: errOther},
		{name: "failing await keeps panic", defers: []any{ends(true, errOther)}, body: "oh", panics: "oh"},
		{name: "panicking await", defers: []any{logs("a"), ends(true, "late")}, body: 1, panics: "late", log: "a"},
		{name: "panicking await at once", defers: []any{recovers("a"), ends(false, "late")}, body: errBoom, log: "a late"},
		{name: "panicking await replaces panic", defers: []any{recovers("a"), ends(true, "late")}, body: "oh", log: "a late"},
		{name: "async recover", defers: []any{logs("a"), recoverer(false)}, body: "oh", log: "async oh a"},
		{name: "async recover after suspension", defers: []any{recovers("a"), recoverer(true)}, body: "oh", log: "async oh a <nil>"},
		{name: "async recover without panic", defers: []any{recoverer(true)}, body: 1, v: 1, log: "async <nil>"},
		{name: "recover one call too deep", defers: []any{outer(false)}, body: "oh", panics: "oh", log: "async <nil>"},
		{name: "recover one await too deep", defers: []any{outer(true)}, body: "oh", panics: "oh", log: "async <nil>"},
		{name: "callee's panic now", awaited: true, defers: []any{recovers("a")}, body: ends(false, "oh"), log: "a oh"},
		{name: "callee's panic later", awaited: true, defers: []any{recovers("a")}, body: ends(true, "oh"), log: "a oh"},
		{name: "callee's error later", awaited: true, defers: []any{recovers("a")}, body: ends(true, errBoom), err: errBoom, log: "a <nil>"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tr = trace{}
			f := withDefers("f", func(f *deferring, x *Exec) Status {
				if f.State == Start {
					for _, d := range c.defers {
						switch d := d.(type) {
						case func():
							pushPlain(f, d)
						case *fn:
							PushAwait(&f.defers, Awaitable[int](d))
						}
					}
					switch b := c.body.(type) {
					case int:
						f.Value = b
					case string:
						panic(b)
					case error:
						return x.Throw(f, 1, b)
					case *fn:
						f.aw = b
						if Begin(x, f, f.aw) == Suspended {
							f.State = 1
							return Suspended
						}
					}
				}
				if x.Err != nil {
					x.Trace(f, 1)
				}
				return Done
			})
			v, panicked, err := tryRun(f)
			if v != c.v || err != c.err || panicked != c.panics {
				t.Errorf("got %v, %v, panic %v; want %v, %v, panic %v", v, err, panicked, c.v, c.err, c.panics)
			}
			if log := strings.Join(tr.lines, " "); log != c.log {
				t.Errorf("got log %q, want %q", log, c.log)
			}
		})
	}
}

// A panic that comes out of a frame that was resumed goes on in those that await it, over those
// without deferred calls, and names the task and where it stood.
func TestPanicPassesAwaitingFrames(t *testing.T) {
	var tr trace
	leaf := coro("leaf", func(f *fn, x *Exec) Status {
		if f.State == Start {
			f.State = 2
			return x.Sleep(f, 0)
		}
		panic(errBoom)
	})
	middle := awaits("middle", func(*Exec) Awaitable[int] { return leaf }, nil)
	root := withDefers("root", func(f *deferring, x *Exec) Status {
		pushPlain(f, func() { tr.add("deferred") })
		f.State = 1
		return Begin(x, f, Awaitable[int](middle))
	})
	defer func() {
		p, ok := recover().(*PanicError)
		if !ok || !errors.Is(p, errBoom) || p.Task != "Task-1" {
			t.Fatalf("got %v", p)
		}
		want := "boom\n\nin task Task-1\nAsync traceback (most recent call last):\n" +
			"  root at test.go:21\n  middle at test.go:11\n  leaf at test.go:12\n\nGo stack of the panic:\n" +
			"github.com/asyncgen/asyncgen/rt.TestPanicPassesAwaitingFrames.func1(...)\n"
		if got := p.Error(); !strings.HasPrefix(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		tr.want(t, "deferred")
	}()
	Run(Coro[int](root))
}

// After a panic the loop of RunOn goes on where it was.
func TestLoopSurvivesPanic(t *testing.T) {
	l, tr := untidy(t)
	for i := range 3 {
		CreateTaskOn(l, Coro[int](plain("f", func(*Exec) {
			tr.add("task %d", i)
			if i == 1 {
				panic(fmt.Sprint("in ", i))
			}
		})))
	}
	func() {
		defer func() {
			if p := recover().(*PanicError); p.Value != "in 1" || p.Task != "Task-2" {
				t.Errorf("got %v", p)
			}
		}()
		RunOn(l, Return(1))
	}()
	l.CallSoon(func() { panic("callback") })
	func() {
		defer func() {
			if p := recover().(*PanicError); p.Value != "callback" || p.Task != "" {
				t.Errorf("got %v", p)
			}
		}()
		RunOn(l, Sleep(1))
	}()
	if v, err := RunOn(l, Return(7)); v != 7 || err != nil {
		t.Error(v, err)
	}
	tr.want(t, "0 task 0", "0 task 1", "0 task 2")
}

// A named result: deferred calls may set what the function ends with.
func TestEndAs(t *testing.T) {
	fails := func(err error) Coro[int] {
		return coro("fails", func(f *fn, x *Exec) Status {
			if f.State == Start {
				f.State = 1
				return x.Sleep(f, 0)
			}
			return x.Throw(f, 1, err)
		})
	}
	for _, c := range []struct {
		name  string
		set   func(c *Coro[int])
		body  func(f *namedFrame, x *Exec)
		v     int
		err   error
		panic any
	}{
		{name: "return", body: func(f *namedFrame, _ *Exec) { f.c = Return(4) }, v: 4},
		{name: "nil", body: func(*namedFrame, *Exec) {}},
		{name: "error", body: func(_ *namedFrame, x *Exec) { x.Err = Thrown(errBoom) }, err: errBoom},
		{name: "set after an error", body: func(_ *namedFrame, x *Exec) { x.Err = Thrown(errBoom) }, set: func(c *Coro[int]) { *c = Return(5) }, v: 5},
		{name: "set after a panic", body: func(*namedFrame, *Exec) { panic("oh") }, set: func(c *Coro[int]) { *c = Fail[int](fmt.Errorf("%v", recover())) }, err: errors.New("oh")},
		{name: "panic", body: func(*namedFrame, *Exec) { panic("oh") }, panic: "oh"},
		{name: "a coroutine", body: func(f *namedFrame, _ *Exec) { f.c = &yields{n: 3} }, v: 3},
		{name: "a failing coroutine", body: func(f *namedFrame, _ *Exec) { f.c = fails(errOther) }, err: errOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, p, err := tryRun(&namedFrame{body: c.body, set: c.set})
			if v != c.v || fmt.Sprint(err) != fmt.Sprint(c.err) || p != c.panic {
				t.Errorf("got %v, %v, panic %v; want %v, %v, panic %v", v, err, p, c.v, c.err, c.panic)
			}
		})
	}
}

// namedFrame is func f() (c rt.Coro[int]) with a deferred call that may set c.
type namedFrame struct {
	Frame[int]
	defers Defers
	c      Coro[int]
	body   func(f *namedFrame, x *Exec)
	set    func(*Coro[int])
}

var namedInfo = FuncInfo{Name: "named", File: "test.go", Lines: []int{30}, Defers: true}

func (f *namedFrame) Info() *FuncInfo   { return &namedInfo }
func (f *namedFrame) Deferred() *Defers { return &f.defers }
func (f *namedFrame) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.defers.Reset()
		if f.set != nil {
			f.defers.Push(func(x *Exec) { defer f.set(&f.c); x.Raise() })
		}
		f.body(f, x)
	}
	if f.State != Exit {
		if x.Err != nil {
			f.c = Failed[int](x)
		}
		f.State = Exit
	}
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	return EndAs(x, f, &f.defers, &f.Value, f.c)
}
