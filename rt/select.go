package rt

// Selected is what Select gives: which of its arguments has ended first, from 0, and with what value.
type Selected[T any] struct {
	Index int
	Value T
}

// Select waits for the first of aws that ends, and cancels the others: tokio's select! with biased order,
// and what a select statement is for channels, with Recv, RecvOK and Send. Any makes cases of different types
// those of one: Select(Any(Recv(ch)), Any(Sleep(d))). A last case that is done at once, such as Return(v), is a
// default.
//
// The cases begin in their order, at once, each as a task. When one ends without having to wait, those behind it
// do not begin. In the very step in which a case ends it cancels the others, so that no other case takes an item
// of a queue, a lock or a value of a channel; only a Send that goes to another goroutine may happen at
// the same moment. Select ends when the canceled ones have ended. Errors of theirs are reported as errors that
// nobody has looked at. A task or future is canceled like a coroutine: give Shield(task) for one that is to go on.
//
// When the first case fails, Select fails with its error; TryAwait then gives its Index as well. When the task that
// selects is canceled, so are all cases. If one of them has ended before or ends with a value in spite of that, Select gives it,
// and the task's next await is canceled; a task that has no other one ends with its value. Without any
// case it panics.
func Select[T any](aws ...Awaitable[T]) Coro[Selected[T]] {
	if len(aws) == 0 {
		panic("rt.Select: no cases")
	}
	return New(&selection[T]{aws: aws})
}

// selection is a call of Select.
type selection[T any] struct {
	Frame[Selected[T]]
	aws []Awaitable[T]
	race
}

var selectInfo = FuncInfo{Name: "Select"}

func (*selection[T]) Info() *FuncInfo { return &selectInfo }

func (f *selection[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		f.begin(x)
		if f.running > 0 || x.loop.panicked != nil {
			return x.wait(f, &f.over)
		}
	}
	w := f.winner
	if w == nil { // canceled
		return x.Fail(f, 0)
	}
	if x.Canceled() {
		x.throwNext()
	}
	f.Value = Selected[T]{Index: w.index}
	if x.failWith(w.task); x.Err == nil {
		f.Value.Value = valueOf[T](headOf(w.task.leaf))
		return Done
	}
	f.Value.Value = valueBeside[T](w.task.trace())
	takeAlong(x, f.Value)
	return x.Fail(f, 0)
}

// begin makes tasks of the cases until one has ended. Those that are left have not been forgotten.
func (f *selection[T]) begin(x *Exec) {
	f.over.loop = x.loop
	f.over.extra().onCancel = f.cancel
	f.cases = make([]contender, 0, len(f.aws)) // never grows: the tasks know where they are
	over := false
	defer func() { // a misuse panics, but leaves nothing that runs for nobody
		if !over {
			f.cancelAll("")
		}
	}()
	for _, aw := range f.aws {
		switch {
		case f.winner != nil || x.loop.panicked != nil:
			drop(aw)
		case aw == nil:
			f.enter(x, Return(*new(T)))
		case aw.core() != nil:
			x.checkOwn(aw.core())
			f.enter(x, New(&waitingFor[T]{aw: aw}))
		default:
			f.enter(x, coroutineOf(aw))
		}
	}
	f.aws = nil
	over = true
}

// drop notes that aw, if it is a coroutine that has not begun, never will, and that this is right: close() in Python.
func drop[T any](aw Awaitable[T]) {
	if aw == nil || aw.core() != nil {
		return
	}
	c := coroutineOf(aw)
	if h := c.head(); !h.started {
		start(h, c)
	}
	if v, ok := aw.(interface{ origin() *link }); ok && watched.on.Load() {
		unwatch(v.origin())
	}
}

// waitingFor is a coroutine that ends as a future or task does, and that cancels it when it is canceled.
type waitingFor[T any] struct {
	Frame[T]
	aw Awaitable[T]
}

func (*waitingFor[T]) Info() *FuncInfo { return &selectInfo }

func (f *waitingFor[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if x.wait(f, f.aw.core()) == Suspended {
			return Suspended
		}
	}
	if x.Err == nil {
		f.Value = f.aw.result()
	}
	return Done
}

// race is the part of a selection that does not depend on T: tasks of which the first to end cancels the others.
type race struct {
	cases    []contender
	running  int
	winner   *contender
	canceled bool   // the task that selects was canceled
	msg      string // with this message
	over     node   // the future of the end of all
}

// contender is one of the tasks. It is the parent of its root, and so hears of its end in the task's last step.
type contender struct {
	link
	race  *race
	task  *node
	index int
}

// enter makes the coroutine c the next contender, and runs it until it suspends.
func (r *race) enter(x *Exec, c coroutine) {
	h := c.head()
	start(h, c)
	n := c.room()
	if n == nil {
		n = &new(Task[None]).node
	}
	n.begin(x.loop, c, h)
	r.cases = append(r.cases, contender{race: r, task: n, index: len(r.cases)})
	h.parent = &r.cases[len(r.cases)-1]
	h.recycled = false // its value is asked for when it has ended
	r.running++
	x.loop.add(n, true)
	x.loop.startEagerly(n)
}

// Resume is never called: see mustHear.
func (*contender) Resume(*Exec) Status { return Done }
func (*contender) Info() *FuncInfo     { return nil }

func (k *contender) dependent() *node { return &k.race.over }

// mustHear is called when the task ends. The first one has won, unless its panic ends the run.
func (k *contender) mustHear(well bool) bool {
	r := k.race
	r.running--
	if r.over.loop.panicked != nil {
		return false
	}
	if r.winner == nil && (well || !r.canceled) {
		r.winner = k
		r.cancelAll("")
	}
	if r.running == 0 {
		r.end()
	}
	return false
}

// end ends the wait for the tasks.
func (r *race) end() {
	if r.canceled {
		r.over.extra().msg = r.msg
		r.over.complete(canceled)
	} else {
		r.over.complete(finished)
	}
}

// cancel is what Cancel of the waiting task does: the tasks are to end, and the wait with them.
func (r *race) cancel(msg string) bool {
	r.canceled, r.msg = true, msg
	r.over.flags |= passing // a case may wait for this very task
	r.cancelAll(msg)
	r.over.flags &^= passing
	if r.running == 0 { // a panic ends the run
		r.end()
	}
	return true
}

// cancelAll cancels those that run.
func (r *race) cancelAll(msg string) {
	for i := range r.cases {
		if n := r.cases[i].task; n.phase != ended {
			n.cancel(msg)
		}
	}
}
