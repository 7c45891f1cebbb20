//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/rt"
)

// What CPython's test_futures.py and test_futures2.py pin down.

var errOfFuture = errors.New("boom")

// wantFuture compares what a future says of itself; err is what its Result gives, nil with the value v.
func wantFuture[T any](t *testing.T, f rt.Finished[T], done bool, v T, err error) {
	t.Helper()
	canceled := errors.Is(err, rt.ErrCanceled)
	if f.Done() != done || f.Canceled() != canceled {
		t.Errorf("done: %v, canceled: %v; want %v, %v", f.Done(), f.Canceled(), done, canceled)
	}
	got, gotErr := f.Result()
	if diff := cmp.Diff(v, got); diff != "" || !errors.Is(gotErr, err) {
		t.Errorf("it gives %v, %v; want %v, %v", got, gotErr, v, err)
	}
	if done && !errors.Is(f.Err(), err) {
		t.Errorf("its error is %v, want %v", f.Err(), err)
	}
}

// wantSettled checks that a future which is done can be completed no more.
func wantSettled(t *testing.T, f *rt.Future[int]) {
	t.Helper()
	if err := f.SetResult(7); err != rt.ErrInvalidState {
		t.Errorf("SetResult gives %v", err)
	}
	if err := f.SetError(errors.New("late")); err != rt.ErrInvalidState {
		t.Errorf("SetError gives %v", err)
	}
	if f.Cancel() {
		t.Error("it was canceled when it was done")
	}
}

func TestFutureBegins(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		if f.Done() || f.Canceled() {
			t.Errorf("it begins as %v", f)
		}
		f.Cancel()
		if !f.Canceled() {
			t.Errorf("it is %v", f)
		}
		return nil
	}())
}

func TestFutureNeedsALoop(t *testing.T) {
	said := misuse(func() { rt.NewFuture[int]() })
	if !strings.Contains(said, "outside an async function") || !strings.Contains(said, "rt.NewFutureOn") {
		t.Errorf("it says %q", said)
	}
}

// A future is of the loop that runs, or of the one that it is made on; no other can wait for it.
func TestFutureBelongsToItsLoop(t *testing.T) {
	running := run(t, func() rt.Coro[*rt.Future[int]] {
		f := rt.NewFuture[int]()
		rt.RunningLoop().CallSoon(func() { f.SetResult(1) })
		rt.Await(f)
		return rt.Return(rt.NewFuture[int]())
	}())
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	given := rt.NewFutureOn[int](loop)
	loop.CallSoon(func() { given.SetResult(2) })
	if v, err := rt.RunOn(loop, func() rt.Coro[int] { return rt.Return(rt.Await(given)) }()); v != 2 || err != nil {
		t.Errorf("on its own loop it gives %d, %v", v, err)
	}
	for name, f := range map[string]*rt.Future[int]{"of the running loop": running, "of a given loop": rt.NewFutureOn[int](loop)} {
		said := run(t, groupRecover(func() rt.Coro[int] { return rt.Return(rt.Await(f)) }()))
		if !strings.Contains(said, "awaits a future of another loop") {
			t.Errorf("%s: on another loop it says %q", name, said)
		}
	}
}

// A future that is no loop's can be looked at, but not used.
func TestFutureThatNobodyMade(t *testing.T) {
	f := new(rt.Future[int])
	wantFuture(t, f, false, 0, rt.ErrInvalidState)
	for name, use := range map[string]func(){
		"SetResult":       func() { f.SetResult(1) },
		"SetError":        func() { f.SetError(errOfFuture) },
		"Cancel":          func() { f.Cancel() },
		"AddDoneCallback": func() { f.AddDoneCallback(func(*rt.Future[int]) {}) },
	} {
		if said := misuse(use); said != "rt: the Future was not made by NewFuture or NewFutureOn" {
			t.Errorf("%s says %q", name, said)
		}
	}
	said := run(t, groupRecover(func() rt.Coro[int] { return rt.Return(rt.Await(f)) }()))
	if !strings.Contains(said, "was not made") {
		t.Errorf("Await says %q", said)
	}
	if f.Done() || f.Canceled() {
		t.Errorf("it is %v", f)
	}
}

