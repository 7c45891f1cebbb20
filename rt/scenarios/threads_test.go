//go:build asyncgen

package scenarios

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

func TestThreadResult(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		sum := 0
		v := rt.Await(rt.ToThread(func() (int, error) {
			for _, n := range []int{40, 2} {
				sum += n
			}
			return sum, nil
		}))
		if v != 42 {
			t.Error(v)
		}
		return nil
	}())
}

func TestThreadError(t *testing.T) {
	wrong := errors.New("test")
	run(t, func() rt.Coro[rt.None] {
		if _, err := rt.TryAwait(rt.ToThread(func() (int, error) { return 0, wrong })); err != wrong {
			t.Error(err)
		}
		return nil
	}())
}

// The function is called once, when the coroutine is awaited and not before.
func TestThreadOnce(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var calls atomic.Int32
		c := rt.ToThread(func() (rt.None, error) {
			calls.Add(1)
			return rt.None{}, nil
		})
		rt.Await(rt.Sleep(second))
		before := calls.Load()
		rt.Await(c)
		if before != 0 || calls.Load() != 1 {
			t.Errorf("%d calls before, %d after", before, calls.Load())
		}
		return nil
	}())
}

func TestThreadConcurrent(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var calls atomic.Int32
		var threads []rt.Coro[rt.None]
		for range 10 {
			threads = append(threads, rt.ToThread(func() (rt.None, error) {
				calls.Add(1)
				return rt.None{}, nil
			}))
		}
		rt.Await(rt.Gather(rt.Awaitables(threads)...))
		if n := calls.Load(); n != 10 {
			t.Errorf("%d calls", n)
		}
		return nil
	}())
}

// A goroutine has no context variables: the function has the values that it captures.
func TestThreadCapturesVariables(t *testing.T) {
	pet := rt.NewVar("pet", "")
	run(t, func() rt.Coro[rt.None] {
		pet.Set("parrot")
		value := pet.Get()
		thread := rt.ToThread(func() (string, error) { return value, nil })
		pet.Set("fish")
		if v := rt.Await(thread); v != "parrot" {
			t.Error(v)
		}
		return nil
	}())
}
