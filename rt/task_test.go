package rt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The forms of Python's repr.
func TestTaskString(t *testing.T) {
	l, tr := virtual(t)
	show := func(task AnyTask) { tr.lines = append(tr.lines, task.String()) }
	var slept, waits *Task[int]
	var fu *Future[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			slept = CreateTaskIn(x, Coro[int](sleeper(&trace{}, "fetchData", time.Second)))
			show(slept)
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			show(slept)
			slept.Cancel()
			show(slept)
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			show(slept)
			fu = NewFutureIn[int](x)
			waits = CreateTaskIn(x, Coro[int](awaits("w", func(*Exec) Awaitable[int] { return fu }, nil)), Name("it's"))
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			show(waits)
			remove := waits.AddDoneCallback(func(*Task[int]) {})
			if s := waits.String(); !strings.Contains(s, " cb=[rt.TestTaskString.func") {
				t.Error(s)
			}
			remove()
			fu.SetResult(3)
			show(waits)
			show(x.CurrentTask())
			return Begin(x, f, Awaitable[int](waits))
		},
		func(f *fn, x *Exec) Status { show(waits); return Done },
	))
	text := CreateTaskOn(l, Return("don't"))
	failed := CreateTaskOn(l, Coro[int](plain("f", func(x *Exec) { x.Err = errBoom })))
	RunOn(l, Sleep(0))
	show(text)
	show(failed)
	failed.Err()
	tr.want(t,
		"<Task pending name='Task-2' coro=<fetchData() running at test.go:10>>",
		"<Task pending name='Task-2' coro=<fetchData() running at test.go:11> wait_for=<Future pending cb=[Task.task_wakeup()]>>",
		"<Task cancelling name='Task-2' coro=<fetchData() running at test.go:11> wait_for=<Future cancelled>>",
		"<Task cancelled name='Task-2' coro=<fetchData() done, defined at test.go:10>>",
		`<Task pending name='it\'s' coro=<w() running at test.go:11> wait_for=<Future pending cb=[Task.task_wakeup()]>>`,
		`<Task pending name='it\'s' coro=<w() running at test.go:11> wait_for=<Future finished>>`,
		"<Task pending name='Task-1' coro=<main() running at test.go:14>>",
		`<Task finished name='it\'s' coro=<w() done, defined at test.go:10> result=3>`,
		`<Task finished name='Task-3' coro=<Return()> result='don\'t'>`,
		"<Task finished name='Task-4' coro=<f() done, defined at test.go:10> exception='boom'>")
}

// Names are counted for each loop; an explicit one takes no number, as in CPython.
func TestTaskNames(t *testing.T) {
	for range 2 {
		l, _ := virtual(t)
		a := CreateTaskOn(l, Return(1))
		b := CreateTaskOn(l, Return(1), Name(""))
		c := CreateTaskOn(l, Return(1))
		if got := a.Name() + "," + b.Name() + "," + c.Name(); got != "Task-1,,Task-2" {
			t.Error(got)
		}
		c.SetName("c")
		if all := l.AllTasks(); len(all) != 3 || all[0] != AnyTask(a) || all[2].Name() != "c" {
			t.Error(all)
		}
	}
}

// Tasks keep the number of their name, whoever is named in between, ends before them and after, or has ended.
func TestNumbersOfTasks(t *testing.T) {
	l, _ := virtual(t)
	r := rand.New(rand.NewPCG(1, 1))
	want := map[*Task[int]]string{}
	number := 0
	check := func() {
		for task, name := range want {
			if got := task.Name(); got != name {
				t.Fatalf("%s is called %s; done: %v", name, got, task.Done())
			}
		}
	}
	for range 40 {
		for range 1 + r.IntN(400) {
			c := coro("f", func(f *fn, x *Exec) Status {
				if f.State++; f.State == 1 {
					return x.Sleep(f, time.Duration(1+r.IntN(20))*time.Second)
				}
				return Done
			})
			if r.IntN(100) == 0 {
				want[CreateTaskOn(l, c, Name(""))] = ""
				continue
			}
			number++
			want[CreateTaskOn(l, c)] = "Task-" + strconv.Itoa(number)
		}
		check()
		RunOn(l, Sleep(2*time.Second))
		number++ // the main task
		check()
	}
	if n := len(l.tasks.pages); n > 20 {
		t.Errorf("%d pages for %d tasks", n, l.tasks.live)
	}
	RunOn(l, Sleep(time.Minute))
	check()
}

