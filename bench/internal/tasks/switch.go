//go:build asyncgen

package tasks

import (
	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/rt"
)

// switches gives way n times.
//
//async:func
func switches(n int) rt.Coro[int] {
	done := 0
	for range n {
		rt.Await(rt.Sleep(0))
		done++
	}
	return rt.Return(done)
}

// switchAmong lets tasks give way to each other, about n times in all.
//
//async:func
func switchAmong(tasks, n int, w *harness.Watch) rt.Coro[int] {
	list := make([]*rt.Task[int], tasks)
	w.Start()
	for i := range list {
		list[i] = rt.CreateTask(switches(max(1, n/tasks)))
	}
	ops := 0
	for _, t := range list {
		ops += rt.Await(t)
	}
	w.Stop()
	return rt.Return(ops)
}
