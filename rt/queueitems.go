package rt

// Items is the items of the queue as they come, until it is shut down and empty: `while True: await q.get()` until
// QueueShutDown. Each item is taken out when the loop over them asks for it; TaskDone is the loop's to call. Several may
// read the queue so, and who leaves the loop, or is canceled, leaves the other items where they are.
func (q *Queue[T]) Items() Stream[T] { return &queueItems[T]{q: q} }

// queueItems is a stream of Items.
type queueItems[T any] struct {
	StreamFrame[T]
	q   *Queue[T]
	get QueueGet[T]
}

// States of a stream that package rt writes itself, while it is no more than begun, and not at its end.
const (
	streamIdle    int32 = 1 + iota // it is resumed to give the next element
	streamWaiting                  // it is resumed when what it waits for has come
)

var queueItemsInfo = FuncInfo{Name: "Queue.Items"}

// Info describes the stream to tracebacks.
func (*queueItems[T]) Info() *FuncInfo { return &queueItemsInfo }

// Resume gives the next item.
func (s *queueItems[T]) Resume(x *Exec) Status {
	if s.State == streamWaiting {
		if s.get.Again(x) == Suspended {
			return Suspended
		}
	} else {
		s.State = streamWaiting
		if s.get.Begin(x, s.q) == Suspended {
			return x.Suspend(s)
		}
	}
	s.State = streamIdle
	switch x.Err {
	case nil:
		s.Value, s.get.Value = s.get.Value, *new(T)
		return Done
	case ErrQueueShutDown:
		x.take()
		s.State = Ended
		return Done
	}
	return s.interrupted()
}

// interrupted ends a request for the next element with x.Err. The stream goes on when it is asked again.
func (f *StreamFrame[T]) interrupted() Status {
	f.started = false
	return Done
}
