package rt

// Shield gives a future that ends as aw does, and that can be canceled without canceling aw:
// asyncio.shield. A coroutine becomes a task at once.
//
// Where no loop runs on this goroutine it panics.
func Shield[T any](aw Awaitable[T]) *Future[T] { return ShieldIn(here("Shield", ""), aw) }

// ShieldIn is what Shield(aw) becomes in async code.
func ShieldIn[T any](x *Exec, aw Awaitable[T]) *Future[T] {
	inner := ensureFuture(x, aw)
	n := inner.core()
	if n.done() {
		return settledAs(x, inner)
	}
	outer := NewFutureIn[T](x)
	onInner := &doneCallback[Finished[T]]{of: inner, on: &outer.node, call: func(Finished[T]) {
		switch {
		case outer.done():
			if n.state == failed { // nobody else may look
				n.look()
			}
		case n.state == canceled:
			outer.Cancel()
		case n.state == failed:
			outer.failWith(n.failure(), n.trace())
		default:
			outer.SetResult(inner.result())
		}
	}}
	n.tell(onInner)
	outer.tell(&doneCallback[*node]{call: func(*node) { n.untell(onInner) }})
	return outer
}

// settledAs is the future inner, which is done: asyncio gives inner itself. A task is another type
// here, so it gets a future that has ended alike and takes over its error.
func settledAs[T any](x *Exec, inner Finished[T]) *Future[T] {
	if f, ok := inner.(*Future[T]); ok {
		return f
	}
	n := inner.core()
	f := NewFutureIn[T](x)
	if n.state == finished {
		f.value = inner.result()
	} else if r := n.rare(); r != nil {
		*f.extra() = rare{err: r.err, trace: r.trace, msg: r.msg}
	}
	looked := n.flags&seen != 0
	n.look()
	if f.complete(n.state); looked {
		f.look()
	}
	return f
}