func TestFutureKeepsTheMessageOfItsCancel(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		if msg := rt.CancelMessage(f.Err()); msg != "" {
			t.Errorf("it begins with %q", msg)
		}
		f.Cancel("my message")
		f.Cancel("another one")
		for range 2 {
			_, err := rt.CatchAwait(f)
			if msg := rt.CancelMessage(err); msg != "my message" {
				t.Errorf("awaited: %v", err)
			}
		}
		return nil
	}())
}

func TestFutureCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		if !f.Cancel() {
			t.Error("it was not canceled")
		}
		wantFuture(t, f, true, 0, rt.ErrCanceled)
		wantSettled(t, f)
		wantFuture(t, f, true, 0, rt.ErrCanceled)
		return nil
	}())
}

func TestFutureWithAResult(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		wantFuture(t, f, false, 0, rt.ErrInvalidState)
		if err := f.SetResult(42); err != nil {
			t.Error(err)
		}
		wantFuture(t, f, true, 42, nil)
		wantSettled(t, f)
		wantFuture(t, f, true, 42, nil)
		return nil
	}())
}

func TestFutureWithAnError(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		if err := f.Err(); err != nil {
			t.Errorf("while it is pending its error is %v", err)
		}
		if err := f.SetError(errOfFuture); err != nil {
			t.Error(err)
		}
		wantFuture(t, f, true, 0, errOfFuture)
		wantSettled(t, f)
		if err := f.Err(); err != errOfFuture {
			t.Errorf("it is another error: %v", err)
		}
		return nil
	}())
}

// Only the first await waits: the second one goes on in the same step.
func TestFutureAwaitedTwice(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[[2]int]()
		rt.RunningLoop().CallSoon(func() { f.SetResult([2]int{4, 2}) })
		e.add("A")
		x := rt.Await(f)
		e.add("B %v", x)
		rt.RunningLoop().CallSoon(func() { e.add("the next turn") })
		y := rt.Await(f)
		e.add("C %v", y)
		rt.Await(rt.Sleep(0))
		return nil
	}())
	e.want(t, "A", "B [4 2]", "C [4 2]", "the next turn")
}

func futureCallback(*rt.Future[int]) {}
func futureFirst(*rt.Future[int])    {}
func futureLast(*rt.Future[int])     {}

func TestFutureString(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		want := func(f *rt.Future[int], want string) {
			t.Helper()
			if !regexp.MustCompile("^" + want + "$").MatchString(f.String()) {
				t.Errorf("%v does not match %s", f, want)
			}
		}
		const at = `\(\) at futures_(async_)?test\.go:\d+`
		f := rt.NewFuture[int]()
		want(f, `<Future pending>`)
		f.AddDoneCallback(futureCallback)
		want(f, `<Future pending cb=\[scenarios\.futureCallback`+at+`\]>`)
		f.Cancel()
		want(f, `<Future cancelled>`)

		f = rt.NewFuture[int]()
		f.SetResult(4)
		want(f, `<Future finished result=4>`)

		f = rt.NewFuture[int]()
		f.SetError(errOfFuture)
		want(f, `<Future finished exception='boom'>`)
		f.Err()

		f = rt.NewFuture[int]()
		f.AddDoneCallback(futureFirst)
		f.AddDoneCallback(futureLast)
		want(f, `<Future pending cb=\[scenarios\.futureFirst`+at+`, scenarios\.futureLast`+at+`\]>`)

		f = rt.NewFuture[int]()
		f.AddDoneCallback(futureFirst)
		for range 8 {
			f.AddDoneCallback(futureCallback)
		}
		f.AddDoneCallback(futureLast)
		want(f, `<Future pending cb=\[scenarios\.futureFirst`+at+`, <8 more>, scenarios\.futureLast`+at+`\]>`)
		return nil
	}())
}

