//go:build asyncgen

package scenarios

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// tasksLoop is a loop on a virtual clock, for tests that look at tasks between its runs. In the end nothing
// may be left in it.
func tasksLoop(t *testing.T) *rt.Loop {
	l := untidyLoop(t)
	t.Cleanup(func() {
		if said := leftIn(l); said != "" {
			t.Error(said)
		}
	})
	return l
}

// untidyLoop is tasksLoop for tests that leave something on purpose.
func untidyLoop(t *testing.T) *rt.Loop {
	l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

// runUntil runs l until aw is done: run_until_complete.
func runUntil[T any](l *rt.Loop, aw rt.Awaitable[T]) (T, error) { return rt.RunOn(l, awaiting(aw)) }

// awaiting awaits aw.
//
//async:func
func awaiting[T any](aw rt.Awaitable[T]) rt.Coro[T] { return rt.Return(rt.Await(aw)) }

// fiveTurns lets the loop go on until what is ready now, and what comes of it, has run.
//
//async:func
func fiveTurns() rt.Coro[rt.None] {
	for range 5 {
		rt.Await(rt.Sleep(0))
	}
	return nil
}

// giving is an async function that does not suspend.
//
//async:func
func giving[T any](v T) rt.Coro[T] { return rt.Return(v) }

// wasCanceled says whether err is a cancellation.
func wasCanceled(err error) bool { return errors.Is(err, rt.ErrCanceled) }

var errTaskBoom = errors.New("boom")

func TestTaskEndsWithTheValueOfItsCoroutine(t *testing.T) {
	for range 2 { // each loop has tasks of its own
		l := tasksLoop(t)
		task := rt.CreateTaskOn(l, giving("ok"))
		if task.Done() || !slices.Equal(l.AllTasks(), []rt.AnyTask{task}) {
			t.Errorf("before the run: done %v, the loop has %v", task.Done(), l.AllTasks())
		}
		runUntil(l, task)
		if v, err := task.Result(); !task.Done() || v != "ok" || err != nil {
			t.Errorf("after the run: done %v, result %q, %v", task.Done(), v, err)
		}
	}
}

func TestTaskMayBeMadeOfAnyCall(t *testing.T) {
	fut := func() rt.Coro[*rt.Future[string]] { return rt.Return(rt.NewFuture[string]()) }
	run(t, func() rt.Coro[rt.None] {
		for range 2 {
			if v := rt.Await(rt.CreateTask(giving("async function"))); v != "async function" {
				t.Errorf("%q", v)
			}
			if v := rt.Await(rt.CreateTask(rt.Return("plain value"))); v != "plain value" {
				t.Errorf("%q", v)
			}
		}
		// A future is a result like any other: nobody awaits it.
		if f := rt.Await(rt.CreateTask(fut())); f.Done() {
			t.Error("the future is done")
		}
		return nil
	}())
}

func TestTaskAddsUpWhatItAwaits(t *testing.T) {
	sum := run(t, func() rt.Coro[int] {
		a := rt.Await(giving(42))
		b := rt.Await(giving(1000))
		return rt.Return(a + b)
	}())
	if sum != 1042 {
		t.Error(sum)
	}
}

// The running loop takes the task; without one there is CreateTaskOn.
func TestTaskNeedsTheRunningLoop(t *testing.T) {
	l := tasksLoop(t)
	task, err := rt.RunOn(l, func() rt.Coro[*rt.Task[string]] {
		return rt.Return(rt.CreateTask(giving("ok")))
	}())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := runUntil(l, task); v != "ok" || err != nil {
		t.Error(v, err)
	}
	said := misuse(func() { rt.CreateTask(giving("ok")) })
	want := "rt.CreateTask was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func); in ordinary code there is rt.CreateTaskOn"
	if said != want {
		t.Error(said)
	}
}

func TestTaskAwaitsFutureOfAnotherLoop(t *testing.T) {
	l, other := tasksLoop(t), tasksLoop(t)
	said := misuse(func() { rt.RunOn(l, awaiting(rt.NewFutureOn[int](other))) })
	if !strings.HasPrefix(said, "rt: <Task pending name='Task-1' ") || !strings.Contains(said, "> awaits a future of another loop: use Submit\n") {
		t.Error(said)
	}
}

func TestTaskAwaitsItself(t *testing.T) {
	l := tasksLoop(t)
	var task *rt.Task[int]
	task = rt.CreateTaskOn(l, func() rt.Coro[int] { return rt.Return(rt.Await(task)) }())
	said := misuse(func() { runUntil(l, task) })
	if !strings.Contains(said, "> awaits itself\n") {
		t.Error(said)
	}
	if !task.Done() || task.Err() == nil {
		t.Errorf("%v, error %v", task, task.Err())
	}
}

// What is a future already stays the same one where a coroutine would become a task.
func TestTaskOrFutureStaysItself(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[string]()
		f.SetResult("ko")
		task := rt.CreateTask(giving("ok"))
		var got []rt.AnyFuture
		for c := range rt.AwaitEach(rt.AsCompleted[string](task, f)) {
			got = append(got, c)
		}
		if !slices.Equal(got, []rt.AnyFuture{f, task}) {
			t.Errorf("AsCompleted gives others: %v", got)
		}
		if rt.Shield(f) != f {
			t.Error("Shield gives another future")
		}
		if n := len(rt.AllTasks()); n != 1 {
			t.Errorf("there are %d tasks", n)
		}
		return nil
	}())
}