// Who waits already when a future gets what few have still waits, in its place.
func TestWaitersOfAFutureThatIsExtended(t *testing.T) {
	l, tr := virtual(t)
	f := NewFutureOn[int](l)
	for i := range 4 {
		remove := f.AddDoneCallback(func(*Future[int]) { tr.add("%d", i) })
		switch i {
		case 1:
			f.core().extra()
		case 2:
			remove()
		}
	}
	f.SetError(errors.New("failure"))
	RunOn(l, Sleep(0))
	tr.want(t, "0 0", "0 1", "0 3")
	if f.Err() == nil {
		t.Error("no error")
	}
}

// The registry keeps the order of creation while tasks come and go.
func TestAllTasksKeepsOrder(t *testing.T) {
	l, _ := untidy(t)
	var want []AnyTask
	for i := range 1000 {
		if i%7 == 0 {
			want = append(want, CreateTaskOn(l, Coro[int](forever("f"))))
		} else {
			CreateTaskOn(l, Return(1))
		}
		if i%100 == 0 {
			RunOn(l, Sleep(0))
		}
	}
	RunOn(l, Sleep(0))
	if !slices.Equal(l.AllTasks(), want) {
		t.Error("wrong order")
	}
}

func TestEagerStart(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, plain("main", func(x *Exec) {
		tr.add("before")
		task := CreateTaskIn(x, Coro[int](plain("f", func(x *Exec) { tr.add("%s", x.CurrentTask().Name()) })), EagerStart())
		tr.add("after %v %s", task.Done(), x.CurrentTask().Name())
		CreateTaskIn(x, Coro[int](sleeper(tr, "g", time.Second)), EagerStart())
		tr.add("end")
	}))
	CreateTaskOn(l, Coro[int](plain("later", func(*Exec) { tr.add("later") })), EagerStart())
	tr.add("not running")
	RunOn(l, Sleep(time.Second))
	tr.want(t, "0 before", "0 Task-2", "0 after true Task-1", "0 g begins", "0 end", "0 not running", "0 later", "1 g ends")
}

// A program is canceled at each of its turns in turn: it always ends, canceled, with its deferred
// calls run once each, or it has ended before.
func TestCancelAtEveryAwait(t *testing.T) {
	for turn := range 30 {
		l, tr := virtual(t)
		var task *Task[int]
		program := withDefers("f", func(f *deferring, x *Exec) Status {
			if x.Err != nil {
				x.Trace(f, 1)
				return Done
			}
			switch f.State {
			case Start:
				pushPlain(f, func() { tr.lines = append(tr.lines, "deferred") })
				PushAwait(&f.defers, Awaitable[int](&yields{n: 2}))
				f.State = 1
				return x.Sleep(f, time.Second)
			case 1:
				f.State = 2
				return Begin(x, f, Awaitable[int](&deep{depth: 3, n: 3}))
			case 2:
				f.State = 3
				f.aw = CreateTaskIn(x, Coro[int](&yields{n: 3}))
				if Begin(x, f, f.aw) == Suspended {
					return Suspended
				}
			}
			f.Value = 9
			return Done
		})
		RunOn(l, coro("main", func(f *fn, x *Exec) Status {
			if f.State == Start {
				task = CreateTaskIn(x, Coro[int](program))
			}
			if int(f.State) == turn {
				task.Cancel()
			}
			if f.State++; f.State > 60 {
				return Done
			}
			return x.Sleep(f, time.Duration(f.State%2)) // a nanosecond now and then: the program's timer comes up
		}))
		RunOn(l, Sleep(2*time.Second))
		v, err := task.Result()
		began := turn > 0
		if !(v == 9 && err == nil) && !isCancellation(err) {
			t.Errorf("turn %d: %v, %v", turn, v, err)
		}
		if began && !slices.Equal(tr.lines, []string{"deferred"}) {
			t.Errorf("turn %d: %q", turn, tr.lines)
		}
		if n := len(l.AllTasks()); n != 0 {
			t.Errorf("turn %d: %d tasks are left", turn, n)
		}
	}
}

