//go:build asyncgen

package scenarios

import (
	"slices"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// Items gives what is put before and after the shutdown's call has let it end, to several readers, each item once.
func TestItemsOfAQueue(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q := rt.NewQueue[int](2)
		var got []int
		reader := func() rt.Coro[rt.None] {
			for v := range rt.AwaitEach(q.Items()) {
				got = append(got, v)
				q.TaskDone()
				rt.Await(rt.Sleep(ms))
			}
			return nil
		}
		a, b := rt.CreateTask(reader()), rt.CreateTask(reader())
		for i := range 9 {
			rt.Await(q.Put(i))
		}
		q.Shutdown(false)
		rt.Await(q.Join())
		rt.Await(rt.Gather(a, b))
		slices.Sort(got)
		if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Error(got)
		}
		for range rt.AwaitEach(q.Items()) {
			t.Error("the queue is shut down")
		}
		return nil
	}())
}

// A reader that is canceled, in whatever turn, or that leaves the loop, takes nothing along.
func TestItemsAreNotLost(t *testing.T) {
	for turns := range 6 {
		run(t, func() rt.Coro[rt.None] {
			q, ch := rt.NewQueue[int](0), make(chan int, 3)
			var got int
			queued := rt.CreateTask(func() rt.Coro[rt.None] {
				for range rt.AwaitEach(q.Items()) {
					got++
				}
				return nil
			}())
			received := rt.CreateTask(func() rt.Coro[rt.None] {
				for range rt.AwaitEach(rt.Each(ch)) {
					got++
				}
				return nil
			}())
			for i := range turns {
				if i > 1 {
					q.PutNowait(i)
					ch <- i
				}
				rt.Await(rt.Sleep(0))
			}
			queued.Cancel()
			received.Cancel()
			rt.Await(rt.GatherResults(queued, received))
			put := 2 * max(0, turns-2)
			q.PutNowait(7)
			close(ch)
			for range rt.AwaitEach(rt.Each(ch)) {
				got++
			}
			if got+q.Len()-1 != put {
				t.Errorf("turn %d: %d of %d, %d left", turns, got, put, q.Len()-1)
			}
			for v := range rt.AwaitEach(q.Items()) {
				got = v
				break
			}
			q.PutNowait(8)
			s := q.Items()
			rt.Await(rt.Next(s))
			rt.Await(rt.Close(s))
			if rt.Await(rt.Next(s)).OK {
				t.Error("it was closed")
			}
			return nil
		}())
	}
}

// The stream that a canceled Next has asked goes on with the next one.
func TestStreamsGoOnAfterACanceledNext(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		q, ch := rt.NewQueue[time.Duration](0), make(chan time.Duration, 1)
		ticks := rt.Every(second)
		rt.Await(rt.Next(ticks))
		for i, s := range []rt.Stream[time.Duration]{q.Items(), rt.Each(ch), ticks} {
			for range 2 {
				if _, err := rt.TryAwait(rt.WaitFor(rt.Next(s), 10*ms)); err != rt.ErrTimeout {
					t.Errorf("%d: %v", i, err)
				}
			}
			q.PutNowait(second)
			ch <- second
			if v := rt.Await(rt.Next(s)); v.Value != second || !v.OK {
				t.Errorf("%d: %v", i, v)
			}
			q.GetNowait()
			select {
			case <-ch:
			default:
			}
		}
		return nil
	}())
}

// Each gives all that a goroutine sends, and ends when the channel is closed.
func TestEachOfAChannel(t *testing.T) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for i := range 100 {
			ch <- i
		}
	}()
	l := rt.NewLoop()
	defer l.Close()
	sum, err := rt.RunOn(l, func() rt.Coro[int] {
		sum := 0
		for v := range rt.AwaitEach(rt.Each(ch)) {
			sum += v
		}
		return rt.Return(sum)
	}())
	if sum != 4950 || err != nil {
		t.Error(sum, err)
	}
	if left := leftIn(l); left != "" {
		t.Error(left)
	}
}

// The ticks of a reader that was too late for some of them.
func TestEveryMissesTicks(t *testing.T) {
	for missed, want := range map[rt.MissedTicks][]time.Duration{
		rt.Burst: {0, 100, 200, 300, 400, 500, 600},
		rt.Delay: {0, 100, 200, 450, 550, 650, 750},
		rt.Skip:  {0, 100, 200, 400, 500, 600, 700},
	} {
		run(t, func() rt.Coro[rt.None] {
			var due []time.Duration
			for tick := range rt.AwaitEach(rt.Every(100*ms, missed)) {
				due = append(due, tick/ms)
				switch len(due) {
				case 2:
					rt.Await(rt.Sleep(250 * ms)) // until 350: it is late for two
				case 3:
					rt.Await(rt.Sleep(4 * ms)) // it misses none
				}
				if len(due) == len(want) {
					break
				}
			}
			if !slices.Equal(due, want) {
				t.Errorf("%v: %v, want %v", missed, due, want)
			}
			return nil
		}())
	}
}

// Ticks that are late let others run, and what is no period is refused.
func TestEveryGivesWay(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		others := 0
		ticks := rt.Every(1)
		rt.Await(rt.Next(ticks))
		rt.Await(rt.Sleep(ms))
		other := rt.CreateTask(func() rt.Coro[rt.None] {
			for range 20 {
				others++
				rt.Await(rt.Sleep(0))
			}
			return nil
		}())
		for range 5 {
			rt.Await(rt.Next(ticks))
		}
		if others < 4 || others > 6 {
			t.Error(others)
		}
		rt.Await(other)
		return nil
	}())
	for want, f := range map[string]func(){
		"rt.Every: the period 0s is not positive": func() { rt.Every(0) },
		"rt.Every: invalid MissedTicks":           func() { rt.Every(1, 3) },
	} {
		if said := misuse(f); said != want {
			t.Error(said)
		}
	}
}
