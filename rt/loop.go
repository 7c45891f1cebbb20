package rt

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	gotrace "runtime/trace"
	"sync/atomic"
	"time"
	"weak"
)

// Loop is an event loop: asyncio's, on one goroutine. Its methods, and those of its tasks, futures
// and timers, belong to that goroutine, or to whoever holds the loop while it does not run. Other
// goroutines use CallSoonThreadsafe and Submit.
type Loop struct {
	real *Loop // this is a door to that loop, and all else is empty: see handOut

	todo     *node // what this turn has still to run; exec.ready has what the next one runs
	resume   *node // the task in which a panic goes on
	exec     Exec
	timers   timers
	tasks    registry
	names    uint32 // default task names given
	failures failures
	free     []freeFrames // by number of the FreeList
	outside  int          // pending bridges that somebody waits for
	threads  int          // functions of ToThread that run
	astray   []stray      // functions of ToThread that run although nobody awaits them any more
	showing  []*node      // String is at their results: see repr
	unread   unread       // values that Recv has received for tasks that were canceled

	main        *node // the task of the last RunOn
	vars        vars  // the context of ordinary code and of the main tasks, as Runner's
	running     bool  // inside of Run, RunOn or Close
	stopping    bool  // the run ends after this turn
	more        bool  // a turn has more to look at than the ready queue and the inbox
	closed      bool
	saidWhat    bool                       // see sayWhatIsAwaited
	held        int                        // how often somebody had the loop when it looked for a deadlock
	broken      bool                       // a panic or runtime.Goexit goes through Run: see breakOff
	watched     bool                       // turns run one by one: see watchTurn
	goTracing   bool                       // runtime/trace is one of the observers
	shared      bool                       // NewLoop has made it, for somebody who holds it
	interrupted bool                       // Ctrl-C has ended the run
	unanswered  bool                       // and main was done by then, and could not end with it
	goroutine   uint64                     // where it runs
	slow        time.Duration              // longer steps are slow: see SetSlowCallbackDuration
	realTime    func() time.Time           // measures steps
	signals     map[os.Signal]*signalWatch // see OnSignal
	interrupts  atomic.Bool                // os.Interrupt is among them
	panicked    *PanicError
	broke       *PanicError                   // the panic that goes through Run: tasks that do not end can hold it up
	exiting     []*node                       // the tasks that have called runtime.Goexit: see goexit
	handler     func(*Loop, ExceptionContext) // nil: the default one
	observers   []observer                    // see watch

	config
	began time.Time
	inbox inbox
	waits threadWaits
	door  weak.Pointer[Loop] // what somebody else may hold: see handOut
}

// config is what options set.
type config struct {
	clock         *VirtualClock // nil: real time
	ctx           context.Context
	debug         bool
	patience      time.Duration // how long to wait before the loop says, or finds, that it waits in vain
	standstill    time.Duration // how long the virtual clock may stand still, in real time; 0: for ever
	cancelPending bool
	enclosed      bool                   // who made the loop keeps it to himself
	logger        *slog.Logger           // nil: slog.Default()
	traces        []func(*Loop) observer // see WithTrace
	shuffle       *shuffle               // nil: CPython's order
}

// Option is an option of Run, Main and NewLoop.
type Option interface{ option(*config) }

type optionFunc func(*config)

func (f optionFunc) option(c *config) { f(c) }

// WithClock makes the loop use c instead of real time; nil is real time.
func WithClock(c Clock) Option {
	return optionFunc(func(o *config) { o.clock, _ = c.(*VirtualClock) })
}

// WithContext makes the end of ctx cancel the main task. Until then the loop waits for ctx too: it
// sees no deadlock while ctx can still end.
func WithContext(ctx context.Context) Option {
	return optionFunc(func(o *config) { o.ctx = ctx })
}

// CancelPending cancels the remaining tasks when main returns, in order of creation, as asyncio.run does.
// Without it Run waits for them.
func CancelPending() Option {
	return optionFunc(func(o *config) { o.cancelPending = true })
}

// NewLoop makes a loop, for RunOn. The caller closes it.
func NewLoop(opts ...Option) *Loop {
	l := newLoop(opts)
	l.shared = !l.enclosed
	return l
}

