package rt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Run makes a loop, runs c as its main task and gives its result: asyncio.run. It returns when every
// task has finished; CancelPending makes it end as CPython does.
//
// It panics with a *PanicError when a task panics, after it has canceled the other ones. It gives an error that is ErrDeadlock
// when tasks are left that certainly nothing can wake, and refuses to run inside of a running loop. When main has ended, and a
// second later tasks or functions of ToThread are still waited for, it logs which, and where they began.
func Run[T any](c Coro[T], opts ...Option) (T, error) {
	e := run(c, opts)
	return e.v, e.err
}

// ending is how a run ended.
type ending[T any] struct {
	v     T
	err   error
	trace *tracePart
}

func run[T any](c Coro[T], opts []Option) (e ending[T]) {
	l := newLoop(opts)
	g, err := l.enter("rt.Run")
	if err != nil {
		e.err = err
		return e
	}
	defer l.leave(g)
	defer l.breakOff()
	t := CreateTaskOn(l, c)
	t.setVars(&l.vars)
	err = l.runMain(&t.node, g)
	defer l.sayWhatIsLeft("main has ended")()
	if err == nil && !l.cancelPending && !l.interrupted && l.tasks.live > 0 {
		l.stopping = false
		err = l.runAttended(g, func() bool { return l.tasks.live == 0 })
	}
	e.v, e.err = t.Result()
	e.trace = t.trace()
	e.err = l.explain(e.err)
	switch {
	case err == nil:
	case e.err == nil || !t.done():
		e.err = err
	default:
		l.CallExceptionHandler(ExceptionContext{Message: "Tasks were left when main had ended", Err: err})
	}
	if err := l.shutdown(); err != nil && e.err == nil {
		e.err = err
	}
	return e
}

// Main is Run for func main: an error is printed with its async traceback, and the program exits
// with 1; with 130 after an interrupt.
func Main[T any](c Coro[T], opts ...Option) {
	e := run(c, opts)
	switch {
	case e.err == nil:
	case errors.Is(e.err, errInterrupted):
		fmt.Fprintf(os.Stderr, "%vinterrupted\n", formatTrace(e.trace.all()))
		os.Exit(130)
	default:
		fmt.Fprintf(os.Stderr, "%verror: %v\n", formatTrace(e.trace.all()), e.err)
		os.Exit(1)
	}
}

// RunOn runs c on l until c has ended: Runner.run. Other tasks of the loop run meanwhile, and what
// is left of them goes on in the next RunOn, as in the cells of a notebook.
func RunOn[T any](l *Loop, c Coro[T]) (v T, err error) {
	l = l.behind()
	g, err := l.enter("rt.RunOn")
	if err != nil {
		return v, err
	}
	defer l.leave(g)
	t := CreateTaskOn(l, c)
	t.setVars(&l.vars)
	if err := l.runMain(&t.node, g); err != nil {
		return v, err
	}
	v, err = t.Result()
	return v, l.explain(err)
}

// Close ends the loop: it cancels the tasks that are left, runs until they have ended, waits for
// threads and reports the errors that were never retrieved. It gives an error when the loop runs, or
// when tasks cannot end.
func (l *Loop) Close() error {
	l = l.behind()
	if l.closed {
		return nil
	}
	g, err := l.enter("Loop.Close")
	if err != nil {
		return err
	}
	defer l.leave(g)
	return l.shutdown()
}

// runMain runs the loop until the task n has ended, and one turn more, as run_until_complete does.
func (l *Loop) runMain(n *node, goroutine uint64) error {
	l.main, l.stopping, l.interrupted, l.unanswered = n, false, false, false
	stop := l.stopper()
	n.addWaiter(stop)
	defer func() {
		n.removeWaiter(stop)
		stop.phase = idle // after a panic it is still in the ready queue, and must not end the next run
	}()
	defer l.watchContext(n)()
	return l.runAttended(goroutine, nil)
}

