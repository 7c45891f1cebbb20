package rt

import (
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

// Debug is asyncio's debug mode; the environment variable ASYNCGENDEBUG=1 switches it on for every
// loop. It costs time. The loop then
//
//   - logs callbacks and steps of tasks that take longer than 100 ms (SetSlowCallbackDuration),
//   - logs coroutines that were never awaited, with the place where they were made,
//   - says of a task whose error was never retrieved, or that is left pending, where it was created,
//   - panics when another goroutine uses it, its tasks, futures, locks or queues while it runs,
//   - prints Dump on standard error when the process gets SIGQUIT (Ctrl-\).
func Debug() Option {
	return optionFunc(func(o *config) { o.debug = true })
}

// debugVariable switches debug mode on.
const debugVariable = "ASYNCGENDEBUG"

// Debugging says whether the loop is in debug mode: loop.get_debug.
func (l *Loop) Debugging() bool { return l.behind().debug }

func debugByDefault() bool { return os.Getenv(debugVariable) == "1" }

// Slow callbacks.

// slowCallback is asyncio's default of slow_callback_duration.
const slowCallback = 100 * time.Millisecond

// SetSlowCallbackDuration says how long a callback or a step of a task may take until debug mode logs
// it: loop.slow_callback_duration. It is measured in real time, on a virtual clock as well.
func (l *Loop) SetSlowCallbackDuration(d time.Duration) { l.behind().slow = d }

// timeStep measures the step that n begins, until it is over.
func (l *Loop) timeStep(n *node) (over func()) {
	from := n.place()
	began := l.realTime()
	return func() {
		if took := l.realTime().Sub(began); took >= l.slow {
			attrs := []any{"took", took, "from", from}
			if n.flags&isTask != 0 {
				attrs = append(attrs, "to", n.place(), "task", n.repr(nil))
			}
			l.warn("a step of the event loop was slow", attrs...)
		}
	}
}

// place is where a task stands, or the function that a callback calls.
func (n *node) place() string {
	switch f := n.leaf.(type) {
	case nil:
		return ""
	case call:
		return functionName(f)
	case interface{ function() any }:
		return functionName(f.function())
	}
	if n.flags&isTask == 0 {
		return strings.TrimPrefix(fmt.Sprintf("%T", n.leaf), "*rt.")
	}
	return n.stack()[0].String()
}

// Coroutines that were never awaited.

// watched is the coroutines that were made in debug mode and have neither begun nor been collected.
var watched struct {
	on  atomic.Bool // some loop in debug mode is open
	out sync.Mutex  // is held while lost ones are logged, so that all are when lookForLost is over
	mu  sync.Mutex
	log *slog.Logger // of that loop
	set map[weak.Pointer[link]]*birth

	loops int // open ones in debug mode
}

// birth is where a coroutine was made.
type birth struct {
	name string // of its function
	callers
}

// rtPath begins the names of this package's functions.
const rtPath = "github.com/asyncgen/asyncgen/rt."

// callers is a Go stack.
type callers []uintptr

// How many calls are kept: to say where something was made, and of a panic.
const someCallers, manyCallers = 16, 64

// callersOf is the stack of the caller, without the innermost skip calls, and at most so many.
func callersOf(skip, most int) callers {
	pcs := make(callers, most)
	return pcs[:runtime.Callers(skip+2, pcs)]
}

// New gives c, a coroutine that was just made. In debug mode c is watched: if it is never awaited and
// never becomes a task, that is logged. Generated code calls it; users have no need to.
func New[T any](c Coro[T]) Coro[T] {
	if watched.on.Load() {
		watch(c)
	}
	return c
}

func watch(c Resumer) {
	b := &birth{c.Info().Name, callersOf(3, someCallers)} // of who called the async function
	key := weak.Make(c.head())
	watched.mu.Lock()
	defer watched.mu.Unlock()
	if watched.set == nil {
		watched.set = map[weak.Pointer[link]]*birth{}
	}
	watched.set[key] = b
	runtime.AddCleanup(c.head(), func(key weak.Pointer[link]) {
		watched.out.Lock()
		defer watched.out.Unlock()
		lost(key)
	}, key)
}

// unwatch is called when the coroutine whose head is h begins.
func unwatch(h *link) {
	watched.mu.Lock()
	defer watched.mu.Unlock()
	delete(watched.set, weak.Make(h))
}

// lost logs a coroutine that was collected, if it has not begun and was not logged yet.
func lost(key weak.Pointer[link]) {
	watched.mu.Lock()
	b, log := watched.set[key], watched.log
	delete(watched.set, key)
	watched.mu.Unlock()
	if b != nil {
		warn(log, "a coroutine was never awaited", "coroutine", b.name, "made", b.lines())
	}
}

// lines is the stack from the user's innermost call down to the event loop.
func (c callers) lines() []string {
	if len(c) == 0 {
		return nil
	}
	var lines []string
	frames := runtime.CallersFrames(c)
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, rtPath+"(*Loop).") {
			return lines // below stands the machinery
		}
		if own := strings.HasPrefix(f.Function, rtPath) && !strings.HasSuffix(f.File, "_test.go"); !own || len(lines) > 0 {
			lines = append(lines, fmt.Sprintf("%s at %s:%d", f.Function, f.File, f.Line))
		}
		if !more {
			return lines
		}
	}
}

// lookForLost logs the coroutines that nobody can await any more, now and not at some later time.
func lookForLost() {
	runtime.GC()
	watched.out.Lock()
	defer watched.out.Unlock()
	watched.mu.Lock()
	var gone []weak.Pointer[link]
	for key := range watched.set {
		if key.Value() == nil {
			gone = append(gone, key)
		}
	}
	watched.mu.Unlock()
	for _, key := range gone {
		lost(key)
	}
}

// startDebug begins debug mode for a loop.
func (l *Loop) startDebug() {
	watched.mu.Lock()
	defer watched.mu.Unlock()
	watched.log = l.log()
	watched.loops++
	watched.on.Store(true)
}

// endDebug ends it, when the loop is closed.
func (l *Loop) endDebug() {
	defer func() { // even if the logger calls runtime.Goexit
		watched.mu.Lock()
		defer watched.mu.Unlock()
		if watched.loops--; watched.loops == 0 {
			watched.on.Store(false)
			clear(watched.set)
		}
	}()
	lookForLost()
}

// Other goroutines.

// checkGoroutine panics when the loop runs on another goroutine.
func (l *Loop) checkGoroutine(what string) {
	if !l.running {
		return
	}
	if !l.runsHere() {
		panic(fmt.Sprintf("rt: %s was called on goroutine %d, but the loop runs on goroutine %d: use Loop.CallSoonThreadsafe or Submit", what, goroutineID(), l.goroutine))
	}
}
