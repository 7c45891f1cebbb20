package rt

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Items are neither lost nor doubled, whoever is canceled, and everything ends at a Shutdown.
func TestQueueCanceledAnywhere(t *testing.T) {
	for _, limit := range []int{0, 1, 2} {
		cancelEachEverywhere(t, func() ([]Coro[int], func(), func([]*Task[int]) error) {
			q := NewQueue[int](limit)
			put, got := 0, 0
			producer := func() Coro[int] {
				step := func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](q.Put(1))) }
				count := func(f *fn, x *Exec) Status { put++; return Done }
				return seq("producer", step, count, step, count, step, count)
			}
			consumer := func() Coro[int] {
				var get Coro[int]
				step := func(f *fn, x *Exec) Status { get = q.Get(); return Begin(x, f, Awaitable[int](get)) }
				count := func(f *fn, x *Exec) Status { got += Value(Awaitable[int](get)); q.TaskDone(); return x.Sleep(f, 0) }
				return seq("consumer", step, count, step, count, step, count)
			}
			join := seq("join", func(f *fn, x *Exec) Status { return Begin(x, f, Awaitable[None](q.Join())) })
			rescue := func() { q.Shutdown(true) }
			left := func() int { return q.getters.count() + q.putters.count() }
			return []Coro[int]{consumer(), producer(), join, producer(), consumer()}, rescue, func(tasks []*Task[int]) error {
				if got > put || put-got > 3 || q.Len() != 0 || left() != 0 || q.finished.line.first != nil {
					return fmt.Errorf("put %d, got %d, %d wait", put, got, left())
				}
				for _, task := range tasks {
					if err := task.Err(); err != nil && err != ErrQueueShutDown && !isCancellation(err) {
						return err
					}
				}
				return nil
			}
		})
	}
}

func TestQueueNowait(t *testing.T) {
	q := NewQueue[int](2)
	if _, err := q.GetNowait(); err != ErrQueueEmpty || !q.Empty() || q.Full() || q.Max() != 2 {
		t.Error(err)
	}
	for i := range 3 {
		if err := q.PutNowait(i); (err != nil) != (i == 2) || i == 2 && err != ErrQueueFull {
			t.Error(i, err)
		}
	}
	if v, err := q.GetNowait(); v != 0 || err != nil || q.Len() != 1 {
		t.Error(v, err)
	}
	q.Shutdown(false)
	if err := q.PutNowait(1); err != ErrQueueShutDown {
		t.Error(err)
	}
	if v, err := q.GetNowait(); v != 1 || err != nil {
		t.Error(v, err)
	}
	if _, err := q.GetNowait(); err != ErrQueueShutDown {
		t.Error(err)
	}
}

// A ring that has gone around grows in order.
func TestFifo(t *testing.T) {
	var q fifo[int]
	next := 0
	for i := range 1000 {
		if i-next == len(q.ring) {
			q.grow()
		}
		q.place(i, i-next)
		if i%3 != 0 {
			if v := q.get(); v != next {
				t.Fatalf("got %d, want %d", v, next)
			}
			next++
		}
	}
	for ; next < 1000; next++ {
		if v := q.get(); v != next {
			t.Fatalf("got %d, want %d", v, next)
		}
	}
}

// What CPython's heapq makes of [(i*7)%4 for i in range(12)], by the first digit alone: the second
// says when an item was put.
func TestPriorityQueueTies(t *testing.T) {
	q := NewPriorityQueue(0, func(a, b [2]int) bool { return a[0] < b[0] })
	for i := range 12 {
		q.PutNowait([2]int{i * 7 % 4, i})
	}
	var got []int
	for !q.Empty() {
		v, _ := q.GetNowait()
		got = append(got, v[1])
	}
	if want := []int{0, 4, 8, 11, 3, 7, 6, 2, 10, 9, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	lifo := NewLifoQueue[int](0)
	lifo.PutNowait(1)
	lifo.PutNowait(2)
	if v, _ := lifo.GetNowait(); v != 2 {
		t.Error(v)
	}
}

// A getter that is woken for an item that somebody takes first waits again, at the end of the line.
func TestGetterIsLate(t *testing.T) {
	l, tr := virtual(t)
	q := NewQueue[int](0)
	get := func(name string) Coro[int] {
		return awaits(name, func(*Exec) Awaitable[int] { return q.Get() }, func(f *fn, x *Exec) { tr.add("%s %d", name, f.Value) })
	}
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status { each(x, get("a"), get("b")); return x.Sleep(f, 0) },
		func(f *fn, x *Exec) Status {
			q.PutNowait(1)
			v, _ := q.GetNowait()
			tr.add("main %d", v)
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status { q.PutNowait(2); q.PutNowait(3); return x.Sleep(f, 0) }))
	tr.want(t, "0 main 1", "1 b 2", "1 a 3")
}

