package rt

import (
	"fmt"
	"strings"
)

// Queue is asyncio.Queue, and PriorityQueue and LifoQueue as well: it hands items from tasks to
// tasks. NewQueue, NewPriorityQueue and NewLifoQueue make one.
type Queue[T any] struct {
	bound      bound
	max        int
	count      int      // of items
	fifo       fifo[T]  // the items of a plain queue
	order      items[T] // those of another one; nil: see fifo
	getters    waiters
	putters    waiters
	unfinished int   // items put that TaskDone was not called for
	finished   Event // set when there are none
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
	q := &Queue[T]{order: order, max: max}
	q.finished.Set()
	return q
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
	if n := q.getters.count; n > 0 {
		fmt.Fprintf(&b, " _getters[%d]", n)
	}
	if n := q.putters.count; n > 0 {
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
func (q *Queue[T]) Put(v T) Coro[None] { return New(&QueuePut[T]{q: q, v: v}) }

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
	if q.order == nil {
		q.fifo.put(v, q.count)
	} else {
		q.order.put(v)
	}
	q.count++
	q.unfinished++
	q.finished.set = false
	if q.getters.first != nil {
		q.getters.release()
	}
}

// get is Queue.get_nowait when there is something.
func (q *Queue[T]) get() (v T) {
	q.count--
	if q.order == nil {
		v = q.fifo.get()
	} else {
		v = q.order.get()
	}
	if q.putters.first != nil {
		q.putters.release()
	}
	return v
}

// Get waits until the queue is not empty, and takes an item out: Queue.get. It fails with
// ErrQueueShutDown when the queue is empty after Shutdown.
func (q *Queue[T]) Get() Coro[T] { return New(&QueueGet[T]{q: q}) }

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
	for ; q.count > 0; q.count-- {
		if q.order == nil {
			q.fifo.get()
		} else {
			q.order.get()
		}
	}
}

// TaskDone says that the work on an item that was taken out is done: Queue.task_done. It panics when
// it was called for all items already.
func (q *Queue[T]) TaskDone() {
	if q.unfinished <= 0 {
		panic("rt: Queue.TaskDone was called too often")
	}
	if q.unfinished--; q.unfinished == 0 {
		q.finished.Set()
	}
}

// Join waits until TaskDone was called for all items that were ever put: Queue.join.
func (q *Queue[T]) Join() Coro[None] { return New(&QueueJoin[T]{q: q}) }

// Shutdown ends the queue: Queue.shutdown. From now on Put fails with ErrQueueShutDown, and so does
// Get when the queue is empty. With immediate the items that are left are dropped and count as done.
func (q *Queue[T]) Shutdown(immediate bool) {
	q.shut = true
	if immediate {
		q.drop()
		if q.unfinished == 0 {
			q.finished.Set()
		}
	}
	for q.getters.count > 0 {
		q.getters.release()
	}
	for q.putters.count > 0 {
		q.putters.release()
	}
}

// QueuePut is a call of Queue.Put: generated code holds it in the caller's frame.
type QueuePut[T any] struct {
	Frame[None]
	waiter
	q *Queue[T]
	v T
}

var queuePutInfo = FuncInfo{Name: "Queue.Put"}

// Info describes the call to tracebacks.
func (*QueuePut[T]) Info() *FuncInfo { return &queuePutInfo }

func (f *QueuePut[T]) line() any { return &f.q.putters }

// Begin begins a call of q.Put(v).
func (f *QueuePut[T]) Begin(x *Exec, q *Queue[T], v T) Status {
	if q.order == nil && q.count < len(q.fifo.ring) && q.getters.first == nil && !q.shut && !q.Full() {
		q.fifo.place(v, q.count) // as most often nothing else is to be done, without a call
		q.count++
		q.unfinished++
		q.finished.set = false
		return Done
	}
	f.State, f.q, f.v = Start, q, v
	if q.Full() && !q.shut {
		return f.stand(x, q)
	}
	return f.Resume(x)
}

// stand waits until somebody has taken an item out of q.
func (f *QueuePut[T]) stand(x *Exec, q *Queue[T]) Status {
	q.bound.bind(x, "Queue")
	f.State = 1
	return f.wait(x, f, &q.putters)
}

// Resume goes on with the call.
func (f *QueuePut[T]) Resume(x *Exec) Status {
	q := f.q
	switch {
	case f.State != Start && x.Err != nil:
		f.giveUp(&q.putters, !q.Full())
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	case q.Full(): // again, when somebody was faster
		return f.stand(x, q)
	default:
		q.put(f.v)
	}
	return Done
}

// QueueGet is a call of Queue.Get: generated code holds it in the caller's frame.
type QueueGet[T any] struct {
	Frame[T]
	waiter
	q *Queue[T]
}

var queueGetInfo = FuncInfo{Name: "Queue.Get"}

// Info describes the call to tracebacks.
func (*QueueGet[T]) Info() *FuncInfo { return &queueGetInfo }

func (f *QueueGet[T]) line() any { return &f.q.getters }

// Begin begins a call of q.Get.
func (f *QueueGet[T]) Begin(x *Exec, q *Queue[T]) Status {
	if q.order == nil && q.count > 0 && q.putters.first == nil {
		q.count--
		f.Value = q.fifo.get()
		return Done
	}
	f.State, f.q = Start, q
	if q.count == 0 && !q.shut {
		return f.stand(x, q)
	}
	return f.Resume(x)
}

// stand waits until somebody has put an item into q.
func (f *QueueGet[T]) stand(x *Exec, q *Queue[T]) Status {
	q.bound.bind(x, "Queue")
	f.State = 1
	return f.wait(x, f, &q.getters)
}

// Resume goes on with the call.
func (f *QueueGet[T]) Resume(x *Exec) Status {
	q := f.q
	switch {
	case f.State != Start && x.Err != nil:
		f.giveUp(&q.getters, !q.Empty())
	case !q.Empty():
		f.Value = q.get()
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	default: // again, when somebody was faster
		return f.stand(x, q)
	}
	return Done
}

// giveUp is what follows a wait for a queue that was canceled. If w was woken before that, and there is
// something to be done, the next in the line is woken in its place.
func (w *waiter) giveUp(line *waiters, ready bool) {
	line.remove(w)
	if ready && w.woken() {
		line.release()
	}
}

// QueueJoin is a call of Queue.Join: generated code holds it in the caller's frame.
type QueueJoin[T any] struct {
	Frame[None]
	q    *Queue[T]
	wait EventWait
}

var queueJoinInfo = FuncInfo{Name: "Queue.Join"}

// Info describes the call to tracebacks.
func (*QueueJoin[T]) Info() *FuncInfo { return &queueJoinInfo }

// Begin begins a call of q.Join.
func (f *QueueJoin[T]) Begin(x *Exec, q *Queue[T]) Status {
	f.State, f.q = Start, q
	return f.Resume(x)
}

// Resume goes on with the call.
func (f *QueueJoin[T]) Resume(x *Exec) Status {
	if f.State != Start || f.q.unfinished == 0 {
		return Done
	}
	f.State = 1
	return f.wait.Begin(x, f, &f.q.finished)
}
