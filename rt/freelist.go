package rt

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// FreeList keeps the frames of one function, with the rooms for their tasks, for the next calls. Generated code has one for
// each function of which it makes tasks that nobody can get hold of: those whose handle is dropped, and what
// only a Gather gets. They come back when they have ended with a value, and cleared: they keep nothing alive.
//
// F is the type of those frames. It begins with a Frame[T].
type FreeList[T, F any] struct {
	once   sync.Once
	offset int           // of the room in F
	number atomic.Uint32 // of the list in Loop.free, from 1 on; it is set last
	full   sync.Pool     // of *node: the first of a chain of freeChain frames
}

// freeFrames is frames of one function that are free on one loop, linked through the nodes of their tasks.
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
func (l *FreeList[T, F]) Get(x *Exec) *F {
	if i, all := int(l.number.Load()), x.loop.free; i < len(all) && all[i].first != nil {
		return l.take(&all[i])
	}
	free := l.on(x.loop)
	if free.first, _ = l.full.Get().(*node); free.first == nil {
		return l.mark(new(F))
	}
	free.n = freeChain
	return l.take(free)
}

// take takes one out.
func (l *FreeList[T, F]) take(free *freeFrames) *F {
	n := free.first
	free.first, n.next = n.next, nil
	free.n--
	return l.mark((*F)(unsafe.Add(unsafe.Pointer(n), -l.offset)))
}

// mark notes that f comes back.
func (*FreeList[T, F]) mark(f *F) *F {
	(*Frame[T])(unsafe.Pointer(f)).recycled = true
	return f
}

// on is what is free on a loop.
func (l *FreeList[T, F]) on(loop *Loop) *freeFrames {
	l.once.Do(func() {
		f := new(F)
		room := any(f).(interface{ room() *node }).room()
		l.offset = int(uintptr(unsafe.Pointer(room)) - uintptr(unsafe.Pointer(f)))
		l.number.Store(freeLists.Add(1))
	})
	n := int(l.number.Load())
	for n >= len(loop.free) {
		loop.free = append(loop.free, freeFrames{})
	}
	return &loop.free[n]
}

// recycle takes the frame back that begins at h and has room for n.
func (l *FreeList[T, F]) recycle(loop *Loop, n *node, h *link) {
	f := (*F)(unsafe.Pointer(frameOf[T](h)))
	*f = *new(F)
	free := &loop.free[l.number.Load()] // Get has made it
	if free.n == freeChain {
		l.full.Put(free.first)
		free.first, free.n = nil, 0
	}
	n.next, free.first = free.first, n
	free.n++
}

// recycle gives the frame of the task n, whose root h is, back to its free list. Nobody may have n's handle but who
// calls it.
func (l *Loop) recycle(n *node, h *link) {
	if n.state != finished || n.flags&(seen|extended) != 0 || l.watched {
		return
	}
	n.leaf.Info().Tasks.recycle(l, n, h)
}
