package rt

import "fmt"

// A step of a loop that calls Submitted.Wait for another loop blocks its own until the other one has run the coroutine. Two or
// more loops whose steps wait for one another so can never go on, whatever others post to them: nothing is run any more. That is
// certain as soon as the ring is closed, and whoever would close it gets ErrDeadlock instead. A Wait whose context can end is no
// link of a ring, nor is a function of ToThread that waits: its loop turns on.

// loopWait is such a call: the goroutine that has made it waits for the loop.
type loopWait struct {
	loop *Loop
	threadWait
}

// waitForLoop notes that goroutine g waits, for good, if it runs a loop.
func (r *running) waitForLoop(g uint64, w loopWait) (over func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	own := r.loops[g]
	if own == nil || w.ctx.Done() != nil {
		return func() {}, nil
	}
	for link := w; link.loop != nil && link.blocks(); link = r.waitOf(link.loop) {
		if link.loop == own {
			return nil, &deadlockError{fmt.Sprintf("deadlock: the event loop on goroutine %d would wait for the one on goroutine %d, "+
				"which waits for it: put Submitted.Wait into rt.ToThread and await that", g, w.loop.goroutine)}
		}
	}
	if r.waits == nil {
		r.waits = map[uint64]loopWait{}
	}
	r.waits[g] = w
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waits, g)
	}, nil
}

// waitOf is what the goroutine of l waits for; the zero value: l does not run, or its goroutine does.
func (r *running) waitOf(l *Loop) loopWait {
	if r.loops[l.goroutine] != l {
		return loopWait{}
	}
	return r.waits[l.goroutine]
}
