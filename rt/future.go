package rt

// AnyFuture is a *Future or *Task of any type. Values are comparable: two are equal when they are
// the same future.
type AnyFuture interface {
	Done() bool                // whether it has ended
	Canceled() bool            // whether it has ended by a cancellation
	Cancel(msg ...string) bool // asks it to end; false when it is done already
	Err() error                // why it has failed; nil while pending
	future()
	core() *node
}

// Future is a result that somebody sets: asyncio.Future.
//
// Like all of asyncio it belongs to the loop's goroutine: another one completes it with
// loop.CallSoonThreadsafe(func() { f.SetResult(v) }).
type Future[T any] struct {
	node
	value T
}

// NewFutureOn makes a future from outside async code: loop.create_future. It is the bridge to
// callback APIs: while a task waits for it, the loop expects that another goroutine will complete
// it, and sees no deadlock.
func NewFutureOn[T any](l *Loop) *Future[T] {
	l = l.behind()
	return &Future[T]{node: node{loop: l, flags: bridge}}
}

// NewFutureIn is what NewFuture[T]() becomes in async code.
func NewFutureIn[T any](x *Exec) *Future[T] {
	return &Future[T]{node: node{loop: x.loop}}
}

func (*Future[T]) awaitable(T) {}
func (*Future[T]) future()     {}
func (f *Future[T]) result() T { return f.value }

// Done says whether the future has a result or an error, or is canceled.
func (f *Future[T]) Done() bool { return f.done() }

// Canceled says whether the future was canceled.
func (f *Future[T]) Canceled() bool { return f.state == canceled }

// Cancel ends the future as canceled and wakes all who wait for it. It is false when the future is
// done already.
func (f *Future[T]) Cancel(msg ...string) bool {
	f.checkMade()
	return f.cancel(message(msg))
}

// Result is the value or the error; ErrInvalidState while the future is pending, ErrCanceled when
// it was canceled.
func (f *Future[T]) Result() (v T, err error) {
	if err := f.outcome(); err != nil {
		return v, err
	}
	return f.value, nil
}

// Err is the error, nil where there is none or the future is pending: Future.exception.
func (f *Future[T]) Err() error { return f.failure() }

// SetResult completes the future with v. It gives ErrInvalidState when the future is done already.
func (f *Future[T]) SetResult(v T) error {
	if f.done() {
		return ErrInvalidState
	}
	f.checkMade()
	f.value = v
	f.complete(finished)
	return nil
}

// SetError makes the future fail with err. It gives ErrInvalidState when the future is done
// already.
func (f *Future[T]) SetError(err error) error {
	if err == nil {
		panic("rt: SetError(nil)")
	}
	if f.done() {
		return ErrInvalidState
	}
	f.checkMade()
	r := f.extra()
	r.err, r.kind = err, (*Future[T])(nil)
	f.complete(failed)
	return nil
}

// AddDoneCallback makes the loop call f in the turn after the future is done. Go's functions cannot
// be compared, so remove_done_callback is what it gives.
func (f *Future[T]) AddDoneCallback(call func(*Future[T])) (remove func()) {
	f.checkMade()
	return f.notify(&doneCallback[*Future[T]]{of: f, call: call})
}

// checkMade panics when n is a zero Future: it belongs to no loop.
func (n *node) checkMade() {
	if n.loop == nil {
		panic("rt: the Future was not made by NewFuture or NewFutureOn")
	}
}

// outcome is the error that Result gives: nil when there is a value.
func (n *node) outcome() error {
	if !n.done() {
		return ErrInvalidState
	}
	return n.failure()
}

// doneCallback is what a future calls when it is done.
type doneCallback[F interface{ core() *node }] struct {
	node
	of   F
	call func(F)
	on   *node // the future that depends on it, for Dump; nil: none
}

// Resume calls the function.
func (c *doneCallback[F]) Resume(*Exec) Status {
	c.call(c.of)
	return Done
}

func (*doneCallback[F]) Info() *FuncInfo    { return nil }
func (*doneCallback[F]) head() *link        { return nil }
func (c *doneCallback[F]) function() any    { return c.call }
func (c *doneCallback[F]) dependent() *node { return c.on }
func (c *doneCallback[F]) source() *node    { return c.of.core() }

// notify makes c one of those that n wakes, and gives what takes it out again.
func (n *node) notify(c callable) (remove func()) {
	c.core().setVars(n.loop.exec.copyVars())
	n.tell(c)
	return func() { n.untell(c) }
}

// callable is a doneCallback, or what else embeds its node and is called when a future is done.
type callable interface {
	Resumer
	core() *node
}

// tell makes c one of those that n wakes: add_done_callback.
func (n *node) tell(c callable) {
	w := c.core()
	w.loop, w.leaf, w.phase = n.loop, c, callback
	n.addWaiter(w)
}

// untell takes c out again: remove_done_callback. When n is done the call is on its way, and comes.
func (n *node) untell(c callable) {
	n.removeWaiter(c.core())
}
