package rt

import "iter"

// Markers are what asyncgen rewrites. Reached as they stand they panic: the code around them is not
// async, or asyncgen has not run.

// outside says what to do about a marker that was reached.
func outside(name string) string {
	return "rt." + name + " was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)"
}

// Await waits for aw and gives its value: `await aw`. When aw fails, the function ends at once with
// that error, after its deferred calls.
func Await[T any](aw Awaitable[T]) T { panic(outside("Await")) }

// TryAwait is Await that gives the error back: `try: await aw` with `except Exception`. A
// cancellation is not given back but goes on.
func TryAwait[T any](aw Awaitable[T]) (T, error) { panic(outside("TryAwait")) }

// CatchAwait is TryAwait that gives back a cancellation too: `except BaseException`.
func CatchAwait[T any](aw Awaitable[T]) (T, error) { panic(outside("CatchAwait")) }

// Throw ends the function with err, after its deferred calls: `raise err`.
func Throw(err error) { panic(outside("Throw")) }

// Yield gives v to who reads the stream: `yield v`.
func Yield[T any](v T) { panic(outside("Yield")) }

// AwaitEach ranges over a stream: `async for`. It closes the stream when the loop is left early, and
// waits for its deferred calls (`async with aclosing(s)`).
func AwaitEach[T any](s Stream[T]) iter.Seq[T] { panic(outside("AwaitEach")) }

// What follows needs the running loop. asyncgen hands it to these calls in async functions, where they cost nothing. In ordinary
// functions they find the loop that runs on this goroutine, in a microsecond or two, more below a deep stack; where there is none they panic.

// CreateTask makes c a task of the running loop: asyncio.create_task. Where no loop runs on this goroutine it panics: there
// CreateTaskOn makes tasks of a loop that is to run, and [Submit] those of one that runs on another goroutine.
func CreateTask[T any](c Coro[T], opts ...TaskOption) *Task[T] {
	return CreateTaskIn(here("CreateTask", "rt.CreateTaskOn"), c, opts...)
}

// NewFuture makes a future of the running loop: loop.create_future. Where no loop runs on this goroutine it panics:
// there is NewFutureOn.
func NewFuture[T any]() *Future[T] { return NewFutureIn[T](here("NewFuture", "rt.NewFutureOn")) }

// CurrentTask is the task that runs, nil in a callback: asyncio.current_task. Where no loop runs on this goroutine it panics.
func CurrentTask() AnyTask { return here("CurrentTask", "").CurrentTask() }

// AllTasks gives the unfinished tasks of the running loop in order of creation: asyncio.all_tasks. Where no loop runs on this
// goroutine it panics: there is [Loop.AllTasks].
func AllTasks() []AnyTask { return here("AllTasks", "Loop.AllTasks").AllTasks() }

// RunningLoop is the loop that runs on this goroutine: asyncio.get_running_loop. It panics where there is none.
func RunningLoop() *Loop { return here("RunningLoop", "").Loop() }
