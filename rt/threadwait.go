package rt

import (
	"context"
	"sync"
)

// threadWaits knows which functions of ToThread wait for their own loop, in Submitted.Wait. For those a virtual
// clock need not stand still: what they wait for may well be the clock. Only loops with such a clock keep it.
type threadWaits struct {
	mu      sync.Mutex
	threads map[uint64]None       // the goroutines of the functions
	waits   map[uint64]threadWait // what some of them wait for; the others run, and they are not looked at each time
}

// threadWait is a call of Submitted.Wait.
type threadWait struct {
	ended <-chan struct{}
	ctx   context.Context
}

// blocks says whether the goroutine is still to hear of the end of its wait. The loop closes ended itself, and so
// knows that the goroutine runs again before that does.
func (w threadWait) blocks() bool {
	if w.ctx.Err() != nil {
		return false
	}
	select {
	case <-w.ended:
		return false
	default:
		return true
	}
}

// threadBegins is called on the goroutine of a function of ToThread.
func (l *Loop) threadBegins() (ended func()) {
	if l.clock == nil {
		return func() {}
	}
	t := &l.waits
	g := goroutineID()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.threads == nil {
		t.threads, t.waits = map[uint64]None{}, map[uint64]threadWait{}
	}
	t.threads[g] = None{}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.threads, g)
	}
}

// threadWaits notes that goroutine g waits, if it is that of one of the loop's functions of ToThread.
func (l *Loop) threadWaits(g uint64, w threadWait) (over func()) {
	if l.clock == nil || !l.waits.begin(g, w) {
		return func() {}
	}
	rouse(l.inbox.wake) // the clock may go on now
	return func() { l.waits.end(g) }
}

// begin notes that g waits; false: it is not the goroutine of a function.
func (t *threadWaits) begin(g uint64, w threadWait) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.threads[g]; !ok {
		return false
	}
	t.waits[g] = w
	return true
}

func (t *threadWaits) end(g uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waits, g)
}

// blockedThreads counts the functions of ToThread that wait for the loop, and those that nothing else can wake:
// their context has no end.
func (l *Loop) blockedThreads() (blocked, forGood int) {
	if l.threads == 0 {
		return 0, 0
	}
	t := &l.waits
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.waits {
		if w.blocks() {
			blocked++
			if w.ctx.Done() == nil {
				forGood++
			}
		}
	}
	return blocked, forGood
}
