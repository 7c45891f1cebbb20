//go:build asyncgen

package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// The eager task is an ordinary one, and stays apart from who made it.
func TestEagerTask(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		main := rt.CurrentTask()
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			e.add("%s runs", rt.CurrentTask().Name())
			return nil
		}(), rt.EagerStart(), rt.Name("eager"))
		e.add("%s runs, %s is made", rt.CurrentTask().Name(), task.Name())
		rt.Await(task)
		e.want(t, "eager runs", "Task-1 runs, eager is made")
		if rt.CurrentTask() != main {
			t.Error(rt.CurrentTask())
		}
		return nil
	}())
}

// What the first step completes is done when CreateTask returns.
func TestEagerStepCompletesFuture(t *testing.T) {
	v := run(t, func() rt.Coro[string] {
		f := rt.NewFuture[string]()
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			f.SetResult("my message")
			return nil
		}(), rt.EagerStart())
		if !task.Done() {
			t.Error("the task is not done")
		}
		return rt.Return(rt.Await(f))
	}())
	if v != "my message" {
		t.Error(v)
	}
}

func TestEagerCompletion(t *testing.T) {
	v := run(t, func() rt.Coro[string] {
		task := rt.CreateTask(giving("hello"), rt.EagerStart())
		if !task.Done() {
			t.Error("the task is not done")
		}
		return rt.Return(rt.Await(task))
	}())
	if v != "hello" {
		t.Error(v)
	}
}

func TestEagerTaskThatBlocks(t *testing.T) {
	v := run(t, func() rt.Coro[string] {
		task := rt.CreateTask(givingAfter(100*ms, "finished after blocking"), rt.EagerStart())
		if task.Done() {
			t.Error("the task is done at once")
		}
		v := rt.Await(task)
		if !task.Done() {
			t.Error("the task is not done")
		}
		return rt.Return(v)
	}())
	if v != "finished after blocking" {
		t.Error(v)
	}
}

func TestEagerTaskCanceledAfterItsEnd(t *testing.T) {
	v := run(t, func() rt.Coro[string] {
		task := rt.CreateTask(giving("finished without blocking"), rt.EagerStart())
		if task.Cancel() {
			t.Error("a task that is done can be canceled")
		}
		v := rt.Await(task)
		if task.Canceled() {
			t.Error("the task is canceled")
		}
		return rt.Return(v)
	}())
	if v != "finished without blocking" {
		t.Error(v)
	}
}

func TestEagerTaskCanceledWhereItBlocks(t *testing.T) {
	_, err := try(t, func() rt.Coro[string] {
		task := rt.CreateTask(givingAfter(100*ms, "finished after blocking"), rt.EagerStart())
		task.Cancel("cancellation message")
		if task.Canceling() != 1 {
			t.Errorf("%d requests", task.Canceling())
		}
		return rt.Return(rt.Await(task))
	}())
	if c, ok := err.(*rt.CanceledError); !ok || c.Msg != "cancellation message" {
		t.Error(err)
	}
}

// The task is the current one in its first step and in the later ones.
func TestEagerCurrentTask(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var first, later rt.AnyTask
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			first = rt.CurrentTask()
			rt.Await(rt.Sleep(100 * ms))
			later = rt.CurrentTask()
			return nil
		}(), rt.EagerStart())
		if first != rt.AnyTask(task) {
			t.Errorf("first %v", first)
		}
		rt.Await(task)
		if later != rt.AnyTask(task) {
			t.Errorf("later %v", later)
		}
		return nil
	}())
}

// A task that ends in its first step is one of AllTasks during that step only.
func TestEagerAllTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var during []rt.AnyTask
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			during = rt.AllTasks()
			return nil
		}(), rt.EagerStart())
		if !slices.Contains(during, rt.AnyTask(task)) {
			t.Errorf("during its step: %v", during)
		}
		if all := rt.AllTasks(); slices.Contains(all, rt.AnyTask(task)) {
			t.Errorf("afterwards: %v", all)
		}
		return nil
	}())
}

func TestEagerAllTasksWhileItBlocks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var during []rt.AnyTask
		f1, f2 := rt.NewFuture[rt.None](), rt.NewFuture[rt.None]()
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			during = rt.AllTasks()
			rt.Await(f1)
			f2.SetResult(rt.None{})
			return nil
		}(), rt.EagerStart())
		if !slices.Contains(during, rt.AnyTask(task)) {
			t.Errorf("during its first step: %v", during)
		}
		if all := rt.AllTasks(); !slices.Contains(all, rt.AnyTask(task)) {
			t.Errorf("while it waits: %v", all)
		}
		f1.SetResult(rt.None{})
		rt.Await(f2)
		if all := rt.AllTasks(); slices.Contains(all, rt.AnyTask(task)) {
			t.Errorf("when it has ended: %v", all)
		}
		return nil
	}())
}

