package rt

import "time"

// AsCompleted runs all at the same time and gives them as they finish: `async for` over
// asyncio.as_completed. Its elements are the tasks and futures themselves; coroutines become tasks at
// once. What is given twice comes once. Leaving the loop early cancels none of them.
//
// Where no loop runs on this goroutine it panics.
func AsCompleted[T any](aws ...Awaitable[T]) Stream[Finished[T]] {
	return AsCompletedIn(here("AsCompleted", ""), aws...)
}

// AsCompletedWithin is as_completed(timeout=d): after d the loop over it fails with ErrTimeout if
// not all are done.
func AsCompletedWithin[T any](d time.Duration, aws ...Awaitable[T]) Stream[Finished[T]] {
	return AsCompletedWithinIn(here("AsCompletedWithin", ""), d, aws...)
}

// AsCompletedIn is what AsCompleted(aws...) becomes in async code.
func AsCompletedIn[T any](x *Exec, aws ...Awaitable[T]) Stream[Finished[T]] {
	return AsCompletedWithinIn(x, NoTimeout, aws...)
}

// AsCompletedWithinIn is what AsCompletedWithin(d, aws...) becomes in async code.
func AsCompletedWithinIn[T any](x *Exec, d time.Duration, aws ...Awaitable[T]) Stream[Finished[T]] {
	s := &completions[T]{callbacks: make([]doneCallback[Finished[T]], 0, len(aws))} // never grows
	s.State = streamIdle                                                            // it has begun: Close has something to do
	ended := s.ended
	known := distinctOf(aws)
	for i, aw := range aws {
		if known.first(i) < i {
			continue
		}
		f := ensureFuture(x, aw)
		s.callbacks = append(s.callbacks, doneCallback[Finished[T]]{of: f, call: ended, on: &s.waiter})
	}
	known.end(len(aws))
	for i := range s.callbacks {
		c := &s.callbacks[i]
		c.of.core().tell(c)
	}
	s.todo = len(s.callbacks)
	s.left = s.todo
	if s.todo > 0 && d != NoTimeout {
		s.timer = x.loop.CallLater(d, s.expired)
	}
	return s
}

// completions is asyncio's _AsCompletedIterator: a queue of those that are done.
type completions[T any] struct {
	StreamFrame[Finished[T]]
	callbacks []doneCallback[Finished[T]]
	todo      int           // how many are not done
	left      int           // how many the reader has still to ask for
	queue     []Finished[T] // done and not asked for; nil says that the time was over
	waiter    node          // the future of the queue's next element
	timer     *Timer
}

var asCompletedInfo = FuncInfo{Name: "AsCompleted"}

func (*completions[T]) Info() *FuncInfo { return &asCompletedInfo }

func (s *completions[T]) Resume(x *Exec) Status {
	waited := s.State == streamWaiting
	s.State = streamIdle
	switch {
	case x.Err != nil: // canceled: the reader may ask again
		return s.interrupted()
	case waited:
	case s.left == 0:
		s.State = Ended
		return Done
	default:
		s.left--
		if len(s.queue) == 0 {
			s.State = streamWaiting
			s.waiter = node{loop: x.loop}
			return x.wait(s, &s.waiter)
		}
	}
	s.Value, s.queue = s.queue[0], s.queue[1:]
	if s.Value == nil {
		x.fail(ErrTimeout, nil)
		return s.interrupted()
	}
	return Done
}

// put appends to the queue, and wakes the reader if it waits.
func (s *completions[T]) put(f Finished[T]) {
	s.queue = append(s.queue, f)
	if s.State == streamWaiting && !s.waiter.done() {
		s.waiter.complete(finished)
	}
}

// ended is called when f is done.
func (s *completions[T]) ended(f Finished[T]) {
	if s.todo == 0 {
		return // the time was over already
	}
	s.todo--
	s.put(f)
	if s.todo == 0 && s.timer != nil {
		s.timer.Cancel()
	}
}

// expired is called when the time is over.
func (s *completions[T]) expired() {
	for ; s.todo > 0; s.todo-- {
		s.put(nil)
	}
	s.stop()
}

// stop takes the timer and the callbacks back: that is all there is to closing the stream.
func (s *completions[T]) stop() {
	if s.timer != nil {
		s.timer.Cancel()
	}
	s.todo = 0
	for i := range s.callbacks {
		c := &s.callbacks[i]
		c.of.core().untell(c)
	}
}
