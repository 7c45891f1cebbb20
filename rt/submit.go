package rt

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
)

// Submitted is a coroutine handed to a loop from another goroutine: the concurrent.futures.Future of
// asyncio.run_coroutine_threadsafe.
type Submitted[T any] struct {
	node
	c       Coro[T]
	door    *Loop // who holds the Submitted can post to the loop
	task    *Task[T]
	settled atomic.Bool // somebody has said how it ends
	ended   chan struct{}
	v       T
	err     error
}

var errClosed = errors.New("rt: the loop is closed")

// Submit makes c a task of l, from any goroutine: asyncio.run_coroutine_threadsafe. The task begins with the context
// variables of the task that calls Submit, also from a function of ToThread. A coroutine that was awaited already gives an
// error.
func Submit[T any](l *Loop, c Coro[T]) *Submitted[T] {
	s := &Submitted[T]{c: c, door: l, ended: make(chan struct{})}
	l = l.behind()
	s.node = node{loop: l, leaf: s, phase: callback}
	s.setVars(varsOfGoroutine())
	if !l.post(&s.node) {
		s.abandon()
	}
	runtime.KeepAlive(s) // until it is posted
	return s
}

// Wait waits until the coroutine has ended or ctx has; the end of ctx does not cancel the coroutine.
// It must not be called on the loop's own goroutine, which could not go on: there it panics.
// A step of another loop that waits blocks that loop. When the two wait for each other, the later one gets ErrDeadlock;
// to await a [ToThread] that calls Wait blocks nobody.
//
// A VirtualClock, which stands still while functions of ToThread run, goes on when all of them are in Wait: they
// can do nothing else until the coroutine has ended. That ctx ends in real time does not hold it. Only the
// goroutine of the function itself counts, not one that it has started.
func (s *Submitted[T]) Wait(ctx context.Context) (T, error) {
	select {
	case <-s.ended:
		return s.v, s.err
	default:
	}
	g := goroutineID()
	if loopOf(g) == s.loop {
		panic("rt: Submitted.Wait was called on the loop's own goroutine: await a task instead")
	}
	over, err := runners.waitForLoop(g, loopWait{s.loop, threadWait{s.ended, ctx}})
	if err != nil {
		return s.v, err
	}
	defer over()
	done := ctx.Done()
	defer s.loop.threadWaits(g, threadWait{s.ended, ctx})()
	select {
	case <-s.ended:
		return s.v, s.err
	case <-done:
		var zero T
		return zero, ctx.Err()
	}
}

// Cancel ends the wait with a cancellation, at once, and asks the coroutine to end, from any goroutine: the cancel of
// asyncio's future. If the coroutine has not begun yet, nothing of it runs; if it goes on in spite of it, nobody hears how
// it ends. It does nothing when the coroutine has ended.
func (s *Submitted[T]) Cancel(msg ...string) {
	var none T
	if s.settle(none, &CanceledError{Msg: message(msg)}) {
		s.loop.post(&node{loop: s.loop, phase: callback, leaf: call(func() { s.cancelTask(msg) })})
	}
	runtime.KeepAlive(s)
}

// cancelTask asks the task to end. There is none if the coroutine was used before.
func (s *Submitted[T]) cancelTask(msg []string) {
	if s.task != nil {
		s.task.Cancel(msg...)
	}
}

// settle ends the wait, unless it has ended.
func (s *Submitted[T]) settle(v T, err error) bool {
	if !s.settled.CompareAndSwap(false, true) {
		return false
	}
	s.v, s.err = v, err
	close(s.ended)
	return true
}

// Resume is called by the loop twice: to make the task, and when it is done.
func (s *Submitted[T]) Resume(*Exec) Status {
	switch {
	case s.task != nil:
		s.settleAsTask()
	case s.loop.broken:
		s.abandon()
	case s.c != nil && s.c.head().started:
		var none T
		s.settle(none, errors.New(usedTwice(s.c)))
	default:
		s.task = CreateTaskOn(s.loop, s.c)
		s.phase = callback
		s.task.addWaiter(&s.node)
	}
	return Done
}

// settleAsTask ends the wait as the task has ended. Where the wait was canceled, nobody has looked at the task's error.
func (s *Submitted[T]) settleAsTask() {
	if s.settled.Load() {
		return
	}
	v, err := s.task.Result()
	if s.loop.broken && isCancellation(err) {
		err = errClosed
	}
	s.settle(v, err)
}

// abandon ends the wait when the loop is closed before it has come to s.
func (s *Submitted[T]) abandon() {
	if s.task != nil && s.task.done() {
		s.settleAsTask()
		return
	}
	var none T
	s.settle(none, errClosed)
}

// Info and head make it a thing that the ready queue can call.
func (*Submitted[T]) Info() *FuncInfo { return nil }
func (*Submitted[T]) head() *link     { return nil }
