//go:build asyncgen

package rttest_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/rttest"
)

// orders runs main with many seeds and gives the sequences of events that it has had.
func orders(t *testing.T, main func(log *[]string) rt.Coro[rt.None]) []string {
	var all []string
	rttest.Seeds(t, 100, func(t *testing.T, seed uint64) {
		var log []string
		rttest.Run(t, main(&log), rttest.Shuffle(seed))
		if s := strings.Join(log, " "); !slices.Contains(all, s) {
			all = append(all, s)
		}
	})
	slices.Sort(all)
	return all
}

//async:func
func logs(log *[]string, what string, aw rt.Awaitable[rt.None]) rt.Coro[rt.None] {
	rt.Await(aw)
	*log = append(*log, what)
	return nil
}

// Each program has exactly the orders that Shuffle's doc comment allows.
func TestShuffleExploresTheLegalOrders(t *testing.T) {
	for _, c := range []struct {
		name string
		main func(log *[]string) rt.Coro[rt.None]
		want []string
	}{
		{"tasks begin in any order", func(log *[]string) rt.Coro[rt.None] {
			for _, name := range []string{"a", "b", "c"} {
				rt.CreateTask(logs(log, name, nil))
			}
			rt.Await(rt.Sleep(0))
			return nil
		}, []string{"a b c", "a c b", "b a c", "b c a", "c a b", "c b a"}},
		{"sleeps of one moment end in any order", func(log *[]string) rt.Coro[rt.None] {
			rt.Await(rt.Gather(
				logs(log, "a", rt.Sleep(time.Second)),
				logs(log, "b", rt.Sleep(time.Second)),
				logs(log, "c", rt.Sleep(2*time.Second)),
			))
			return nil
		}, []string{"a b c", "b a c"}},
		{"timers of one moment come in any order", func(log *[]string) rt.Coro[rt.None] {
			loop := rt.RunningLoop()
			for _, name := range []string{"a", "b"} {
				loop.CallLater(time.Second, func() { *log = append(*log, name) })
			}
			rt.Await(rt.Sleep(time.Minute))
			return nil
		}, []string{"a b", "b a"}},
		{"callbacks keep their order", func(log *[]string) rt.Coro[rt.None] {
			loop := rt.RunningLoop()
			rt.CreateTask(logs(log, "task", nil))
			for _, name := range []string{"a", "b"} {
				loop.CallSoon(func() { *log = append(*log, name) })
			}
			rt.Await(rt.Sleep(0))
			return nil
		}, []string{"a b task", "a task b", "task a b"}},
		{"what waits for one future keeps its order", func(log *[]string) rt.Coro[rt.None] {
			f, g := rt.NewFuture[rt.None](), rt.NewFuture[rt.None]()
			f.AddDoneCallback(func(*rt.Future[rt.None]) { *log = append(*log, "f1") })
			tasks := []*rt.Task[rt.None]{rt.CreateTask(logs(log, "f2", f), rt.EagerStart()), rt.CreateTask(logs(log, "g", g), rt.EagerStart())}
			f.AddDoneCallback(func(*rt.Future[rt.None]) { *log = append(*log, "f3") })
			f.SetResult(rt.None{})
			g.SetResult(rt.None{})
			rt.Await(rt.Gather(rt.Awaitables(tasks)...))
			return nil
		}, []string{"f1 f2 f3 g", "f1 f2 g f3", "f1 g f2 f3", "g f1 f2 f3"}},
		{"what waits in one line keeps its order", func(log *[]string) rt.Coro[rt.None] {
			var f, g rt.Event
			var tasks []*rt.Task[rt.None]
			for _, name := range []string{"f1", "f2"} {
				tasks = append(tasks, rt.CreateTask(logs(log, name, f.Wait()), rt.EagerStart()))
			}
			tasks = append(tasks, rt.CreateTask(logs(log, "g", g.Wait()), rt.EagerStart()))
			f.Set()
			g.Set()
			rt.Await(rt.Gather(rt.Awaitables(tasks)...))
			return nil
		}, []string{"f1 f2 g", "f1 g f2", "g f1 f2"}},
		{"Sleep(0) lets what is ready go first", func(log *[]string) rt.Coro[rt.None] {
			rt.CreateTask(logs(log, "task", nil))
			rt.Await(rt.Sleep(0))
			*log = append(*log, "main")
			return nil
		}, []string{"task main"}},
		{"tasks in Sleep(0) go on in any order", func(log *[]string) rt.Coro[rt.None] {
			tasks := []*rt.Task[rt.None]{
				rt.CreateTask(logs(log, "a", rt.Sleep(0)), rt.EagerStart()),
				rt.CreateTask(logs(log, "b", rt.Sleep(0)), rt.EagerStart()),
			}
			rt.Await(rt.Gather(rt.Awaitables(tasks)...))
			return nil
		}, []string{"a b", "b a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, orders(t, c.main)); diff != "" {
				t.Errorf("other orders than the legal ones (-want +got):\n%s", diff)
			}
		})
	}
}

