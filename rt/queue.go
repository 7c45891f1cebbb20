package rt

import (
	"fmt"
	"strings"
)

// Queue is asyncio.Queue, and PriorityQueue and LifoQueue as well: it hands items from tasks to
// tasks. NewQueue, NewPriorityQueue and NewLifoQueue make one.
type Queue[T any] struct {
	max        int
	count      int      // of items
	fifo       fifo[T]  // the items of a plain queue
	order      items[T] // those of another one; nil: see fifo
	getters    line
	putters    line
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
	return New(&lineCall[None, QueuePut[T], *QueuePut[T]]{wait: QueuePut[T]{q: q, v: v}})
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
func (q *Queue[T]) Get() Coro[T] {
	return New(&lineCall[T, QueueGet[T], *QueueGet[T]]{wait: QueueGet[T]{q: q}})
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

// QueuePut is a wait to put an item into a queue: generated code holds it in the frame of who waits.
type QueuePut[T any] struct {
	waiter
	q *Queue[T]
	v T
}

var queuePutInfo = FuncInfo{Name: "Queue.Put"}

// Begin begins a call of q.Put(v) for f.
func (w *QueuePut[T]) Begin(x *Exec, f Resumer, q *Queue[T], v T) Status {
	if q.order == nil && q.count < len(q.fifo.ring) && q.getters.first == nil && !q.shut && !q.Full() {
		q.fifo.place(v, q.count) // as most often nothing else is to be done, without a call
		q.count++
		q.unfinished++
		q.finished.set = false
		return Done
	}
	w.q, w.v = q, v
	if q.Full() && !q.shut {
		return w.stand(x, f, q)
	}
	return w.Again(x, f)
}

// stand waits until somebody has taken an item out of q.
func (w *QueuePut[T]) stand(x *Exec, f Resumer, q *Queue[T]) Status {
	q.bind(x)
	return w.wait(x, f, &q.putters)
}

// Again goes on with the call when f has its turn.
func (w *QueuePut[T]) Again(x *Exec, f Resumer) Status {
	q := w.q
	switch {
	case x.Err != nil:
		w.giveUp(!q.Full())
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	case q.Full(): // again, when somebody was faster
		return w.stand(x, f, q)
	default:
		q.put(w.v)
	}
	return Done
}

func (w *QueuePut[T]) begin(x *Exec, f Resumer) Status { return w.Begin(x, f, w.q, w.v) }
func (w *QueuePut[T]) again(x *Exec, f Resumer) Status { return w.Again(x, f) }
func (*QueuePut[T]) value() (v None)                   { return v }
func (*QueuePut[T]) info() *FuncInfo                   { return &queuePutInfo }

// QueueGet is a wait for an item of a queue: generated code holds it in the frame of who waits.
type QueueGet[T any] struct {
	Value T // the item, once the wait has ended without an error
	waiter
	q *Queue[T]
}

var queueGetInfo = FuncInfo{Name: "Queue.Get"}

// Begin begins a call of q.Get for f.
func (w *QueueGet[T]) Begin(x *Exec, f Resumer, q *Queue[T]) Status {
	if q.order == nil && q.count > 0 && q.putters.first == nil {
		q.count--
		w.Value = q.fifo.get()
		return Done
	}
	w.q = q
	if q.count == 0 && !q.shut {
		return w.stand(x, f, q)
	}
	return w.Again(x, f)
}

// stand waits until somebody has put an item into q.
func (w *QueueGet[T]) stand(x *Exec, f Resumer, q *Queue[T]) Status {
	q.bind(x)
	return w.wait(x, f, &q.getters)
}

// Again goes on with the call when f has its turn.
func (w *QueueGet[T]) Again(x *Exec, f Resumer) Status {
	q := w.q
	switch {
	case x.Err != nil:
		w.giveUp(!q.Empty())
	case !q.Empty():
		w.Value = q.get()
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	default: // again, when somebody was faster
		return w.stand(x, f, q)
	}
	return Done
}

// Try is the item, or the error, which it takes away from x.Err: what TryAwait and CatchAwait give.
func (w *QueueGet[T]) Try(x *Exec) (v T, err error) {
	if x.Err != nil {
		return v, x.take()
	}
	return w.Value, nil
}

func (w *QueueGet[T]) begin(x *Exec, f Resumer) Status { return w.Begin(x, f, w.q) }
func (w *QueueGet[T]) again(x *Exec, f Resumer) Status { return w.Again(x, f) }
func (w *QueueGet[T]) value() T                        { return w.Value }
func (*QueueGet[T]) info() *FuncInfo                   { return &queueGetInfo }

// giveUp is what follows a wait for a queue that was canceled. If w was woken before that, and there is
// something to be done, the next in the line is woken in its place.
func (w *waiter) giveUp(ready bool) {
	if w.leave() && ready {
		w.line.release()
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
