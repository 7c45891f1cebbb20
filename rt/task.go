package rt

import (
	"math"
	"strconv"
)

// AnyTask is a *Task of any type: what CurrentTask and AllTasks give.
type AnyTask interface {
	AnyFuture
	Uncancel() int       // takes a request to cancel back; gives the number of those left
	Canceling() int      // the number of requests to cancel that were not taken back
	Name() string        // Task-2, or what Name or SetName gave it
	SetName(name string) // names the task
	String() string      // as Python's repr
}

// Task is a coroutine that the loop runs: asyncio.Task.
type Task[T any] struct{ node }

// TaskOption is an option of CreateTask, CreateTaskOn and Go.
type TaskOption interface{ taskOption(*taskConfig) }

type taskConfig struct {
	name  *string
	eager bool
}

type taskOptionFunc func(*taskConfig)

func (f taskOptionFunc) taskOption(c *taskConfig) { f(c) }

// Name names the task, as create_task(name=…). Unnamed ones are Task-1, Task-2, … on each loop.
func Name(name string) TaskOption {
	return taskOptionFunc(func(c *taskConfig) { c.name = &name })
}

// EagerStart runs the task up to its first suspension at once, inside of CreateTask, when the loop
// runs: asyncio.Task(eager_start=True).
func EagerStart() TaskOption {
	return taskOptionFunc(func(c *taskConfig) { c.eager = true })
}

// Room is memory for the task that a coroutine will become. Generated code puts it beside the frame of
// a call that goes straight into CreateTask, Go, Gather and the like, so that both are one allocation.
type Room[T any] struct{ task Task[T] }

func (r *Room[T]) room() *node { return &r.task.node }

// Taken says whether somebody may still use the task: it has not ended with a value, or its handle was given out.
// Generated code asks before it makes another task in the same place.
func (r *Room[T]) Taken() bool {
	n := &r.task.node
	return n.loop != nil && (n.state != finished || n.flags&seen != 0)
}

// Renew makes the place one for another task of the coroutine that begins at f. What else its frame holds stays: a task
// that runs may be part of it.
func (r *Room[T]) Renew(f Resumer) {
	r.task = Task[T]{}
	*headOf(f) = link{}
}

// Frames with a Room are in generated code only; here nothing else shows that they override Frame.room.
var _ interface{ room() *node } = (*Room[int])(nil)

// CreateTaskOn makes c a task of l. Its first step waits for its turn in the ready queue.
//
// It may be called outside of async code as well, while the loop does not run; another goroutine
// uses Submit.
func CreateTaskOn[T any](l *Loop, c Coro[T], opts ...TaskOption) *Task[T] {
	l = l.behind()
	l.checkOpen()
	if l.debug {
		l.checkGoroutine("CreateTask")
	}
	if c == nil {
		c = Return(*new(T))
	}
	h := headOf(c)
	start(h, c)
	t := taskAt[T](roomFor[T](c))
	t.begin(l, c, h)
	var config taskConfig
	if len(opts) > 0 {
		config = t.configure(opts)
	}
	l.add(&t.node, config.name == nil)
	if config.eager && l.running {
		h.recycled = false // who called this has the handle still when it has ended
		l.startEagerly(&t.node)
	} else {
		l.push(&t.node)
	}
	return t
}

// roomFor is the place for the core of the task that c becomes.
func roomFor[T any](c coroutine) *node {
	if n := c.room(); n != nil {
		return n
	}
	return &new(Task[T]).node
}

// begin makes n the core of a task of c, whose head is h.
func (n *node) begin(l *Loop, c Resumer, h *link) {
	n.loop, n.leaf, n.flags, n.phase = l, c, isTask, fresh
	h.root = true
}

// add makes n, which is new, one of the loop's tasks.
func (l *Loop) add(n *node, unnamed bool) {
	if v := l.exec.copyVars(); v != nil {
		n.setVars(v)
	}
	number := uint32(0)
	if unnamed {
		l.names++
		number = l.names
	}
	l.tasks.add(n, number)
	if l.watched {
		l.watchMade(n)
	}
}

// configure applies options to a new task.
func (n *node) configure(opts []TaskOption) (c taskConfig) {
	for _, o := range opts {
		o.taskOption(&c)
	}
	if c.name != nil {
		n.setName(*c.name)
	}
	return c
}