// Misuse panics, and the panic says what is wrong.
func TestMisuse(t *testing.T) {
	l, _ := virtual(t)
	other := NewLoop()
	twice := Return(1)
	var self *Task[int]
	for _, c := range []struct {
		want string
		do   func()
	}{
		{"coro=<self() running at test.go:10>> awaits itself", func() {
			self = CreateTaskOn(l, Coro[int](awaits("self", func(*Exec) Awaitable[int] { return self }, nil)))
			RunOn(l, Sleep(0))
		}},
		{"rt: coroutine Return was already awaited: call the function again for another one", func() {
			RunOn(l, awaits("f", func(*Exec) Awaitable[int] { return twice }, nil))
			CreateTaskOn(l, twice)
		}},
		{"awaits a future of another loop: use Submit", func() {
			RunOn(l, awaits("f", func(*Exec) Awaitable[int] { return NewFutureOn[int](other) }, nil))
		}},
		{"rt.Throw: nil error", func() { RunOn(l, plain("f", func(x *Exec) { x.Throw(nil, 1, nil) })) }},
		{"rt.Fail: nil error", func() { Fail[int](nil) }},
		{"rt: SetError(nil)", func() { NewFutureOn[int](l).SetError(nil) }},
		{"rt.Await was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)", func() { Await(Return(1)) }},
		{"in ordinary code there is rt.CreateTaskOn", func() { CreateTask(Return(1)) }},
		{"rt: the loop is closed", func() {
			other.Close()
			other.CallSoon(func() {})
		}},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), c.want) {
					t.Errorf("got %v, want %s", r, c.want)
				}
			}()
			c.do()
		}()
	}
}

func TestFutureStates(t *testing.T) {
	l, tr := virtual(t)
	fu := NewFutureOn[int](l)
	if _, err := fu.Result(); err != ErrInvalidState || fu.Err() != nil || fu.Done() {
		t.Error(err)
	}
	remove := fu.AddDoneCallback(func(*Future[int]) { tr.add("removed") })
	fu.AddDoneCallback(func(f *Future[int]) { v, err := f.Result(); tr.add("%v %v", v, err) })
	remove()
	remove()
	if fu.SetResult(1) != nil || fu.SetResult(2) != ErrInvalidState || fu.SetError(errBoom) != ErrInvalidState || fu.Cancel() {
		t.Error("completed twice")
	}
	gone := NewFutureOn[int](l)
	if !gone.Cancel("why") || gone.Cancel() || !gone.Canceled() || CancelMessage(gone.Err()) != "why" {
		t.Error(gone.Err())
	}
	fu.AddDoneCallback(func(*Future[int]) { tr.add("at once") })
	RunOn(l, Sleep(0))
	tr.want(t, "0 1 <nil>", "0 at once")
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		err, target error
		is          bool
	}{
		{&CanceledError{Msg: "x"}, ErrCanceled, true},
		{ErrCanceled, context.Canceled, true},
		{ErrTimeout, context.DeadlineExceeded, true},
		{ErrTimeout, ErrTimeout, true},
		{ErrTimeout, ErrCanceled, false},
		{ErrQueueFull, ErrQueueEmpty, false},
		{fmt.Errorf("wrapped: %w", &CanceledError{}), ErrCanceled, true},
	} {
		if errors.Is(c.err, c.target) != c.is {
			t.Errorf("errors.Is(%v, %v) is not %v", c.err, c.target, c.is)
		}
	}
	// A task that ends with an error that wraps a cancellation has failed.
	_, err := Run(Fail[int](fmt.Errorf("wrapped: %w", ErrCanceled)))
	if err == nil || isCancellation(err) {
		t.Error(err)
	}
}

func TestRangeMap(t *testing.T) {
	m := map[float64]int{1: 1, 2: 2, 3: 3, math.NaN(): 4}
	seen, sum := 0, 0
	for it := RangeMap(m); it.Next(); {
		seen++
		sum += it.Value
		if seen == 1 {
			for k := range m {
				if k != it.Key && k == k {
					delete(m, k)
				}
			}
		}
	}
	if seen > 2 || len(m) > 2 {
		t.Errorf("%d entries were seen, %d are left", seen, len(m))
	}
	var none map[string]bool
	if it := RangeMap(none); it.Next() {
		t.Error("an entry of a nil map")
	}
	const s = "aß€\xff"
	var runes []rune
	for i := 0; i < len(s); {
		var r rune
		r, i = NextRune(s, i)
		runes = append(runes, r)
	}
	if string(runes) != "aß€\uFFFD" {
		t.Errorf("%q", runes)
	}
}

// A task may be asked to end more often than its counter has room for.
func TestRequestsToCancelAreCountedBeyondAByte(t *testing.T) {
	l, _ := virtual(t)
	task := CreateTaskOn(l, Sleep(time.Second))
	for range 1000 {
		task.Cancel()
	}
	for want := 999; want >= 0; want-- {
		if task.Canceling() != want+1 || task.Uncancel() != want {
			t.Fatalf("%d requests are left, want %d", task.Canceling(), want)
		}
	}
	RunOn(l, Sleep(2*time.Second))
	if err := task.Err(); err != nil || !task.Done() {
		t.Error(task, err)
	}
}
