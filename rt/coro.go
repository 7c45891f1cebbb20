package rt

import "unsafe"

// This file is the contract with generated code: what a coroutine and its frame are. Together with
// begin.go, exec.go, defers.go and iterate.go it is the only doorway into the package that asyncgen's output
// uses; users write no more of it than Coro and Awaitable.

// None is the result of what gives nothing back.
type None = struct{}

// Awaitable is what can be awaited: a Coro, a *Task or a *Future.
//
// Its methods mention T, so that Go infers T in Await(task) and Gather(coro, task, future).
type Awaitable[T any] interface {
	awaitable(T)

	// core is the future or task to wait for; nil says that this is a coroutine, to be run in place.
	core() *node

	// result is the value, once the wait has ended without an error.
	result() T
}

// Coro is a coroutine: a call of an async function that has not begun, as Python's coroutine
// object. It runs when it is awaited or becomes a task, once. A nil Coro is a finished one with
// T's zero value.
//
// Only generated code and this package implement it, by embedding Frame.
type Coro[T any] interface {
	Awaitable[T]
	coroutine

	// taskOf is the task of this coroutine, whose core is n.
	taskOf(n *node) AnyTask
}

// Status is what Resume gives back.
type Status uint8

const (
	// Suspended: the frame waits; the loop will resume the innermost frame of the task.
	Suspended Status = iota
	// Done: the function has ended. With x.Err == nil its value is in Frame.Value, otherwise it
	// failed with x.Err.
	Done
	// exiting is the status of a Resume that has not returned.
	exiting
)

// Values of Frame.State that have a meaning of their own; the others are numbers of suspension points.
const (
	// Start is the state of a frame that has not begun. It is zero: a zero frame can start.
	Start int32 = 0
	// Exit is the state of a frame that runs its deferred calls (see Defers).
	Exit int32 = -1
)

// Resumer is a frame: a struct that embeds Frame, with the two methods that asyncgen writes.
type Resumer interface {
	// Resume runs the function from its State until it suspends or ends.
	Resume(x *Exec) Status
	// Info describes the function.
	Info() *FuncInfo
	head() *link
}

// coroutine is the part of a Coro that does not depend on T.
type coroutine interface {
	Resumer

	// room is where the core of this coroutine's task is to be; nil: it has no place yet. See Room.
	room() *node
}

// FuncInfo describes an async function to tracebacks and to Task.String.
type FuncInfo struct {
	Name string // as Python's __qualname__: fetchData, Stack.Push, main.func1
	File string // the annotated source, relative to its module: primer/main.go
	// Lines holds the line of the declaration, then the line of each suspension point or throw (1, 2, …).
	Lines []int
	// Defers says that the function has deferred calls: panics pass through its Resume.
	Defers bool
	// Tasks is where the frames go that have room for a task, when that has ended; nil: nowhere.
	Tasks *FreeList
}

// link is the part of a frame that does not depend on T.
type link struct {
	parent  Resumer // who awaits this frame; of a root who is told first when the task ends, if anybody
	State   int32   // Start, Exit or the number of the suspension point where the frame waits
	started bool    // the coroutine was awaited or made a task
	root    bool    // it was made a task
	view    bool    // it stands for another one: see Any

	recycled bool // the frame goes to a FreeList when its task has ended: see Loop.recycle
}

// Frame is embedded by every frame, as its first field. T is what the coroutine gives.
type Frame[T any] struct {
	link
	Value T // the result, once Resume has returned Done without an error
}

// NoneFrame is Frame[None] for generated code, which has many of them: a Value of no size at the end of a struct takes a word.
type NoneFrame struct {
	Value None
	link
}

// valueOf is the value in the frame of which h is the head. A task finds it so, instead of with one pointer more.
func valueOf[T any](h *link) (v T) {
	if unsafe.Sizeof(v) > 0 { // it may be a NoneFrame
		v = (*Frame[T])(unsafe.Pointer(h)).Value
	}
	return v
}

// taskAt is the task whose core n is. What holds many of them keeps one pointer for each so, not an interface.
func taskAt[T any](n *node) *Task[T] { return (*Task[T])(unsafe.Pointer(n)) }

// handle is the task whose core n is, of the type that its coroutine gives it.
func (n *node) handle() AnyTask {
	return n.root().(interface{ taskOf(*node) AnyTask }).taskOf(n)
}

// headOf is f.head(), of a frame: it begins with its head. What it is asked for each time that a frame ends needs no call.
func headOf(f Resumer) *link { return (*link)((*interfaceWords)(unsafe.Pointer(&f)).data) }

// interfaceWords is how Go lays out an interface that holds a pointer.
type interfaceWords struct{ typ, data unsafe.Pointer }

func (h *link) head() *link { return h }
func (h *link) core() *node { return nil }

func (f *Frame[T]) awaitable(T) {}
func (f *Frame[T]) room() *node { return nil }
func (f *Frame[T]) result() T   { return f.Value }

func (f *Frame[T]) taskOf(n *node) AnyTask { return taskAt[T](n) }

func (f *NoneFrame) awaitable(None)         {}
func (f *NoneFrame) room() *node            { return nil }
func (f *NoneFrame) result() (v None)       { return v }
func (f *NoneFrame) taskOf(n *node) AnyTask { return taskAt[None](n) }

// Link makes caller the frame that goes on when callee has ended, and returns Suspended. Generated code
// calls it when a callee that it resumed directly has suspended for the first time.
//
// It is no method, as little as can be: the Go compiler makes a copy of each for each type of frame.
func Link(callee, caller Resumer) Status {
	callee.head().parent = caller
	return Suspended
}
