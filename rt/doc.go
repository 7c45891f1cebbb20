// Package rt is the runtime of asyncgen: asyncio's event loop, tasks and futures for state machines.
//
// asyncgen rewrites the bodies of async functions; what they become is resumed by this package, on
// one goroutine, in the order in which CPython 3.13 would run them. Users write
//
//	//async:func
//	func fetch(id int) rt.Coro[string] {
//		rt.Await(rt.Sleep(time.Second))
//		return rt.Return(fmt.Sprint("page ", id))
//	}
//
//	func main() { rt.Main(fetch(1)) }
//
// # A turn of the loop
//
// The ready queue is a list of what is to be run: tasks to resume, callbacks to call. A turn is
// asyncio's BaseEventLoop._run_once:
//
//  1. Nothing is ready? Wait for the next timer or for another goroutine; a virtual clock jumps.
//  2. What other goroutines have posted to the inbox goes to the end of the queue.
//  3. So do the timers that are due, in order of deadline, then of creation.
//  4. Run what the queue holds now. What becomes ready meanwhile is for the next turn.
//
// Nothing is ever resumed from inside of something else. Who completes a future puts all that wait
// for it at the end of the queue, first come, first served, and goes on. That is why a task which
// sleeps passes the queue twice when its time has come, as it does in CPython: the timer's handle
// completes the sleep's future, and that wakes the task. rt has no such future, but it keeps the two
// passes, because a Cancel in between counts and because others may run in between.
//
// Sleep(0) passes once.
//
// # Frames
//
// A coroutine is a pointer to a frame, a struct that begins with a [Frame] and has a method Resume. A task
// holds its innermost frame, the leaf; frames link to the frame that awaits them. To resume a task
// is to resume the leaf and, each time a frame ends, its parent: the cost does not depend on how
// deep the task stands. An awaited frame that ends without having suspended was an ordinary call.
//
// A wait for a lock, an event or a queue is no frame. What it needs (LockAcquire, EventWait, QueuePut …) is a part of the
// frame of who waits, which is the leaf; when it is resumed, it first does what is left of the call, such as putting the
// item into the queue. The task's node stands in the line itself, and leads from there to that part of the frame. Who is
// canceled leaves a stand-in behind, until it has its turn: in asyncio it stands in the deque until then, and that decides
// whom a Release wakes.
//
// One [Exec] goes with each loop and is handed to every Resume. Its Err is the error in flight: a
// frame that is resumed with it set fails in turn, unless it was asked to try. Values stay in the
// callee's frame until its caller takes them.
//
// # Memory
//
// A task is 56 bytes, a node, in one object with its frame where asyncgen can tell that a call becomes a task. What
// a task has only at times shares a place: those who wait for it and what few tasks have at all, what it waits for and its timer,
// its slot among the loop's tasks and, when it has ended, the number of its name. While it lives it takes 8 bytes
// more there, and 16 while it sleeps. Both are in pages that, with what Go's allocator adds to them, have one of its sizes.
//
// A task's frame whose handle nobody has goes back to a [FreeList] when the task has ended with a value. A handle that
// [CurrentTask] or [AllTasks] has given out keeps it from there, and so does everything rare: an error, a name, a context.
//
// # Cancellation
//
// Cancel asks what a task waits for to be canceled: a future ends at once, a task passes the request
// on. The CanceledError then comes back up, one turn for each task. Where nothing is waited for, the
// next step throws it. Requests are counted, and Uncancel takes one back; a timeout or a task group
// knows by that count whether a cancellation is its own. A task that ends with a CanceledError is
// canceled, whoever has thrown it.
//
// # Errors and panics
//
// An error leaves a function when it awaits what has failed, after the deferred calls; it stays the
// same value all the way (==), and the async traceback is kept beside it. An error that nobody has
// looked at is reported to the exception handler ([Loop.SetExceptionHandler]), when the task or future is
// collected, or else when the loop ends; the default handler logs it through log/slog.
//
// A panic unwinds the Go stack as far as that goes, that is to the frame which was resumed, and then
// goes on in the next awaiting frame that has deferred calls (see [Defers]). They may recover it. If
// nobody does, Run panics with a [PanicError]. runtime.Goexit, which t.FailNow and t.SkipNow call, takes the same way, and
// cannot be recovered: the deferred calls of all functions that await one another run, those that await too.
//
// A Run that is left in one of these ways closes its loop. The other tasks are canceled, and their deferred calls run; whoever
// waits in [Submitted.Wait] is told; only functions of ToThread are not waited for.
//
// # Other goroutines
//
// A loop and all that belongs to it is for one goroutine. Others use Loop.CallSoonThreadsafe and
// [Submit]; [ToThread] goes the other way. [Recv] and [Send] wait for a channel. A context.Context ends
// the main task with [WithContext], and each task has one for what it calls: [Context].
//
// # Looking at a running program
//
// [Dump] prints the tree of tasks, who waits for whom and where. Debug mode ([Debug], or the environment
// variable ASYNCGENDEBUG=1) watches the loop: steps that block it, coroutines that were never awaited,
// uses from other goroutines; SIGQUIT then prints Dump. Its costs are its own: a turn looks at one flag
// more, and constructors of coroutines at another.
//
// [WithTrace] writes all of a run to a file that ui.perfetto.dev shows: tasks with their steps, what they wait
// for, and who wakes whom. When runtime/trace is on (go test -trace, net/http/pprof), tasks are user tasks in
// it and steps are regions. What looks at each step in one of these ways is an observer; a loop that has one
// runs its turns one by one (see watchTurn), all others run them in a function that knows nothing of that.
//
// # Tests
//
// Package rttest runs coroutines in tests: on a virtual clock, with nothing left behind, and in other orders
// than CPython's that programs must be able to live with. Such a loop draws each turn's order at the boundary
// of the turn (see shuffle).
//
// # Deadlock
//
// When nothing is ready, no timer is set, no function of ToThread runs, and no task waits for a channel or for a future of
// [NewFutureOn], only somebody who has the loop could wake it. If nobody has ever asked for it, or if the garbage collector
// finds that nobody has it any more, the run ends with [ErrDeadlock] and what Dump prints. Otherwise the loop logs after a
// second, once, what its tasks wait for, and goes on waiting: a program is never ended on a guess. Whoever has made a loop with
// [NewLoop] has it for as long as it runs. deadlock.go has the reasons.
//
// Loops whose steps wait for one another in [Submitted.Wait] can be seen at once: the last one gets ErrDeadlock.
package rt
