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
	Result() (T, error)
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
	if c, ok := aw.(interface{ task(*Exec) Finished[T] }); ok {
		return c.task(x)
	}
	return CreateTaskIn(x, aw.(Coro[T]))
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
	coroutine *link
}

func identityOf[T any](aw Awaitable[T]) identity {
	if n := aw.core(); n != nil {
		return identity{future: n}
	}
	if c, ok := aw.(interface{ origin() *link }); ok {
		return identity{coroutine: c.origin()}
	}
	return identity{coroutine: aw.(Resumer).head()}
}

// distinct finds out which of many awaitables are the same. A few are compared one by one.
type distinct struct {
	few   [8]identity
	count int
	many  map[identity]int
}

// first is the number of the first one that equals id, which is the next one. The total is given for
// the size of the map.
func (d *distinct) first(id identity, total int) int {
	i := d.count
	d.count++
	if total <= len(d.few) {
		d.few[i] = id
		for j := range i {
			if d.few[j] == id && id != (identity{}) {
				return j
			}
		}
		return i
	}
	if id == (identity{}) { // a nil coroutine is like no other
		return i
	}
	if d.many == nil {
		d.many = make(map[identity]int, total)
	}
	if j, ok := d.many[id]; ok {
		return j
	}
	d.many[id] = i
	return i
}

// firstOf is first for an awaitable, which may be nil.
func firstOf[T any](d *distinct, aw Awaitable[T], total int) int {
	if aw == nil {
		return d.first(identity{}, total)
	}
	return d.first(identityOf(aw), total)
}
