package rt

// Functions that wait for several take coroutines, tasks and futures side by side. This file is what
// they share: asyncio.ensure_future, and which of their arguments are the same one.
//
// Python keeps them in sets, whose order is that of memory addresses. Here the order of the arguments
// decides wherever an order is needed.

// Finished is an element of AsCompleted: the *Task or *Future itself.
type Finished[T any] interface {
	AnyFuture
	Awaitable[T]
	Result() (T, error) // that with which it has ended
}

// ensureFuture is aw itself when it is a future or task, otherwise a new task: asyncio.ensure_future.
func ensureFuture[T any](x *Exec, aw Awaitable[T]) Finished[T] {
	if aw == nil {
		return CreateTaskIn(x, Coro[T](nil))
	}
	if n := aw.core(); n != nil {
		x.checkOwn(n)
		return aw.(Finished[T])
	}
	c := aw.(Coro[T])
	if c.head().view {
		return aw.(interface{ task(*Exec) Finished[T] }).task(x)
	}
	return CreateTaskIn(x, c)
}

// checkOwn panics when n belongs to another loop.
func (x *Exec) checkOwn(n *node) {
	if n.loop != x.loop {
		panic("rt: waiting for a future of another loop: use Submit")
	}
}

// identity says which future or coroutine an awaitable is: equal ones are the same.
type identity struct {
	future    *node
	coroutine *link // both nil: a nil coroutine, which is like no other
}

func identityOf[T any](aw Awaitable[T]) identity {
	if aw == nil {
		return identity{}
	}
	if n := aw.core(); n != nil {
		return identity{future: n}
	}
	h := aw.(Resumer).head()
	if h.view {
		h = aw.(interface{ origin() *link }).origin()
	}
	return identity{coroutine: h}
}

// distinct finds out which of several awaitables have come before. That is rare, and it costs next to
// nothing as long as it does not happen: a future is marked, and a coroutine that has come before was
// started since.
type distinct struct {
	of     func(int) identity
	firsts map[identity]int // of the first known ones
	known  int
	marks  bool
}

// first is the number of the first one that is the same as number i, which is the next one.
func (d *distinct) first(i int) int {
	id := d.of(i)
	switch {
	case id.future != nil:
		if id.future.flags&marked == 0 {
			id.future.flags |= marked
			d.marks = true
			return i
		}
	case id.coroutine == nil || !id.coroutine.started:
		return i
	}
	if d.firsts == nil {
		d.firsts = map[identity]int{}
	}
	for ; d.known <= i; d.known++ {
		id := d.of(d.known)
		if _, ok := d.firsts[id]; !ok {
			d.firsts[id] = d.known
		}
	}
	return d.firsts[id]
}

// end takes the marks of n futures away.
func (d *distinct) end(n int) {
	if !d.marks {
		return
	}
	for i := range n {
		if f := d.of(i).future; f != nil {
			f.flags &^= marked
		}
	}
}

// distinctOf is for awaitables.
func distinctOf[T any](aws []Awaitable[T]) distinct {
	return distinct{of: func(i int) identity { return identityOf(aws[i]) }}
}
