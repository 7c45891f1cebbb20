//go:build asyncgen

package tasks

import (
	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/bench/internal/tree"
	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func produce(q *rt.Queue[int], n int) rt.Coro[rt.None] {
	for range n {
		rt.Await(q.Put(1))
	}
	return nil
}

// throughQueue takes n items out of a queue that another task fills.
//
//async:func
func throughQueue(bound, n int, w *harness.Watch) rt.Coro[int] {
	q := rt.NewQueue[int](bound)
	w.Start()
	rt.CreateTask(produce(q, n))
	ops := 0
	for range n {
		ops += rt.Await(q.Get())
	}
	w.Stop()
	return rt.Return(ops)
}

// walk is a stream of the values of a tree, from left to right.
//
//async:func
func walk(root *tree.Node) rt.Stream[int] {
	var path []*tree.Node
	for n := root; n != nil || len(path) > 0; {
		for n != nil {
			path = append(path, n)
			n = n.Left
		}
		n = path[len(path)-1]
		path = path[:len(path)-1]
		rt.Yield(n.Value)
		n = n.Right
	}
	return nil
}

// readStream reads trees of up to a million nodes.
//
//async:func
func readStream(n int, w *harness.Watch) rt.Coro[int] {
	size := tree.Size(n)
	root := tree.New(size)
	w.Start()
	ops := 0
	for range n / size {
		next := 0
		for v := range rt.AwaitEach(walk(root)) {
			if v == next {
				next++
			}
		}
		ops += next
	}
	w.Stop()
	return rt.Return(ops)
}
