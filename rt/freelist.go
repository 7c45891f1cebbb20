package rt

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// FreeList keeps the frames of one function, with the rooms for their tasks, for the next calls. Generated code has one for
// each function of which it makes tasks that nobody can get hold of: those whose handle is dropped, and what
// only a Gather gets. They come back when they have ended with a value, and cleared: they keep nothing alive.
type FreeList struct {
	Of TaskFrame // a nil pointer, for its type. A type parameter instead would make the Go compiler copy all of this for each function

	number atomic.Uint32 // of the list in Loop.free; 0: it has none yet
	full   sync.Pool     // of *node: the first of a chain of freeChain frames
}

// TaskFrame is a pointer to a frame with room for its task.
type TaskFrame interface {
	Resumer

	// Cleared is the frame, of which nothing is left; a new one for a nil pointer.
	Cleared() TaskFrame
}

// freeFrames is frames of one function that are free on one loop, linked through the nodes of their tasks. A node's on
// points to its frame.
type freeFrames struct {
	first *node
	n     int
}

// freeChain is how many free frames of a function a loop keeps. Those above go to the other loops, or to the garbage
// collector.
const freeChain = 64

// freeLists counts those that have a number.
var freeLists atomic.Uint32

// Get gives a frame that is free, or makes one.
func (l *FreeList) Get(x *Exec) TaskFrame {
	loop, i := x.loop, int(l.number.Load())
	if i >= len(loop.free) || loop.free[i].first == nil {
		if i = l.refill(loop); i == 0 {
			f := l.Of.Cleared()
			f.head().recycled = true
			return f
		}
	}
	free := &loop.free[i]
	n := free.first
	f := n.on
	free.first, n.next, n.on = n.next, nil, nil
	free.n--
	return l.at(f)
}

// at is the frame at an address: headOf the other way round.
func (l *FreeList) at(f unsafe.Pointer) TaskFrame {
	frame := l.Of
	(*interfaceWords)(unsafe.Pointer(&frame)).data = f
	return frame
}

// refill gives a loop frames that others had too much of, and says where; 0: there are none.
func (l *FreeList) refill(loop *Loop) int {
	if l.number.Load() == 0 {
		l.number.CompareAndSwap(0, freeLists.Add(1))
	}
	i := int(l.number.Load())
	for i >= len(loop.free) {
		loop.free = append(loop.free, freeFrames{})
	}
	first, ok := l.full.Get().(*node)
	if !ok {
		return 0
	}
	loop.free[i] = freeFrames{first, freeChain}
	return i
}

// recycle gives the frame of the task n, whose root h is, back to its free list. Nobody may have n's handle but who
// calls it.
func (l *Loop) recycle(n *node, h *link) {
	if n.state != finished || n.flags&(seen|extended) != 0 || l.watched {
		return
	}
	list, f := n.leaf.Info().Tasks, unsafe.Pointer(h) // with its head the frame begins, and with the frame what has room for the task
	list.at(f).Cleared()
	h.recycled = true
	free := &l.free[list.number.Load()] // Get has made it
	if free.n == freeChain {
		list.full.Put(free.first)
		free.first, free.n = nil, 0
	}
	n.on, n.next, free.first = f, free.first, n
	free.n++
}
