package rt

import (
	"context"
	"sync"
)

// threadWaits knows which functions of ToThread wait for their own loop, in Submitted.Wait. For those a virtual
// clock need not stand still: what they wait for may well be the clock. Only loops with such a clock keep it.
type threadWaits struct {
	mu    sync.Mutex
	waits map[uint64]threadWait // what the goroutines of the functions wait for; the zero value: they run
}

// threadWait is a call of Submitted.Wait.
type threadWait struct {
	ended <-chan struct{}
	ctx   context.Context
}

// blocks says whether the goroutine is still to hear of the end of its wait. The loop closes ended itself, and so
// knows that the goroutine runs again before that does.
func (w threadWait) blocks() bool {
	if w.ended == nil || w.ctx.Err() != nil {
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
	t.set(g, threadWait{})
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.waits, g)
	}
}

// threadWaits notes that goroutine g waits, if it is that of one of the loop's functions of ToThread.
func (l *Loop) threadWaits(g uint64, w threadWait) (over func()) {
	t := &l.waits
	if l.clock == nil || !t.has(g) {
		return func() {}
	}
	t.set(g, w)
	rouse(l.inbox.wake) // the clock may go on now
	return func() { t.set(g, threadWait{}) }
}

func (t *threadWaits) has(g uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.waits[g]
	return ok
}

func (t *threadWaits) set(g uint64, w threadWait) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waits == nil {
		t.waits = map[uint64]threadWait{}
	}
	t.waits[g] = w
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