func newLoop(opts []Option) *Loop {
	l := &Loop{began: time.Now(), slow: slowCallback, realTime: time.Now}
	l.debug, l.patience = debugByDefault(), patience
	for _, o := range opts {
		o.option(&l.config)
	}
	l.exec.loop = l
	l.exec.ready.reset()
	l.inbox.list.reset()
	l.inbox.wake = make(chan struct{}, 1)
	for _, newObserver := range l.traces {
		l.observers = append(l.observers, newObserver(l))
	}
	l.setWatched()
	if l.debug {
		l.startDebug()
	}
	return l
}

// Time is the loop's clock: the time since the loop was made, or its VirtualClock's Now.
func (l *Loop) Time() time.Duration { return l.behind().now() }

func (l *Loop) now() time.Duration {
	if l.clock != nil {
		return l.clock.Now()
	}
	return time.Since(l.began)
}

// CallSoon calls f in the next turn, after all that is ready already: loop.call_soon.
func (l *Loop) CallSoon(f func()) *Timer {
	l = l.behind()
	t := l.timer(f, l.now())
	t.node.phase = callback
	l.push(&t.node)
	return t
}

// CallLater calls f after d: loop.call_later.
func (l *Loop) CallLater(d time.Duration, f func()) *Timer {
	l = l.behind()
	return l.CallAt(after(l.now(), d), f)
}

// CallAt calls f at when, on the clock of Time: loop.call_at. Calls of one moment keep their order.
func (l *Loop) CallAt(when time.Duration, f func()) *Timer {
	l = l.behind()
	t := l.timer(f, when)
	t.node.phase = sleeping
	l.setTimer(&t.node, when)
	return t
}

// CallSoonThreadsafe is CallSoon for other goroutines: it wakes the loop. The Timer still belongs
// to the loop's goroutine. f runs with the context variables of the task that calls this, also from a function of ToThread.
// On a closed loop f is never called.
func (l *Loop) CallSoonThreadsafe(f func()) *Timer {
	if f == nil {
		panic("rt: nil function")
	}
	door := l
	l = l.behind()
	t := &Timer{node: node{loop: l, leaf: call(f), phase: callback}, when: l.now()}
	t.node.setVars(varsOfGoroutine())
	t.canceled = !l.post(&t.node)
	runtime.KeepAlive(door) // until it is posted
	return t
}

func (l *Loop) timer(f func(), when time.Duration) *Timer {
	if f == nil {
		panic("rt: nil function")
	}
	l.checkOpen()
	if l.debug {
		l.checkGoroutine("CallSoon, CallLater or CallAt")
	}
	t := &Timer{node: node{loop: l, leaf: call(f)}, when: when}
	t.node.setVars(l.exec.copyVars())
	return t
}

func (l *Loop) checkOpen() {
	if l.closed {
		panic("rt: the loop is closed")
	}
}

// list is first in, first out, and linked through the nodes: the ready queue is one. The last node's next is nil.
// tail is where the next one is to be put: there is no branch for an empty list, and the stores of push
// stand together, so that the garbage collector's write barrier is asked for once.
type list struct {
	head *node
	tail **node
}

// reset makes the list empty; a zero list is not ready for use.
func (q *list) reset() { q.head, q.tail = nil, &q.head }

// push puts n, which is in no list, at the end.
func (q *list) push(n *node) {
	n.next = nil
	*q.tail = n
	q.tail = &n.next
}

// pushAll puts a chain of nodes at the end.
func (q *list) pushAll(first, last *node) {
	last.next = nil
	*q.tail = first
	q.tail = &last.next
}

// take gives what is in the list, and leaves it empty.
func (q *list) take() *node {
	first := q.head
	q.reset()
	return first
}

// push puts n at the end of the ready queue.
func (l *Loop) push(n *node) { l.exec.ready.push(n) }

// pushAll puts a chain of nodes at the end of the ready queue.
func (l *Loop) pushAll(first, last *node) { l.exec.ready.pushAll(first, last) }

// runUntilStopped turns until somebody sets l.stopping, or over, if it is not nil, says so before a
// turn. It gives a deadlock's error. A panic ends it too: see l.panicked.
func (l *Loop) runUntilStopped(over func() bool) error {
	for {
		var ended bool
		var err error
		underLoop(func() { ended, err = l.turns(over) })
		switch {
		case l.panicked != nil:
			l.abandonTurn()
			return nil
		case ended:
			return err
		}
	}
}

