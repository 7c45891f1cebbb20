//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// sleeping gives v after d, and notes how it ends.
//
//async:func
func (e *events) sleeping(name string, turns int) rt.Coro[string] {
	defer e.add("%s over", name)
	e.add("%s begins", name)
	for range turns {
		rt.Await(rt.Sleep(0))
	}
	return rt.Return(name)
}

// The first one that ends is the result, and the others have ended when it is given.
func TestSelectGivesTheFirst(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		got := rt.Await(rt.Select(e.sleeping("a", 3), e.sleeping("b", 1), e.sleeping("c", 1)))
		e.add("%d %s", got.Index, got.Value)
		e.want(t, "a begins", "b begins", "c begins", "b over", "c over", "a over", "1 b")
		return nil
	}())
}

// What comes behind one that has not to wait does not begin, and was not forgotten.
func TestSelectDefault(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		q := rt.NewQueue[string](0)
		for range 2 {
			got := rt.Await(rt.Select(q.Get(), rt.Return("none"), e.sleeping("never", 0)))
			e.add("%d %s", got.Index, got.Value)
			q.PutNowait("item")
		}
		got := rt.Await(rt.Select(rt.Any(e.sleeping("seven", 0)), rt.Any(e.sleeping("never", 0)), rt.Any(rt.Return(7)), nil))
		e.add("%d %v; %d", got.Index, got.Value, q.Len())
		e.want(t, "1 none", "0 item", "seven begins", "seven over", "0 seven; 1")
		return nil
	}(), rt.Debug())
}

// The tasks, futures and coroutines of one select statement: whichever is ready, all the others can be used again.
func TestSelectTakesNothingFromTheOthers(t *testing.T) {
	const cases = 5
	for ready := 1; ready < 1<<cases; ready++ {
		l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
		ch, q := make(chan int, 1), rt.NewQueue[int](0)
		lock, event := &rt.Lock{}, rt.NewFutureOn[int](l)
		sem := rt.NewSemaphore(0)
		make := []func(){
			func() { ch <- 1 },
			func() { q.PutNowait(1) },
			lock.Release,
			func() { event.SetResult(1) },
			sem.Release,
		}
		got, err := rt.RunOn(l, func() rt.Coro[int] {
			rt.Await(lock.Acquire())
			rt.CreateTask(func() rt.Coro[rt.None] {
				for i, f := range make {
					if ready&(1<<i) != 0 {
						f()
					}
				}
				return nil
			}())
			s := rt.Await(rt.Select(rt.Any(rt.Recv(ch)), rt.Any(q.Get()), rt.Any(lock.Acquire()), rt.Any(rt.Shield(event)), rt.Any(sem.Acquire())))
			return rt.Return(s.Index)
		}())
		if err != nil || ready&(1<<got) == 0 {
			t.Errorf("%05b: case %d: %v", ready, got, err)
		}
		has := func(i int) bool { return ready&(1<<i) != 0 && i != got }
		if _, err := rt.RunOn(l, rt.Sleep(0)); err != nil {
			t.Error(err)
		}
		for i, there := range []bool{
			is(l, rt.Any(rt.Recv(ch))), q.Len() == 1, !lock.Locked(), event.Done() && got != 3, !sem.Locked(),
		} {
			if there != has(i) {
				t.Errorf("%05b, case %d: what case %d had is there: %v", ready, got, i, there)
			}
		}
		if event.Canceled() {
			t.Errorf("%05b: the shielded future is canceled", ready)
		}
		if left := leftIn(l); left != "" {
			t.Errorf("%05b: %s", ready, left)
		}
		l.Close()
	}
}

// is says whether aw is done at once.
func is(l *rt.Loop, aw rt.Awaitable[any]) bool {
	s, err := rt.RunOn(l, rt.Select(aw, rt.Return[any](nil)))
	return err == nil && s.Index == 0
}

