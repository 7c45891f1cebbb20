//go:build asyncgen

package scenarios

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

var errDisk = errors.New("disk full")

// lastLine is what bufio.Reader.ReadString gives at the end of a file.
func lastLine() (string, error) { return "last line", io.EOF }

//async:func
func readsLine() rt.Coro[string] { return rt.ToThread(lastLine) }

//async:func
func readsLineAndCloses(e *events) rt.Coro[string] {
	rt.Await(rt.Sleep(ms))
	defer e.add("closed")
	return readsLine()
}

//async:func
func readsLineNamed() (c rt.Coro[string]) {
	defer func() {}()
	c = readsLine()
	return
}

//async:func
func readsLineOnTheWay() rt.Coro[string] {
	line := rt.Await(readsLine())
	return rt.Return(line)
}

// A value beside an error gets to whoever catches the error, through functions that return the coroutine.
func TestThreadValueBesideError(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		var dynamic rt.Awaitable[string] = readsLine()
		task := rt.CreateTask(readsLine())
		for name, c := range map[string]rt.Coro[rt.Item[string]]{
			"known":     pair(rt.ToThread(lastLine)),
			"dynamic":   pair(dynamic),
			"task":      pair(task),
			"returned":  pair(readsLine()),
			"deferred":  pair(readsLineAndCloses(&e)),
			"named":     pair(readsLineNamed()),
			"in time":   pair(rt.WaitFor(readsLine(), second)),
			"with time": pair(rt.WithTimeout(second, func(*rt.Deadline) rt.Coro[string] { return readsLine() })),
			"shielded":  pair(rt.Shield(readsLine())),
		} {
			if got := rt.Await(c); got.Value != "last line" || got.OK {
				t.Errorf("%s: %q", name, got.Value)
			}
		}
		v, err := rt.TryAwait(rt.ToThread(lastLine))
		w, wErr := rt.CatchAwait(readsLine())
		if v != "last line" || err != io.EOF || w != v || wErr != err {
			t.Errorf("%q %v, %q %v", v, err, w, wErr)
		}
		if v, err := task.Result(); v != "last line" || err != io.EOF {
			t.Errorf("the task's result: %q %v", v, err)
		}
		for _, r := range rt.Await(rt.GatherResults(readsLine())) {
			if r.Value != "last line" || r.Err != io.EOF {
				t.Errorf("gathered: %q %v", r.Value, r.Err)
			}
		}
		// A function that an error has merely left has given no value.
		if v, err := rt.TryAwait(readsLineOnTheWay()); v != "" || err != io.EOF {
			t.Errorf("%q %v", v, err)
		}
		if v, err := rt.TryAwait(rt.Gather(readsLine())); v != nil || err != io.EOF {
			t.Errorf("%q %v", v, err)
		}
		return nil
	}())
}

// pair awaits aw and says what it gave beside an error.
//
//async:func
func pair(aw rt.Awaitable[string]) rt.Coro[rt.Item[string]] {
	v, err := rt.TryAwait(aw)
	return rt.Return(rt.Item[string]{Value: v, OK: err == nil})
}

// There is a form for each shape of function, and each passes its error on.
func TestThreadForms(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var b bytes.Buffer
		rt.Await(rt.ToThreadFunc(b.Reset))
		if n := rt.Await(rt.ToThreadValue(b.Len)); n != 0 {
			t.Error(n)
		}
		if _, err := rt.TryAwait(rt.ToThreadErr(b.UnreadByte)); err == nil {
			t.Error("no error")
		}
		if c := rt.Await(rt.ToThread(func() (byte, error) { return 'a', b.WriteByte('a') })); c != 'a' || b.Len() != 1 {
			t.Error(c, b.Len())
		}
		return nil
	}())
}

// untilTold is a function of Blocking that ends when it is told to.
func untilTold(v int, err error) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		<-ctx.Done()
		return v, err
	}
}

// How an await of Blocking ends when the task was canceled: with the value, or with the cancellation.
func TestBlockingCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		for _, c := range []struct {
			name     string
			f        func(context.Context) (int, error)
			want     int
			canceled bool
			also     error // what the cancellation has with it
		}{
			{"a value", untilTold(1, nil), 1, false, nil},
			{"the context's error", func(ctx context.Context) (int, error) { <-ctx.Done(); return 2, ctx.Err() }, 2, true, nil},
			{"an error of its own", untilTold(3, errDisk), 3, true, errDisk},
		} {
			next, got := error(nil), 0
			var err error
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				got, err = rt.CatchAwait(rt.Blocking(c.f))
				_, next = rt.CatchAwait(rt.Sleep(ms))
				return nil
			}())
			rt.Await(rt.Sleep(0))
			task.Cancel("enough")
			rt.Await(task)
			if got != c.want || wasCanceled(err) != c.canceled || wasCanceled(next) == c.canceled {
				t.Errorf("%s: %d %v, then %v", c.name, got, err, next)
			}
			var cancel *rt.CanceledError
			if !errors.As(errors.Join(err, next), &cancel) || cancel.Msg != "enough" || cancel.Err != c.also {
				t.Errorf("%s: the cancellation is %v", c.name, cancel)
			}
		}
		return nil
	}())
}

