package rt

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// forever waits for a future that nobody completes.
func forever(name string) *fn {
	return awaits(name, func(x *Exec) Awaitable[int] { return NewFutureIn[int](x) }, nil)
}

// As in a notebook: a task that one cell starts goes on in the next.
func TestRunOnSeveralTimes(t *testing.T) {
	l, tr := virtual(t)
	var task *Task[int]
	RunOn(l, seq("cell", func(f *fn, x *Exec) Status {
		task = CreateTaskIn(x, Coro[int](sleeper(tr, "task", 3*time.Second)))
		return x.Sleep(f, time.Second)
	}))
	tr.add("cell 1 ends")
	RunOn(l, Sleep(time.Second))
	tr.add("cell 2 ends, task done: %v", task.Done())
	v, err := RunOn(l, awaits("cell", func(*Exec) Awaitable[int] { return task }, nil))
	tr.add("cell 3: %v %v", v, err)
	tr.want(t, "0 task begins", "1 cell 1 ends", "2 cell 2 ends, task done: false", "3 task ends", "3 cell 3: 1 <nil>")
}

func TestCloseCancelsWhatIsLeft(t *testing.T) {
	l := NewLoop(WithClock(NewVirtualClock()))
	got := reports(l)
	tr := &trace{l: l}
	CreateTaskOn(l, Coro[int](withDefers("f", func(f *deferring, x *Exec) Status {
		if f.State == Start {
			PushAwait(&f.defers, Awaitable[int](sleeper(tr, "deferred", time.Second)))
			f.State = 1
			return x.Sleep(f, time.Hour)
		}
		x.Trace(f, 1)
		return Done
	})))
	CreateTaskOn(l, Coro[int](awaits("g", func(x *Exec) Awaitable[int] { return forever("h") }, func(_ *fn, x *Exec) { x.Err = errBoom })))
	RunOn(l, Sleep(0))
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	tr.want(t, "0 deferred begins", "1 deferred ends")
	want := []string{
		"Unhandled error while the loop was closed",
		"<Task finished name='Task-2' coro=<g() done, defined at test.go:10> exception='boom'>",
		"g at test.go:11", "h at test.go:11", "boom",
	}
	if !slices.Equal(*got, want) {
		t.Errorf("got\n%q\nwant\n%q", *got, want)
	}
	if _, err := RunOn(l, Return(1)); err != errClosed {
		t.Error(err)
	}
}

// Only the error that nobody has looked at is reported, at the end.
func TestErrorsThatNobodyLookedAt(t *testing.T) {
	l := NewLoop(WithClock(NewVirtualClock()))
	got := reports(l)
	fails := func(x *Exec) *Task[int] {
		return CreateTaskIn(x, Coro[int](plain("f", func(x *Exec) { x.Err = errBoom })))
	}
	_, err := RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			awaited, read := fails(x), fails(x)
			read.AddDoneCallback(func(t *Task[int]) { t.Result() })
			fails(x)
			NewFutureIn[int](x).SetError(errOther)
			return Begin(x, f, Awaitable[int](awaited))
		}))
	if err != errBoom {
		t.Error(err)
	}
	if len(*got) != 0 {
		t.Errorf("reported too early: %q", *got)
	}
	l.Close()
	want := []string{
		"Future exception was never retrieved", "<Future finished exception='other'>", "other",
		"Task exception was never retrieved",
		"<Task finished name='Task-4' coro=<f() done, defined at test.go:10> exception='boom'>", "boom",
	}
	if !slices.Equal(*got, want) {
		t.Errorf("got\n%q\nwant\n%q", *got, want)
	}
}

