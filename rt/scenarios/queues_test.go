//go:build asyncgen

package scenarios

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// queueKinds are the three of them, as makers.
var queueKinds = []struct {
	name string
	make func(max int) *rt.Queue[int]
}{
	{"Queue", rt.NewQueue[int]},
	{"LifoQueue", rt.NewLifoQueue[int]},
	{"PriorityQueue", func(max int) *rt.Queue[int] { return rt.NewPriorityQueue(max, cmp.Less[int]) }},
}

// ofEachKind runs test with each kind of queue.
func ofEachKind(t *testing.T, test func(t *testing.T, newQueue func(max int) *rt.Queue[int])) {
	for _, kind := range queueKinds {
		t.Run(kind.name, func(t *testing.T) { test(t, kind.make) })
	}
}

func TestQueueString(t *testing.T) {
	items := map[string][3]string{ // two items; one of them taken out; another one put
		"Queue":         {"[2, 1]", "[1]", "[1, 5]"},
		"LifoQueue":     {"[2, 1]", "[2]", "[2, 5]"},
		"PriorityQueue": {"[1, 2]", "[2]", "[2, 5]"},
	}
	for _, kind := range queueKinds {
		var ev events
		run(t, func() rt.Coro[rt.None] {
			q := kind.make(2)
			ev.add("%v", q)
			get := rt.CreateTask(q.Get())
			rt.Await(rt.Sleep(0))
			ev.add("%v", q)
			_ = q.PutNowait(3)
			ev.add("%v", q)
			rt.Await(get)
			q.TaskDone()
			_, _ = q.PutNowait(2), q.PutNowait(1)
			put := rt.CreateTask(q.Put(5))
			rt.Await(rt.Sleep(0))
			ev.add("%v", q)
			_, _ = q.GetNowait()
			ev.add("%v", q)
			rt.Await(put)
			ev.add("%v", q)
			q.Shutdown(false)
			ev.add("%v", q)
			q.Shutdown(true)
			ev.add("%v", q)
			return nil
		}())
		is, of := "<"+kind.name+" maxsize=2", items[kind.name]
		ev.want(t,
			is+">",
			is+" _getters[1]>",
			is+" _queue=[3] tasks=1>",
			is+" _queue="+of[0]+" _putters[1] tasks=2>",
			is+" _queue="+of[1]+" tasks=2>",
			is+" _queue="+of[2]+" tasks=3>",
			is+" _queue="+of[2]+" tasks=3 shutdown>",
			is+" tasks=1 shutdown>")
	}
}

// Texts are quoted, a long queue is cut short, and a queue may hold itself.
func TestQueueStringOfItems(t *testing.T) {
	q := rt.NewQueue[any](0)
	for _, v := range []any{"a text", 1, rt.None{}, q} {
		_ = q.PutNowait(v)
	}
	if got, want := q.String(), "<Queue maxsize=0 _queue=['a text', 1, None, <Queue ...>] tasks=4>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	many := rt.NewLifoQueue[int](-1)
	for i := range 1000 {
		_ = many.PutNowait(i)
	}
	if got, want := many.String(), "<LifoQueue maxsize=-1 _queue=[0, 1, 2, 3, 4, 5, ...] tasks=1000>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQueueEmpty(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		before := q.Empty()
		rt.Await(q.Put(1))
		between := q.Empty()
		if v := rt.Await(q.Get()); v != 1 || !before || between || !q.Empty() {
			t.Error(v, before, between, q.Empty())
		}
		return nil
	}())
}

func TestQueueFull(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		if rt.NewQueue[int](0).Full() {
			t.Error("a queue without a limit is full")
		}
		q := rt.NewQueue[int](1)
		rt.Await(q.Put(1))
		if !q.Full() || q.Max() != 1 {
			t.Errorf("full: %v, of %d", q.Full(), q.Max())
		}
		return nil
	}())
}

