package rt

import (
	"errors"
	"time"
)

// thread is a function that runs on a goroutine of its own while a task waits for it.
type thread[T any] struct {
	Frame[T]
	f     func() (T, error)
	ended node // the future of its end
	v     T
	err   error
	panic *panicking
}

var (
	threadInfo = FuncInfo{Name: "ToThread"}
	errGoexit  = errors.New("rt: the function of ToThread called runtime.Goexit")
)

func (*thread[T]) Info() *FuncInfo { return &threadInfo }

// ToThread runs f on another goroutine and gives what it gives: asyncio.to_thread, the bridge to
// every blocking API. f begins when the coroutine is awaited, and has its context variables: see Submit. A panic of f goes on in the task that waits.
// TryAwait gives both a value and an error where f gives both.
//
// A cancellation ends the wait, not f, whose result is lost: Run and Close wait for f at the end. Under a timeout, or for
// what a task does that may be canceled, use [Blocking], unless f is short or nobody else uses what it uses.
//
// ToThreadErr, ToThreadValue and ToThreadFunc are for functions of other shapes.
//
// A VirtualClock stands still while f runs, but not while f waits for the loop itself: see Submitted.Wait.
func ToThread[T any](f func() (T, error)) Coro[T] {
	if f == nil {
		panic("rt.ToThread: nil function")
	}
	return New(&thread[T]{f: f})
}

// ToThreadErr is ToThread for a function that gives an error and no value, such as file.Close.
func ToThreadErr(f func() error) Coro[None] {
	if f == nil {
		panic("rt.ToThreadErr: nil function")
	}
	return ToThread(func() (None, error) { return None{}, f() })
}

// ToThreadValue is ToThread for a function that gives a value and cannot fail.
func ToThreadValue[T any](f func() T) Coro[T] {
	if f == nil {
		panic("rt.ToThreadValue: nil function")
	}
	return ToThread(func() (T, error) { return f(), nil })
}

// ToThreadFunc is ToThread for a function that gives nothing, such as group.Wait.
func ToThreadFunc(f func()) Coro[None] {
	if f == nil {
		panic("rt.ToThreadFunc: nil function")
	}
	return ToThread(func() (None, error) {
		f()
		return None{}, nil
	})
}

func (t *thread[T]) Resume(x *Exec) Status {
	if t.State == Start {
		t.State = 1
		return t.begin(x, t)
	}
	if x.Err != nil { // canceled
		if t.ended.state == canceled {
			x.loop.goesAstray(&t.ended)
		}
		return Done
	}
	return t.finish(x, &t.Frame)
}

// begin calls the function, and suspends f until it has returned.
func (t *thread[T]) begin(x *Exec, f Resumer) Status {
	t.ended.loop = x.loop
	x.loop.threads++
	go t.run(x.loop, x.copyVars())
	return x.wait(f, &t.ended)
}

// finish ends the frame f as the function has ended.
func (t *thread[T]) finish(x *Exec, f *Frame[T]) Status {
	switch {
	case t.panic != nil:
		p := t.panic
		t.panic = nil
		x.raise(p)
	case t.err != nil:
		failBeside(x, t.v, t.err)
	default:
		f.Value = t.v
	}
	return Done
}

// run calls the function, on its goroutine, and posts how it ended.
func (t *thread[T]) run(l *Loop, vars *vars) {
	defer lendVars(vars)()
	ended := l.threadBegins()
	t.err = errGoexit
	returned := false
	defer func() {
		ended()
		if r := recover(); r != nil || !returned && !duringGoexit() {
			t.panic = &panicking{value: r, pcs: callersOf(1, manyCallers)}
		}
		l.post(&node{loop: l, phase: callback, leaf: (*threadEnd[T])(t)})
	}()
	t.v, t.err = t.f()
	returned = true
}

// threadEnd is the call on the loop that says that the function has ended.
type threadEnd[T any] thread[T]

func (e *threadEnd[T]) Resume(x *Exec) Status {
	t := (*thread[T])(e)
	x.loop.threads--
	x.loop.comesBack(&t.ended)
	switch {
	case !t.ended.done():
		t.ended.complete(finished)
	case t.panic != nil: // nobody waits any more, but a panic is not swallowed
		x.raise(t.panic)
	}
	return Done
}

func (*threadEnd[T]) Info() *FuncInfo { return nil }
func (*threadEnd[T]) head() *link     { return nil }

// joinTimeout is asyncio's THREAD_JOIN_TIMEOUT.
const joinTimeout = 5 * time.Minute

// joinThreads runs until the functions of ToThread that still run have ended: they may wait for the loop.
func (l *Loop) joinThreads() error {
	late := false
	limit := time.AfterFunc(joinTimeout, func() {
		l.post(&node{loop: l, phase: callback, leaf: call(func() { late = true })})
	})
	defer limit.Stop()
	l.stopping = false
	err := l.runUntilStopped(func() bool { return l.threads == 0 || late })
	if late && l.threads > 0 {
		l.warn("a function of ToThread has not ended in time; the loop is closed without it", "waited", joinTimeout, "threads", l.strays())
	}
	return err
}