// runAttended is runUntilStopped that goes on with a panic, and that whoever sits at the terminal can interrupt and look at.
func (l *Loop) runAttended(goroutine uint64, over func() bool) error {
	defer l.receive() // Ctrl-C in the last turn is for this run, not for the next one
	defer l.watchInterrupt(goroutine)()
	defer l.dumpOnQuit()()
	err := l.runUntilStopped(over)
	l.checkPanic()
	return err
}

// stopper is a callback that ends the run after the turn in which it is called.
func (l *Loop) stopper() *node {
	return &node{loop: l, phase: callback, leaf: call(func() { l.stop() })}
}

// checkPanic goes on with the panic that has ended the run.
func (l *Loop) checkPanic() {
	if p := l.panicked; p != nil {
		l.panicked, l.broke = nil, p
		panic(p)
	}
}

// watchContext makes the end of the loop's context cancel main.
func (l *Loop) watchContext(main *node) (stop func()) {
	ctx := l.ctx
	if ctx == nil || ctx.Done() == nil {
		return func() {}
	}
	cancel := func() { main.cancel(context.Cause(ctx).Error()) }
	if ctx.Err() != nil {
		cancel()
		return func() {}
	}
	unwatch := context.AfterFunc(ctx, func() {
		l.post(&node{loop: l, phase: callback, leaf: call(cancel)})
	})
	return func() { unwatch() }
}

// explain says of main's cancellation where it came from. Ctrl-C is an error of the run even if main had ended without one.
func (l *Loop) explain(err error) error {
	switch {
	case l.unanswered && err == nil:
		return errInterrupted
	case !isCancellation(err):
		return err
	case l.interrupted && l.main.uncancel() == 0: // else somebody else wants it to end as well
		return fmt.Errorf("%w: %w", errInterrupted, err)
	case l.ctx != nil && l.ctx.Err() != nil:
		return fmt.Errorf("%w (%w)", err, context.Cause(l.ctx))
	}
	return err
}

// shutdown is Runner.close.
func (l *Loop) shutdown() error {
	defer l.close()
	err := l.cancelAll()
	if err == nil {
		err = l.joinThreads()
		l.checkPanic()
	}
	return err
}

// breakOff closes the loop when a panic or runtime.Goexit goes through Run: nobody else can do that. The tasks that are left
// are canceled, and their deferred calls run, but functions of ToThread are not waited for: a panic shall be heard of.
func (l *Loop) breakOff() {
	if l.closed {
		return
	}
	defer l.close()
	why := "runtime.Goexit has ended the run"
	if p := l.broke; p != nil {
		why = fmt.Sprintf("a panic has ended the run (%v)", p.Value)
	}
	defer l.sayWhatIsLeft(why)()
	l.broken = true
	l.cancelAll()
}

// cancelAll cancels all tasks and runs until they have ended: runners._cancel_all_tasks with its
// gather. As there, a task that is made meanwhile is left pending.
func (l *Loop) cancelAll() error {
	all := l.AllTasks()
	if len(all) == 0 {
		return nil
	}
	gathered := &node{loop: l}
	gathered.addWaiter(l.stopper())
	left := len(all)
	for _, t := range all {
		t.Cancel()
		t.core().addWaiter(&node{loop: l, phase: callback, leaf: call(func() {
			if left--; left == 0 {
				gathered.complete(finished)
			}
		})})
	}
	l.stopping = false
	err := l.runUntilStopped(nil)
	l.checkPanic()
	if errors.Is(err, ErrDeadlock) && breakShields(all) {
		err = l.runUntilStopped(nil)
		l.checkPanic()
	}
	if err != nil {
		return err
	}
	for _, t := range all {
		if n := t.core(); n.state == failed && n.flags&seen == 0 {
			n.look()
			if !l.hasBroken(n.rare().err) {
				l.reportFailure("Unhandled error while the loop was closed", n)
			}
		}
	}
	for _, t := range l.AllTasks() {
		l.CallExceptionHandler(ExceptionContext{
			Message: "Task was destroyed but it is pending!", Future: t, Task: t, Created: t.core().created(),
		})
	}
	return nil
}

