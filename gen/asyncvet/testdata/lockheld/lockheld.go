// Package lockheld awaits while it holds a mutex, and when it does not any more.
package lockheld

import (
	"sync"

	"github.com/asyncgen/asyncgen/rt"
)

type store struct {
	mu   sync.Mutex
	rw   sync.RWMutex
	lock rt.Lock
}

//async:func
func held(s *store, some bool) rt.Coro[rt.None] {
	s.mu.Lock()
	rt.Await(rt.Sleep(1)) // want `^rt.Await suspends while s.mu is locked \(line 18\): a task that locks it meanwhile blocks the event loop for good: unlock before, or make it an rt.Lock \(lockheld\)$`
	s.mu.Unlock()
	rt.Await(rt.Sleep(2))
	s.rw.RLock()
	if some {
		s.rw.RUnlock()
		rt.Await(rt.Sleep(3))
		return nil
	}
	_, _ = rt.TryAwait(rt.Sleep(4)) // want `rt.TryAwait suspends while s.rw is locked \(line 22\)`
	s.rw.RUnlock()
	return nil
}

//async:func
func deferred(s *store, items rt.Stream[int]) rt.Coro[rt.None] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range rt.AwaitEach(items) { // want `rt.AwaitEach suspends while s.mu is locked`
	}
	return held(s, true) // want `this return awaits while s.mu is locked`
}

//async:func
func yields(mu *sync.RWMutex) rt.Stream[int] {
	mu.Lock()
	rt.Yield(1) // want `rt.Yield suspends while mu is locked`
	mu.Unlock()
	rt.Yield(2)
	return nil
}

//async:func
func unlocked(s, t *store, some bool, list []*store) rt.Coro[int] {
	s.mu.Lock()
	s.mu.Unlock()
	rt.Await(rt.Sleep(1))
	for range 3 {
		s.mu.Lock()
		if some {
			s.mu.Unlock()
			continue
		}
		s.mu.Unlock()
		rt.Await(rt.Sleep(2))
	}
	if some {
		s.mu.Lock()
	}
	rt.Await(rt.Sleep(3)) // perhaps
	if some {
		s.mu.Unlock()
	}
	t.mu.Lock()
	func() { t.mu.Unlock() }()
	list[0].mu.Lock() // which one it is nobody knows
	rt.Await(rt.Sleep(4))
	list[0].mu.Unlock()
	rt.Await(s.lock.Acquire())
	defer s.lock.Release()
	return rt.Return(1)
}

//async:func
func finished(s *store) rt.Coro[int] {
	s.mu.Lock()
	defer s.mu.Unlock()
	rt.Await(rt.Return(1)) // does not suspend
	task := rt.CreateTask(func() rt.Coro[rt.None] {
		rt.Await(rt.Sleep(1)) // another function
		return nil
	}())
	_ = task
	return rt.Return(2)
}

//async:func
func loops(s *store) rt.Coro[rt.None] {
	for {
		s.mu.Lock()
		for range 3 {
			rt.Await(rt.Sleep(1)) // want `while s.mu is locked`
		}
		s.mu.Unlock()
	}
}

//async:func
func shadows(mu *sync.Mutex) rt.Coro[rt.None] {
	mu.Lock()
	{
		mu := new(sync.Mutex)
		mu.Unlock()
	}
	rt.Await(rt.Sleep(1)) // want `while mu is locked \(line 108\)`
	mu.Unlock()
	return nil
}