func TestQueueOrder(t *testing.T) {
	want := map[string][]int{"Queue": {1, 3, 2}, "LifoQueue": {2, 3, 1}, "PriorityQueue": {1, 2, 3}}
	for _, kind := range queueKinds {
		t.Run(kind.name, func(t *testing.T) {
			var got []int
			run(t, func() rt.Coro[rt.None] {
				q := kind.make(0)
				for _, v := range []int{1, 3, 2} {
					rt.Await(q.Put(v))
				}
				for range 3 {
					got = append(got, rt.Await(q.Get()))
				}
				return nil
			}())
			if want := want[kind.name]; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// A putter waits when the queue is full, and goes on one turn after a get.
func TestQueueMax(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](2)
		task := rt.CreateTask(func() rt.Coro[bool] {
			for i := range 3 {
				rt.Await(q.Put(i))
				ev.add("put %d", i)
			}
			return rt.Return(true)
		}())
		for range 2 {
			rt.Await(rt.Sleep(0))
			ev.add("turn")
		}
		ev.add("got %d", rt.Await(q.Get()))
		rt.Await(rt.Sleep(0))
		ev.add("got %d", rt.Await(q.Get()))
		ev.add("got %d", rt.Await(q.Get()))
		ended(t, task)
		return nil
	}())
	ev.want(t, "put 0", "put 1", "turn", "turn", "got 0", "put 2", "got 1", "got 2")
}

func TestQueueGetOfWhatIsThere(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		if err := q.PutNowait(1); err != nil {
			t.Error(err)
		}
		other := false
		rt.RunningLoop().CallSoon(func() { other = true })
		if v := rt.Await(q.Get()); v != 1 || other {
			t.Errorf("got %d, suspended: %v", v, other)
		}
		rt.Await(q.Put(2)) // without a limit it does not wait either
		if v := rt.Await(q.Get()); v != 2 || other {
			t.Errorf("got %d, suspended: %v", v, other)
		}
		return nil
	}())
}

// Get wakes who waits to put, and does not wait for that.
func TestQueueGetWakesAPutter(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](1)
		rt.Await(q.Put(1))
		putter := rt.CreateTask(q.Put(2))
		rt.Await(rt.Sleep(0))
		if v := rt.Await(q.Get()); v != 1 || putter.Done() || q.Len() != 0 {
			t.Errorf("got %d, %v, %d items", v, putter, q.Len())
		}
		rt.Await(rt.Sleep(0))
		if !putter.Done() || q.Len() != 1 {
			t.Errorf("%v, %d items", putter, q.Len())
		}
		return nil
	}())
}

func TestQueueGetWaits(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		var started rt.Event
		finished := false
		task := rt.CreateTask(func() rt.Coro[int] {
			started.Set()
			v := rt.Await(q.Get())
			finished = true
			return rt.Return(v)
		}())
		rt.Await(started.Wait())
		if finished {
			t.Error("it has got something")
		}
		loop := rt.RunningLoop()
		loop.CallLater(10*ms, func() { _ = q.PutNowait(1) })
		if v := rt.Await(task); v != 1 || !finished || loop.Time() != 10*ms {
			t.Errorf("got %d at %v", v, loop.Time())
		}
		return nil
	}())
}

// The first of two getters is canceled: the item is for the second.
func TestQueueGetCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[string](0)
		t1, t2 := rt.CreateTask(q.Get()), rt.CreateTask(q.Get())
		rt.Await(rt.Sleep(0))
		t1.Cancel()
		rt.Await(rt.Sleep(0))
		if !t1.Done() {
			t.Error(t1)
		}
		rt.Await(q.Put("a"))
		rt.Await(rt.Sleep(0))
		if !t2.Done() {
			t.Error(t2)
		}
		if v := rt.Await(t2); v != "a" {
			t.Error(v)
		}
		return nil
	}())
}

func TestQueueGetWithTwoPutters(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[string](1)
		rt.CreateTask(q.Put("a"))
		rt.CreateTask(q.Put("b"))
		if a, b := rt.Await(q.Get()), rt.Await(q.Get()); a != "a" || b != "b" {
			t.Error(a, b)
		}
		return nil
	}())
}