// A future that takes over how another one ended has the same value, the very error, or is canceled.
func TestFutureTakesOverAnother(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*rt.Future[int])
		v    int
		err  error
	}{
		{"result", func(f *rt.Future[int]) { f.SetResult(10) }, 10, nil},
		{"error", func(f *rt.Future[int]) { f.SetError(errOfFuture) }, 0, errOfFuture},
		{"cancellation", func(f *rt.Future[int]) { f.Cancel() }, 0, rt.ErrCanceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				first := rt.NewFuture[int]()
				task := rt.CreateTask(func() rt.Coro[int] { return rt.Return(rt.Await(first)) }())
				pending := rt.Shield(task)
				c.end(first)
				_, _ = rt.CatchAwait(pending)
				wantFuture(t, pending, true, c.v, c.err)
				wantFuture(t, rt.Shield(task), true, c.v, c.err)
				if _, err := task.Result(); c.err == errOfFuture && err != errOfFuture {
					t.Errorf("it is another error: %v", err)
				}
				return nil
			}())
		})
	}
}

// reported notes what the running loop tells its exception handler, at the latest when it is closed.
func reported(l *rt.Loop, got *[]rt.ExceptionContext) {
	l.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { *got = append(*got, c) })
}

// An error that nobody has looked at is reported; so is nothing else.
func TestFutureReportsWhatNobodyLookedAt(t *testing.T) {
	for _, c := range []struct {
		name string
		use  func(*rt.Future[int])
		want bool
	}{
		{"abandoned", func(*rt.Future[int]) {}, false},
		{"canceled after its error", func(f *rt.Future[int]) { f.SetError(errOfFuture); f.Cancel() }, false},
		{"result", func(f *rt.Future[int]) { f.SetResult(42) }, false},
		{"result, retrieved", func(f *rt.Future[int]) { f.SetResult(42); f.Result() }, false},
		{"error", func(f *rt.Future[int]) { f.SetError(errOfFuture) }, true},
		{"error, retrieved", func(f *rt.Future[int]) { f.SetError(errOfFuture); f.Err() }, false},
		{"error, retrieved as a result", func(f *rt.Future[int]) { f.SetError(errOfFuture); f.Result() }, false},
	} {
		for _, debug := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, debug %v", c.name, debug), func(t *testing.T) {
				var got []rt.ExceptionContext
				var opts []rt.Option
				if debug {
					opts = append(opts, rt.Debug())
				}
				f := run(t, func() rt.Coro[*rt.Future[int]] {
					reported(rt.RunningLoop(), &got)
					f := rt.NewFuture[int]()
					c.use(f)
					return rt.Return(f)
				}(), opts...)
				switch {
				case !c.want && len(got) > 0:
					t.Errorf("reported: %v", got)
				case c.want && (len(got) != 1 || got[0].Message != "Future exception was never retrieved" ||
					got[0].Err != errOfFuture || got[0].Future != rt.AnyFuture(f)):
					t.Errorf("reported: %v", got)
				}
			})
		}
	}
}

// The function runs on a goroutine of its own, while the loop goes on.
func TestFutureOfAThread(t *testing.T) {
	v := run(t, func() rt.Coro[string] {
		release := make(chan struct{})
		task := rt.CreateTask(rt.ToThread(func() (string, error) {
			<-release
			return "oi", nil
		}))
		rt.Await(rt.Sleep(0))
		close(release)
		return rt.Return(rt.Await(task))
	}())
	if v != "oi" {
		t.Errorf("it gives %q", v)
	}
}