// CreateTaskIn is what CreateTask(c) becomes in async code.
func CreateTaskIn[T any](x *Exec, c Coro[T], opts ...TaskOption) *Task[T] {
	return CreateTaskOn(x.loop, c, opts...)
}

// startEagerly runs the first step of n now, inside of the step of another task.
func (l *Loop) startEagerly(n *node) {
	x := &l.exec
	outer := x.task
	defer func() { x.task = outer }()
	over := false
	defer l.caughtEagerly(&over)
	if l.watched {
		l.watch(n, l.run)
	} else {
		l.run(n)
	}
	over = true
}

// caughtEagerly is caught for the first step of an eager task, which has nobody who awaits it.
func (l *Loop) caughtEagerly(over *bool) {
	r := recover()
	switch {
	case *over:
	case r == nil && duringGoexit():
		l.goexit()
	default:
		l.failTask(l.exec.task, l.exec.recovered(r))
	}
}

func (*Task[T]) awaitable(T) {}
func (*Task[T]) future()     {}

// result is the value in the coroutine's frame. The task must have ended with one: its innermost frame is then the
// outermost one.
func (t *Task[T]) result() T { return valueOf[T](headOf(t.leaf)) }

// Done says whether the task has ended.
func (t *Task[T]) Done() bool { return t.done() }

// Canceled says whether the task has ended with a CanceledError.
func (t *Task[T]) Canceled() bool { return t.state == canceled }

// Cancel asks the task to end: a CanceledError is thrown where it waits. What it waits for is
// canceled with it, be it a future or, in turn, a task. The task may catch the error and go on. It
// is false when the task is done already.
func (t *Task[T]) Cancel(msg ...string) bool { return t.cancel(message(msg)) }

// Uncancel takes one request to cancel back and gives the number of those that are left.
func (t *Task[T]) Uncancel() int { return t.uncancel() }

// Canceling is the number of requests to cancel that were not taken back: Task.cancelling.
func (t *Task[T]) Canceling() int { return t.canceling() }

// countCancel counts a request to cancel.
func (n *node) countCancel() {
	if n.cancels < math.MaxUint8 {
		n.cancels++
	} else {
		n.extra().cancels++
	}
}

func (n *node) uncancel() int {
	switch {
	case n.cancels == math.MaxUint8 && n.extra().cancels > 0:
		n.rare().cancels--
	case n.cancels > 0:
		if n.cancels--; n.cancels == 0 {
			n.flags &^= mustCancel
		}
	}
	return n.canceling()
}

func (n *node) canceling() int {
	if n.cancels == math.MaxUint8 {
		return math.MaxUint8 + n.extra().cancels
	}
	return int(n.cancels)
}

// Result is the value or the error; ErrInvalidState while the task runs, ErrCanceled when it was
// canceled.
func (t *Task[T]) Result() (v T, err error) {
	if err := t.outcome(); err != nil {
		return valueBeside[T](t.trace()), err
	}
	return t.result(), nil
}

// Err is the error with which the task has ended, nil where there is none or the task runs:
// Task.exception.
func (t *Task[T]) Err() error { return t.failure() }

// AddDoneCallback makes the loop call f in the turn after the task has ended.
func (t *Task[T]) AddDoneCallback(f func(*Task[T])) (remove func()) {
	return t.notify(&doneCallback[*Task[T]]{of: t, call: f})
}

// Name is the task's name: Task-2, or what Name or SetName gave it.
func (t *Task[T]) Name() string { return t.name() }

// SetName names the task.
func (t *Task[T]) SetName(name string) {
	t.setName(name)
	if t.loop.watched {
		t.loop.watchName(&t.node)
	}
}

func (n *node) setName(name string) {
	r := n.extra()
	r.name, r.named = name, true
}

// name is the name of a task. The number of a default one is kept beside the task's slot while there is one.
func (n *node) name() string {
	if r := n.rare(); r != nil && r.named {
		return r.name
	}
	number := n.slot
	if n.phase != ended && n.phase != reporting {
		number = n.loop.tasks.number(n)
	}
	return "Task-" + strconv.FormatUint(uint64(number), 10)
}
