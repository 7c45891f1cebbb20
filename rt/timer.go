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

// alarm is a timer that is set for n as long as n.seq == seq; otherwise it was canceled, and stays until
// it comes up or until such ones are more than half.
type alarm struct {
	when time.Duration
	n    *node
	seq  uint32 // number in order of creation: decides between equal deadlines
}

func (a *alarm) before(b *alarm) bool {
	return a.when < b.when || a.when == b.when && a.seq < b.seq
}

func (a *alarm) live() bool { return a.n.seq == a.seq }

// timers holds the timers that are set. Most come in the order of their deadlines, because most waits
// of a program have the same length: these stand in line; the others are in a heap. Both are in pages:
// what grows by copying leaves as much garbage as it holds, which with a million sleeping tasks counts.
type timers struct {
	line alarmLine
	heap alarmHeap
	last uint32 // number of the youngest timer
	dead int    // canceled ones
}

func (t *timers) len() int { return t.line.len() + t.heap.count }

// setTimer makes the loop put n on the ready queue at when. n has no other timer.
func (l *Loop) setTimer(n *node, when time.Duration) {
	t := &l.timers
	if t.last == math.MaxUint32 {
		t.renumber()
	}
	t.last++
	l.more = true
	n.seq = t.last
	t.add(alarm{when, n, n.seq})
}

func (t *timers) add(a alarm) {
	if t.line.len() == 0 || a.when >= t.line.latest {
		t.line.push(a)
	} else {
		t.heap.push(a)
	}
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
	if a := t.first(); a != nil {
		return a.when, true
	}
	return 0, false
}

// first is the earliest timer, nil when there is none. It takes canceled ones out on its way.
func (t *timers) first() *alarm {
	if n := t.len(); n > minDead && t.dead > n/2 {
		t.rebuild(t.all())
	}
	for t.line.len() > 0 && !t.line.front().live() {
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
	return t.heap.at(0)
}

// inLine says whether the earliest timer stands in line.
func (t *timers) inLine() bool {
	return t.heap.count == 0 || t.line.len() > 0 && t.line.front().before(t.heap.at(0))
}

// expire puts all that are due on the ready queue, in order of deadline, then of creation.
func (l *Loop) expire() {
	t := &l.timers
	now := l.Time()
	for a := t.first(); a != nil && a.when <= now; a = t.first() {
		n := a.n
		if t.inLine() {
			t.line.pop()
		} else {
			t.heap.pop()
		}
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

// all gives the timers that were not canceled, in order of creation.
func (t *timers) all() []alarm {
	live := make([]alarm, 0, t.len()-t.dead)
	keep := func(a *alarm) {
		if a.live() {
			live = append(live, *a)
		}
	}
	t.line.each(keep)
	for i := range t.heap.count {
		keep(t.heap.at(i))
	}
	slices.SortFunc(live, func(a, b alarm) int { return cmp.Compare(a.seq, b.seq) })
	return live
}

// rebuild makes these the only timers, so that no canceled ones are left.
func (t *timers) rebuild(live []alarm) {
	t.line, t.heap, t.dead = alarmLine{}, alarmHeap{}, 0
	slices.SortStableFunc(live, func(a, b alarm) int { return cmp.Compare(a.when, b.when) })
	for _, a := range live {
		t.add(a)
	}
}

// renumber makes room for new numbers, once in four billion timers.
func (t *timers) renumber() {
	live := t.all()
	for i := range live {
		live[i].seq = uint32(i + 1)
		live[i].n.seq = live[i].seq
	}
	t.last = uint32(len(live))
	t.rebuild(live)
}

const (
	pageBits = 8
	pageSize = 1 << pageBits
)

// alarmPage is a piece of the line or the heap.
type alarmPage [pageSize]alarm

// alarmLine is timers in order of deadline and creation, first in, first out.
type alarmLine struct {
	pages  []*alarmPage
	begin  int // of the first one, in the first page
	end    int // behind the last one, counted from the beginning of the first page
	latest time.Duration
	spare  *alarmPage // the page that became free last
}

func (q *alarmLine) len() int      { return q.end - q.begin }
func (q *alarmLine) front() *alarm { return &q.pages[0][q.begin] }

func (q *alarmLine) push(a alarm) {
	p := q.end >> pageBits
	if p == len(q.pages) {
		page := q.spare
		if q.spare = nil; page == nil {
			page = new(alarmPage)
		}
		q.pages = append(q.pages, page)
	}
	q.pages[p][q.end&(pageSize-1)] = a
	q.end++
	q.latest = a.when
}

func (q *alarmLine) pop() {
	q.front().n = nil
	q.begin++
	switch {
	case q.begin == q.end:
		q.begin, q.end = 0, 0
	case q.begin == pageSize:
		q.spare = q.pages[0]
		q.pages[0] = nil
		q.pages = q.pages[1:]
		q.begin, q.end = 0, q.end-pageSize
	}
}

func (q *alarmLine) each(f func(*alarm)) {
	for i := q.begin; i < q.end; i++ {
		f(&q.pages[i>>pageBits][i&(pageSize-1)])
	}
}

// alarmHeap is a heap with four children to a node: half as deep as a binary one, and the children lie
// side by side. It holds values, so that a sleeping task costs no allocation.
type alarmHeap struct {
	pages []*alarmPage
	count int
}

func (h *alarmHeap) at(i int) *alarm { return &h.pages[i>>pageBits][i&(pageSize-1)] }

func (h *alarmHeap) push(a alarm) {
	if h.count>>pageBits == len(h.pages) {
		h.pages = append(h.pages, new(alarmPage))
	}
	h.count++
	h.up(h.count-1, a)
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
func (h *alarmHeap) up(i int, a alarm) {
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
func (h *alarmHeap) down(i int, a alarm) {
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
