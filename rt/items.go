package rt

// items is what a queue that is no plain one holds, and the order in which it gives it out.
type items[T any] interface {
	put(T)
	get() T     // there is one
	clear()     // nothing is left
	at(i int) T // for a text
	kind() string
}

// fifo gives first what was put first. It is a ring that grows, to powers of two.
type fifo[T any] struct {
	ring  []T
	first int
}

// place puts v behind the count items that are there, for which there is room in the ring.
func (q *fifo[T]) place(v T, count int) { q.ring[(q.first+count)&(len(q.ring)-1)] = v }

func (q *fifo[T]) grow() {
	grown := make([]T, max(4, 2*len(q.ring)))
	n := copy(grown, q.ring[q.first:])
	copy(grown[n:], q.ring[:q.first])
	q.ring, q.first = grown, 0
}

func (q *fifo[T]) get() T {
	ring, first := q.ring, q.first
	v := ring[first]
	ring[first] = *new(T) // what is gone must not be kept alive
	q.first = (first + 1) & (len(ring) - 1)
	return v
}

// at is number i of those that are there, from the oldest.
func (q *fifo[T]) at(i int) T { return q.ring[(q.first+i)&(len(q.ring)-1)] }

// lifo gives first what was put last.
type lifo[T any] struct{ stack []T }

func (q *lifo[T]) put(v T) { q.stack = append(q.stack, v) }

func (q *lifo[T]) get() T {
	last := len(q.stack) - 1
	v := q.stack[last]
	q.stack[last] = *new(T)
	q.stack = q.stack[:last]
	return v
}

func (q *lifo[T]) clear()     { q.stack = nil }
func (q *lifo[T]) at(i int) T { return q.stack[i] }
func (*lifo[T]) kind() string { return "LifoQueue" }

// heap gives the least first. It compares and moves exactly as Python's heapq does, so that items
// which tie come in the same order. The function that compares is the user's: when it panics the order may be wrong, but
// everything is there once, since items only change places.
type heap[T any] struct {
	h    []T
	less func(a, b T) bool
}

func (q *heap[T]) put(v T) {
	q.h = append(q.h, v)
	q.siftDown(len(q.h) - 1)
}

// get leaves the first item behind the others until these are in order.
func (q *heap[T]) get() T {
	last := len(q.h) - 1
	q.swap(0, last)
	if last > 0 {
		q.siftUp(last)
	}
	v := q.h[last]
	q.h[last] = *new(T)
	q.h = q.h[:last]
	return v
}

func (q *heap[T]) clear()        { q.h = nil }
func (q *heap[T]) at(i int) T    { return q.h[i] }
func (*heap[T]) kind() string    { return "PriorityQueue" }
func (q *heap[T]) swap(i, k int) { q.h[i], q.h[k] = q.h[k], q.h[i] }

// siftDown moves what is at pos towards the root until its parent is not greater: heapq._siftdown.
func (q *heap[T]) siftDown(pos int) {
	h := q.h
	for pos > 0 {
		parent := (pos - 1) / 2
		if !q.less(h[pos], h[parent]) {
			break
		}
		q.swap(pos, parent)
		pos = parent
	}
}

// siftUp moves what is at the root of the first n down to a leaf, along the lesser children, the right one of two
// that tie, and from there up again to its place: heapq._siftup.
func (q *heap[T]) siftUp(n int) {
	h := q.h[:n]
	pos := 0
	for child := 1; child < len(h); child = 2*pos + 1 {
		if right := child + 1; right < len(h) && !q.less(h[child], h[right]) {
			child = right
		}
		q.swap(pos, child)
		pos = child
	}
	q.siftDown(pos)
}