// hasBroken says whether err is nothing but the panic that ends the run, which says so itself: that of a task that was awaited, maybe in
// a group.
func (l *Loop) hasBroken(err error) bool {
	if g, ok := err.(*ErrorGroup); ok {
		return !slices.ContainsFunc(g.Errs, func(err error) bool { return !l.hasBroken(err) })
	}
	return l.broke != nil && err == error(l.broke)
}

// close ends what waits for the loop, and reports the errors that were never retrieved. The end of debug mode and of traces
// comes even if an exception handler calls runtime.Goexit.
func (l *Loop) close() {
	l.closed = true
	if l.debug {
		defer l.endDebug()
	}
	defer l.endTraces()
	for _, w := range l.signals {
		w.end()
	}
	in := &l.inbox
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	l.receive()
	abandon(l.exec.ready.take(), nil)
	for _, t := range l.AllTasks() {
		if last := *t.core().tail(); last != nil {
			abandon(last.next, last)
		}
	}
	l.timers = timers{}
	l.reportUnseen(true)
}

// abandon tells the goroutines that wait for the nodes from n to last that the loop has ended.
func abandon(n, last *node) {
	for ; n != nil; n = n.next {
		if s, ok := n.leaf.(interface{ abandon() }); ok {
			s.abandon()
		}
		if n == last {
			return
		}
	}
}

// runners knows which goroutine runs which loop.
var runners running

type running struct {
	mu    sync.Mutex
	loops map[uint64]*Loop
	waits map[uint64]loopWait  // which goroutines that run a loop wait for another one
	only  atomic.Pointer[Loop] // the one that runs; nil: none, or several
}

// enter notes that this goroutine runs l. It refuses inside of a running loop, and a loop that runs
// already or is closed.
func (l *Loop) enter(who string) (goroutine uint64, err error) {
	g := goroutineID()
	runners.mu.Lock()
	defer runners.mu.Unlock()
	if runners.loops[g] != nil {
		return 0, fmt.Errorf("%s was called from a running event loop: await the coroutine instead", who)
	}
	for _, other := range runners.loops {
		if other == l {
			return 0, fmt.Errorf("%s: the loop runs on another goroutine: use Submit", who)
		}
	}
	if l.closed {
		return 0, errClosed
	}
	if runners.loops == nil {
		runners.loops = map[uint64]*Loop{}
	}
	runners.loops[g] = l
	runners.count()
	l.running, l.goroutine = true, g
	return g, nil
}

// leave is the end of what enter began.
func (l *Loop) leave(goroutine uint64) {
	l.running = false
	runners.mu.Lock()
	defer runners.mu.Unlock()
	delete(runners.loops, goroutine)
	runners.count()
}

// count notes which loop is the only one, if there is one.
func (r *running) count() {
	r.only.Store(nil)
	if len(r.loops) == 1 {
		for _, l := range r.loops {
			r.only.Store(l)
		}
	}
}

// loopOfGoroutine is the loop that this goroutine runs.
func loopOfGoroutine() *Loop { return loopOf(goroutineID()) }

// loopOf is the loop that goroutine g runs.
func loopOf(g uint64) *Loop {
	runners.mu.Lock()
	defer runners.mu.Unlock()
	return runners.loops[g]
}

// runningLoops is the loops that run, on any goroutine.
func runningLoops() []*Loop {
	runners.mu.Lock()
	defer runners.mu.Unlock()
	return slices.Collect(maps.Values(runners.loops))
}

// goroutineID reads the number of this goroutine from the head of its stack trace, the only place
// where it stands. That takes a microsecond, once a run.
func goroutineID() uint64 {
	var buf [64]byte
	b := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(b, []byte(" "))
	id, _ := strconv.ParseUint(string(digits), 10, 64)
	return id
}