// turns turns until the run is over or there is a panic.
//
// A turn is BaseEventLoop._run_once: wait until something is ready, put what has come from other
// goroutines and then the timers that are due at the end of the ready queue, and run what the queue
// holds now. What becomes ready meanwhile is for the next turn.
func (l *Loop) turns(over func() bool) (ended bool, err error) {
	defer l.caught(&ended)
	l.more = true // over is asked before the first turn, whatever the last run has left
	if n := l.resume; n != nil {
		l.resume = nil
		if l.watched {
			l.watch(n, l.step)
		} else {
			l.step(n)
		}
	}
	for {
		if l.watched {
			l.watchTurn()
		} else {
			l.spin()
		}
		if ended, err := l.between(over); ended {
			return true, err
		}
		l.todo = l.exec.ready.take()
		if l.shuffle != nil {
			l.todo = l.shuffle.turn(l.todo)
		}
	}
}

// spin runs what this turn has to run, and turns on for as long as there is only the ready queue to look at.
//
// Most often a task is simply resumed, and its innermost frame suspends again. That way is as short as it can be:
// what else there is, run knows. The rest is step, by hand, since Go does not inline it.
func (l *Loop) spin() {
	for {
		for n := l.todo; n != nil; n = l.todo {
			l.todo, l.exec.task = n.next, n
			if n.phase > woken {
				l.run(n)
				continue
			}
			if n.phase != runnable { // a store that can be left out would only delay who asks for the phase next
				n.phase = runnable
			}
			for f := n.leaf; f.Resume(&l.exec) == Done; f = n.leaf {
				h := headOf(f)
				if h.root {
					l.finish(n, h)
					break
				}
				n.leaf = h.parent
			}
		}
		if l.more || l.exec.ready.head == nil || l.inbox.posted.Load() {
			return
		}
		l.todo = l.exec.ready.take()
	}
}

// between is what there is to do between two turns when there is more than the ready queue to look at.
// It says whether the run is over.
func (l *Loop) between(over func() bool) (ended bool, err error) {
	if l.stopping || l.panicked != nil || over != nil && over() {
		return true, nil
	}
	if gotrace.IsEnabled() != l.goTracing {
		l.followGoTrace()
	}
	l.receive()
	if l.exec.ready.head == nil {
		if err := l.idle(); err != nil {
			return true, err
		}
	}
	switch {
	case l.timers.len() == 0:
	case l.shuffle != nil:
		l.shuffle.expire(l)
	default:
		l.expire(l.now())
	}
	l.more = over != nil || l.timers.len() > 0
	return false, nil
}

// stop ends the run after this turn.
func (l *Loop) stop() { l.stopping, l.more = true, true }

// abandonTurn puts what this turn has not run back to the front of the queue.
func (l *Loop) abandonTurn() {
	if l.todo == nil {
		return
	}
	ready := &l.exec.ready
	last := l.todo
	for last.next != nil {
		last = last.next
	}
	if last.next = ready.head; last.next == nil {
		ready.tail = &last.next
	}
	ready.head, l.todo = l.todo, nil
}

// idle waits until something may be ready. A virtual clock jumps to the next deadline instead, unless
// a thread runs.
func (l *Loop) idle() error {
	l.settleFailures()
	when, timed := l.timers.next()
	blocked, forGood := l.blockedThreads()
	switch {
	case l.inbox.posted.Load(): // by a thread, before it was blocked
	case timed && l.clock == nil:
		l.await(until(when, l.now()))
	case timed && blocked == l.threads:
		l.clock.advance(when)
	case l.expectsNews() || forGood < l.threads:
		return l.standBy(0)
	default:
		return l.lookForDeadlock()
	}
	return nil
}

// expectsNews says whether something outside of the loop, other than a thread, is known that will wake it: a
// future that is to be completed from outside, the context whose end cancels main.
func (l *Loop) expectsNews() bool {
	return l.outside > 0 || len(l.signals) > 0 ||
		l.ctx != nil && l.ctx.Done() != nil && l.main != nil && !l.main.done()
}

// await blocks until another goroutine has posted something, at most for d, and says whether one
// has. It may come back early.
func (l *Loop) await(d time.Duration) bool {
	if l.exec.ready.head != nil {
		return true
	}
	if d == NoTimeout {
		<-l.inbox.wake
	} else if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-l.inbox.wake:
		case <-t.C:
		}
	}
	l.receive()
	return l.exec.ready.head != nil
}
