package rt

import "time"

// Timer is what CallSoon, CallLater and CallAt give: asyncio.Handle and asyncio.TimerHandle.
//
// Its methods belong to the loop's goroutine.
type Timer struct {
	node     node
	when     time.Duration
	canceled bool
}

// Cancel takes the call back, if it has not begun.
func (t *Timer) Cancel() {
	t.canceled = true
	n := &t.node
	if n.seq != 0 {
		n.loop.dropTimer(n)
	}
	if n.phase == callback || n.phase == sleeping {
		n.phase = idle
	}
	n.leaf = nil
}

// Canceled says whether Cancel was called.
func (t *Timer) Canceled() bool { return t.canceled }

// When is the moment of the call on the clock of Loop.Time.
func (t *Timer) When() time.Duration { return t.when }

// alarm is an element of the heap of timers. It is set for n as long as n.seq == seq; otherwise it
// was canceled and stays until it comes up, or until such ones are more than half.
type alarm struct {
	when time.Duration
	seq  uint64 // number in order of creation: decides between equal deadlines
	n    *node
}

func (a *alarm) before(b *alarm) bool {
	return a.when < b.when || a.when == b.when && a.seq < b.seq
}

// timers is a heap with four children to a node: half as deep as a binary one, and the children lie
// side by side. It holds values, so that a sleeping task costs no allocation.
type timers struct {
	heap []alarm
	last uint64 // number of the youngest timer
	dead int    // canceled ones in the heap
}

// setTimer makes the loop put n on the ready queue at when. n has no other timer.
func (l *Loop) setTimer(n *node, when time.Duration) {
	t := &l.timers
	t.last++
	n.seq = t.last
	t.heap = append(t.heap, alarm{})
	t.up(len(t.heap)-1, alarm{when, n.seq, n})
}

// dropTimer cancels n's timer.
func (l *Loop) dropTimer(n *node) {
	n.seq = 0
	l.timers.dead++
}

// minDead is asyncio's _MIN_SCHEDULED_TIMER_HANDLES: below it, compacting is not worth it.
const minDead = 100

// next gives the earliest deadline.
func (t *timers) next() (when time.Duration, ok bool) {
	if len(t.heap) > minDead && t.dead > len(t.heap)/2 {
		t.compact()
	}
	for len(t.heap) > 0 {
		if a := &t.heap[0]; a.n.seq == a.seq {
			return a.when, true
		}
		t.dead--
		t.pop()
	}
	return 0, false
}

// expire puts all that are due on the ready queue, in order of deadline, then of creation.
func (l *Loop) expire() {
	t := &l.timers
	now := l.Time()
	for {
		when, ok := t.next()
		if !ok || when > now {
			return
		}
		n := t.heap[0].n
		t.pop()
		n.seq = 0
		if n.phase == sleeping {
			n.phase = due
		}
		if n.flags&isTask == 0 {
			n.phase = callback
		}
		l.push(n)
	}
}

// pop removes the first.
func (t *timers) pop() {
	last := len(t.heap) - 1
	a := t.heap[last]
	t.heap[last] = alarm{}
	t.heap = t.heap[:last]
	if last > 0 {
		t.down(0, a)
	}
}

// up moves the gap at i towards the root until a fits into it.
func (t *timers) up(i int, a alarm) {
	h := t.heap
	for i > 0 {
		p := (i - 1) / 4
		if !a.before(&h[p]) {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = a
}

// down moves the gap at i towards the leaves until a fits into it.
func (t *timers) down(i int, a alarm) {
	h := t.heap
	for {
		c := 4*i + 1
		if c >= len(h) {
			break
		}
		least := c
		for k := c + 1; k < min(c+4, len(h)); k++ {
			if h[k].before(&h[least]) {
				least = k
			}
		}
		if !h[least].before(&a) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = a
}

// compact removes the canceled ones.
func (t *timers) compact() {
	live := t.heap[:0]
	for _, a := range t.heap {
		if a.n.seq == a.seq {
			live = append(live, a)
		}
	}
	clear(t.heap[len(live):])
	t.heap, t.dead = live, 0
	for i := (len(live) - 2) / 4; i >= 0 && len(live) > 1; i-- {
		t.down(i, live[i])
	}
}