// The function has ended, but the loop has not heard of it: a cancellation still comes before.
func TestFutureOfAThreadCanceledWhenItHasEnded(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		ended := make(chan int)
		task := rt.CreateTask(rt.ToThread(func() (int, error) {
			defer close(ended)
			return 42, nil
		}))
		rt.Await(rt.Sleep(0))
		<-ended
		task.Cancel()
		_, err := rt.CatchAwait(task)
		wantCanceled(t, err)
		return nil
	}())
}

// What waits for several makes no tasks of futures: it uses them as they are.
func TestFutureIsUsedAsItIs(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		f.SetResult(1)
		for g := range rt.AwaitEach(rt.AsCompleted[int](f)) {
			if g != rt.Finished[int](f) {
				t.Errorf("%v is another one", g)
			}
		}
		if n := len(rt.AllTasks()); n != 1 {
			t.Errorf("there are %d tasks", n)
		}
		return nil
	}())
}

// The time of a sleep comes in the turn in which it is canceled: it stays canceled.
func TestFutureOfASleepStaysCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var task *rt.Task[rt.None]
		rt.RunningLoop().CallAt(second, func() { task.Cancel() })
		task = rt.CreateTask(func() rt.Coro[rt.None] { return rt.Return(rt.Await(rt.Sleep(second))) }())
		_, err := rt.CatchAwait(task)
		wantCanceled(t, err)
		wantNow(t, rt.RunningLoop(), second)
		return nil
	}())
}

// noted makes a done callback that notes what; it gives the function that removes it.
func noted(e *events, f *rt.Future[string], what string) (remove func()) {
	return f.AddDoneCallback(func(*rt.Future[string]) { e.add("%s", what) })
}

// The callbacks that are left are called in their order, however often another one was removed.
func TestFutureCallbacksRemoved(t *testing.T) {
	for _, c := range []struct {
		name   string
		remove []int
		want   []string
	}{
		{"the first", []int{0, 0}, []string{"1", "2"}},
		{"the first and the second", []int{0, 1, 0}, []string{"2"}},
		{"the third", []int{2, 2}, []string{"0", "1"}},
		{"the one in the middle", []int{1}, []string{"0", "2"}},
		{"all", []int{1, 2, 0}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &events{}
			run(t, func() rt.Coro[rt.None] {
				f := rt.NewFuture[string]()
				var removes []func()
				for i := range 3 {
					removes = append(removes, noted(e, f, fmt.Sprint(i)))
				}
				for _, i := range c.remove {
					removes[i]()
				}
				f.SetResult("foo")
				rt.Await(rt.Sleep(0))
				wantFuture(t, f, true, "foo", nil)
				return nil
			}())
			e.want(t, c.want...)
		})
	}
}

// SetResult, SetError and Cancel call nothing themselves: the callbacks come in the next turn, in their order.
func TestFutureCallbacksComeInTheNextTurn(t *testing.T) {
	for name, end := range map[string]func(*rt.Future[string]){
		"result":       func(f *rt.Future[string]) { f.SetResult("foo") },
		"error":        func(f *rt.Future[string]) { f.SetError(errOfFuture) },
		"cancellation": func(f *rt.Future[string]) { f.Cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			e := &events{}
			run(t, func() rt.Coro[rt.None] {
				f := rt.NewFuture[string]()
				noted(e, f, "first")
				noted(e, f, "second")
				e.add("before")
				end(f)
				e.add("after")
				rt.Await(rt.Sleep(0))
				f.Err()
				return nil
			}())
			e.want(t, "before", "after", "first", "second")
		})
	}
}

// A callback that was added several times is called as often, without those that were removed.
func TestFutureCallbackAddedSeveralTimes(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[string]()
		var removes []func()
		add := func() { removes = append(removes, noted(e, f, "many")) }
		add()
		noted(e, f, "one")()
		noted(e, f, "one")
		for range 5 {
			add()
		}
		add()
		for _, remove := range removes[:6] {
			remove()
		}
		f.SetResult("foo")
		rt.Await(rt.Sleep(0))
		return nil
	}())
	e.want(t, "one", "many")
}