// A timeout is late, and nothing that was read is lost.
func TestBlockingInTime(t *testing.T) {
	in := func(limit time.Duration, f func(context.Context) (int, error)) (int, error) {
		return rt.Run(rt.WaitFor(rt.Blocking(f), limit))
	}
	if v, err := in(ms, untilTold(1, nil)); v != 1 || err != nil {
		t.Errorf("a late value: %d %v", v, err)
	}
	if v, err := in(ms, untilTold(2, errDisk)); v != 2 || !errors.Is(err, rt.ErrTimeout) || !errors.Is(err, errDisk) {
		t.Errorf("a part and an error: %d %v", v, err)
	}
	if v, err := in(time.Hour, func(context.Context) (int, error) { return 3, errDisk }); v != 3 || err != errDisk {
		t.Errorf("in time: %d %v", v, err)
	}
}

// What a task of Blocking gives is not lost either, whoever has it canceled: its value, or the error of the function.
func TestBlockingTaskCanceled(t *testing.T) {
	for _, c := range []struct {
		f         func(context.Context) (int, error)
		want      int
		err, late error // after a Cancel, after a timeout
	}{
		{untilTold(1, nil), 1, nil, nil},
		{untilTold(2, errDisk), 2, errDisk, errDisk},
		{untilTold(3, context.Canceled), 3, rt.ErrCanceled, rt.ErrTimeout},
	} {
		run(t, func() rt.Coro[rt.None] {
			task := begun(rt.Blocking(c.f))
			task.Cancel()
			if v, err := rt.CatchAwait(task); v != c.want || !errors.Is(err, c.err) {
				t.Errorf("awaited: %d %v", v, err)
			}
			for range 2 {
				if v, err := task.Result(); v != c.want || !errors.Is(err, c.err) {
					t.Errorf("read: %d %v", v, err)
				}
			}
			return nil
		}())
		for how, in := range map[string]func() rt.Coro[int]{
			"a task": func() rt.Coro[int] { return rt.WaitFor(rt.CreateTask(rt.Blocking(c.f)), ms) },
			"a scope": func() rt.Coro[int] {
				return rt.WithTimeout(ms, func(*rt.Deadline) rt.Coro[int] { return rt.Blocking(c.f) })
			},
			"without time": func() rt.Coro[int] { return rt.WaitFor(begun(rt.Blocking(c.f)), 0) },
		} {
			_, err := rt.Run(func() rt.Coro[rt.None] {
				if v, err := rt.CatchAwait(in()); v != c.want || !errors.Is(err, c.late) || err != nil && !errors.Is(err, rt.ErrTimeout) {
					t.Errorf("%s: %d %v", how, v, err)
				}
				rt.Await(rt.Sleep(0)) // nothing is left of the cancellation
				return nil
			}())
			if err != nil {
				t.Errorf("%s: %v", how, err)
			}
		}
	}
}

// begun is a task of c that has begun.
func begun(c rt.Coro[int]) *rt.Task[int] { return rt.CreateTask(c, rt.EagerStart()) }

// A task that waits for one of Blocking, and is canceled, gets the value, and the cancellation at its next await.
func TestBlockingTaskPassesTheCancellationOn(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		got := 0
		waiting := rt.CreateTask(func() rt.Coro[rt.None] {
			got = rt.Await(rt.CreateTask(rt.Blocking(untilTold(1, nil))))
			rt.Await(rt.Sleep(0))
			t.Error("the cancellation is lost")
			return nil
		}())
		rt.Await(rt.Sleep(0))
		rt.Await(rt.Sleep(0))
		waiting.Cancel("enough")
		if _, err := rt.CatchAwait(waiting); got != 1 || rt.CancelMessage(err) != "enough" {
			t.Error(got, err)
		}
		return nil
	}())
}

// A task that was canceled before calls nothing; a panic goes on in the task, and with its context the function ends.
func TestBlockingBegins(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		called := false
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.CurrentTask().Cancel("before")
			rt.Await(rt.Blocking(func(context.Context) (int, error) { called = true; return 0, nil }))
			return nil
		}())
		_, err := rt.CatchAwait(task)
		if called || rt.CancelMessage(err) != "before" {
			t.Errorf("called %v, %v", called, err)
		}
		var ctx context.Context
		var recovered any
		rt.Await(func() rt.Coro[rt.None] {
			defer func() { recovered = recover() }()
			rt.Await(rt.Blocking(func(c context.Context) (int, error) { ctx = c; panic("no") }))
			return nil
		}())
		if recovered != "no" || ctx.Err() == nil {
			t.Errorf("recovered %v, context %v", recovered, ctx.Err())
		}
		return nil
	}())
}
