package rt

// Queue is asyncio.Queue, and PriorityQueue and LifoQueue as well: it hands items from tasks to
// tasks. NewQueue, NewPriorityQueue and NewLifoQueue make one.
type Queue[T any] struct {
	bound      bound
	items      items[T]
	max        int
	getters    waiters
	putters    waiters
	unfinished int   // items put that TaskDone was not called for
	finished   Event // set when there are none
	shut       bool
}

// NewQueue makes a queue that gives items first in, first out, and holds up to max of them; 0 and
// less is no limit.
func NewQueue[T any](max int) *Queue[T] { return newQueue[T](max, &fifo[T]{}) }

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

func newQueue[T any](max int, items items[T]) *Queue[T] {
	q := &Queue[T]{items: items, max: max}
	q.finished.Set()
	return q
}

// Len is the number of items: Queue.qsize.
func (q *Queue[T]) Len() int { return q.items.len() }

// Max is the number of items there may be; 0 and less is no limit.
func (q *Queue[T]) Max() int { return q.max }

// Empty says whether there are no items.
func (q *Queue[T]) Empty() bool { return q.items.len() == 0 }

// Full says whether there are as many items as there may be.
func (q *Queue[T]) Full() bool { return q.max > 0 && q.items.len() >= q.max }

// Put waits until the queue is not full, and puts v into it: Queue.put. It fails with
// ErrQueueShutDown after Shutdown.
func (q *Queue[T]) Put(v T) Coro[None] { return &queuePut[T]{q: q, v: v} }

// PutNowait puts v into the queue, or gives ErrQueueFull or ErrQueueShutDown: Queue.put_nowait.
func (q *Queue[T]) PutNowait(v T) error {
	switch {
	case q.shut:
		return ErrQueueShutDown
	case q.Full():
		return ErrQueueFull
	}
	q.items.put(v)
	q.unfinished++
	q.finished.Clear()
	q.getters.release()
	return nil
}

// Get waits until the queue is not empty, and takes an item out: Queue.get. It fails with
// ErrQueueShutDown when the queue is empty after Shutdown.
func (q *Queue[T]) Get() Coro[T] { return &queueGet[T]{q: q} }

// GetNowait takes an item out of the queue, or gives ErrQueueEmpty or ErrQueueShutDown:
// Queue.get_nowait.
func (q *Queue[T]) GetNowait() (v T, err error) {
	switch {
	case !q.Empty():
		v = q.items.get()
		q.putters.release()
	case q.shut:
		err = ErrQueueShutDown
	default:
		err = ErrQueueEmpty
	}
	return v, err
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
func (q *Queue[T]) Join() Coro[None] { return &queueJoin[T]{q: q} }

// Shutdown ends the queue: Queue.shutdown. From now on Put fails with ErrQueueShutDown, and so does
// Get when the queue is empty. With immediate the items that are left are dropped and count as done.
func (q *Queue[T]) Shutdown(immediate bool) {
	q.shut = true
	for immediate && !q.Empty() {
		q.items.get()
		if q.unfinished > 0 {
			q.unfinished--
		}
	}
	if immediate && q.unfinished == 0 {
		q.finished.Set()
	}
	for q.getters.count > 0 {
		q.getters.release()
	}
	for q.putters.count > 0 {
		q.putters.release()
	}
}

// queuePut is a call of Queue.Put.
type queuePut[T any] struct {
	Frame[None]
	q *Queue[T]
	v T
	w waiter
}

var queuePutInfo = FuncInfo{Name: "Queue.Put"}

func (*queuePut[T]) Info() *FuncInfo { return &queuePutInfo }

func (f *queuePut[T]) Resume(x *Exec) Status {
	q := f.q
	if f.State != Start && f.w.gaveUp(x, &q.putters, !q.Full()) {
		return Done
	}
	if q.Full() && !q.shut { // again, when somebody was faster
		q.bound.bind(x, "Queue")
		f.State = 1
		return f.w.wait(x, f, &q.putters)
	}
	if err := q.PutNowait(f.v); err != nil {
		x.fail(err, nil)
	}
	return Done
}

// queueGet is a call of Queue.Get.
type queueGet[T any] struct {
	Frame[T]
	q *Queue[T]
	w waiter
}

var queueGetInfo = FuncInfo{Name: "Queue.Get"}

func (*queueGet[T]) Info() *FuncInfo { return &queueGetInfo }

func (f *queueGet[T]) Resume(x *Exec) Status {
	q := f.q
	if f.State != Start && f.w.gaveUp(x, &q.getters, !q.Empty()) {
		return Done
	}
	if q.Empty() && !q.shut { // again, when somebody was faster
		q.bound.bind(x, "Queue")
		f.State = 1
		return f.w.wait(x, f, &q.getters)
	}
	v, err := q.GetNowait()
	if err != nil {
		x.fail(err, nil)
	}
	f.Value = v
	return Done
}

// gaveUp is what follows a wait for a queue: it says whether it was canceled. If w was woken before
// that, and there is something to be done, the next in the line is woken in its place.
func (w *waiter) gaveUp(x *Exec, line *waiters, ready bool) bool {
	if x.Err == nil {
		return false
	}
	w.leave()
	if ready && w.woken() {
		line.release()
	}
	return true
}

// queueJoin is a call of Queue.Join.
type queueJoin[T any] struct {
	Frame[None]
	q    *Queue[T]
	wait eventWait
}

var queueJoinInfo = FuncInfo{Name: "Queue.Join"}

func (*queueJoin[T]) Info() *FuncInfo { return &queueJoinInfo }

func (f *queueJoin[T]) Resume(x *Exec) Status {
	if f.State != Start || f.q.unfinished == 0 {
		return Done
	}
	f.State = 1
	f.wait.e = &f.q.finished
	if f.wait.Resume(x) == Suspended {
		return f.wait.Link(f)
	}
	return Done
}
