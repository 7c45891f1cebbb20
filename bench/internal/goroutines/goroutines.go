// Package goroutines does the rows with goroutines and channels.
package goroutines

import (
	"runtime"
	"sync"
	"time"

	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/bench/internal/tree"
)

// Rows are the rows of goroutines.
var Rows = []harness.Row{
	{Name: "switch-2", Run: func(n int, w *harness.Watch) int { return switchAmong(2, n, w) }},
	{Name: "switch-1000", Run: func(n int, w *harness.Watch) int { return switchAmong(1000, n, w) }},
	{Name: "await-ready", Run: callReady},
	{Name: "await-once", Run: callOnce},
	{Name: "depth-1", Run: func(n int, w *harness.Watch) int { return resumeNested(1, n, w) }},
	{Name: "depth-10", Run: func(n int, w *harness.Watch) int { return resumeNested(10, n, w) }},
	{Name: "depth-100", Run: func(n int, w *harness.Watch) int { return resumeNested(100, n, w) }},
	{Name: "known-10", Run: resumeKnown},
	{Name: "chain-10", Run: chain},
	{Name: "spawn", Run: spawn},
	{Name: "gather", Least: 10_000, Run: gather},
	{Name: "queue-1", Run: func(n int, w *harness.Watch) int { return throughChannel(1, n, w) }},
	{Name: "queue-100", Run: func(n int, w *harness.Watch) int { return throughChannel(100, n, w) }},
	{Name: "stream", Least: 1_000_000, Run: readStream},
	{Name: "event", Least: 100_000, Run: wake},
	{Name: "sleepers", Once: 1_000_000, Run: sleepers},
	{Name: "mix", Least: 20_000, Run: mix},
}

// gosched is a Sleep(0): to the end of the queue.
func gosched() { runtime.Gosched() }

func switches(n int) int {
	done := 0
	for range n {
		gosched()
		done++
	}
	return done
}

func switchAmong(tasks, n int, w *harness.Watch) int {
	results := make(chan int, tasks)
	w.Start()
	for range tasks {
		go func() { results <- switches(max(1, n/tasks)) }()
	}
	ops := 0
	for range tasks {
		ops += <-results
	}
	w.Stop()
	return ops
}

//go:noinline
func ready(i int) int { return i | 1 }

//go:noinline
func once(i int) int {
	gosched()
	return i | 1
}

func callReady(n int, w *harness.Watch) int {
	w.Start()
	ops := 0
	for i := range n {
		ops += ready(i) & 1
	}
	w.Stop()
	return ops
}

func callOnce(n int, w *harness.Watch) int {
	w.Start()
	ops := 0
	for i := range n {
		ops += once(i) & 1
	}
	w.Stop()
	return ops
}

//go:noinline
func nested(depth, n int) int {
	if depth > 1 {
		return nested(depth-1, n)
	}
	return switches(n)
}

func resumeNested(depth, n int, w *harness.Watch) int {
	w.Start()
	ops := nested(depth, n)
	w.Stop()
	return ops
}

// level is a chain of ten calls.
//
//go:noinline
func level(i, n int) int {
	if i < 10 {
		return level(i+1, n) + 1
	}
	for range n {
		gosched()
	}
	return 1
}

func chain(n int, w *harness.Watch) int {
	w.Start()
	ops := 0
	for range max(1, n/10) {
		ops += level(1, 1)
	}
	w.Stop()
	return ops
}

func resumeKnown(n int, w *harness.Watch) int {
	w.Start()
	levels := level(1, n)
	w.Stop()
	return n * levels / 10
}

func spawn(n int, w *harness.Watch) int {
	w.Start()
	ops := 0
	for i := range n {
		c := make(chan int)
		go func() { c <- ready(i) }()
		ops += <-c & 1
	}
	w.Stop()
	return ops
}

func gather(n int, w *harness.Watch) int {
	children := min(n, 10_000)
	w.Start()
	ops := 0
	for range n / children {
		list := make([]int, children)
		var wg sync.WaitGroup
		for i := range list {
			wg.Go(func() { list[i] = once(i) })
		}
		wg.Wait()
		for _, v := range list {
			ops += v & 1
		}
	}
	w.Stop()
	return ops
}

func throughChannel(bound, n int, w *harness.Watch) int {
	q := make(chan int, bound)
	w.Start()
	go func() {
		for range n {
			q <- 1
		}
	}()
	ops := 0
	for range n {
		ops += <-q
	}
	w.Stop()
	return ops
}

// walk sends the values of a tree from left to right.
func walk(root *tree.Node, out chan<- int) {
	defer close(out)
	var path []*tree.Node
	for n := root; n != nil || len(path) > 0; {
		for n != nil {
			path = append(path, n)
			n = n.Left
		}
		n = path[len(path)-1]
		path = path[:len(path)-1]
		out <- n.Value
		n = n.Right
	}
}

func readStream(n int, w *harness.Watch) int {
	size := tree.Size(n)
	root := tree.New(size)
	w.Start()
	ops := 0
	for range n / size {
		next := 0
		out := make(chan int)
		go walk(root, out)
		for v := range out {
			if v == next {
				next++
			}
		}
		ops += next
	}
	w.Stop()
	return ops
}

func wake(n int, w *harness.Watch) int {
	tasks := min(n, 100_000)
	laps := w.Laps()
	ops := 0
	for range n / tasks {
		var waiting, saw int
		var mu sync.Mutex // as a program of goroutines needs, and never contended here
		event := make(chan struct{})
		var wg sync.WaitGroup
		for range tasks {
			wg.Go(func() {
				mu.Lock()
				waiting++
				mu.Unlock()
				<-event
				mu.Lock()
				saw++
				if saw == waiting {
					laps.Stop()
				}
				mu.Unlock()
			})
		}
		for all := false; !all; {
			gosched()
			mu.Lock()
			all = waiting == tasks
			mu.Unlock()
		}
		gosched() // the last of them blocks
		laps.Start()
		close(event)
		wg.Wait()
		ops += saw
	}
	return ops
}

func sleepers(n int, _ *harness.Watch) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	now, most := 0, 0
	for range n {
		wg.Go(func() {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(harness.SleepFor(n))
			mu.Lock()
			now--
			mu.Unlock()
		})
	}
	wg.Wait()
	return most
}

// request is what a client sends to the workers.
type request struct {
	id    int
	lost  bool // no worker answers it
	reply chan int
}

func work(q <-chan request) {
	for r := range q {
		time.Sleep(harness.MixWork)
		if !r.lost {
			r.reply <- r.id
		}
	}
}

func client(q chan<- request, first, n int) int {
	ops := 0
	for id := first; id < first+n; id++ {
		r := request{id: id, lost: id%harness.MixLost == 0, reply: make(chan int, 1)}
		patience := harness.MixLong
		if r.lost {
			patience = harness.MixShort
		}
		q <- r
		timeout := time.NewTimer(patience)
		select {
		case v := <-r.reply:
			timeout.Stop()
			if !r.lost && v == id {
				ops++
			}
		case <-timeout.C:
			if r.lost {
				ops++
			}
		}
	}
	return ops
}

func mix(n int, w *harness.Watch) int {
	q := make(chan request, harness.MixBound)
	clients, each := harness.MixClients(n)
	w.Start()
	var workers sync.WaitGroup
	for range harness.MixWorkers {
		workers.Go(func() { work(q) })
	}
	results := make(chan int, clients)
	for i := range clients {
		go func() { results <- client(q, i*each, each) }()
	}
	ops := 0
	for range clients {
		ops += <-results
	}
	close(q)
	workers.Wait()
	w.Stop()
	return ops
}