// Tasks and callbacks begin with a copy of the variables of who makes them; main tasks share those of
// ordinary code.
func TestVar(t *testing.T) {
	l, tr := virtual(t)
	v := NewVar("v", 0)
	other := NewVar("other", "")
	if v.Name() != "v" {
		t.Error(v.Name())
	}
	v.SetOn(l, 1)
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			other.SetIn(x, "x")
			l.CallSoon(func() { tr.add("soon %d", v.GetOn(l)); v.SetOn(l, 100) })
			child := CreateTaskIn(x, Coro[int](plain("child", func(x *Exec) {
				tr.add("child %d", v.GetIn(x))
				token := v.SetIn(x, 50)
				tr.add("child %d", v.GetIn(x))
				v.ResetIn(x, token)
				tr.add("child %d %s", v.GetIn(x), other.GetIn(x))
			})))
			token := v.SetIn(x, 2)
			child.AddDoneCallback(func(*Task[int]) { tr.add("done %d", v.GetOn(l)) })
			v.ResetIn(x, token)
			v.SetIn(x, 3)
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status { tr.add("main %d", v.GetIn(x)); return Done }))
	tr.add("after %d", v.GetOn(l))
	RunOn(l, plain("again", func(x *Exec) { tr.add("again %d", v.GetIn(x)) }))
	l.CallSoonThreadsafe(func() { tr.add("foreign %d", v.GetOn(l)); v.SetOn(l, 7) })
	RunOn(l, Sleep(0))
	tr.want(t, "0 soon 1", "0 child 1", "0 child 50", "0 child 1 x", "0 done 2", "1 main 3", "1 after 3", "1 again 3", "1 foreign 0")
}

// less is the user's. When it panics, everything that was put comes out once, and what the queue says of itself is true.
func TestPriorityQueueSurvivesItsLess(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 7))
		careless := true
		q := NewPriorityQueue(0, func(a, b int) bool {
			if careless && random.IntN(5) == 0 {
				panic("less")
			}
			return a < b
		})
		recovered := func(f func()) {
			defer func() { _ = recover() }()
			f()
		}
		var in, out []int
		for i := range 40 {
			if random.IntN(3) > 0 {
				in = append(in, i)
				recovered(func() { q.PutNowait(i) })
			} else {
				recovered(func() {
					if v, err := q.GetNowait(); err == nil {
						out = append(out, v)
					}
				})
			}
			if q.Len() != len(in)-len(out) || q.Empty() != (len(in) == len(out)) {
				t.Fatalf("seed %d: Len is %d after %d were put and %d taken out", seed, q.Len(), len(in), len(out))
			}
		}
		careless = false
		_ = q.String()
		for !q.Empty() {
			v, err := q.GetNowait()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
		if slices.Sort(out); !slices.Equal(in, out) {
			t.Fatalf("seed %d: put in %v, came out %v", seed, in, out)
		}
	}
}

// Shutdown throws items away without asking for their order.
func TestShutdownOfAPriorityQueueAsksNobody(t *testing.T) {
	asked := false
	q := NewPriorityQueue(0, func(a, b int) bool {
		asked = true
		return a < b
	})
	for i := range 10 {
		q.PutNowait(i)
	}
	asked = false
	if q.Shutdown(true); asked || q.Len() != 0 || q.unfinished != 0 {
		t.Errorf("asked: %v, %v", asked, q)
	}
}