func TestTaskOfAnotherLoopIsRefused(t *testing.T) {
	l, other := tasksLoop(t), tasksLoop(t)
	for name, aw := range map[string]rt.Awaitable[string]{
		"future": rt.NewFutureOn[string](other),
		"task":   rt.CreateTaskOn(other, giving("ok")),
	} {
		for function, c := range map[string]rt.Coro[rt.None]{
			"Gather":      func() rt.Coro[rt.None] { rt.Gather(aw); return nil }(),
			"Shield":      func() rt.Coro[rt.None] { rt.Shield(aw); return nil }(),
			"AsCompleted": func() rt.Coro[rt.None] { rt.AsCompleted(aw); return nil }(),
		} {
			said := misuse(func() { rt.RunOn(l, c) })
			if !strings.HasPrefix(said, "rt: waiting for a future of another loop: use Submit\n") {
				t.Errorf("%s of a %s: %s", function, name, said)
			}
		}
	}
}

func TestTaskNamed(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		task := rt.CreateTask(giving(1), rt.Name("No-op"))
		if task.Name() != "No-op" {
			t.Error(task.Name())
		}
		rt.Await(task)
		task.SetName("done")
		if task.Name() != "done" {
			t.Error(task.Name())
		}
		return nil
	}())
}

func TestTaskNamesAreNumbered(t *testing.T) {
	l := tasksLoop(t)
	a, b := rt.CreateTaskOn(l, giving(123)), rt.CreateTaskOn(l, giving(123))
	for task, prefix := range map[rt.AnyTask]string{a: "<Task pending name='Task-1' ", b: "<Task pending name='Task-2' "} {
		if !strings.HasPrefix(task.String(), prefix) {
			t.Error(task)
		}
	}
	runUntil(l, a)
	runUntil(l, b)
}

//async:func
func notmuch() rt.Coro[string] { return rt.Return("abc") }

func ignoreTask(*rt.Task[string]) {}

// taskPlaces are those of a task's description that tell a file and line.
var taskPlaces = regexp.MustCompile(`at [^ >\]]*:\d+`)

func TestTaskStringOfEachState(t *testing.T) {
	l := tasksLoop(t)
	var e events
	show := func(task rt.AnyTask) { e.add("%s", taskPlaces.ReplaceAllString(task.String(), "at …")) }
	task := rt.CreateTaskOn(l, notmuch(), rt.Name("TestTask"))
	task.AddDoneCallback(ignoreTask)
	show(task)
	task.Cancel() // which takes no effect before the task's next step
	show(task)
	runUntil(l, task)
	show(task)
	task = rt.CreateTaskOn(l, notmuch(), rt.Name("TestTask"))
	runUntil(l, task)
	show(task)
	e.want(t,
		"<Task pending name='TestTask' coro=<notmuch() running at …> cb=[scenarios.ignoreTask() at …]>",
		"<Task cancelling name='TestTask' coro=<notmuch() running at …> cb=[scenarios.ignoreTask() at …]>",
		"<Task cancelled name='TestTask' coro=<notmuch() done, defined at …>>",
		"<Task finished name='TestTask' coro=<notmuch() done, defined at …> result='abc'>")
}

func TestTaskStringShowsWhatItWaitsFor(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		task := rt.CreateTask(awaiting(f))
		inner := "wait_for=<Future pending cb=[Task.task_wakeup()]>"
		if strings.Contains(task.String(), inner) {
			t.Errorf("before its first step: %v", task)
		}
		rt.Await(rt.Sleep(0))
		if !strings.Contains(task.String(), inner) {
			t.Errorf("while it waits: %v", task)
		}
		f.SetResult(1)
		rt.Await(task)
		if strings.Contains(task.String(), "wait_for") {
			t.Errorf("when it is done: %v", task)
		}
		return nil
	}())
}

