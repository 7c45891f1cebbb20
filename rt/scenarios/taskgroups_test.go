//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/rttest"
)

// What CPython's test_taskgroups.py pins down.

var (
	errGroupTask  = errors.New("a task's")
	errGroupBody  = errors.New("the body's")
	errGroupOther = errors.New("another task's")
)

// groupSleep sleeps and gives v. It notes a cancellation, which goes on.
//
//async:func
func groupSleep(e *events, name string, d time.Duration, v int) rt.Coro[int] {
	if _, err := rt.CatchAwait(rt.Sleep(d)); err != nil {
		e.add("%s: %v", name, err)
		rt.Throw(err)
	}
	return rt.Return(v)
}

// groupFail sleeps and fails.
//
//async:func
func groupFail(d time.Duration, err error) rt.Coro[int] {
	rt.Await(rt.Sleep(d))
	return rt.Fail[int](err)
}

// groupFailInEnd sleeps, and fails with err however that ends: `try: await sleep(d)`, `finally: raise err`.
//
//async:func
func groupFailInEnd(d time.Duration, err error) rt.Coro[int] {
	defer rt.Await(rt.Fail[int](err))
	rt.Await(rt.Sleep(d))
	return nil
}

// groupCancelAfter makes c a task, cancels it after d and gives the error with which it ends.
//
//async:func
func groupCancelAfter[T any](t *testing.T, d time.Duration, c rt.Coro[T]) rt.Coro[error] {
	task := rt.CreateTask(c)
	rt.Await(rt.Sleep(d))
	if task.Done() {
		t.Errorf("after %v it is %v", d, task)
	}
	task.Cancel()
	_, err := rt.CatchAwait(task)
	return rt.Return(err)
}

// wantGroup compares the errors that an *ErrorGroup holds, in their order.
func wantGroup(t *testing.T, err error, want ...error) {
	t.Helper()
	g, ok := err.(*rt.ErrorGroup)
	if !ok {
		t.Errorf("got %v, which is not an ErrorGroup", err)
		return
	}
	if diff := cmp.Diff(want, g.Errs, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("the errors of the group (-want +got):\n%s", diff)
	}
}

// wantCanceled checks that err itself is a cancellation.
func wantCanceled(t *testing.T, err error) {
	t.Helper()
	if _, ok := err.(*rt.CanceledError); !ok {
		t.Errorf("got %v, want a cancellation", err)
	}
}

func TestTaskGroupWaitsForItsTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var t1, t2 *rt.Task[int]
		e := &events{}
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			t1 = rt.Go(tg, groupSleep(e, "t1", 100*ms, 42))
			t2 = rt.Go(tg, groupSleep(e, "t2", 200*ms, 11))
			return nil
		}))
		a, _ := t1.Result()
		b, _ := t2.Result()
		e.add("%v: %d, %d", rt.RunningLoop().Time(), a, b)
		e.want(t, "200ms: 42, 11")
		return nil
	}())
}

func TestTaskGroupTakesTasksWhileItsBodyWaits(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var t1, t2 *rt.Task[int]
		e := &events{}
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			t1 = rt.Go(tg, groupSleep(e, "t1", 100*ms, 42))
			rt.Await(rt.Sleep(150 * ms))
			t2 = rt.Go(tg, groupSleep(e, "t2", 200*ms, 11))
			return nil
		}))
		a, _ := t1.Result()
		b, _ := t2.Result()
		e.add("%v: %d, %d", rt.RunningLoop().Time(), a, b)
		e.want(t, "350ms: 42, 11")
		return nil
	}())
}

// A task that somebody cancels is no failure: neither the others nor the body hear of it.
func TestTaskGroupGoesOnWhenOneTaskIsCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var t1, t2 *rt.Task[int]
		e := &events{}
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			t1 = rt.Go(tg, groupSleep(e, "t1", second, 42))
			rt.Await(rt.Sleep(150 * ms))
			t1.Cancel()
			t2 = rt.Go(tg, groupSleep(e, "t2", 200*ms, 11))
			return nil
		}))
		b, _ := t2.Result()
		e.add("%v: t1 canceled: %v, t2: %d", rt.RunningLoop().Time(), t1.Canceled(), b)
		e.want(t, "t1: canceled", "350ms: t1 canceled: true, t2: 11")
		return nil
	}())
}

