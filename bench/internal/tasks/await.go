//go:build asyncgen

package tasks

import (
	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/rt"
)

// ready does not suspend.
//
//async:func
func ready(i int) rt.Coro[int] { return rt.Return(i | 1) }

// once suspends once.
//
//async:func
func once(i int) rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(i | 1)
}

//async:func
func awaitReady(n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	ops := 0
	for i := range n {
		ops += rt.Await(ready(i)) & 1
	}
	w.Stop()
	return rt.Return(ops)
}

//async:func
func awaitOnce(n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	ops := 0
	for i := range n {
		ops += rt.Await(once(i)) & 1
	}
	w.Stop()
	return rt.Return(ops)
}

// nested is as many awaiting functions as depth says; the innermost one gives way n times.
//
//async:func
func nested(depth, n int) rt.Coro[int] {
	if depth > 1 {
		return rt.Return(rt.Await(nested(depth-1, n)))
	}
	return rt.Return(rt.Await(switches(n)))
}

//async:func
func resumeNested(depth, n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	ops := rt.Await(nested(depth, n))
	w.Stop()
	return rt.Return(ops)
}

// level1 to level10 are a chain of functions that are known to each other. The last one gives way
// n times, and each adds 1 to what comes up.

//async:func
func level1(n int) rt.Coro[int] { return rt.Return(rt.Await(level2(n)) + 1) }

//async:func
func level2(n int) rt.Coro[int] { return rt.Return(rt.Await(level3(n)) + 1) }

//async:func
func level3(n int) rt.Coro[int] { return rt.Return(rt.Await(level4(n)) + 1) }

//async:func
func level4(n int) rt.Coro[int] { return rt.Return(rt.Await(level5(n)) + 1) }

//async:func
func level5(n int) rt.Coro[int] { return rt.Return(rt.Await(level6(n)) + 1) }

//async:func
func level6(n int) rt.Coro[int] { return rt.Return(rt.Await(level7(n)) + 1) }

//async:func
func level7(n int) rt.Coro[int] { return rt.Return(rt.Await(level8(n)) + 1) }

//async:func
func level8(n int) rt.Coro[int] { return rt.Return(rt.Await(level9(n)) + 1) }

//async:func
func level9(n int) rt.Coro[int] { return rt.Return(rt.Await(level10(n)) + 1) }

//async:func
func level10(n int) rt.Coro[int] {
	for range n {
		rt.Await(rt.Sleep(0))
	}
	return rt.Return(1)
}

// chain goes down and up the ten levels n/10 times.
//
//async:func
func chain(n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	ops := 0
	for range max(1, n/10) {
		ops += rt.Await(level1(1))
	}
	w.Stop()
	return rt.Return(ops)
}

// resumeKnown stays at the bottom of the ten levels.
//
//async:func
func resumeKnown(n int, w *harness.Watch) rt.Coro[int] {
	w.Start()
	levels := rt.Await(level1(n))
	w.Stop()
	return rt.Return(n * levels / 10)
}