// Producer and consumer wait for each other in turns, through a queue of one item.
func TestQueueProducerAndConsumer(t *testing.T) {
	var got []int
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](1)
		producer := func() rt.Coro[rt.None] {
			for i := range 5 {
				rt.Await(q.Put(i))
			}
			return nil
		}
		consumer := func() rt.Coro[rt.None] {
			for range 5 {
				got = append(got, rt.Await(q.Get()))
			}
			return nil
		}
		return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, producer())
			rt.Go(tg, consumer())
			return nil
		})
	}())
	if want := []int{0, 1, 2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A getter whose time is over does not stand in the line any more.
func TestQueueGetTimeout(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](5)
		if _, err := rt.TryAwait(rt.WaitFor(q.Get(), 100*ms)); err != rt.ErrTimeout {
			t.Error(err)
		}
		next := rt.CreateTask(q.Get())
		rt.Await(rt.Sleep(0))
		_ = q.PutNowait(1)
		rt.Await(rt.Sleep(0))
		if !next.Done() {
			t.Error(next)
		}
		return nil
	}())
}

func TestQueuePutWaits(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](1)
		var started rt.Event
		finished := false
		loop := rt.RunningLoop()
		loop.CallLater(10*ms, func() { _, _ = q.GetNowait() })
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			started.Set()
			rt.Await(q.Put(1))
			rt.Await(q.Put(2))
			finished = true
			return nil
		}())
		rt.Await(started.Wait())
		if finished {
			t.Error("both are put")
		}
		if rt.Await(task); !finished || loop.Time() != 10*ms {
			t.Errorf("finished: %v at %v", finished, loop.Time())
		}
		return nil
	}())
}

func TestQueueNowaitOutsideOfALoop(t *testing.T) {
	q := rt.NewQueue[int](1)
	if _, err := q.GetNowait(); err != rt.ErrQueueEmpty {
		t.Error(err)
	}
	if err := q.PutNowait(1); err != nil {
		t.Error(err)
	}
	if err := q.PutNowait(2); err != rt.ErrQueueFull {
		t.Error(err)
	}
	if v, err := q.GetNowait(); v != 1 || err != nil {
		t.Error(v, err)
	}
}

// A reader that was woken and is canceled drops nothing: the item stays in front.
func TestQueueGetCanceledWhenItIsWoken(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		reader := rt.CreateTask(q.Get())
		rt.Await(rt.Sleep(0))
		_ = q.PutNowait(1)
		_ = q.PutNowait(2)
		reader.Cancel()
		if _, err := rt.CatchAwait(reader); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		if v := rt.Await(rt.CreateTask(q.Get())); v != 1 {
			t.Errorf("got %d", v)
		}
		return nil
	}())
}

// The first of three readers is canceled when it was woken: the other two get the two items.
func TestQueueGetCanceledWakesTheNext(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			reader1, reader2, reader3 := rt.Go(tg, q.Get()), rt.Go(tg, q.Get()), rt.Go(tg, q.Get())
			rt.Await(rt.Sleep(0))
			_ = q.PutNowait(1)
			_ = q.PutNowait(2)
			reader1.Cancel()
			if _, err := rt.CatchAwait(reader1); !errors.Is(err, rt.ErrCanceled) {
				t.Error(err)
			}
			v3 := rt.Await(reader3)
			if v2, err := reader2.Result(); v2 != 1 || v3 != 2 || err != nil {
				t.Errorf("got %d and %d, %v", v2, v3, err)
			}
			return nil
		})
	}())
}

// A writer that was woken and is canceled puts nothing.
func TestQueuePutCanceledWhenItIsWoken(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](1)
		_ = q.PutNowait(1)
		writer := rt.CreateTask(q.Put(2))
		rt.Await(rt.Sleep(0))
		if v, err := q.GetNowait(); v != 1 || err != nil {
			t.Error(v, err)
		}
		writer.Cancel()
		if _, err := rt.CatchAwait(writer); !errors.Is(err, rt.ErrCanceled) || q.Len() != 0 {
			t.Errorf("%v, %d items", err, q.Len())
		}
		rt.Await(rt.CreateTask(q.Put(2)))
		if v, err := q.GetNowait(); v != 2 || err != nil || q.Len() != 0 {
			t.Errorf("got %d, %v, %d are left", v, err, q.Len())
		}
		return nil
	}())
}

