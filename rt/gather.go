package rt

import "sync"

// Result is an element of what GatherResults gives: the value or the error of one of them.
type Result[T any] struct {
	Value T
	Err   error
}

// Gather runs all at the same time and gives their values in the order of the arguments:
// asyncio.gather. Coroutines become tasks at once; what is given twice counts once.
//
// The first error is the future's; the others go on, nobody cancels them. A child that is canceled
// fails with a CanceledError like with any other. Cancel of the future cancels all that are not done.
//
// Where no loop runs on this goroutine it panics.
func Gather[T any](aws ...Awaitable[T]) *Future[[]T] { return GatherIn(here("Gather", ""), aws...) }

// GatherResults is Gather that gives errors beside the values: gather(return_exceptions=True). It
// fails only when it is canceled itself.
func GatherResults[T any](aws ...Awaitable[T]) *Future[[]Result[T]] {
	return GatherResultsIn(here("GatherResults", ""), aws...)
}

// Awaitables makes Gather(Awaitables(tasks)...) of a []*Task[T]: Go does not convert the slice.
func Awaitables[A Awaitable[T], T any](as []A) []Awaitable[T] {
	aws := make([]Awaitable[T], len(as))
	for i, a := range as {
		aws[i] = a
	}
	return aws
}

// GatherIn is what Gather(aws...) becomes in async code.
func GatherIn[T any](x *Exec, aws ...Awaitable[T]) *Future[[]T] {
	outer := NewFutureIn[[]T](x)
	g := &gathering[T]{outer: &outer.node}
	g.end = func() {
		values := make([]T, len(g.children))
		for i, n := range g.children {
			values[i] = g.value(i, n)
		}
		g.forget()
		outer.SetResult(values)
	}
	g.begin(x, aws)
	return outer
}

// GatherResultsIn is what GatherResults(aws...) becomes in async code.
func GatherResultsIn[T any](x *Exec, aws ...Awaitable[T]) *Future[[]Result[T]] {
	outer := NewFutureIn[[]Result[T]](x)
	g := &gathering[T]{outer: &outer.node, errors: true}
	g.end = func() {
		results := make([]Result[T], len(g.children))
		for i, n := range g.children {
			switch n.state {
			case finished:
				results[i].Value = g.value(i, n)
			case canceled: // a new error: that of the task is for who awaits it
				results[i].Err = &CanceledError{Msg: n.message()}
			default:
				results[i].Value, results[i].Err = valueBeside[T](n.trace()), n.failure()
			}
		}
		g.forget()
		outer.SetResult(results)
	}
	g.begin(x, aws)
	return outer
}

// gathering is a gather that runs: asyncio's _GatheringFuture and the variables of gather's closure. It
// is the parent of the roots of those tasks that it makes, and so is told when they are done without
// a callback for each.
type gathering[T any] struct {
	link
	outer     *node
	children  []*node               // in the order of the arguments; one may stand there twice
	others    []Finished[T]         // those of them that were made by others, at the same places; nil: none was
	callbacks []doneCallback[*node] // of those that were made by others and not done at the beginning
	left      int                   // how many distinct ones were not heard of
	running   int                   // how many of its own tasks are not done
	unheard   int                   // how many of those that are done were not worth a callback
	errors    bool                  // return_exceptions
	canceled  bool                  // a child has taken a request to cancel
	end       func()                // completes outer when all are done
}

// begin makes tasks of the coroutines and waits for all. The callbacks of those that are done already
// are called here, at once, as in CPython since 3.12.
func (g *gathering[T]) begin(x *Exec, aws []Awaitable[T]) {
	if len(aws) == 0 {
		g.end()
		return
	}
	g.outer.extra().onCancel = g.cancel
	g.children = nodeList(len(aws))
	known := distinctOf(aws)
	var done []*node
	for i, aw := range aws {
		if n := g.spawn(x, aw); n != nil {
			g.children[i] = n
			g.left++
			continue
		}
		if g.others == nil {
			g.others = make([]Finished[T], len(aws))
		}
		if first := known.first(i); first < i {
			g.children[i], g.others[i] = g.children[first], g.others[first]
			continue
		}
		c := ensureFuture(x, aw)
		n := c.core()
		g.children[i], g.others[i] = n, c
		g.left++
		switch {
		case n.done():
			done = append(done, n)
		case aw.core() == nil: // a new task
			n.leaf.head().parent = g
			g.running++
		default:
			if g.callbacks == nil {
				g.callbacks = make([]doneCallback[*node], 0, len(aws)-i) // never grows: the nodes must not move
			}
			g.callbacks = append(g.callbacks, doneCallback[*node]{of: n, call: g.ended, on: g.outer})
			n.tell(&g.callbacks[len(g.callbacks)-1])
		}
	}
	known.end(len(aws))
	for _, n := range done {
		g.ended(n)
	}
}