//async:func
func outermost() rt.Coro[string] { return rt.Return(rt.Await(innermost())) }

//async:func
func innermost() rt.Coro[string] { return rt.Return(rt.CurrentTask().String()) }

// A task that describes itself from inside of a call names its outermost function.
func TestTaskStringWhileItRuns(t *testing.T) {
	said := run(t, func() rt.Coro[string] { return rt.Return(rt.Await(rt.CreateTask(outermost()))) }())
	if !strings.Contains(said, " coro=<outermost() running at rt/scenarios/tasks_test.go:") {
		t.Error(said)
	}
}

func TestTaskCurrentTask(t *testing.T) {
	l := tasksLoop(t)
	var task *rt.Task[rt.None]
	task = rt.CreateTaskOn(l, func() rt.Coro[rt.None] {
		for range 2 {
			if rt.CurrentTask() != rt.AnyTask(task) {
				t.Errorf("%v runs", rt.CurrentTask())
			}
			rt.Await(rt.Sleep(0))
		}
		return nil
	}())
	runUntil(l, task)
	if !task.Done() {
		t.Error(task)
	}
}

func TestTaskCurrentTaskOutsideOfTheLoop(t *testing.T) {
	l := tasksLoop(t)
	rt.RunOn(l, rt.Sleep(0))
	said := misuse(func() { rt.CurrentTask() })
	if said != "rt.CurrentTask was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)" {
		t.Error(said)
	}
}

func TestTaskCurrentTaskOfTwoThatTakeTurns(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		var task1, task2 *rt.Task[rt.None]
		f1, f2 := rt.NewFuture[bool](), rt.NewFuture[bool]()
		task1 = rt.CreateTask(func() rt.Coro[rt.None] {
			e.add("1 begins %v", rt.CurrentTask() == rt.AnyTask(task1))
			rt.Await(f1)
			e.add("1 goes on %v", rt.CurrentTask() == rt.AnyTask(task1))
			f2.SetResult(true)
			return nil
		}())
		task2 = rt.CreateTask(func() rt.Coro[rt.None] {
			e.add("2 begins %v", rt.CurrentTask() == rt.AnyTask(task2))
			f1.SetResult(true)
			rt.Await(f2)
			e.add("2 goes on %v", rt.CurrentTask() == rt.AnyTask(task2))
			return nil
		}())
		rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, task1, task2))
		e.want(t, "1 begins true", "2 begins true", "1 goes on true", "2 goes on true")
		return nil
	}())
}

func TestTaskIsNotCurrentInItsOwnersStep(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		main := rt.CurrentTask()
		task := rt.CreateTask(giving(1))
		if rt.CurrentTask() != main {
			t.Error("CreateTask makes the new task the current one")
		}
		rt.Await(task)
		if rt.CurrentTask() != main {
			t.Error("the awaited task is left as the current one")
		}
		return nil
	}())
}

func TestTaskIsOneOfAllTasksUntilItIsDone(t *testing.T) {
	l := tasksLoop(t)
	if all := l.AllTasks(); len(all) != 0 {
		t.Error(all)
	}
	task := rt.CreateTaskOn(l, giving(1))
	if all := l.AllTasks(); !slices.Equal(all, []rt.AnyTask{task}) {
		t.Error(all)
	}
	runUntil(l, task)
	if all := l.AllTasks(); len(all) != 0 {
		t.Error(all)
	}
}

// A future whose result a task awaits is what it gives back, the very same value.
func TestTaskGivesTheVeryResultOfItsFuture(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[*int]()
		var got *int
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			got = rt.Await(f)
			return nil
		}())
		rt.Await(rt.Sleep(0))
		v := 7
		f.SetResult(&v)
		rt.Await(rt.Sleep(0))
		if got != &v || !task.Done() {
			t.Errorf("got %p, want %p; done %v", got, &v, task.Done())
		}
		return nil
	}())
}

func TestTaskWaitsForFutureThatATimerCompletes(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		l := rt.RunningLoop()
		l.CallLater(100*ms, func() { f.SetResult(1) })
		task := rt.CreateTask(func() rt.Coro[string] {
			rt.Await(f)
			return rt.Return("spam")
		}())
		if v := rt.Await(task); v != "spam" || l.Time() != 100*ms {
			t.Errorf("%q after %v", v, l.Time())
		}
		return nil
	}())
}
