package rt

import (
	"fmt"
	"strings"
)

// Queue is asyncio.Queue, and PriorityQueue and LifoQueue as well: it hands items from tasks to
// tasks. NewQueue, NewPriorityQueue and NewLifoQueue make one.
type Queue[T any] struct {
	getters    line // first, see QueueGet
	putters    line
	max        int
	count      int      // of items
	room       int      // as many items as the ring may have without a look at anything else; 0: look
	fifo       fifo[T]  // the items of a plain queue
	order      items[T] // those of another one; nil: see fifo
	unfinished int      // items put that TaskDone was not called for
	finished   Event    // wakes when there are none
	shut       bool
	showing    bool // String is at its items
}

// NewQueue makes a queue that gives items first in, first out, and holds up to max of them; 0 and
// less is no limit.
func NewQueue[T any](max int) *Queue[T] { return newQueue[T](max, nil) }

// NewPriorityQueue makes a queue that gives the least item first. Items that tie come in the order of
// Python's heapq, which is not that of container/heap, and not the one in which they were put.
func NewPriorityQueue[T any](max int, less func(a, b T) bool) *Queue[T] {
	if less == nil {
		panic("rt.NewPriorityQueue: nil function")
	}
	return newQueue[T](max, &heap[T]{less: less})
}

// NewLifoQueue makes a queue that gives the youngest item first.
func NewLifoQueue[T any](max int) *Queue[T] { return newQueue[T](max, &lifo[T]{}) }

func newQueue[T any](max int, order items[T]) *Queue[T] {
	return &Queue[T]{order: order, max: max}
}

// Len is the number of items: Queue.qsize.
func (q *Queue[T]) Len() int { return q.count }

// Max is the number of items there may be; 0 and less is no limit.
func (q *Queue[T]) Max() int { return q.max }

// Empty says whether there are no items.
func (q *Queue[T]) Empty() bool { return q.count == 0 }

// Full says whether there are as many items as there may be.
func (q *Queue[T]) Full() bool { return q.max > 0 && q.count >= q.max }

