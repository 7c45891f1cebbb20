package rt

import (
	"cmp"
	"math"
	"slices"
	"time"
)

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

// timers holds the timers that are set. Most come in the order of their deadlines, because most waits
// of a program have the same length: these stand in line; the others are in a heap. Both are in pages:
// what grows by copying leaves as much garbage as it holds, which with a million sleeping tasks counts.
//
// A node has the number of its timer. One that was canceled stays where it is until it comes up, or until such ones
// are more than half; it is known by its node having another number, or none, or being gone. In line the number is the place: it takes
// no memory. A heap keeps it, because there it decides between equal deadlines. Between line and heap none is needed:
// what is put into the line has a deadline that nothing in the heap has, and what is put into the heap is younger
// than all in the line that has the same deadline.
type timers struct {
	line alarmLine
	heap alarmHeap
	dead int // canceled ones
}

func (t *timers) len() int { return t.line.len() + t.heap.count }

// setTimer makes the loop put n on the ready queue at when. n has no other timer.
func (l *Loop) setTimer(n *node, when time.Duration) {
	l.more = true
	l.timers.add(n, when)
}

func (t *timers) add(n *node, when time.Duration) {
	fits := t.line.len() == 0 || when >= t.line.latest
	if !fits && t.heap.count == 0 && t.line.len() <= few {
		t.beginLine()
		fits = true
	}
	if fits && !t.heap.has(when) {
		n.seq = t.line.push(alarm{when, n})
	} else {
		n.seq = t.heap.push(alarm{when, n})
	}
}

// few is how many timers may be moved or looked at, one by one, so that others can stand in line.
const few = 8

// beginLine moves the line, which is short, to the heap, which is empty, so that those in line stay the older ones: the
// longest wait of a program is often its first one.
func (t *timers) beginLine() {
	for t.line.len() > 0 {
		a := *t.line.front()
		live := t.line.live(t.line.begin)
		t.line.pop()
		if live {
			a.n.seq = t.heap.push(a)
		} else {
			t.dead--
		}
	}
}

// dropTimer cancels n's timer. One in line lets go of n at once.
func (l *Loop) dropTimer(n *node) {
	t := &l.timers
	if n.seq&1 != 0 {
		t.line.at(t.line.place(n.seq)).n = nil
	}
	n.seq = 0
	t.dead++
}

// minDead is asyncio's _MIN_SCHEDULED_TIMER_HANDLES: below it, compacting is not worth it.
const minDead = 100

// next gives the earliest deadline.
func (t *timers) next() (when time.Duration, ok bool) {
	if a := t.first(); a != nil {
		return a.when, true
	}
	return 0, false
}

// first is the earliest timer, nil when there is none. It takes canceled ones out on its way.
func (t *timers) first() *alarm {
	if n := t.len(); n > minDead && t.dead > n/2 {
		t.compact()
	}
	for t.line.len() > 0 && !t.line.live(t.line.begin) {
		t.line.pop()
		t.dead--
	}
	for t.heap.count > 0 && !t.heap.at(0).live() {
		t.heap.pop()
		t.dead--
	}
	switch {
	case t.line.len() == 0 && t.heap.count == 0:
		return nil
	case t.inLine():
		return t.line.front()
	}
	return &t.heap.at(0).alarm
}

// latest is the deadline of n's timer, which must be the one that was set last: at the end of the line, or in the heap on its
// way up from the end.
func (t *timers) latest(n *node) time.Duration {
	if q := &t.line; q.len() > 0 && q.at(q.end-1).n == n {
		return q.at(q.end - 1).when
	}
	i := t.heap.count - 1
	for i > 0 && t.heap.at(i).n != n {
		i = (i - 1) / 4
	}
	return t.heap.at(i).when
}

// inLine says whether the earliest timer stands in line.
func (t *timers) inLine() bool {
	return t.heap.count == 0 || t.line.len() > 0 && t.line.front().when <= t.heap.at(0).when
}

// expire puts all that are due by now on the ready queue, in order of deadline, then of creation.
func (l *Loop) expire(now time.Duration) {
	t := &l.timers
	for a := t.first(); a != nil && a.when <= now; a = t.first() {
		n := a.n
		if t.inLine() {
			t.line.pop()
		} else {
			t.heap.pop()
		}
		n.seq = 0
		switch {
		case n.phase == armed:
			n = n.leaf.(*limit).ring()
		case n.flags&isTask == 0:
			n.phase = callback
		case n.phase == sleeping:
			n.phase = due
		}
		l.push(n)
	}
}

// all gives the timers that were not canceled, in order of deadline, then of creation.
func (t *timers) all() []alarm {
	live := make([]alarm, 0, t.len()-t.dead)
	q := &t.line
	for i := q.begin; i < q.end; i++ {
		if q.live(i) {
			live = append(live, *q.at(i))
		}
	}
	for _, a := range t.heap.inOrder() {
		if a.live() {
			live = append(live, a.alarm)
		}
	}
	slices.SortStableFunc(live, func(a, b alarm) int { return cmp.Compare(a.when, b.when) })
	return live
}

// compact puts all that were not canceled into a new line.
func (t *timers) compact() {
	live := t.all()
	t.line, t.heap, t.dead = alarmLine{first: t.line.first + uint32(t.line.end)}, alarmHeap{}, 0
	for _, a := range live {
		t.add(a.n, a.when)
	}
}

// alarm is a timer that is set for n.
type alarm struct {
	when time.Duration
	n    *node
}

