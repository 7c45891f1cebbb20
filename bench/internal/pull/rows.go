package pull

import (
	"iter"

	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/bench/internal/tree"
)

// Rows are the rows of iter.Pull. An await of a function is a call there as well: see goroutines.
var Rows = []harness.Row{
	{Name: "switch-2", Run: func(n int, w *harness.Watch) int { return switchAmong(2, n, w) }},
	{Name: "switch-1000", Run: func(n int, w *harness.Watch) int { return switchAmong(1000, n, w) }},
	{Name: "await-once", Run: inTask(callOnce)},
	{Name: "depth-1", Run: inTask(nestedTo(1))},
	{Name: "depth-10", Run: inTask(nestedTo(10))},
	{Name: "depth-100", Run: inTask(nestedTo(100))},
	{Name: "known-10", Run: inTask(resumeKnown)},
	{Name: "chain-10", Run: inTask(chain)},
	{Name: "spawn", Run: inTask(spawn)},
	{Name: "gather", Least: 10_000, Run: inTask(gather)},
	{Name: "queue-1", Run: inTask(through(1))},
	{Name: "queue-100", Run: inTask(through(100))},
	{Name: "stream", Least: 1_000_000, Run: readStream},
	{Name: "event", Least: 100_000, Run: wake},
	{Name: "sleepers", Once: 1_000_000, Run: sleepers},
	{Name: "mix", Least: 20_000, Run: inTask(mix)},
}

// inTask runs f as the first task of a loop, and measures the whole of it.
func inTask(f func(l *loop, t *task, n int) int) func(int, *harness.Watch) int {
	return func(n int, w *harness.Watch) (ops int) {
		l := new(loop)
		l.spawn(func(t *task) { ops = f(l, t, n) })
		w.Start()
		l.run()
		w.Stop()
		return ops
	}
}

func switches(l *loop, t *task, n int) int {
	done := 0
	for range n {
		l.again(t)
		done++
	}
	return done
}

func switchAmong(tasks, n int, w *harness.Watch) int {
	l := new(loop)
	ops := 0
	for range tasks {
		l.spawn(func(t *task) { ops += switches(l, t, max(1, n/tasks)) })
	}
	w.Start()
	l.run()
	w.Stop()
	return ops
}

//go:noinline
func once(l *loop, t *task, i int) int {
	l.again(t)
	return i | 1
}

func callOnce(l *loop, t *task, n int) int {
	ops := 0
	for i := range n {
		ops += once(l, t, i) & 1
	}
	return ops
}

//go:noinline
func nested(l *loop, t *task, depth, n int) int {
	if depth > 1 {
		return nested(l, t, depth-1, n)
	}
	return switches(l, t, n)
}

func nestedTo(depth int) func(*loop, *task, int) int {
	return func(l *loop, t *task, n int) int { return nested(l, t, depth, n) }
}

// level is a chain of ten calls.
//
//go:noinline
func level(l *loop, t *task, i, n int) int {
	if i < 10 {
		return level(l, t, i+1, n) + 1
	}
	for range n {
		l.again(t)
	}
	return 1
}

func chain(l *loop, t *task, n int) int {
	ops := 0
	for range max(1, n/10) {
		ops += level(l, t, 1, 1)
	}
	return ops
}

func resumeKnown(l *loop, t *task, n int) int { return n * level(l, t, 1, n) / 10 }

func spawn(l *loop, t *task, n int) int {
	ops := 0
	for i := range n {
		var f latch
		l.spawn(func(*task) { f.set(l, i|1) })
		ops += f.wait(t) & 1
	}
	return ops
}

func gather(l *loop, t *task, n int) int {
	children := min(n, 10_000)
	ops := 0
	for range n / children {
		list := make([]int, children)
		var all latch
		left := children
		for i := range list {
			l.spawn(func(t *task) {
				list[i] = once(l, t, i)
				if left--; left == 0 {
					all.set(l, 0)
				}
			})
		}
		all.wait(t)
		for _, v := range list {
			ops += v & 1
		}
	}
	return ops
}

func through(bound int) func(*loop, *task, int) int {
	return func(l *loop, t *task, n int) int {
		q := newQueue[int](l, bound)
		l.spawn(func(t *task) {
			for range n {
				q.put(t, 1)
			}
		})
		ops := 0
		for range n {
			ops += q.get(t)
		}
		return ops
	}
}

// walk gives the values of a tree from left to right.
func walk(root *tree.Node) iter.Seq[int] {
	return func(yield func(int) bool) {
		var path []*tree.Node
		for n := root; n != nil || len(path) > 0; {
			for n != nil {
				path = append(path, n)
				n = n.Left
			}
			n = path[len(path)-1]
			path = path[:len(path)-1]
			if !yield(n.Value) {
				return
			}
			n = n.Right
		}
	}
}

func readStream(n int, w *harness.Watch) int {
	size := tree.Size(n)
	root := tree.New(size)
	w.Start()
	ops := 0
	for range n / size {
		expect := 0
		next, stop := iter.Pull(walk(root))
		for v, ok := next(); ok; v, ok = next() {
			if v == expect {
				expect++
			}
		}
		stop()
		ops += expect
	}
	w.Stop()
	return ops
}

func wake(n int, w *harness.Watch) int {
	tasks := min(n, 100_000)
	laps := w.Laps()
	ops := 0
	for range n / tasks {
		l := new(loop)
		var waiters []*task
		saw := 0
		for range tasks {
			l.spawn(func(t *task) {
				waiters = append(waiters, t)
				t.suspend()
				if saw++; saw == tasks {
					laps.Stop()
				}
			})
		}
		l.run()
		laps.Start()
		for _, t := range waiters {
			l.wake(t)
		}
		l.run()
		ops += saw
	}
	return ops
}

func sleepers(n int, _ *harness.Watch) int {
	l := new(loop)
	now, most := 0, 0
	for range n {
		l.spawn(func(t *task) {
			now++
			most = max(most, now)
			l.sleep(t, harness.SleepFor(n))
			now--
		})
	}
	l.run()
	return most
}

// request is what a client sends to the workers.
type request struct {
	id    int
	lost  bool // no worker answers it
	reply *latch
}

func work(l *loop, t *task, q *queue[request]) {
	for {
		r := q.get(t)
		if r.id < 0 {
			return
		}
		l.sleep(t, harness.MixWork)
		if !r.lost {
			r.reply.set(l, r.id)
		}
	}
}

func client(l *loop, t *task, q *queue[request], first, n int) int {
	ops := 0
	for id := first; id < first+n; id++ {
		r := request{id: id, lost: id%harness.MixLost == 0, reply: new(latch)}
		patience := harness.MixLong
		if r.lost {
			patience = harness.MixShort
		}
		q.put(t, r)
		v, ok := r.reply.waitFor(l, t, patience)
		if r.lost && !ok || !r.lost && ok && v == id {
			ops++
		}
	}
	return ops
}

func mix(l *loop, t *task, n int) int {
	q := newQueue[request](l, harness.MixBound)
	clients, each := harness.MixClients(n)
	for range harness.MixWorkers {
		l.spawn(func(t *task) { work(l, t, q) })
	}
	var all latch
	ops, left := 0, clients
	for i := range clients {
		l.spawn(func(t *task) {
			ops += client(l, t, q, i*each, each)
			if left--; left == 0 {
				all.set(l, 0)
			}
		})
	}
	all.wait(t)
	for range harness.MixWorkers {
		q.put(t, request{id: -1})
	}
	return ops
}
