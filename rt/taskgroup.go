package rt

import (
	"fmt"
	"strings"
)

// WithTaskGroup runs body, waits for all tasks that Go has made in the group, and gives what body
// gave: `async with asyncio.TaskGroup()`. The body runs in the same task.
//
// The first task that fails cancels the others, in order of creation, and the body; so does a
// failure of the body. Their errors come as one *ErrorGroup. Tasks that were canceled count as ended.
// A cancellation of the task that runs the group cancels the group and goes on. So does a panic of the
// body, as KeyboardInterrupt does: when all tasks have ended it goes on, and their errors are lost.
func WithTaskGroup[T any](body func(tg *TaskGroup) Coro[T]) Coro[T] {
	if body == nil {
		panic("rt.WithTaskGroup: nil function")
	}
	return New(&grouped[T]{body: body})
}

// Go makes c a task of the group: TaskGroup.create_task. In a group that is shutting down, or has
// ended, it fails like Await, with ErrGroupClosed, and c never runs.
func Go[T any](tg *TaskGroup, c Coro[T], opts ...TaskOption) *Task[T] { panic(outside("Go")) }

// GoIn is what Go(tg, c, opts...) becomes in async code, which looks at x.Err behind it.
func GoIn[T any](x *Exec, tg *TaskGroup, c Coro[T], opts ...TaskOption) *Task[T] {
	if tg.closed() {
		if c != nil {
			start(c.head(), c) // as close() in Python: it was not forgotten
		}
		x.fail(ErrGroupClosed, nil)
		return nil
	}
	t := CreateTaskIn(x, c, opts...)
	tg.add(&t.node)
	return t
}

// grouped is a call of WithTaskGroup.
type grouped[T any] struct {
	Frame[T]
	body  func(*TaskGroup) Coro[T]
	aw    Awaitable[T] // what body gave
	group TaskGroup
}

var withTaskGroupInfo = FuncInfo{Name: "WithTaskGroup", Defers: true}

func (*grouped[T]) Info() *FuncInfo     { return &withTaskGroupInfo }
func (f *grouped[T]) holds() *panicking { return f.group.panic }

func (f *grouped[T]) Resume(x *Exec) (status Status) {
	g := &f.group
	defer g.catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.State = 1
		g.parent, g.depth = x.task, x.task.depth()
		f.aw = f.body(g)
		if Begin(x, f, f.aw) == Suspended {
			return Suspended
		}
	}
	switch {
	case g.exit(x, f) == Suspended:
		return Suspended
	case x.Err != nil:
		return x.Fail(f, 0)
	}
	f.Value = Value(f.aw)
	return Done
}

// TaskGroup is a group of tasks that end together: asyncio.TaskGroup. WithTaskGroup makes it.
type TaskGroup struct {
	parent      *node   // the task that runs the body
	first, last *member // the tasks that are not done, in order of creation
	free        *member // those whose tasks have ended, to be used again, linked by after
	errs        []error // in the order in which the tasks failed
	body        ending[None]
	canceled    ending[None] // the cancellation to pass on
	panic       *panicking   // the body's
	ended       node         // the future of the last task's end, while the group waits for it

	depth          uint32 // see request
	waiting        bool
	exiting        bool // the body has ended
	aborting       bool // the tasks were canceled
	raised         bool // the panic goes on: it is no longer ours
	parentCanceled bool // and the parent, by the group
}

// member is a task of a group, and the callback that says that it is done.
type member struct {
	node
	group         *TaskGroup
	task          *node
	before, after *member
}

func (*member) Info() *FuncInfo { return nil }
func (*member) head() *link     { return nil }

func (m *member) dependent() *node { return m.group.parent }
func (m *member) source() *node    { return m.task }

// Resume is called when the task is done.
func (m *member) Resume(*Exec) Status {
	g := m.group
	if m.before != nil {
		m.before.after = m.after
	} else {
		g.first = m.after
	}
	if m.after != nil {
		m.after.before = m.before
	} else {
		g.last = m.before
	}
	g.taskDone(m.task)
	l := g.parent.loop
	if h := m.task.root().head(); h.recycled {
		l.recycle(m.task, h)
	}
	if !l.watched {
		*m = member{after: g.free}
		g.free = m
	}
	return Done
}

// closed says whether the group takes no more tasks.
func (g *TaskGroup) closed() bool {
	if g.parent == nil {
		panic("rt.Go: the TaskGroup was not made by WithTaskGroup")
	}
	return g.exiting && g.first == nil || g.aborting
}