// An eager step has a copy of the variables as any other.
func TestEagerTaskHasVariablesOfItsOwn(t *testing.T) {
	v := rt.NewVar("v", 0)
	run(t, func() rt.Coro[rt.None] {
		var e events
		v.Set(1)
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			e.add("first step: %d", v.Get())
			v.Set(2)
			rt.Await(rt.Sleep(100 * ms))
			e.add("second step: %d", v.Get())
			v.Set(3)
			e.add("set: %d", v.Get())
			return nil
		}(), rt.EagerStart())
		e.add("main: %d", v.Get())
		rt.Await(task)
		e.add("main: %d", v.Get())
		e.want(t, "first step: 1", "main: 1", "second step: 2", "set: 3", "main: 1")
		return nil
	}())
}

// eagerCounter makes tasks, and counts those that had to wait.
type eagerCounter struct {
	eager   bool
	waiting int // tasks that were not done when they were made
}

// made takes note of a new task.
func (c *eagerCounter) made(task rt.AnyTask) {
	if !task.Done() {
		c.waiting++
	}
}

// options are those of the tasks to be counted.
func (c *eagerCounter) options() []rt.TaskOption {
	if c.eager {
		return []rt.TaskOption{rt.EagerStart()}
	}
	return nil
}

//async:func
func awaitableChain(depth int) rt.Coro[int] {
	if depth == 0 {
		return rt.Return(0)
	}
	return rt.Return(1 + rt.Await(awaitableChain(depth-1)))
}

//async:func
func (c *eagerCounter) recursiveGroups(width, depth int) rt.Coro[rt.None] {
	if depth == 0 {
		return nil
	}
	return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
		for range width {
			c.made(rt.Go(tg, c.recursiveGroups(width, depth-1), c.options()...))
		}
		return nil
	})
}

//async:func
func (c *eagerCounter) recursiveGather(width, depth int) rt.Coro[rt.None] {
	if depth == 0 {
		return nil
	}
	var aws []rt.Awaitable[rt.None]
	for range width {
		if !c.eager {
			aws = append(aws, c.recursiveGather(width, depth-1))
			continue
		}
		task := rt.CreateTask(c.recursiveGather(width, depth-1), rt.EagerStart())
		c.made(task)
		aws = append(aws, task)
	}
	rt.Await(rt.Gather(aws...))
	return nil
}

// numbered is how many tasks the loop had before the current one, by its name.
//
//async:func
func numbered() rt.Coro[int] {
	n, err := strconv.Atoi(strings.TrimPrefix(rt.CurrentTask().Name(), "Task-"))
	if err != nil {
		rt.Throw(err)
	}
	return rt.Return(n - 1)
}

// Calls that are awaited are no tasks, however deep.
func TestEagerOrNotAChainOfCallsIsNoTask(t *testing.T) {
	l := tasksLoop(t)
	if depth, err := rt.RunOn(l, awaitableChain(100)); depth != 100 || err != nil {
		t.Error(depth, err)
	}
	if n, _ := rt.RunOn(l, numbered()); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// Each call in a group or gather is a task. An eager one that has not to wait is done where it is made. A group waits a
// turn for its tasks in any case, as CPython's does since python/cpython#128550; all of its tasks but the innermost have one.
func TestEagerOrNotTasksAreCounted(t *testing.T) {
	const all = 1 + 5 + 5*5 + 5*5*5 + 5*5*5*5
	for _, eager := range []bool{false, true} {
		for name, c := range map[string]struct {
			run     func(c *eagerCounter) rt.Coro[rt.None]
			waiting int
		}{
			"groups": {func(c *eagerCounter) rt.Coro[rt.None] { return c.recursiveGroups(5, 4) }, 5 + 5*5 + 5*5*5},
			"gather": {func(c *eagerCounter) rt.Coro[rt.None] { return c.recursiveGather(5, 4) }, 0},
		} {
			f, waiting := c.run, c.waiting
			l := tasksLoop(t)
			c := &eagerCounter{eager: eager}
			if _, err := rt.RunOn(l, f(c)); err != nil {
				t.Error(err)
			}
			if n, _ := rt.RunOn(l, numbered()); n != all {
				t.Errorf("%s, eager %v: %d tasks, want %d", name, eager, n, all)
			}
			if eager && c.waiting != waiting {
				t.Errorf("%s: %d eager tasks had to wait, want %d", name, c.waiting, waiting)
			}
		}
	}
}