func TestTaskGroupErrorOfOneTaskCancelsTheOthers(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		var t2 *rt.Task[int]
		_, err := rt.TryAwait(rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, groupFail(100*ms, errGroupTask))
				t2 = rt.Go(tg, groupSleep(e, "t2", second, 0))
				return nil
			}))
			e.add("behind the group")
			return nil
		}()))
		wantGroup(t, err, errGroupTask)
		e.add("t2 canceled: %v", t2.Canceled())
		return nil
	}())
	e.want(t, "t2: canceled", "t2 canceled: true")
}

// The body is canceled after the tasks. Those that fail in the same turn are all in the group's error.
func TestTaskGroupErrorOfATaskCancelsTheBody(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] {
				for range 3 {
					rt.Go(tg, groupFail(100*ms, errGroupTask))
				}
				rt.Go(tg, groupSleep(e, "task", 5*second, 0))
				return groupSleep(e, "body", 10*second, 0)
			}))
			e.add("behind the group")
			return nil
		}()))
		wantGroup(t, err, errGroupTask, errGroupTask, errGroupTask)
		return nil
	}())
	e.want(t, "task: canceled", "body: canceled")
}

// A cancellation from outside ends the body, where it still runs, and then the tasks; it goes on as what it is.
func TestTaskGroupCanceledFromOutside(t *testing.T) {
	for _, c := range []struct {
		name  string
		body  bool // waits
		tasks int
		want  []string
	}{
		{"in the body", true, 2, []string{"body: canceled", "task 0: canceled", "task 1: canceled"}},
		{"in the wait for the tasks", false, 2, []string{"task 0: canceled", "task 1: canceled"}},
		{"in the body of one without tasks", true, 0, []string{"body: canceled"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &events{}
			err := run(t, groupCancelAfter(t, 100*ms, rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] {
				for i := range c.tasks {
					rt.Go(tg, groupSleep(e, fmt.Sprint("task ", i), 5*second, 0))
				}
				if c.body {
					rt.Await(groupSleep(e, "body", 10*second, 0))
				}
				return nil
			})))
			wantCanceled(t, err)
			e.want(t, c.want...)
		})
	}
}

func TestTaskGroupErrorsOfCanceledTasksReplaceTheCancellation(t *testing.T) {
	err := run(t, groupCancelAfter(t, 100*ms, rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
		for range 5 {
			rt.Go(tg, groupFailInEnd(10*second, errGroupTask))
		}
		return rt.Sleep(10 * second)
	})))
	wantGroup(t, err, errGroupTask, errGroupTask, errGroupTask, errGroupTask, errGroupTask)
}

// The body's error comes in a group as well; its tasks may have begun by then or not.
func TestTaskGroupErrorOfTheBodyCancelsTheTasks(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		want  []string
	}{
		{"later", 100 * ms, []string{"t1: canceled", "t2: canceled"}},
		{"at once", 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &events{}
			run(t, func() rt.Coro[rt.None] {
				var t1, t2 *rt.Task[int]
				_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
					t1 = rt.Go(tg, groupSleep(e, "t1", second, 42))
					t2 = rt.Go(tg, groupSleep(e, "t2", 2*second, 11))
					if c.after > 0 {
						rt.Await(rt.Sleep(c.after))
					}
					rt.Throw(errGroupBody)
					return nil
				}))
				wantGroup(t, err, errGroupBody)
				if !t1.Canceled() || !t2.Canceled() {
					t.Errorf("not canceled: %v, %v", t1, t2)
				}
				return nil
			}())
			e.want(t, c.want...)
		})
	}
}