// Whenever the selecting task is canceled: what a case had taken is given or still there, and nothing is left in the loop.
func TestSelectIsCanceledAtEachMoment(t *testing.T) {
	outcomes := map[string]int{}
	for turns := 1; turns < 12; turns++ {
		for _, first := range []bool{true, false} {
			l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
			a, b := rt.NewQueue[int](0), rt.NewQueue[int](0)
			got, canceled := 0, 0
			_, err := rt.RunOn(l, func() rt.Coro[rt.None] {
				main := rt.CreateTask(func() rt.Coro[rt.None] {
					_, err := rt.CatchAwait(func() rt.Coro[rt.None] {
						for {
							rt.Await(rt.Select(a.Get(), b.Get(), cleaning(b)))
							got++
							rt.Await(rt.Sleep(0))
						}
					}())
					if errors.Is(err, rt.ErrCanceled) {
						canceled++
					}
					return nil
				}())
				putting := rt.CreateTask(func() rt.Coro[rt.None] {
					for i := range 3 {
						a.PutNowait(i)
						b.PutNowait(i)
						rt.Await(rt.Sleep(0))
						rt.Await(rt.Sleep(0))
					}
					return nil
				}())
				for range turns {
					rt.Await(rt.Sleep(0))
				}
				if first {
					main.Cancel()
				}
				rt.Await(putting)
				main.Cancel()
				rt.Await(main)
				return nil
			}())
			if err != nil || got+a.Len()+b.Len() != 6 || canceled != 1 {
				t.Errorf("canceled in turn %d (%v): %d taken, %d and %d left, %d cancellations: %v", turns, first, got, a.Len(), b.Len(), canceled, err)
			}
			outcomes[fmt.Sprint(got)]++
			if left := leftIn(l); left != "" {
				t.Errorf("turn %d: %s", turns, left)
			}
			l.Close()
		}
	}
	if len(outcomes) < 3 {
		t.Errorf("the moments do not differ: %v", outcomes)
	}
}

// cleaning takes an item as well, and needs two turns more when it is canceled.
//
//async:func
func cleaning(q *rt.Queue[int]) rt.Coro[int] {
	defer rt.Await(rt.Sleep(0))
	defer rt.Await(rt.Sleep(0))
	return q.Get()
}

// A cancellation that comes while the losers end does not take the value away: it comes at the next await. With
// a limit it is the same.
func TestSelectKeepsItsValueWhenCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		slow := func() rt.Coro[string] {
			defer rt.Await(rt.Sleep(second))
			return rt.Return(rt.Await(rt.NewFuture[string]()))
		}
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			got := rt.Await(rt.Select(slow(), e.sleeping("a", 1)))
			e.add("%d %s", got.Index, got.Value)
			_, err := rt.CatchAwait(rt.Sleep(second))
			e.add("%v", err)
			return nil
		}())
		for range 4 {
			rt.Await(rt.Sleep(0))
		}
		task.Cancel("enough")
		rt.Await(task)
		in := rt.Await(rt.WithTimeout(100*ms, func(*rt.Deadline) rt.Coro[rt.Selected[string]] {
			return rt.Select(slow(), e.sleeping("b", 1))
		}))
		rt.Await(rt.Sleep(0))
		e.add("%d %s", in.Index, in.Value)
		e.want(t, "a begins", "a over", "1 a", "canceled: enough", "b begins", "b over", "1 b")
		return nil
	}())
}

// Select fails as the case that has ended first, and TryAwait says which one that was.
func TestSelectFails(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		errBad := errors.New("bad")
		failing := func(turns int) rt.Coro[string] {
			for range turns {
				rt.Await(rt.Sleep(0))
			}
			rt.Throw(errBad)
			return nil
		}
		for turns := range 2 {
			got, err := rt.TryAwait(rt.Select(rt.Recv(make(chan string)), failing(turns), failing(5)))
			if got.Index != 1 || err != errBad {
				t.Errorf("%+v %v", got, err)
			}
		}
		task := rt.CreateTask(giving("never"))
		task.Cancel("over")
		got, err := rt.CatchAwait(rt.Select(rt.Recv(make(chan string)), task))
		if got.Index != 1 || !errors.Is(err, rt.ErrCanceled) {
			t.Errorf("%+v %v", got, err)
		}
		got, err = rt.TryAwait(rt.Select(rt.ToThread(func() (string, error) { return "half", errBad }), rt.Recv(make(chan string))))
		if got.Index != 0 || got.Value != "half" || err != errBad {
			t.Errorf("%+v %v", got, err)
		}
		return nil
	}())
}

