//go:build asyncgen

package scenarios

import (
	"math/rand"
	"runtime"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/asyncgen/asyncgen/rt"
)

type load struct{ data [1 << 10]byte }

//async:func
func carry(l *load) rt.Coro[*load] {
	rt.Await(rt.Sleep(ms))
	return rt.Return(l)
}

// What has gone back to a free list keeps neither its arguments nor its value alive.
func TestFreeListKeepsNothing(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var gathered, dropped weak.Pointer[load]
		{
			a, b := new(load), new(load)
			gathered, dropped = weak.Make(a), weak.Make(b)
			rt.CreateTask(carry(b))
			if got := rt.Await(rt.Gather(carry(a), carry(nil))); got[0] != a || got[1] != nil {
				t.Errorf("%p, not %p and nil", got, a)
			}
		}
		rt.Await(rt.Sleep(ms))
		runtime.GC()
		if gathered.Value() != nil || dropped.Value() != nil {
			t.Errorf("still there: %v and %v", gathered.Value() != nil, dropped.Value() != nil)
		}
		return nil
	}())
}

// lives is what tasks that nobody holds say about themselves.
type lives struct {
	t     *testing.T
	steps map[int]int
	ended int
}

// live takes so many steps. Its variables must stay its own, whatever other tasks come and go.
//
//async:func
func (l *lives) live(id, steps int) rt.Coro[int] {
	sum := id
	for step := range steps {
		if l.steps[id] != step || sum != id+step {
			l.t.Errorf("task %d, step %d: it has taken %d, and counted to %d", id, step, l.steps[id], sum-id)
		}
		l.steps[id]++
		sum++
		rt.Await(rt.Sleep(time.Duration(id%3) * ms))
	}
	l.ended++
	return rt.Return(sum)
}

func TestFreeListGivesNothingTwice(t *testing.T) {
	for seed := range int64(20) {
		rnd := rand.New(rand.NewSource(seed))
		run(t, func() rt.Coro[rt.None] {
			l := &lives{t: t, steps: map[int]int{}}
			made := 0
			for range 50 {
				for range rnd.Intn(100) {
					rt.CreateTask(l.live(made, rnd.Intn(6)))
					made++
				}
				var list []rt.Awaitable[int]
				first, steps := made, rnd.Intn(4)
				for range rnd.Intn(100) {
					list = append(list, l.live(made, steps))
					made++
				}
				for i, sum := range rt.Await(rt.Gather(list...)) {
					if sum != first+i+steps {
						t.Errorf("seed %d: task %d gave %d after %d steps", seed, first+i, sum, steps)
					}
				}
			}
			for len(rt.AllTasks()) > 1 {
				rt.Await(rt.Sleep(ms))
			}
			if l.ended != made {
				t.Errorf("seed %d: %d tasks of %d have ended", seed, l.ended, made)
			}
			return nil
		}())
	}
}

// Loops of other goroutines share what one has too much of.
func TestFreeListsOfSeveralLoops(t *testing.T) {
	var loops sync.WaitGroup
	for range 4 {
		loops.Go(func() {
			run(t, func() rt.Coro[rt.None] {
				l := &lives{t: t, steps: map[int]int{}}
				for round := range 20 {
					list := make([]rt.Awaitable[int], 200)
					for i := range list {
						list[i] = l.live(200*round+i, i%3)
					}
					rt.Await(rt.Gather(list...))
				}
				return nil
			}())
		})
	}
	loops.Wait()
}

//async:func
func pass() rt.Coro[rt.None] {
	rt.Await(rt.Sleep(0))
	return nil
}

// Tasks come and go without an allocation where nobody can get hold of them.
func TestDroppedTasksNeedNoMemory(t *testing.T) {
	const rounds, tasks = 50, 50 // fewer than a loop keeps: what sync.Pool keeps is not certain
	mallocs := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.Mallocs
	}
	check := func(what string, before uint64) {
		if got := mallocs() - before; got > rounds*tasks/10 {
			t.Errorf("%s: %d tasks took %d allocations", what, rounds*tasks, got)
		}
	}
	run(t, rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
		var before uint64
		for round := range rounds + 1 {
			if round == 1 {
				before = mallocs()
			}
			for range tasks {
				rt.Go(tg, pass())
			}
			rt.Await(rt.Sleep(ms))
		}
		check("in a group", before)
		before = mallocs()
		for range rounds {
			for range tasks {
				rt.CreateTask(pass())
			}
			rt.Await(rt.Sleep(ms))
		}
		check("dropped", before)
		return nil
	}))
}