const (
	pageBits = 8
	pageSize = 1 << pageBits
)

// alarmLine is timers in order of deadline and creation, first in, first out. A number is odd: twice the place, counted
// from the first timer there ever was, and one. Two billion timers later it comes again.
type alarmLine struct {
	pages  []*[pageSize]alarm
	begin  int    // of the first one, in the first page
	end    int    // behind the last one, counted from the beginning of the first page
	first  uint32 // the place of what is at 0
	latest time.Duration
	spare  *[pageSize]alarm // the page that became free last
}

func (q *alarmLine) len() int             { return q.end - q.begin }
func (q *alarmLine) at(i int) *alarm      { return &q.pages[i>>pageBits][i&(pageSize-1)] }
func (q *alarmLine) front() *alarm        { return &q.pages[0][q.begin] }
func (q *alarmLine) number(i int) uint32  { return 2*(q.first+uint32(i)) + 1 }
func (q *alarmLine) place(seq uint32) int { return int((seq>>1 - q.first) & (1<<31 - 1)) }

// live says whether the timer at i was not canceled.
func (q *alarmLine) live(i int) bool { n := q.at(i).n; return n != nil && n.seq == q.number(i) }

// push gives the number.
func (q *alarmLine) push(a alarm) uint32 {
	i := q.end
	if i>>pageBits == len(q.pages) {
		page := q.spare
		if q.spare = nil; page == nil {
			page = new([pageSize]alarm)
		}
		q.pages = append(q.pages, page)
	}
	*q.at(i) = a
	q.end++
	q.latest = a.when
	return q.number(i)
}

func (q *alarmLine) pop() {
	q.front().n = nil
	q.begin++
	switch {
	case q.begin == q.end:
		q.first += uint32(q.end)
		q.begin, q.end = 0, 0
	case q.begin == pageSize:
		q.spare = q.pages[0]
		q.pages[0] = nil
		q.pages = q.pages[1:]
		q.first += pageSize
		q.begin, q.end = 0, q.end-pageSize
	}
}

// alarmHeap is a heap with four children to a node: half as deep as a binary one, and the children lie
// side by side. It holds values, so that a sleeping task costs no allocation. Its numbers are even, in order of creation.
type alarmHeap struct {
	pages  []*[pageSize]numbered
	count  int
	last   uint32        // number of the youngest timer
	latest time.Duration // no timer is later
}

// numbered is an alarm with the number that its node has as long as it is set.
type numbered struct {
	alarm
	seq uint32
}

func (a *numbered) before(b *numbered) bool {
	return a.when < b.when || a.when == b.when && a.seq < b.seq
}

func (a *numbered) live() bool { return a.n.seq == a.seq }

func (h *alarmHeap) at(i int) *numbered { return &h.pages[i>>pageBits][i&(pageSize-1)] }

// push gives the number.
func (h *alarmHeap) push(a alarm) uint32 {
	if h.count == 0 {
		h.last, h.latest = 0, a.when
	}
	if h.last == math.MaxUint32-1 {
		h.renumber()
	}
	if h.count>>pageBits == len(h.pages) {
		h.pages = append(h.pages, new([pageSize]numbered))
	}
	h.last += 2
	h.latest = max(h.latest, a.when)
	h.count++
	h.up(h.count-1, numbered{a, h.last})
	return h.last
}

// has says whether the heap may hold a timer with that deadline.
func (h *alarmHeap) has(when time.Duration) bool {
	if h.count == 0 || when > h.latest {
		return false
	}
	if h.count > few {
		return true
	}
	for i := range h.count {
		if h.at(i).when == when {
			return true
		}
	}
	return false
}

// inOrder gives all in order of creation.
func (h *alarmHeap) inOrder() []*numbered {
	all := make([]*numbered, h.count)
	for i := range all {
		all[i] = h.at(i)
	}
	slices.SortFunc(all, func(a, b *numbered) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

// renumber makes room for new numbers, once in two billion timers. It changes no order, so that the heap stays one.
func (h *alarmHeap) renumber() {
	h.last = 0
	for _, a := range h.inOrder() {
		h.last += 2
		if a.live() {
			a.n.seq = h.last
		}
		a.seq = h.last
	}
}

// pop removes the first. A page is given back when a whole one more is empty.
func (h *alarmHeap) pop() {
	h.count--
	last := h.at(h.count)
	a := *last
	last.n = nil
	if need := h.count>>pageBits + 2; need < len(h.pages) {
		h.pages[need] = nil
		h.pages = h.pages[:need]
	}
	if h.count > 0 {
		h.down(0, a)
	}
}

// up moves the gap at i towards the root until a fits into it.
func (h *alarmHeap) up(i int, a numbered) {
	for i > 0 {
		p := (i - 1) / 4
		if !a.before(h.at(p)) {
			break
		}
		*h.at(i) = *h.at(p)
		i = p
	}
	*h.at(i) = a
}

// down moves the gap at i towards the leaves until a fits into it.
func (h *alarmHeap) down(i int, a numbered) {
	for {
		c := 4*i + 1
		if c >= h.count {
			break
		}
		least := c
		for k := c + 1; k < min(c+4, h.count); k++ {
			if h.at(k).before(h.at(least)) {
				least = k
			}
		}
		if !h.at(least).before(&a) {
			break
		}
		*h.at(i) = *h.at(least)
		i = least
	}
	*h.at(i) = a
}