// When the future is done its callbacks are on their way: one of them cannot remove another.
func TestFutureCallbackRemovedTooLate(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[string]()
		var removes []func()
		f.AddDoneCallback(func(*rt.Future[string]) {
			e.add("removes")
			for _, remove := range removes {
				remove()
			}
		})
		removes = append(removes, noted(e, f, "first"), noted(e, f, "second"))
		f.SetResult("foo")
		rt.Await(rt.Sleep(0))
		return nil
	}())
	e.want(t, "removes", "first", "second")
}

// The traceback of an error is that of who fails with it, however often others have looked at it.
func TestFutureTracebackDoesNotGrow(t *testing.T) {
	var got []rt.ExceptionContext
	run(t, func() rt.Coro[rt.None] {
		reported(rt.RunningLoop(), &got)
		failed := rt.CreateTask(groupFail(0, errOfFuture))
		rt.CreateTask(func() rt.Coro[rt.None] {
			for range 5 {
				if _, err := rt.TryAwait(failed); err != errOfFuture {
					t.Errorf("got %v", err)
				}
			}
			rt.Await(failed)
			return nil
		}())
		return rt.Sleep(second)
	}())
	if len(got) != 1 {
		t.Fatalf("reported: %v", got)
	}
	var names []string
	for _, line := range got[0].Traceback {
		name, _, _ := strings.Cut(line, " at ")
		names = append(names, name)
	}
	if diff := cmp.Diff([]string{"TestFutureTracebackDoesNotGrow.func1.func1", "groupFail"}, names); diff != "" {
		t.Errorf("the traceback (-want +got):\n%s", diff)
	}
}

// The exception handler has the context variables of the task that it is told about.
func TestFutureHandlerHasTheTasksContext(t *testing.T) {
	e := &events{}
	name := rt.NewVar("name", "foo")
	run(t, func() rt.Coro[rt.None] {
		rt.RunningLoop().SetExceptionHandler(func(l *rt.Loop, c rt.ExceptionContext) {
			e.add("%s: %s", c.Task.Name(), name.GetOn(l))
		})
		rt.CreateTask(rt.Fail[int](errOfFuture))
		rt.CreateTask(func() rt.Coro[rt.None] {
			name.Set("bar")
			rt.Throw(errOfFuture)
			return nil
		}())
		name.Set("main's")
		return rt.Sleep(0)
	}())
	e.want(t, "Task-2: foo", "Task-3: bar")
}

// A callback cannot fail with an error, and its panic is nothing for a handler: it ends the run.
func TestFuturePanicOfACallbackEndsTheRun(t *testing.T) {
	var got []rt.ExceptionContext
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	reported(loop, &got)
	loop.CallSoon(func() { panic("oh") })
	said := misuse(func() { rt.RunOn(loop, rt.Sleep(0)) })
	if !strings.Contains(said, "oh\n\nin a callback of the event loop") {
		t.Errorf("the run ends with %q", said)
	}
	if err := loop.Close(); err != nil || len(got) > 0 {
		t.Errorf("Close: %v; reported: %v", err, got)
	}
}

// What a future gives may hold the future itself.
func TestFutureStringOfOneThatHoldsItself(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		tasks := rt.Await(rt.WaitFor(rt.CreateTask(func() rt.Coro[[]rt.AnyTask] {
			rt.Await(rt.Sleep(0))
			return rt.Return(rt.AllTasks())
		}(), rt.Name("func")), 10*second))
		text := fmt.Sprint(tasks)
		if !strings.Contains(text, "...]>") || strings.Count(text, "name='func'") != 1 {
			t.Errorf("the tasks are %s", text)
		}
		f := rt.NewFuture[any]()
		f.SetResult([]any{f, f})
		if text := f.String(); text != "<Future finished result=[... ...]>" {
			t.Errorf("the future is %s", text)
		}
		return nil
	}())
}
