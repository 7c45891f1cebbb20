package rt

import "unsafe"

// QueuePut is a wait to put an item into a queue: generated code holds it in the frame of who waits.
type QueuePut[T any] struct {
	waiter
	v T
}

var queuePutInfo = FuncInfo{Name: "Queue.Put"}

func (w *QueuePut[T]) queue() *Queue[T] {
	var q *Queue[T]
	return (*Queue[T])(unsafe.Add(unsafe.Pointer(w.line), -int(unsafe.Offsetof(q.putters))))
}

// Begin begins a call of q.Put(v).
func (w *QueuePut[T]) Begin(x *Exec, q *Queue[T], v T) Status {
	if q.count < q.room {
		q.place(v)
		if q.getters.first != nil && !q.getters.releaseOnly() {
			q.getters.release()
		}
		return Done
	}
	w.v = v
	if q.room == q.max && q.room > 0 && q.putters.calm(x) { // no more may be there
		return w.stand(x.task, &q.putters)
	}
	return w.goOn(x, q)
}

// Again goes on with the call when the task has its turn. It may have to wait once more.
func (w *QueuePut[T]) Again(x *Exec) Status {
	q := w.queue()
	if x.Err != nil || q.count >= q.room {
		return w.goOn(x, q)
	}
	q.place(w.v)
	var none T
	w.v = none
	if q.getters.first != nil && !q.getters.releaseOnly() {
		q.getters.release()
	}
	return Done
}

// goOn is Begin and Again for every kind of queue, whatever has happened to it.
func (w *QueuePut[T]) goOn(x *Exec, q *Queue[T]) Status {
	switch {
	case x.Err != nil:
		w.giveUp(!q.Full())
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	case q.Full(): // again, when somebody was faster
		q.bind(x)
		return w.wait(x, &q.putters)
	default:
		q.put(w.v)
	}
	var none T
	w.v = none
	return Done
}

func (w *QueuePut[T]) begin(x *Exec) Status { return w.Begin(x, w.queue(), w.v) }
func (w *QueuePut[T]) again(x *Exec) Status { return w.Again(x) }
func (*QueuePut[T]) value() (v None)        { return v }
func (*QueuePut[T]) info() *FuncInfo        { return &queuePutInfo }

// QueueGet is a wait for an item of a queue: generated code holds it in the frame of who waits.
type QueueGet[T any] struct {
	Value T // the item, once the wait has ended without an error
	waiter
}

var queueGetInfo = FuncInfo{Name: "Queue.Get"}

func (w *QueueGet[T]) queue() *Queue[T] { return (*Queue[T])(unsafe.Pointer(w.line)) }

// Begin begins a call of q.Get.
func (w *QueueGet[T]) Begin(x *Exec, q *Queue[T]) Status {
	if q.count == 0 && !q.shut && q.getters.calm(x) {
		return w.stand(x.task, &q.getters)
	}
	if q.count == 0 || q.order != nil {
		return w.goOn(x, q)
	}
	q.count--
	if w.Value = q.fifo.get(); q.putters.first != nil && !q.putters.releaseOnly() {
		q.putters.release()
	}
	return Done
}

// Again goes on with the call when the task has its turn. It may have to wait once more.
func (w *QueueGet[T]) Again(x *Exec) Status {
	q := w.queue()
	if x.Err != nil || q.count == 0 || q.order != nil {
		return w.goOn(x, q)
	}
	q.count--
	if w.Value = q.fifo.get(); q.putters.first != nil && !q.putters.releaseOnly() {
		q.putters.release()
	}
	return Done
}

// goOn is Begin and Again for every kind of queue, whatever has happened to it.
func (w *QueueGet[T]) goOn(x *Exec, q *Queue[T]) Status {
	switch {
	case x.Err != nil:
		w.giveUp(!q.Empty())
	case !q.Empty():
		w.Value = q.get()
	case q.shut:
		x.fail(ErrQueueShutDown, nil)
	default: // again, when somebody was faster
		q.bind(x)
		return w.wait(x, &q.getters)
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

func (w *QueueGet[T]) begin(x *Exec) Status { return w.Begin(x, w.queue()) }
func (w *QueueGet[T]) again(x *Exec) Status { return w.Again(x) }
func (w *QueueGet[T]) value() T             { return w.Value }
func (*QueueGet[T]) info() *FuncInfo        { return &queueGetInfo }

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
	f.wait.wait(x, &f.q.finished)
	return x.Suspend(f)
}