// The same seed gives the same order.
func TestShuffleRepeatsItself(t *testing.T) {
	order := func(seed uint64) string {
		var log []string
		rttest.Run(t, func() rt.Coro[rt.None] {
			var tasks []*rt.Task[rt.None]
			for i := range 10 {
				tasks = append(tasks, rt.CreateTask(logs(&log, fmt.Sprint(i), rt.Sleep(time.Duration(i%2)*time.Second))))
			}
			rt.Await(rt.Gather(rt.Awaitables(tasks)...))
			return nil
		}(), rttest.Shuffle(seed))
		return strings.Join(log, " ")
	}
	for seed := range uint64(20) {
		if first, second := order(seed), order(seed); first != second {
			t.Errorf("seed %d: %s, then %s", seed, first, second)
		}
	}
	if got := order(0); got != "0 2 4 6 8 1 3 5 7 9" {
		t.Errorf("seed 0 is not CPython's order: %s", got)
	}
}

// Locks and queues keep their promises in every order.
func TestShuffleKeepsQueuesAndLocksFair(t *testing.T) {
	rttest.Seeds(t, 100, func(t *testing.T, seed uint64) {
		var got []string
		rttest.Run(t, rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			items := rt.NewQueue[int](0)
			var lock rt.Lock
			inside := false
			for i := range 3 {
				rt.Go(tg, func() rt.Coro[rt.None] {
					v := rt.Await(items.Get())
					got = append(got, fmt.Sprint("getter ", i, " gets ", v))
					rt.Await(lock.Acquire())
					if inside {
						t.Error("two have the lock")
					}
					inside = true
					rt.Await(rt.Sleep(0))
					inside = false
					lock.Release()
					return nil
				}(), rt.EagerStart())
			}
			for i := range 3 {
				items.PutNowait(i)
			}
			return nil
		}), rttest.Shuffle(seed))
		want := []string{"getter 0 gets 0", "getter 1 gets 1", "getter 2 gets 2"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// greet has a bug that CPython's order hides: nobody promises that the first task has its first step before
// the second one.
func greet() rt.Coro[string] {
	name := ""
	return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[string] {
		rt.Go(tg, func() rt.Coro[rt.None] {
			name = "world"
			rt.Await(rt.Sleep(time.Second))
			return nil
		}())
		return rt.Return(rt.Await(rt.Go(tg, func() rt.Coro[string] {
			hello := "hello " + name
			rt.Await(rt.Sleep(time.Second))
			return rt.Return(hello)
		}())))
	})
}

// asChild is set in the process in which the next test is to fail.
const asChild = "RTTEST_CHILD"

func TestSeedsNamesTheOneThatFails(t *testing.T) {
	if os.Getenv(asChild) != "" {
		rttest.Seeds(t, 100, func(t *testing.T, seed uint64) {
			if got := rttest.Run(t, greet(), rttest.Shuffle(seed)); got != "hello world" {
				t.Error(got)
			}
		})
		return
	}
	if runtime.GOARCH == "wasm" {
		t.Skip("no processes on", runtime.GOOS)
	}
	run := func(pattern string) (string, error) {
		child := exec.Command(os.Args[0], "-test.run", pattern)
		child.Env = append(os.Environ(), asChild+"=1")
		out, err := child.CombinedOutput()
		return string(out), err
	}
	out, err := run("^" + t.Name() + "$")
	_, rest, found := strings.Cut(out, "this order again: go test -run '")
	replay, _, _ := strings.Cut(rest, "'")
	if err == nil || !found || strings.HasSuffix(replay, "seed=0$") {
		t.Fatalf("no seed is named, or that of CPython's order:\n%s", out)
	}
	if out, err := run(replay); err == nil || strings.Contains(out, "seed=0") {
		t.Errorf("-run '%s' does not run that order alone:\n%s", replay, out)
	}
}