// String describes the queue as Python's str does, but for the items after the sixth:
//
//	<Queue maxsize=2 _queue=[1, 2] _putters[1] tasks=3>
//
// A PriorityQueue or LifoQueue is named so.
func (q *Queue[T]) String() string {
	kind := "Queue"
	if q.order != nil {
		kind = q.order.kind()
	}
	if q.showing { // it is one of its own items
		return "<" + kind + " ...>"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<%s maxsize=%d", kind, q.max)
	if q.count > 0 {
		fmt.Fprintf(&b, " _queue=[%s]", q.show())
	}
	if n := q.getters.count(); n > 0 {
		fmt.Fprintf(&b, " _getters[%d]", n)
	}
	if n := q.putters.count(); n > 0 {
		fmt.Fprintf(&b, " _putters[%d]", n)
	}
	if q.unfinished > 0 {
		fmt.Fprintf(&b, " tasks=%d", q.unfinished)
	}
	if q.shut {
		b.WriteString(" shutdown")
	}
	b.WriteString(">")
	return b.String()
}

// show is the items in a few words.
func (q *Queue[T]) show() string {
	const most = 6 // as in reprlib
	q.showing = true
	defer func() { q.showing = false }()
	var texts []string
	for i := range min(q.count, most) {
		texts = append(texts, showResult(q.item(i)))
	}
	if q.count > most {
		texts = append(texts, "...")
	}
	return strings.Join(texts, ", ")
}

// item is item number i, in the order in which they are kept.
func (q *Queue[T]) item(i int) T {
	if q.order != nil {
		return q.order.at(i)
	}
	return q.fifo.at(i)
}

// Put waits until the queue is not full, and puts v into it: Queue.put. It fails with
// ErrQueueShutDown after Shutdown.
func (q *Queue[T]) Put(v T) Coro[None] {
	return New(&lineCall[None, QueuePut[T], *QueuePut[T]]{wait: QueuePut[T]{waiter: in(&q.putters), v: v}})
}

// PutNowait puts v into the queue, or gives ErrQueueFull or ErrQueueShutDown: Queue.put_nowait.
func (q *Queue[T]) PutNowait(v T) error {
	switch {
	case q.shut:
		return ErrQueueShutDown
	case q.Full():
		return ErrQueueFull
	}
	q.put(v)
	return nil
}

// put is Queue.put_nowait when there is room.
func (q *Queue[T]) put(v T) {
	switch {
	case q.order != nil:
		q.count++ // it is in the queue, whatever happens when it is put in order
		q.order.put(v)
		q.unfinished++
	case q.count == len(q.fifo.ring):
		q.grow()
		fallthrough
	default:
		q.place(v)
	}
	if q.getters.first != nil {
		q.getters.release()
	}
}

// place puts v into the ring, in which there is room.
func (q *Queue[T]) place(v T) {
	q.fifo.place(v, q.count)
	q.count++
	q.unfinished++
}

// grow makes room for more items in the ring.
func (q *Queue[T]) grow() {
	q.fifo.grow()
	if q.room = len(q.fifo.ring); q.max > 0 {
		q.room = min(q.room, q.max)
	}
}

// get is Queue.get_nowait when there is something.
func (q *Queue[T]) get() (v T) {
	if q.order == nil {
		v = q.fifo.get()
	} else {
		v = q.order.get()
	}
	q.count--
	if q.putters.first != nil {
		q.putters.release()
	}
	return v
}

// Get waits until the queue is not empty, and takes an item out: Queue.get. It fails with
// ErrQueueShutDown when the queue is empty after Shutdown.
func (q *Queue[T]) Get() Coro[T] {
	return New(&lineCall[T, QueueGet[T], *QueueGet[T]]{wait: QueueGet[T]{waiter: in(&q.getters)}})
}

// GetNowait takes an item out of the queue, or gives ErrQueueEmpty or ErrQueueShutDown:
// Queue.get_nowait.
func (q *Queue[T]) GetNowait() (v T, err error) {
	switch {
	case !q.Empty():
		v = q.get()
	case q.shut:
		err = ErrQueueShutDown
	default:
		err = ErrQueueEmpty
	}
	return v, err
}

// drop throws all items away.
func (q *Queue[T]) drop() {
	q.unfinished = max(0, q.unfinished-q.count)
	q.count = 0
	if q.order == nil {
		q.fifo = fifo[T]{}
	} else {
		q.order.clear()
	}
}

// TaskDone says that the work on an item that was taken out is done: Queue.task_done. It panics when
// it was called for all items already.
func (q *Queue[T]) TaskDone() {
	if q.unfinished <= 0 {
		panic("rt: Queue.TaskDone was called too often")
	}
	if q.unfinished--; q.unfinished == 0 {
		q.finished.wake()
	}
}

// Join waits until TaskDone was called for all items that were ever put: Queue.join.
func (q *Queue[T]) Join() Coro[None] { return New(&QueueJoin[T]{q: q}) }

// Shutdown ends the queue: Queue.shutdown. From now on Put fails with ErrQueueShutDown, and so does
// Get when the queue is empty. With immediate the items that are left are dropped and count as done.
func (q *Queue[T]) Shutdown(immediate bool) {
	q.shut, q.room = true, 0
	if immediate {
		q.drop()
		if q.unfinished == 0 {
			q.finished.wake()
		}
	}
	for q.getters.first != nil {
		q.getters.release()
	}
	for q.putters.first != nil {
		q.putters.release()
	}
}

// bind panics when q is bound to another loop.
func (q *Queue[T]) bind(x *Exec) {
	if q.getters.loop != x.loop {
		q.getters.rebind(x, &queueGetInfo)
		q.putters.rebind(x, &queuePutInfo)
	}
}