func TestTaskGroupErrorOfAnInnerGroupIsOneOfTheOuter(t *testing.T) {
	for _, tasks := range []int{0, 1} { // of the outer group
		t.Run(fmt.Sprintf("%d tasks", tasks), func(t *testing.T) {
			err := run(t, groupCancelAfter(t, 100*ms, rt.WithTaskGroup(func(outer *rt.TaskGroup) rt.Coro[rt.None] {
				for range tasks {
					rt.Go(outer, rt.Sleep(10*second))
				}
				return rt.WithTaskGroup(func(inner *rt.TaskGroup) rt.Coro[rt.None] {
					for range 2 {
						rt.Go(inner, groupFailInEnd(10*second, errGroupTask))
					}
					return rt.Sleep(10 * second)
				})
			})))
			g, ok := err.(*rt.ErrorGroup)
			if !ok || len(g.Errs) != 1 {
				t.Fatalf("got %v, want a group of one", err)
			}
			wantGroup(t, g.Errs[0], errGroupTask, errGroupTask)
		})
	}
}

func TestTaskGroupErrorPassesNestedGroups(t *testing.T) {
	for _, c := range []struct {
		name         string
		outer, inner time.Duration
		nested       bool // the error is in a group in the group
	}{
		{"of the outer one's task", 100 * ms, 10 * second, false},
		{"of the inner one's task", 10 * second, 100 * ms, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			run(t, func() rt.Coro[rt.None] {
				_, err := rt.TryAwait(rt.CreateTask(rt.WithTaskGroup(func(outer *rt.TaskGroup) rt.Coro[rt.None] {
					rt.Go(outer, groupFail(c.outer, errGroupTask))
					return rt.WithTaskGroup(func(inner *rt.TaskGroup) rt.Coro[rt.None] {
						rt.Go(inner, groupFail(c.inner, errGroupTask))
						return nil
					})
				})))
				if g, ok := err.(*rt.ErrorGroup); ok && c.nested {
					err = g.Errs[0]
				}
				wantGroup(t, err, errGroupTask)
				if now := rt.RunningLoop().Time(); now != 100*ms {
					t.Errorf("it is %v", now)
				}
				return nil
			}())
		})
	}
}

// The task fails while the body is still busy with its cancellation: the error replaces it.
func TestTaskGroupErrorWhileTheBodyIsCanceled(t *testing.T) {
	group := func() rt.Coro[rt.None] {
		return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, groupFail(300*ms, errGroupTask))
			if _, err := rt.CatchAwait(rt.Sleep(10 * second)); err != nil {
				rt.Await(rt.Sleep(500 * ms))
				rt.Throw(err)
			}
			return nil
		})
	}
	for name, main := range map[string]func() rt.Coro[rt.None]{
		"in the task that is canceled": group,
		"in a task that it waits for": func() rt.Coro[rt.None] {
			return rt.Return(rt.Await(rt.CreateTask(group())))
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantGroup(t, run(t, groupCancelAfter(t, 100*ms, main())), errGroupTask)
		})
	}
}

// Not a good idea, but it has to work.
func TestTaskGroupBodyMayTurnItsCancellationIntoAnError(t *testing.T) {
	err := run(t, groupCancelAfter(t, 100*ms, rt.WithTaskGroup(func(*rt.TaskGroup) rt.Coro[int] {
		return groupFailInEnd(10*second, errGroupBody)
	})))
	wantGroup(t, err, errGroupBody)
}

func TestTaskGroupErrorsOfTaskAndBodyComeTogether(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.CreateTask(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] {
			rt.Go(tg, groupFail(100*ms, errGroupTask))
			return groupFailInEnd(10*second, errGroupBody)
		})))
		wantGroup(t, err, errGroupTask, errGroupBody)
		return nil
	}())
}

// A panic is what comes nearest to a KeyboardInterrupt: no ErrorGroup holds it back.
func TestTaskGroupPanicOfTheBodyPasses(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		rt.Await(func() rt.Coro[rt.None] {
			defer func() { e.add("recovered: %v", recover()) }()
			rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, groupFail(100*ms, errGroupTask))
				defer func() { panic("interrupt") }()
				rt.Await(rt.Sleep(10 * second))
				return nil
			}))
			return nil
		}())
		e.add("canceling: %d", rt.CurrentTask().Canceling())
		return nil
	}())
	e.want(t, "recovered: interrupt", "canceling: 0")
}