// A put into an empty queue is over before who waits for the item goes on.
func TestQueuePutIsOverBeforeTheGetter(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](0)
		task := rt.CreateTask(func() rt.Coro[bool] {
			rt.Await(q.Put(1))
			return rt.Return(true)
		}())
		if v := rt.Await(q.Get()); v != 1 {
			t.Error(v)
		}
		ended(t, task)
		return nil
	}())
}

// The third of three putters is canceled before it begins; the second goes on when there is room.
func TestQueuePutCanceled(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[string](1)
		a, b, c := rt.CreateTask(q.Put("a")), rt.CreateTask(q.Put("b")), rt.CreateTask(q.Put("X"))
		rt.Await(rt.Sleep(0))
		if !a.Done() || b.Done() {
			t.Error(a, b)
		}
		c.Cancel()
		rt.Await(rt.Sleep(0))
		if !c.Done() {
			t.Error(c)
		}
		for _, want := range []string{"a", "b"} {
			if v, err := q.GetNowait(); v != want || err != nil {
				t.Errorf("got %q, %v, want %q", v, err, want)
			}
			rt.Await(rt.Sleep(0))
		}
		rt.Await(b)
		return nil
	}())
}

func TestQueuePutWithAWaitingGetter(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[string](0)
		task := rt.CreateTask(q.Get())
		rt.Await(rt.Sleep(0))
		rt.Await(q.Put("a"))
		if v := rt.Await(task); v != "a" {
			t.Error(v)
		}
		return nil
	}())
}

// The gets of a single turn let all putters go on that wait by then.
func TestQueueSeveralPuttersAreWoken(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](2)
		getter := func() rt.Coro[rt.None] {
			rt.Await(rt.Sleep(0))
			for range q.Len() {
				_, _ = q.GetNowait()
			}
			return nil
		}
		rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
			rt.Go(tg, getter())
			for i := range 4 {
				rt.Go(tg, q.Put(i))
			}
			return nil
		}))
		for _, want := range []int{2, 3} {
			if v, err := q.GetNowait(); v != want || err != nil {
				t.Errorf("got %d, %v, want %d", v, err, want)
			}
		}
		return nil
	}())
}

// A putter that is canceled does not stand in the line any more: the room is for the next one.
func TestQueuePutCanceledLeavesTheLine(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](1)
		_ = q.PutNowait(1)
		put := rt.CreateTask(q.Put(2))
		rt.Await(rt.Sleep(0))
		put.Cancel()
		if _, err := rt.CatchAwait(put); !errors.Is(err, rt.ErrCanceled) {
			t.Error(err)
		}
		next := rt.CreateTask(q.Put(3))
		rt.Await(rt.Sleep(0))
		_, _ = q.GetNowait()
		rt.Await(rt.Sleep(0))
		if !next.Done() {
			t.Error(next)
		}
		return nil
	}())
}

func TestQueueTaskDoneTooOften(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		if said := misuse(newQueue(0).TaskDone); said != "rt: Queue.TaskDone was called too often" {
			t.Errorf("said %q", said)
		}
	})
}

// Join waits until two workers have done what was put.
func TestQueueJoin(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(0)
			want, got := 0, 0
			for i := range 100 {
				_ = q.PutNowait(i)
				want += i
			}
			running := true
			worker := func() rt.Coro[rt.None] {
				for running {
					got += rt.Await(q.Get())
					q.TaskDone()
				}
				return nil
			}
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, worker())
				rt.Go(tg, worker())
				rt.Await(q.Join())
				if got != want {
					t.Errorf("got %d, want %d", got, want)
				}
				running = false
				_ = q.PutNowait(0)
				_ = q.PutNowait(0)
				return nil
			})
		}())
	})
}

func TestQueueJoinOfAnEmptyOne(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(0)
			other := false
			rt.RunningLoop().CallSoon(func() { other = true })
			rt.Await(q.Join())
			rt.Await(q.Join())
			if other {
				t.Error("the join has suspended")
			}
			return nil
		}())
	})
}