// add makes the task n a member. An eager one may be done already: the group hears of it in a turn of its own all the same,
// when whoever makes tasks inside of it has become a member as well (python/cpython#128550).
func (g *TaskGroup) add(n *node) {
	m := g.free
	if m == nil {
		m = new(member)
	} else {
		g.free = m.after
	}
	m.group, m.task, m.before, m.after = g, n, g.last, nil
	if g.last != nil {
		g.last.after = m
	} else {
		g.first = m
	}
	g.last = m
	n.tell(m)
}

// taskDone is _on_task_done. The first failure cancels all tasks and the parent, which may be anywhere
// in its body; exit will take that request back.
func (g *TaskGroup) taskDone(n *node) {
	if g.waiting && g.first == nil && !g.ended.done() {
		g.ended.complete(finished)
	}
	if n.state != failed || g.parent.done() { // an error that the parent cannot get is reported by the loop
		return
	}
	g.errs = append(g.errs, n.failure())
	if !g.aborting && !g.parentCanceled {
		g.abort()
		g.parentCanceled = true
		g.parent.cancelFor(request{depth: g.depth})
	}
}

// abort cancels the tasks.
func (g *TaskGroup) abort() {
	g.aborting = true
	for m := g.first; m != nil; m = m.after {
		if !m.task.done() {
			m.task.cancel("")
		}
	}
}

// catch is deferred by Resume of f. A panic that ends the body is kept while the group waits for its tasks.
func (g *TaskGroup) catch(x *Exec, f Resumer, status *Status) {
	if g.raised {
		return
	}
	r := recover()
	if r == nil {
		if *status != exiting {
			return
		}
		if duringGoexit() {
			x.exited = append(x.exited, f)
			return
		}
	}
	g.panic = x.recovered(r)
	x.take()
	*status = g.exit(x, f)
}

// exit is __aexit__ on behalf of f, with x.Err or g.panic as the exception that ended the body. It is called
// again when f is resumed; x.Err is then a cancellation that came while it waited.
func (g *TaskGroup) exit(x *Exec, f Resumer) Status {
	err := x.Err
	e := &g.canceled
	if !g.exiting {
		g.exiting = true
		e = &g.body
		if x.Canceled() {
			g.canceled.err, g.canceled.trace = err, x.traced()
		}
	}
	g.waiting = false
	if err != nil {
		if trace, err := x.stash(); !g.aborting || e == &g.body {
			e.err, e.trace = err, trace
		}
	}
	if (err != nil || g.panic != nil) && !g.aborting {
		g.abort()
	}
	if g.first != nil { // the future may be canceled more than once: then wait for another one
		g.waiting = true
		g.ended = node{loop: x.loop}
		return x.wait(f, &g.ended)
	}
	g.end(x)
	return Done
}

// end says how the group ends when all of its tasks are done.
func (g *TaskGroup) end(x *Exec) {
	if g.parentCanceled && g.parent.uncancel() == 0 {
		g.canceled.err = nil // nobody else has asked
	}
	if g.panic != nil {
		g.cancelAgain()
		g.raised = true
		x.raise(g.panic)
	}
	if g.canceled.err != nil && len(g.errs) == 0 {
		x.fail(g.canceled.err, g.canceled.trace)
		return
	}
	if g.body.err != nil && !isCancellation(g.body.err) {
		g.errs = append(g.errs, g.body.err)
	}
	if len(g.errs) == 0 {
		return
	}
	g.cancelAgain()
	x.fail(&ErrorGroup{Msg: "unhandled errors in a TaskGroup", Errs: g.errs}, g.body.trace)
}

// cancelAgain is called when something else than the cancellation of the parent leaves the group: what comes
// next shall hear of it. CPython forgets it with KeyboardInterrupt, which nobody is to survive.
func (g *TaskGroup) cancelAgain() {
	if g.parent.cancels > 0 {
		g.parent.uncancel()
		g.parent.cancelFor(request{depth: g.depth})
	}
}

// ErrorGroup is the errors of a WithTaskGroup: ExceptionGroup. The tasks' errors stand in the order
// in which they failed, the body's is the last. errors.Is and errors.As look into all of them.
type ErrorGroup struct {
	Msg  string
	Errs []error
}

// Error is the message and the errors.
func (e *ErrorGroup) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%d):", e.Msg, len(e.Errs))
	for i, err := range e.Errs {
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %v", err) // even if it panics
	}
	return b.String()
}

// Unwrap is the errors.
func (e *ErrorGroup) Unwrap() []error { return e.Errs }