// spawn makes a task of what is most often given: a coroutine that has not begun. For anything else it gives nil.
func (g *gathering[T]) spawn(x *Exec, aw Awaitable[T]) *node {
	if aw == nil {
		aw = Return(*new(T))
	}
	if aw.core() != nil {
		return nil
	}
	c := coroutineOf(aw)
	h := headOf(c)
	if h.started || h.view {
		return nil
	}
	start(h, c)
	n := roomFor[T](c)
	n.begin(x.loop, c, h)
	h.parent = g
	x.loop.add(n, true)
	x.loop.push(n)
	g.running++
	return n
}

// coroutineOf is a function of its own because Go remembers the last conversions of an interface only where no type
// parameter is in sight.
func coroutineOf(aw any) coroutine { return aw.(coroutine) }

// nodeLists has the lists of gathers of many that have ended, cleared: *[]*node.
var nodeLists sync.Pool

// many is how long a list has to be for that.
const many = 64

// nodeList is a list of n nodes.
func nodeList(n int) []*node {
	if n >= many {
		if list, ok := nodeLists.Get().(*[]*node); ok && cap(*list) >= n {
			return (*list)[:n]
		}
	}
	return make([]*node, n)
}

// forget lets go of the children.
func (g *gathering[T]) forget() {
	list := g.children
	g.children = nil
	if len(list) >= many {
		clear(list)
		nodeLists.Put(&list)
	}
}

// value is what child number i, whose core is n, has ended with. It is asked for once: nobody needs the frame any more.
func (g *gathering[T]) value(i int, n *node) T {
	if g.others != nil && g.others[i] != nil {
		return g.others[i].result()
	}
	h := headOf(n.leaf)
	v := valueOf[T](h)
	if h.recycled {
		n.loop.recycle(n, h)
	}
	return v
}

// mustHear leaves the callback out for a task of its own that has a value while others still run: all that it would do
// is to count. That of the last one comes in its turn, and counts for them.
func (g *gathering[T]) mustHear(well bool) bool {
	g.running--
	if g.running > 0 && (well || g.errors) && !g.outer.done() {
		g.unheard++
		return false
	}
	return true
}

// Resume is called when a task of its own is done.
func (g *gathering[T]) Resume(x *Exec) Status {
	if g.running == 0 {
		g.left -= g.unheard
		g.unheard = 0
	}
	g.ended(x.call)
	return Done
}

func (g *gathering[T]) dependent() *node { return g.outer }

// Info makes it a Resumer.
func (*gathering[T]) Info() *FuncInfo { return nil }

// ended is called when the child n is done.
func (g *gathering[T]) ended(n *node) {
	g.left--
	if g.outer.done() {
		n.look()
		return
	}
	if !g.errors {
		if err := n.failure(); err != nil {
			g.outer.failWith(err, n.trace().withoutValue())
			return
		}
	}
	switch {
	case g.left > 0:
	case g.canceled: // even if no child was impressed
		err := error(&CanceledError{Msg: n.message()})
		if n.state == canceled {
			err = n.canceledError()
		}
		g.outer.failWith(err, n.trace().withoutValue())
	default:
		g.end()
	}
}

// cancel is what Cancel of the outer future does. It does not end the future: that is for the
// children to do. One that was given twice is asked twice.
func (g *gathering[T]) cancel(msg string) bool {
	taken := false
	g.outer.flags |= passing // a child may wait for this very future
	for _, n := range g.children {
		if n.cancel(msg) {
			taken = true
		}
	}
	g.outer.flags &^= passing
	g.canceled = g.canceled || taken
	return taken
}
