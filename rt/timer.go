package rt

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unsafe"
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
	if n.on != nil {
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
// A node whose timer is set points with on to where its timer points to it. To cancel a timer is to clear that pointer: what is left
// stays where it is until it comes up, or until such ones are more than half. That a place in line does not move, and that
// what a heap moves has its pointers in another place, is what makes it so.
//
// In line, places say who is older. A heap numbers its timers, because there numbers decide between equal deadlines.
// Between line and heap none is needed: what is put into the line has a deadline that nothing in the heap has, and what is put
// into the heap is younger than all in the line that has the same deadline.
type timers struct {
	line alarmLine
	heap alarmHeap
	dead int // canceled ones
}

func (t *timers) len() int { return t.line.count + t.heap.count }

// setTimer makes the loop put n on the ready queue at when. n has no other timer.
func (l *Loop) setTimer(n *node, when time.Duration) {
	l.more = true
	l.timers.add(n, when)
}

func (t *timers) add(n *node, when time.Duration) {
	fits := t.line.count == 0 || when >= t.line.back().when
	if !fits && t.heap.count == 0 && t.line.count <= few {
		t.beginLine()
		fits = true
	}
	if !fits || t.heap.has(when) {
		t.heap.push(when).set(n)
		return
	}
	if t.line.room == 0 {
		t.line.grow()
	}
	t.line.push(when).set(n)
}

// few is how many timers may be moved or looked at, one by one, so that others can stand in line.
const few = 8

// beginLine moves the line, which is short, to the heap, which is empty, so that those in line stay the older ones: the
// longest wait of a program is often its first one.
func (t *timers) beginLine() {
	for t.line.count > 0 {
		when := t.line.front().when
		if n := t.line.pop(); n != nil {
			t.heap.push(when).set(n)
		} else {
			t.dead--
		}
	}
}

// dropTimer cancels n's timer.
func (l *Loop) dropTimer(n *node) {
	(*owner)(n.on).n = nil
	n.on = nil
	l.timers.dead++
}

// minDead is asyncio's _MIN_SCHEDULED_TIMER_HANDLES: below it, compacting is not worth it.
const minDead = 100

// next gives the earliest deadline. It takes canceled timers out on its way.
func (t *timers) next() (when time.Duration, ok bool) {
	if n := t.len(); n > minDead && t.dead > n/2 {
		t.compact()
	}
	for t.line.count > 0 && t.line.front().n == nil {
		t.line.pop()
		t.dead--
	}
	for t.heap.count > 0 && t.heap.owner(0).n == nil {
		t.heap.pop()
		t.dead--
	}
	switch {
	case t.line.count == 0 && t.heap.count == 0:
		return 0, false
	case t.inLine():
		return t.line.front().when, true
	}
	return t.heap.at(0).when, true
}

// pop takes the timer out whose deadline next has just given.
func (t *timers) pop() (n *node) {
	if t.inLine() {
		n = t.line.pop()
	} else {
		n = t.heap.pop()
	}
	n.on = nil
	return n
}

// latest is the deadline of n's timer, which must be the one that was set last: at the end of the line, or in the heap on its
// way up from the end.
func (t *timers) latest(n *node) time.Duration {
	if q := &t.line; q.count > 0 && q.back().n == n {
		return q.back().when
	}
	i := t.heap.count - 1
	for i > 0 && t.heap.owner(i).n != n {
		i = (i - 1) / 4
	}
	return t.heap.at(i).when
}

// inLine says whether the earliest timer stands in line.
func (t *timers) inLine() bool {
	return t.heap.count == 0 || t.line.count > 0 && t.line.front().when <= t.heap.at(0).when
}

// expire puts all that are due by now on the ready queue, in order of deadline, then of creation.
func (l *Loop) expire(now time.Duration) {
	t := &l.timers
	for when, ok := t.next(); ok && when <= now; when, ok = t.next() {
		n := t.pop()
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
	all := make([]alarm, 0, t.len())
	line := t.line.inOrder()
	for _, a := range t.heap.sorted() {
		for len(line) > 0 && line[0].when <= a.when {
			all = append(all, line[0])
			line = line[1:]
		}
		all = append(all, alarm{a.when, *t.heap.cell(a.cell)})
	}
	all = append(all, line...)
	return slices.DeleteFunc(all, func(a alarm) bool { return a.n == nil })
}

// compact puts all that were not canceled into a new line.
func (t *timers) compact() {
	all := t.all()
	*t = timers{}
	for _, a := range all {
		t.add(a.n, a.when)
	}
}

// owner is where a timer has its node. It does not move while the timer is set.
type owner struct{ n *node } // nil: it was canceled

// set makes n the owner of a new timer.
func (o *owner) set(n *node) {
	o.n = n
	n.on = unsafe.Pointer(o)
}

// alarm is a timer.
type alarm struct {
	when time.Duration
	owner
}

// alarmLine is timers in order of deadline and creation, first in, first out.
type alarmLine struct {
	first, last *alarmPage
	begin       int // of the first timer, in the first page
	room        int // what can still be put into the last page
	count       int
	spare       *alarmPage // the page that became free last
}

// alarmPage is so large that with what Go's allocator adds to it it fills 4 KiB.
type alarmPage struct {
	next   *alarmPage
	alarms [alarmsInPage]alarm
}

const alarmsInPage = (4096 - allocHeader - 8) / 16

func (q *alarmLine) front() *alarm { return &q.first.alarms[q.begin] }
func (q *alarmLine) back() *alarm  { return &q.last.alarms[alarmsInPage-1-q.room] }

// push adds a timer, for which there must be room, and whose owner is to be set.
func (q *alarmLine) push(when time.Duration) *owner {
	q.room--
	q.count++
	a := q.back()
	a.when = when
	return &a.owner
}

// grow adds a page. Apart, it leaves push short enough to be inlined.
func (q *alarmLine) grow() {
	page := q.spare
	if q.spare = nil; page == nil {
		page = new(alarmPage)
	}
	if q.last == nil {
		q.first = page
	} else {
		q.last.next = page
	}
	q.last, q.room = page, alarmsInPage
}

// pop takes the first one out.
func (q *alarmLine) pop() *node {
	a := q.front()
	n := a.n
	a.n = nil
	q.begin++
	q.count--
	switch {
	case q.count == 0:
		q.begin, q.room = 0, alarmsInPage
	case q.begin == alarmsInPage:
		q.spare, q.first, q.begin = q.first, q.first.next, 0
		q.spare.next = nil
	}
	return n
}

// inOrder gives all in order of creation.
func (q *alarmLine) inOrder() []alarm {
	all := make([]alarm, 0, q.count)
	page, i := q.first, q.begin
	for range q.count {
		if i == alarmsInPage {
			page, i = page.next, 0
		}
		all = append(all, page.alarms[i])
		i++
	}
	return all
}

// alarmHeap is a heap with four children to a node: half as deep as a binary one, and the children lie
// side by side. It holds values, so that a sleeping task costs no allocation, and they have no pointers, so that to move
// them costs little. The pointers to the nodes are in cells, which do not move: each entry has a cell of its own, those behind
// the last timer have the cells that are free.
type alarmHeap struct {
	pages  []*[heapPage]numbered
	cells  []*[heapPage]owner
	count  int
	last   uint32        // number of the youngest timer
	latest time.Duration // no timer is later
}

const (
	heapBits = 8
	heapPage = 1 << heapBits
)

// numbered is a timer in the heap.
type numbered struct {
	when time.Duration
	seq  uint32 // in order of creation
	cell uint32
}

func (a *numbered) before(b *numbered) bool {
	return a.when < b.when || a.when == b.when && a.seq < b.seq
}

func (h *alarmHeap) at(i int) *numbered { return &h.pages[i>>heapBits][i&(heapPage-1)] }

func (h *alarmHeap) cell(i uint32) *owner { return &h.cells[i>>heapBits][i&(heapPage-1)] }

// owner is that of the timer at i.
func (h *alarmHeap) owner(i int) *owner { return h.cell(h.at(i).cell) }

// push adds a timer, whose owner is to be set.
func (h *alarmHeap) push(when time.Duration) *owner {
	if h.count == 0 {
		h.last, h.latest = 0, when
	}
	if h.last == math.MaxUint32 {
		h.renumber()
	}
	if h.count>>heapBits == len(h.pages) {
		h.grow()
	}
	i := h.count
	h.count++
	h.last++
	h.latest = max(h.latest, when)
	a := numbered{when, h.last, h.at(i).cell}
	h.up(i, a)
	return h.cell(a.cell)
}

// grow adds a page, with cells.
func (h *alarmHeap) grow() {
	page := new([heapPage]numbered)
	for i := range page {
		page[i].cell = uint32(len(h.pages)<<heapBits + i)
	}
	h.pages, h.cells = append(h.pages, page), append(h.cells, new([heapPage]owner))
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

// sorted gives all in the order in which they come up.
func (h *alarmHeap) sorted() []numbered {
	all := make([]numbered, h.count)
	for i := range all {
		all[i] = *h.at(i)
	}
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.seq, b.seq)) })
	return all
}

// renumber makes room for new numbers, once in four billion timers. What is sorted is a heap.
func (h *alarmHeap) renumber() {
	h.last = 0
	for i, a := range h.sorted() {
		h.last++
		*h.at(i) = numbered{a.when, h.last, a.cell}
	}
}

// pop takes the first one out.
func (h *alarmHeap) pop() *node {
	free := h.at(0).cell
	o := h.cell(free)
	n := o.n
	o.n = nil
	h.count--
	last := h.at(h.count)
	if a := *last; h.count > 0 {
		h.down(0, a)
	}
	last.cell = free
	if len(h.pages) > 2+4*h.count>>heapBits {
		h.shrink()
	}
	return n
}

// shrink gives back the pages of a heap that was four times as large. Each entry gets the cell with its own index.
func (h *alarmHeap) shrink() {
	old := *h
	h.pages, h.cells = nil, nil
	for i := range h.count {
		if i>>heapBits == len(h.pages) {
			h.grow()
		}
		a := old.at(i)
		h.at(i).when, h.at(i).seq = a.when, a.seq
		if n := old.owner(i).n; n != nil {
			h.owner(i).set(n)
		}
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