// Tasks and futures are canceled with the others, and the waits for them end; what is shielded goes on.
func TestSelectCancelsTasksAndFutures(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		task, kept, future := rt.CreateTask(giving("task")), rt.CreateTask(givingAfter(ms, "kept")), rt.NewFuture[string]()
		got := rt.Await(rt.Select(future, rt.Shield(kept), rt.Return("now")))
		if got.Index != 2 || !future.Canceled() || rt.Await(kept) != "kept" || rt.Await(task) != "task" {
			t.Errorf("%+v, %v, %v", got, future, kept)
		}
		if got := rt.Await(rt.Select(rt.NewFuture[string](), task)); got.Index != 1 || got.Value != "task" {
			t.Errorf("%+v", got)
		}
		inner := rt.Await(rt.Select(rt.Select(givingAfter(second, "a"), givingAfter(ms, "b")), rt.Select(givingAfter(second, "c"))))
		if inner.Index != 0 || inner.Value.Index != 1 || inner.Value.Value != "b" {
			t.Errorf("%+v", inner)
		}
		return nil
	}())
}

// A panic in a case ends the run, as in any task; a misuse panics, and leaves none of the cases running.
func TestSelectPanics(t *testing.T) {
	for turns := range 2 {
		said := misuse(func() {
			rt.Run(rt.Select(givingAfter(second, "late"), func() rt.Coro[string] {
				for range turns {
					rt.Await(rt.Sleep(0))
				}
				panic("boom")
			}(), rt.Recv(make(chan string))))
		})
		if !strings.HasPrefix(said, "boom") {
			t.Errorf("%d: %q", turns, said)
		}
	}
	if said := misuse(func() { _ = rt.Select[int]() }); said != "rt.Select: no cases" {
		t.Error(said)
	}
	run(t, func() rt.Coro[rt.None] {
		var e events
		rt.Await(func() rt.Coro[rt.None] {
			defer func() { e.add("%v", recover()) }()
			c := e.sleeping("c", 9)
			rt.Await(rt.Select(e.sleeping("a", 9), c, c))
			return nil
		}())
		rt.Await(rt.Sleep(0))
		e.want(t, "a begins", "c begins", "rt: coroutine events.sleeping was already awaited: call the function again for another one", "a over", "c over")
		return nil
	}())
}

// Whatever goroutines send is received once, though most cases lose, some of them to a cancellation.
func TestSelectLosesNothingOfChannels(t *testing.T) {
	const each = 200
	a, b, stop := make(chan int), make(chan int), make(chan struct{})
	for _, ch := range []chan int{a, b} {
		go func() {
			for i := range each {
				ch <- i
			}
		}()
	}
	l := rt.NewLoop() // a real clock: nothing here waits for it
	defer l.Close()
	sums := map[int]int{}
	_, err := rt.RunOn(l, func() rt.Coro[rt.None] {
		for n, tries := 0, 0; n < 2*each; tries++ {
			task := rt.CreateTask(func() rt.Coro[rt.None] {
				got := rt.Await(rt.Select(rt.Recv(a), rt.Recv(b)))
				sums[got.Index] += got.Value
				n++
				return nil
			}())
			if tries%3 == 0 {
				rt.Await(rt.Sleep(0))
				task.Cancel()
			}
			rt.CatchAwait(task)
		}
		s := rt.Await(rt.Select(rt.Any(rt.Recv(a)), rt.Any(rt.Send(stop, rt.None{})), rt.Any(rt.Return("nothing is left"))))
		if s.Index != 2 {
			t.Errorf("%+v", s)
		}
		return nil
	}())
	if want := each * (each - 1) / 2; err != nil || sums[0] != want || sums[1] != want {
		t.Errorf("%v, want %d each: %v", sums, want, err)
	}
	if left := leftIn(l); left != "" {
		t.Error(left)
	}
}
