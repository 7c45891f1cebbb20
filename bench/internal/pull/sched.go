// Package pull does the rows with coroutines of iter.Pull and the small scheduler that they need.
package pull

import (
	"container/heap"
	"iter"
	"time"
)

// loop runs tasks: a ready queue in order, and timers.
type loop struct {
	ready  []*task
	timers timers
}

// task is a coroutine: every yield of its body goes back to the loop.
type task struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	seq   int // a wait with a timeout ends once: see timer
}

// spawn makes a task of f, which starts in its turn.
func (l *loop) spawn(f func(t *task)) *task {
	t := new(task)
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.yield = yield
		f(t)
	})
	l.wake(t)
	return t
}

// suspend gives way until somebody wakes the task.
func (t *task) suspend() { t.yield(struct{}{}) }

// wake puts a task at the end of the queue.
func (l *loop) wake(t *task) {
	t.seq++
	l.ready = append(l.ready, t)
}

// again is a Sleep(0).
func (l *loop) again(t *task) {
	l.wake(t)
	t.suspend()
}

// sleep wakes the task after d.
func (l *loop) sleep(t *task, d time.Duration) {
	l.after(t, d)
	t.suspend()
}

// after wakes the task in d, unless somebody else has woken it before.
func (l *loop) after(t *task, d time.Duration) {
	heap.Push(&l.timers, timer{time.Now().Add(d), t, t.seq})
}

// run runs what is ready until nothing is, and waits for timers in between.
func (l *loop) run() {
	var batch []*task
	for {
		l.wakeSleepers()
		if len(l.ready) == 0 {
			if len(l.timers) == 0 {
				return
			}
			time.Sleep(time.Until(l.timers[0].when))
			continue
		}
		batch, l.ready = l.ready, batch[:0]
		for _, t := range batch {
			t.next()
		}
	}
}

// wakeSleepers takes out the timers that are due, and those on top whose task was woken by somebody else.
func (l *loop) wakeSleepers() {
	if len(l.timers) == 0 {
		return
	}
	now := time.Now()
	for len(l.timers) > 0 && (l.timers[0].stale() || !l.timers[0].when.After(now)) {
		if due := heap.Pop(&l.timers).(timer); !due.stale() {
			l.wake(due.t)
		}
	}
}

// timer wakes a task, if it still is in the same wait.
type timer struct {
	when time.Time
	t    *task
	seq  int
}

func (t *timer) stale() bool { return t.seq != t.t.seq }

type timers []timer

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].when.Before(h[j].when) }
func (h timers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timers) Push(v any)        { *h = append(*h, v.(timer)) }
func (h *timers) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}

// queue is a bounded queue of a loop, a ring.
type queue[T any] struct {
	l                *loop
	items            []T
	first, len       int
	getters, putters []*task
}

func newQueue[T any](l *loop, bound int) *queue[T] {
	return &queue[T]{l: l, items: make([]T, bound)}
}

func (q *queue[T]) put(t *task, v T) {
	for q.len == len(q.items) {
		q.putters = append(q.putters, t)
		t.suspend()
	}
	at := q.first + q.len
	if at >= len(q.items) {
		at -= len(q.items)
	}
	q.items[at] = v
	q.len++
	q.getters = q.l.wakeOne(q.getters)
}

func (q *queue[T]) get(t *task) T {
	for q.len == 0 {
		q.getters = append(q.getters, t)
		t.suspend()
	}
	v := q.items[q.first]
	q.len--
	if q.first++; q.first == len(q.items) {
		q.first = 0
	}
	q.putters = q.l.wakeOne(q.putters)
	return v
}

// wakeOne wakes the first of those that wait.
func (l *loop) wakeOne(waiting []*task) []*task {
	switch len(waiting) {
	case 0:
		return waiting
	case 1:
		l.wake(waiting[0])
		return waiting[:0] // keeps the memory
	}
	l.wake(waiting[0])
	return waiting[1:]
}

// latch is awaited by one task and completed once.
type latch struct {
	done   bool
	value  int
	waiter *task
}

func (f *latch) set(l *loop, v int) {
	f.done, f.value = true, v
	if f.waiter != nil {
		l.wake(f.waiter)
		f.waiter = nil
	}
}

func (f *latch) wait(t *task) int {
	for !f.done {
		f.waiter = t
		t.suspend()
	}
	return f.value
}

// waitFor waits for d at most.
func (f *latch) waitFor(l *loop, t *task, d time.Duration) (v int, ok bool) {
	if !f.done {
		f.waiter = t
		l.after(t, d)
		t.suspend()
		f.waiter = nil
	}
	return f.value, f.done
}
