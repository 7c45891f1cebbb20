package rt

// items is what a queue that is no plain one holds, and the order in which it gives it out.
type items[T any] interface {
	put(T)
	get() T     // there is one
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

func (q *lifo[T]) at(i int) T { return q.stack[i] }
func (*lifo[T]) kind() string { return "LifoQueue" }

// heap gives the least first. It compares and moves exactly as Python's heapq does, so that items
// which tie come in the same order.
type heap[T any] struct {
	h    []T
	less func(a, b T) bool
}

func (q *heap[T]) put(v T) {
	q.h = append(q.h, v)
	q.siftDown(len(q.h) - 1)
}

func (q *heap[T]) get() T {
	last := len(q.h) - 1
	v := q.h[last]
	q.h[last] = *new(T)
	q.h = q.h[:last]
	if last == 0 {
		return v
	}
	v, q.h[0] = q.h[0], v
	q.siftUp()
	return v
}

func (q *heap[T]) at(i int) T { return q.h[i] }
func (*heap[T]) kind() string { return "PriorityQueue" }

// siftDown moves what is at pos towards the root until its parent is not greater: heapq._siftdown.
func (q *heap[T]) siftDown(pos int) {
	v := q.h[pos]
	for pos > 0 {
		parent := (pos - 1) / 2
		if !q.less(v, q.h[parent]) {
			break
		}
		q.h[pos] = q.h[parent]
		pos = parent
	}
	q.h[pos] = v
}

// siftUp moves what is at the root down to a leaf, along the lesser children, the right one of two
// that tie, and from there up again to its place: heapq._siftup.
func (q *heap[T]) siftUp() {
	v, pos := q.h[0], 0
	for child := 1; child < len(q.h); child = 2*pos + 1 {
		if right := child + 1; right < len(q.h) && !q.less(q.h[child], q.h[right]) {
			child = right
		}
		q.h[pos] = q.h[child]
		pos = child
	}
	q.h[pos] = v
	q.siftDown(pos)
}
