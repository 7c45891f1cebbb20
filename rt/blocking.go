package rt

import (
	"context"
	"errors"
)

// blocking is a call of Blocking.
type blocking[T any] struct {
	Frame[T]
	f      func(context.Context) (T, error)
	thread thread[T]
	end    context.CancelCauseFunc // of the context that f has; nil: f was never called
	asked  *CanceledError          // the last request to cancel that came while f ran
}

var blockingInfo = FuncInfo{Name: "Blocking"}

func (*blocking[T]) Info() *FuncInfo { return &blockingInfo }

// Blocking runs f on another goroutine, as ToThread does, and lets a cancellation reach it: the context of f is done when the
// task is asked to cancel, by a timeout or a task group too. The await goes on until f has returned, as in anyio, so that
// nothing that f uses is still in use behind it, and nothing that f has read is lost.
//
//	conn := rt.Await(rt.Blocking(func(ctx context.Context) (net.Conn, error) {
//		return dialer.DialContext(ctx, "tcp", address)
//	}))
//
// What f returned decides how the await ends. A value without an error is given, although the task was asked to cancel: a
// timeout around it is then simply late, and another cancellation is thrown at the next await. A task that has no other one ends with
// its value; it is then thrown at the next await of a task that has passed it on, since it waits for this one. An error of an f that was asked
// to cancel counts as that cancellation (see [CanceledError].Err), and a timeout's ErrTimeout wraps it. A value beside an error is what TryAwait, CatchAwait and
// Task.Result give beside it, be it the error of f or that of a WaitFor around.
//
// A task that was asked to cancel before the await does not call f. A panic of f goes on in the task. The values of the context
// are those of [Context].
func Blocking[T any](f func(ctx context.Context) (T, error)) Coro[T] {
	if f == nil {
		panic("rt.Blocking: nil function")
	}
	return New(&blocking[T]{f: f})
}

func (b *blocking[T]) Resume(x *Exec) Status {
	switch {
	case b.State == Start:
		b.State = 1
		return b.begin(x)
	case b.end == nil: // canceled before
		return Done
	}
	b.end(nil)
	if x.Err != nil { // f had returned already
		b.cancel(CancelMessage(x.take()))
	}
	switch canceled := b.asked; {
	case canceled == nil:
	case b.thread.err == nil:
		x.task.cancelNext(canceled.Msg)
	case b.thread.panic == nil:
		if !errors.Is(b.thread.err, context.Canceled) {
			canceled.Err = b.thread.err
		}
		b.thread.err = canceled
	}
	return b.thread.finish(x, &b.Frame)
}

// begin calls f, if the task may go on.
func (b *blocking[T]) begin(x *Exec) Status {
	if n := x.task; n.flags&mustCancel != 0 {
		n.flags &^= mustCancel
		n.leaf = b
		n.kill(n.message())
		x.loop.push(n)
		return Suspended
	}
	var ctx context.Context
	ctx, b.end = context.WithCancelCause(x.Context())
	b.thread.f = func() (T, error) { return b.f(ctx) }
	b.thread.ended.extra().onCancel = b.cancel
	return b.thread.begin(x, b)
}

// cancel takes a request to cancel: f is told, and the wait goes on.
func (b *blocking[T]) cancel(msg string) bool {
	b.asked = &CanceledError{Msg: msg}
	b.end(b.asked)
	return true
}