// groupCleanUp sleeps until it is canceled, cleans up for d and, with an err, fails.
//
//async:func
func groupCleanUp(e *events, name string, d time.Duration, err error) rt.Coro[int] {
	rt.CatchAwait(rt.Sleep(second))
	e.add("%v: %s is canceled", rt.RunningLoop().Time(), name)
	rt.Await(rt.Sleep(d))
	e.add("%v: %s has cleaned up", rt.RunningLoop().Time(), name)
	if err != nil {
		rt.Throw(err)
	}
	return nil
}

// The events are those of KeyboardInterrupt in the body: the group waits, others run meanwhile, the errors of the
// tasks do not hold it back.
func TestTaskGroupPanicOfTheBodyWaitsForTheTasks(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		rt.RunningLoop().CallLater(150*ms, func() { e.add("150ms: others run") })
		said := rt.Await(groupRecover(rt.WithTaskGroup(func(outer *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(outer, groupCleanUp(e, "outer", 100*ms, nil))
			return rt.WithTaskGroup(func(inner *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(inner, groupCleanUp(e, "inner", 250*ms, errGroupTask))
				rt.Await(rt.Sleep(50 * ms))
				panic("interrupt")
			})
		})))
		e.add("%v: %s, canceling: %d", rt.RunningLoop().Time(), said, rt.CurrentTask().Canceling())
		return nil
	}())
	e.want(t, "50ms: inner is canceled", "150ms: others run", "300ms: inner has cleaned up",
		"300ms: outer is canceled", "400ms: outer has cleaned up", "400ms: interrupt, canceling: 0")
}

// A panic in the body of a timeout takes the limit away, and the request to cancel if the limit has passed.
func TestTaskGroupPanicPassesATimeout(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		for _, limit := range []time.Duration{100 * ms, second} {
			e := &events{}
			began := rt.RunningLoop().Time()
			var kept *rt.Deadline
			said := rt.Await(groupRecover(rt.WithTimeout(limit, func(d *rt.Deadline) rt.Coro[rt.None] {
				kept = d
				return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
					rt.Go(tg, groupCleanUp(&events{}, "task", 250*ms, nil))
					rt.Await(rt.Sleep(50 * ms))
					panic("interrupt")
				})
			})))
			e.add("%v: %s, canceling: %d, expired: %v", rt.RunningLoop().Time()-began, said, rt.CurrentTask().Canceling(), kept.Expired())
			rt.Await(rt.Sleep(2 * second))
			e.want(t, fmt.Sprintf("300ms: interrupt, canceling: 0, expired: %v", limit < 300*ms))
		}
		return nil
	}())
}

// A group that goes on for long does not keep the tasks that are done.
func TestTaskGroupLetsGoOfFinishedTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			const inHand = 1 // the loop still knows the callback that it has called last
			var tasks []weak.Pointer[rt.Task[rt.None]]
			kept := func() (n int) {
				runtime.GC()
				for _, p := range tasks {
					if p.Value() != nil {
						n++
					}
				}
				return n
			}
			for i := range 10 {
				rt.Await(rt.Sleep(100 * ms))
				tasks = append(tasks, weak.Make(rt.Go(tg, rt.Sleep(300*ms))))
				if n := kept(); i == 5 && n >= 5+inHand {
					t.Errorf("%d tasks are kept of %d", n, len(tasks))
				}
			}
			rt.Await(rt.Sleep(1350 * ms))
			if n := kept(); n > inHand {
				t.Errorf("%d tasks are kept after all have ended", n)
			}
			return nil
		})
	}())
}

func TestTaskGroupTakesTasksFromItsTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, func() rt.Coro[rt.None] {
				rt.Await(rt.Sleep(100 * ms))
				rt.Go(tg, rt.Sleep(100*ms))
				rt.Go(tg, rt.Sleep(200*ms))
				return nil
			}())
			return nil
		}))
		if now := rt.RunningLoop().Time(); now != 300*ms {
			t.Errorf("the group ended at %v", now)
		}
		return nil
	}())
}