func TestRunInsideOfARunningLoop(t *testing.T) {
	var errs []error
	inside := func() Coro[int] {
		return plain("inside", func(x *Exec) {
			_, err := Run(Return(1))
			errs = append(errs, err)
			_, err = RunOn(NewLoop(), Return(1))
			errs = append(errs, err, x.Loop().Close())
		})
	}
	if _, err := Run(inside()); err != nil {
		t.Fatal(err)
	}
	for i, who := range []string{"rt.Run", "rt.RunOn", "Loop.Close"} {
		if errs[i] == nil || errs[i].Error() != who+" was called from a running event loop: await the coroutine instead" {
			t.Errorf("%s: %v", who, errs[i])
		}
	}
	// A thread of its own may run a loop of its own.
	v, err := Run(ToThread(func() (int, error) { return Run(Return(2)) }))
	if v != 2 || err != nil {
		t.Error(v, err)
	}
}

func TestDeadlock(t *testing.T) {
	program := seq("main", func(f *fn, x *Exec) Status {
		var a, b *Task[int]
		a = CreateTaskIn(x, Coro[int](awaits("a", func(*Exec) Awaitable[int] { return b }, nil)), Name("first"))
		b = CreateTaskIn(x, Coro[int](awaits("b", func(*Exec) Awaitable[int] { return a }, nil)))
		return Begin(x, f, Awaitable[int](forever("callee")))
	})
	_, err := Run(Coro[int](program), WithClock(NewVirtualClock()))
	if !errors.Is(err, ErrDeadlock) {
		t.Fatal(err)
	}
	want := `deadlock: nothing is ready, no timer is set, no thread runs, and these tasks wait:
Task-1
└── main at test.go:11
    └── callee at test.go:11
        └── a future
first
└── a at test.go:11
    └── Task-2
        └── b at test.go:11
            └── first (see above)`
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// In the default mode a deadlock of other tasks ends the run too; main's value is there.
func TestDeadlockAfterMain(t *testing.T) {
	var tr trace
	v, err := Run(Coro[int](plain("main", func(x *Exec) {
		CreateTaskIn(x, Coro[int](awaits("f", func(x *Exec) Awaitable[int] { return NewFutureIn[int](x) },
			func(_ *fn, x *Exec) { tr.add("%v", x.Err) })))
	})))
	if v != 0 || !errors.Is(err, ErrDeadlock) {
		t.Error(v, err)
	}
	tr.want(t, "canceled") // its deferred calls run, as ever
}

// A goroutine that is about to post keeps the loop waiting.
func TestOtherGoroutinesMayPost(t *testing.T) {
	release := make(chan struct{})
	v, err := Run(Coro[int](seq("main", func(f *fn, x *Exec) Status {
		fu := NewFutureIn[int](x)
		l := x.Loop()
		go func() {
			<-release
			l.CallSoonThreadsafe(func() { fu.SetResult(8) })
		}()
		l.CallSoon(func() { close(release) })
		f.aw = fu
		return Begin(x, f, f.aw)
	}, func(f *fn, x *Exec) Status { f.Value = Value(f.aw); return Done })))
	if v != 8 || err != nil {
		t.Error(v, err)
	}
}

func TestNewFutureOnIsABridge(t *testing.T) {
	l := NewLoop()
	defer l.Close()
	fu := NewFutureOn[int](l)
	go l.CallSoonThreadsafe(func() { fu.SetResult(8) })
	if v, err := RunOn(l, awaits("main", func(*Exec) Awaitable[int] { return fu }, nil)); v != 8 || err != nil {
		t.Error(v, err)
	}
}

func TestContextCancelsMain(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	go cancel(errBoom)
	_, err := Run(Coro[int](forever("main")), WithContext(ctx))
	if !errors.Is(err, ErrCanceled) || !errors.Is(err, errBoom) || CancelMessage(err) != "boom" {
		t.Error(err)
	}
	began := false
	_, err = Run(Coro[int](plain("main", func(*Exec) { began = true })), WithContext(ctx))
	if !errors.Is(err, context.Canceled) || began {
		t.Error(err, began)
	}
}

func TestToThread(t *testing.T) {
	v, err := Run(ToThread(func() (int, error) { return 3, nil }), WithClock(NewVirtualClock()))
	if v != 3 || err != nil {
		t.Error(v, err)
	}
	if _, err := Run(ToThread(func() (int, error) { return 3, errBoom })); err != errBoom {
		t.Error(err)
	}
	if _, p, _ := tryRun(ToThread(func() (int, error) { panic("oh") })); p != "oh" {
		t.Error(p)
	}
}

// A cancellation ends the wait at once, and the loop's end waits for the function.
func TestToThreadCanceled(t *testing.T) {
	l, tr := virtual(t)
	release := make(chan struct{})
	task := CreateTaskOn(l, ToThread(func() (int, error) { <-release; return 3, nil }))
	RunOn(l, Sleep(0))
	task.Cancel()
	RunOn(l, Sleep(0))
	RunOn(l, Sleep(0))
	tr.add("%v %d", task.Canceled(), l.threads)
	close(release)
	l.Close()
	tr.add("%d", l.threads)
	tr.want(t, "0 true 1", "0 0")
}

func TestSubmit(t *testing.T) {
	l := NewLoop()
	stop := NewFutureOn[int](l)
	got := make(chan int)
	go func() {
		v, err := Submit(l, Coro[int](&yields{n: 5})).Wait(context.Background())
		if err != nil {
			t.Error(err)
		}
		_, err = Submit(l, Fail[int](errBoom)).Wait(context.Background())
		if err != errBoom {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		pending := Submit(l, Coro[int](forever("f")))
		if _, err := pending.Wait(ctx); err != context.Canceled {
			t.Error(err)
		}
		l.CallSoonThreadsafe(func() { stop.SetResult(1) })
		if _, err := pending.Wait(context.Background()); !errors.Is(err, ErrCanceled) { // by Close
			t.Error(err)
		}
		got <- v
	}()
	RunOn(l, awaits("main", func(*Exec) Awaitable[int] { return stop }, nil))
	l.Close()
	if v := <-got; v != 5 {
		t.Error(v)
	}
	if _, err := Submit(l, Return(1)).Wait(context.Background()); err != errClosed {
		t.Error(err)
	}
}

// A loop that many goroutines post to at once loses nothing.
func TestManyGoroutinesPost(t *testing.T) {
	const goroutines, each = 8, 200
	l := NewLoop()
	defer l.Close()
	all := NewFutureOn[int](l)
	n := 0
	for range goroutines {
		go func() {
			for range each {
				l.CallSoonThreadsafe(func() {
					if n++; n == goroutines*each {
						all.SetResult(n)
					}
				})
			}
		}()
	}
	if v, err := RunOn(l, awaits("main", func(*Exec) Awaitable[int] { return all }, nil)); v != goroutines*each || err != nil {
		t.Error(v, err)
	}
}

// mains are the programs of rt.Main that this binary can be, for the tests of its exit.
var mains = map[string]func(){
	"error": func() {
		Main(Coro[int](awaits("main", func(*Exec) Awaitable[int] { return Fail[int](errBoom) }, nil)))
	},
	"panic": func() { Main(Coro[int](plain("main", func(*Exec) { panic("oh") }))) },
}

func TestMain(m *testing.M) {
	if main := os.Getenv("RT_MAIN"); main != "" {
		mains[main]()
		return
	}
	os.Exit(m.Run())
}

func TestMainExits(t *testing.T) {
	mainExits(t, "error", 1, "Async traceback (most recent call last):\n  main at test.go:11\nerror: boom\n")
	mainExits(t, "panic", 2, "panic: oh\n")
}

// needsProcesses skips a test that starts one where there are none.
func needsProcesses(t *testing.T) {
	if runtime.GOARCH == "wasm" {
		t.Skip("no processes on", runtime.GOOS)
	}
}

// mainExits says how one of the mains exits, and how what it prints begins.
func mainExits(t *testing.T, main string, code int, text string) {
	t.Run(main, func(t *testing.T) {
		needsProcesses(t)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RT_MAIN="+main)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code || !strings.HasPrefix(string(out), text) {
			t.Errorf("exit %d (%v), want %d\n%s", got, cmd.ProcessState, code, out)
		}
	})
}
