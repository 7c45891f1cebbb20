package rt

import "iter"

// Markers are what asyncgen rewrites. Reached as they stand they panic: the code around them is not
// async, or asyncgen has not run.

// outside says what to do about a marker that was reached.
func outside(name string) string {
	return "rt." + name + " was called outside an async function: mark the function //async:func, and run asyncgen, or asyncgen run in place of go run"
}

// needsLoop says what to do about a call that needs the running loop.
func needsLoop(name, instead string) string {
	return outside(name) + "; in ordinary code there is " + instead
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

// CreateTask makes c a task of the running loop: asyncio.create_task.
func CreateTask[T any](c Coro[T], opts ...TaskOption) *Task[T] {
	panic(needsLoop("CreateTask", "rt.CreateTaskOn"))
}

// NewFuture makes a future of the running loop: loop.create_future.
func NewFuture[T any]() *Future[T] { panic(needsLoop("NewFuture", "rt.NewFutureOn")) }

// CurrentTask is the task that runs: asyncio.current_task.
func CurrentTask() AnyTask { panic(outside("CurrentTask")) }

// AllTasks gives the unfinished tasks in order of creation: asyncio.all_tasks.
func AllTasks() []AnyTask { panic(needsLoop("AllTasks", "Loop.AllTasks")) }

// RunningLoop is the loop that runs: asyncio.get_running_loop.
func RunningLoop() *Loop { panic(outside("RunningLoop")) }