// Tasks that double themselves do not outlive a failure: they cannot make more in a group that shuts down.
func TestTaskGroupErrorStopsTasksThatMakeTasks(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		heads := 0
		var hydra func(tg *rt.TaskGroup) rt.Coro[rt.None]
		hydra = func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			heads++
			rt.Await(rt.Sleep(10 * ms))
			rt.Go(tg, hydra(tg))
			rt.Go(tg, hydra(tg))
			return nil
		}
		_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, hydra(tg))
			rt.Go(tg, func() rt.Coro[rt.None] {
				for heads < 10 {
					rt.Await(rt.Sleep(15 * ms))
				}
				rt.Throw(errGroupTask)
				return nil
			}())
			return nil
		}))
		wantGroup(t, err, errGroupTask)
		if heads != 31 {
			t.Errorf("there were %d heads", heads)
		}
		return nil
	}())
}

func TestTaskGroupNamesItsTasks(t *testing.T) {
	run(t, rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
		task := rt.Go(tg, rt.Sleep(0), rt.Name("yolo"))
		if name := task.Name(); name != "yolo" {
			t.Errorf("it is called %s", name)
		}
		return nil
	}))
}

// groupGo is Go as a coroutine, so that its error can be looked at.
//
//async:func
func groupGo[T any](tg *rt.TaskGroup, c rt.Coro[T]) rt.Coro[*rt.Task[T]] {
	return rt.Return(rt.Go(tg, c))
}

func TestTaskGroupTakesNoTaskAfterAFailure(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, groupFail(ms, errGroupTask))
			rt.Go(tg, func() rt.Coro[rt.None] {
				_, err := rt.CatchAwait(rt.Sleep(second))
				e.add("%v", err)
				_, err = rt.TryAwait(groupGo(tg, groupFail(ms, errGroupOther)))
				e.add("%v", err)
				return nil
			}())
			return nil
		}))
		wantGroup(t, err, errGroupTask)
		return nil
	}())
	e.want(t, "canceled", rt.ErrGroupClosed.Error())
}

// What the body's deferred calls fail with, when the group cancels the body, is an error of its own.
func TestTaskGroupErrorOfTheBodysDeferredCalls(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		rt.Await(rt.CreateTask(func() rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				defer rt.Await(rt.Fail[int](errGroupBody))
				rt.Go(tg, rt.Fail[int](errGroupTask))
				rt.Await(rt.Sleep(second))
				return nil
			}))
			wantGroup(t, err, errGroupTask, errGroupBody)
			if n := rt.CurrentTask().Canceling(); n != 0 {
				t.Errorf("%d requests to cancel are left", n)
			}
			return nil
		}()))
		return nil
	}())
}

// groupRecover awaits c and gives what it panics with.
//
//async:func
func groupRecover[T any](c rt.Coro[T]) (said rt.Coro[string]) {
	defer func() {
		if r := recover(); r != nil {
			said = rt.Return(fmt.Sprint(r))
		}
	}()
	rt.Await(c)
	return nil
}

// A group is entered where it is awaited, and that happens once.
func TestTaskGroupIsEnteredOnce(t *testing.T) {
	const twice = "was already awaited"
	run(t, func() rt.Coro[rt.None] {
		var within rt.Coro[int]
		within = rt.WithTaskGroup(func(*rt.TaskGroup) rt.Coro[int] {
			if said := rt.Await(groupRecover(within)); !strings.Contains(said, twice) {
				t.Errorf("in its own body: %q", said)
			}
			return nil
		})
		rt.Await(within)
		if said := rt.Await(groupRecover(within)); !strings.Contains(said, twice) {
			t.Errorf("when it has ended: %q", said)
		}
		return nil
	}())
}

// The coroutine that the group refuses is closed: it is not one that was forgotten, and cannot run later.
func TestTaskGroupTakesNoTaskWhenItHasEnded(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var ended *rt.TaskGroup
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			ended = tg
			return nil
		}))
		late := rt.Sleep(0)
		if _, err := rt.TryAwait(groupGo(ended, late)); err != rt.ErrGroupClosed {
			t.Errorf("got %v", err)
		}
		if said := rt.Await(groupRecover(late)); !strings.Contains(said, "was already awaited") {
			t.Errorf("the refused coroutine: %q", said)
		}
		return nil
	}())
}