// isShutDown says that nothing can be put, nor got.
//
//async:func
func isShutDown(t *testing.T, q *rt.Queue[int]) rt.Coro[rt.None] {
	if _, err := rt.TryAwait(q.Put(1)); err != rt.ErrQueueShutDown {
		t.Errorf("Put: %v", err)
	}
	if err := q.PutNowait(1); err != rt.ErrQueueShutDown {
		t.Errorf("PutNowait: %v", err)
	}
	if _, err := rt.TryAwait(q.Get()); err != rt.ErrQueueShutDown {
		t.Errorf("Get: %v", err)
	}
	if _, err := q.GetNowait(); err != rt.ErrQueueShutDown {
		t.Errorf("GetNowait: %v", err)
	}
	return nil
}

// endsNext says how f ends in the next turn.
//
//async:func
func endsNext(t *testing.T, f rt.AnyFuture, want error) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(0))
	if !f.Done() || f.Err() != want {
		t.Errorf("%v: %v, want %v", f, f.Err(), want)
	}
	return nil
}

func TestQueueShutdownOfAnEmptyOne(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(0)
			get := rt.CreateTask(q.Get())
			rt.Await(rt.Sleep(0))
			q.Shutdown(false)
			if q.Len() != 0 {
				t.Error(q.Len())
			}
			rt.Await(q.Join())
			rt.Await(endsNext(t, get, rt.ErrQueueShutDown))
			return isShutDown(t, q)
		}())
	})
}

// What is in a queue that is shut down can be got, and waits to be done.
func TestQueueShutdownWithAnItem(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(1)
			_ = q.PutNowait(1)
			join, put := rt.CreateTask(q.Join()), rt.CreateTask(q.Put(2))
			rt.Await(rt.Sleep(0))
			if put.Done() {
				t.Error(put)
			}
			q.Shutdown(false)
			if q.Len() != 1 {
				t.Error(q.Len())
			}
			rt.Await(endsNext(t, put, rt.ErrQueueShutDown))
			if v := rt.Await(q.Get()); v != 1 {
				t.Error(v)
			}
			rt.Await(rt.Sleep(0))
			if join.Done() {
				t.Error(join)
			}
			rt.Await(isShutDown(t, q))
			q.TaskDone()
			rt.Await(endsNext(t, join, nil))
			if misuse(q.TaskDone) == "" {
				t.Error("something was not done")
			}
			return nil
		}())
	})
}

// An immediate shutdown drops what is in the queue, and that counts as done.
func TestQueueShutdownImmediate(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(0)
			_ = q.PutNowait(1)
			waits := rt.CreateTask(q.Join())
			rt.Await(rt.Sleep(0))
			begins := rt.CreateTask(q.Join())
			if waits.Done() {
				t.Error(waits)
			}
			q.Shutdown(true)
			if q.Len() != 0 {
				t.Error(q.Len())
			}
			rt.Await(endsNext(t, waits, nil))
			if !begins.Done() {
				t.Error(begins)
			}
			rt.Await(isShutDown(t, q))
			if misuse(q.TaskDone) == "" {
				t.Error("something was not done")
			}
			return nil
		}())
	})
}

// What was got before it waits to be done.
func TestQueueShutdownImmediateWithAnItemInWork(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(int) *rt.Queue[int]) {
		run(t, func() rt.Coro[rt.None] {
			q := newQueue(0)
			_ = q.PutNowait(1)
			_ = q.PutNowait(1)
			join := rt.CreateTask(q.Join())
			if v := rt.Await(q.Get()); v != 1 {
				t.Error(v)
			}
			q.Shutdown(true)
			if q.Len() != 0 {
				t.Error(q.Len())
			}
			rt.Await(rt.Sleep(0))
			if join.Done() {
				t.Error(join)
			}
			rt.Await(isShutDown(t, q))
			q.TaskDone()
			if misuse(q.TaskDone) == "" {
				t.Error("two things were not done")
			}
			return endsNext(t, join, nil)
		}())
	})
}
