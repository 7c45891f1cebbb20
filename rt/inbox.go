package rt

import (
	"sync"
	"sync/atomic"
)

// inbox is work posted from other goroutines.
type inbox struct {
	posted atomic.Bool   // it is not empty: the loop looks at this once a turn
	wake   chan struct{} // holds a token when something was posted since the loop last slept
	mu     sync.Mutex
	list   list
	closed bool

	ctrlC     bool // the run is to be interrupted
	collected bool // there was a garbage collection: see watchCollections
}

// post puts n into the inbox; false: the loop is closed.
func (l *Loop) post(n *node) bool {
	in := &l.inbox
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return false
	}
	in.list.push(n)
	in.posted.Store(true)
	rouse(in.wake)
	return true
}

// interrupt asks the loop to interrupt its run.
func (in *inbox) interrupt() { in.notice(&in.ctrlC) }

// notice sets a flag of the inbox, from any goroutine.
func (in *inbox) notice(flag *bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	*flag = true
	in.posted.Store(true)
	rouse(in.wake)
}

// rouse wakes the loop that sleeps on wake.
func rouse(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// receive moves what is in the inbox to the ready queue.
func (l *Loop) receive() {
	in := &l.inbox
	if !in.posted.Load() {
		return
	}
	in.mu.Lock()
	n, ctrlC, collected := in.list.take(), in.ctrlC, in.collected
	in.posted.Store(false)
	in.ctrlC, in.collected = false, false
	in.mu.Unlock()
	if ctrlC {
		l.interrupt()
	}
	if collected {
		l.collected()
	}
	for n != nil {
		next := n.next
		l.push(n)
		n = next
	}
}