func TestTaskGroupThatWasNotEntered(t *testing.T) {
	said := run(t, groupRecover(groupGo(new(rt.TaskGroup), rt.Sleep(0))))
	if said != "rt.Go: the TaskGroup was not made by WithTaskGroup" {
		t.Errorf("it says %q", said)
	}
}

func TestTaskGroupTakesItsRequestToCancelBack(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, groupFail(0, errGroupTask))
			return nil
		}))
		wantGroup(t, err, errGroupTask)
		if n := rt.CurrentTask().Canceling(); n != 0 {
			t.Errorf("%d requests to cancel are left", n)
		}
		return nil
	}())
}

// Both groups cancel the parent. Behind the inner one, whose errors were caught, the outer one's request is left.
func TestTaskGroupsBothCancelTheParent(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		_, err := rt.TryAwait(rt.WithTaskGroup(func(outer *rt.TaskGroup) rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.WithTaskGroup(func(inner *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(inner, groupFail(0, errGroupTask))
				rt.Go(outer, groupFail(0, errGroupOther))
				return nil
			}))
			wantGroup(t, err, errGroupTask)
			e.add("behind the inner group: %d", rt.CurrentTask().Canceling())
			return nil
		}))
		wantGroup(t, err, errGroupOther)
		e.add("behind the outer group: %d", rt.CurrentTask().Canceling())
		return nil
	}())
	e.want(t, "behind the inner group: 1", "behind the outer group: 0")
}

// A cancellation from outside in the turn in which a task fails: the error is raised, and the task hears of the
// cancellation at its next await.
func TestTaskGroupErrorAndCancellationAtOnce(t *testing.T) {
	e := &events{}
	run(t, func() rt.Coro[rt.None] {
		var event rt.Event
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, func() rt.Coro[rt.None] {
					event.Set()
					rt.Await(rt.Sleep(0))
					rt.Throw(errGroupTask)
					return nil
				}())
				rt.Await(rt.Sleep(second))
				e.add("the body has slept")
				return nil
			}))
			wantGroup(t, err, errGroupTask)
			e.add("behind the group: %d", rt.CurrentTask().Canceling())
			rt.Await(rt.Sleep(second))
			e.add("has slept behind the group")
			return nil
		}())
		rt.Await(event.Wait())
		e.add("before: %d", task.Canceling())
		task.Cancel()
		e.add("after: %d", task.Canceling())
		_, err := rt.CatchAwait(task)
		wantCanceled(t, err)
		e.add("canceled: %v at %v", task.Canceled(), rt.RunningLoop().Time())
		return nil
	}())
	e.want(t, "before: 0", "after: 1", "behind the group: 1", "canceled: true at 0s")
}

// A group that aborts while its tasks are made eagerly, one inside of the other, reaches those that are not made yet:
// python/cpython#128550.
func TestTaskGroupAbortReachesNestedEagerTasks(t *testing.T) {
	for depth := range 4 {
		rttest.Run(t, func() rt.Coro[rt.None] {
			var never rt.Event
			canceled := 0
			var nested func(tg *rt.TaskGroup, depth int) rt.Coro[rt.None]
			nested = func(tg *rt.TaskGroup, depth int) rt.Coro[rt.None] {
				if depth == 0 {
					rt.Throw(errors.New("the innermost failed"))
				}
				rt.Go(tg, nested(tg, depth-1), rt.EagerStart())
				if _, err := rt.CatchAwait(never.Wait()); err != nil {
					canceled++
				}
				return nil
			}
			_, err := rt.TryAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, nested(tg, depth), rt.EagerStart())
				return nil
			}))
			var group *rt.ErrorGroup
			if !errors.As(err, &group) || len(group.Errs) != 1 || canceled != depth || rt.CurrentTask().Canceling() != 0 {
				t.Errorf("depth %d: %v, %d tasks canceled, %d requests are left", depth, err, canceled, rt.CurrentTask().Canceling())
			}
			return nil
		}())
	}
}
