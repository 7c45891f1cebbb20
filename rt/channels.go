package rt

// Recv receives from ch as `<-ch` does, and blocks only its task, not the loop. From a closed channel
// it gives the zero value: see RecvOK. A value that has come for a task which is canceled before its
// turn is not lost: it goes to the loop's next Recv on that channel. asyncio has no channels.
func Recv[T any](ch <-chan T) Coro[T] {
	f := &recv[T]{ch: ch}
	f.op.try, f.op.block = f.try, f.block
	return New(f)
}

// RecvOK is Recv that says whether the channel is open, as `v, ok := <-ch`.
func RecvOK[T any](ch <-chan T) Coro[Item[T]] {
	f := &recvOK[T]{recv: recv[T]{ch: ch}}
	f.recv.op.try, f.recv.op.block = f.recv.try, f.recv.block
	return New(f)
}

// Send sends v to ch as `ch <- v` does, and blocks only its task, not the loop. It panics when ch is
// closed. A task that is canceled may have sent already, when that happens at the same moment.
func Send[T any](ch chan<- T, v T) Coro[None] {
	return New(&send{op: channelOp{
		try: func() bool {
			select {
			case ch <- v:
				return true
			default:
				return false
			}
		},
		block: func(stop <-chan struct{}) bool {
			select {
			case ch <- v:
				return true
			case <-stop:
				return false
			}
		},
	}})
}

// channelOp is a wait for a channel. Go can wait for one only by blocking a goroutine, so this one
// gets its own when the channel is not ready at once.
type channelOp struct {
	try   func() bool                     // without blocking
	block func(stop <-chan struct{}) bool // false: stopped
	ended node                            // the future of its end
	stop  chan struct{}
	over  chan struct{} // the goroutine has ended; what follows may be read
	done  bool          // it has sent or received
	panic *panicking
}

// begin starts the operation on behalf of f, whose part it is.
func (o *channelOp) begin(x *Exec, f Resumer) Status {
	if o.try() {
		o.done = true
		return Done
	}
	l := x.loop
	l.outside++ // somebody may send or receive later: a goroutine, a time.Timer
	o.stop, o.over = make(chan struct{}), make(chan struct{})
	o.ended.loop = l
	o.ended.extra().onCancel = o.cancel
	go o.run()
	return x.wait(f, &o.ended)
}

// run blocks, on a goroutine of its own, and posts that it has ended.
func (o *channelOp) run() {
	defer func() {
		if r := recover(); r != nil { // a send to a closed channel
			o.done, o.panic = true, &panicking{value: r}
		}
		done := o.done
		close(o.over)
		if done {
			l := o.ended.loop
			l.post(&node{loop: l, phase: callback, leaf: call(o.finish)})
		}
	}()
	o.done = o.block(o.stop)
}

// finish ends the wait, on the loop.
func (o *channelOp) finish() {
	if !o.ended.done() {
		o.ended.loop.outside--
		o.ended.complete(finished)
	}
}

// cancel stops the goroutine, which takes no longer than a moment. When it was too late for that, the
// future has its result, and the request is not taken: the task's next step throws.
func (o *channelOp) cancel(msg string) bool {
	close(o.stop)
	<-o.over
	if o.done {
		o.finish()
		return false
	}
	o.ended.loop.outside--
	o.ended.extra().msg = msg
	o.ended.complete(canceled)
	return true
}

// end follows a wait.
func (o *channelOp) end(x *Exec) {
	if p := o.panic; p != nil && x.Err == nil {
		o.panic = nil
		x.raise(p)
	}
}

// recv is a call of Recv.
type recv[T any] struct {
	Frame[T]
	op channelOp
	ch <-chan T
	l  *Loop
	v  T
	ok bool
}

var recvInfo = FuncInfo{Name: "Recv"}

func (*recv[T]) Info() *FuncInfo { return &recvInfo }

func (f *recv[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State, f.l = 1, x.loop
		if f.op.begin(x, f) == Suspended {
			return Suspended
		}
	}
	if x.Err != nil && f.op.done && f.ok { // the value has come too late for this task
		f.l.unread.put(channelOf(f.ch), f.v)
	}
	f.Value = f.v
	return Done
}

func (f *recv[T]) try() bool {
	if f.l.unread.len() > 0 {
		if v, ok := f.l.unread.take(channelOf(f.ch)); ok {
			f.v, _ = v.(T) // nil, where T is an interface
			f.ok = true
			return true
		}
	}
	select {
	case f.v, f.ok = <-f.ch:
		return true
	default:
		return false
	}
}

func (f *recv[T]) block(stop <-chan struct{}) bool {
	select {
	case f.v, f.ok = <-f.ch:
		return true
	case <-stop:
		return false
	}
}

// recvOK is a call of RecvOK.
type recvOK[T any] struct {
	Frame[Item[T]]
	recv recv[T]
}

func (*recvOK[T]) Info() *FuncInfo { return &recvInfo }

func (f *recvOK[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if f.recv.Resume(x) == Suspended {
			return Link(&f.recv, f)
		}
	}
	f.Value = Item[T]{f.recv.v, f.recv.ok}
	return Done
}

// send is a call of Send.
type send struct {
	Frame[None]
	op channelOp
}

var sendInfo = FuncInfo{Name: "Send"}

func (*send) Info() *FuncInfo { return &sendInfo }

func (f *send) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if f.op.begin(x, f) == Suspended {
			return Suspended
		}
	}
	f.op.end(x)
	return Done
}

// Each is what comes from ch, until it is closed: `for v := range ch` that blocks only its task. Each value is received when the
// loop asks for it; as with Recv, none is lost when the task is canceled.
func Each[T any](ch <-chan T) Stream[T] { return &received[T]{ch: ch} }

// received is a stream of Each.
type received[T any] struct {
	StreamFrame[T]
	ch   <-chan T
	recv recv[T]
}

var eachInfo = FuncInfo{Name: "Each"}

func (*received[T]) Info() *FuncInfo { return &eachInfo }

func (s *received[T]) Resume(x *Exec) Status {
	if s.State != streamWaiting {
		s.State = streamWaiting
		s.recv = recv[T]{ch: s.ch}
		s.recv.op.try, s.recv.op.block = s.recv.try, s.recv.block
		if s.recv.Resume(x) == Suspended {
			return Link(&s.recv, s)
		}
	}
	s.State = streamIdle
	switch {
	case x.Err != nil:
		return s.interrupted()
	case !s.recv.ok:
		s.State = Ended
	}
	s.Value, s.recv = s.recv.v, recv[T]{}
	return Done
}
