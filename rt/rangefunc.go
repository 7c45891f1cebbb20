package rt

import (
	"iter"
	"runtime"
)

// FuncIter is a range over a function whose loop body awaits. The iterator function runs as a
// coroutine of iter.Pull beside the frame: it is resumed for each round, and waits in its yield while
// the body runs. Breaking out of the loop lets yield return false; a panic of the body goes through
// the iterator function, which may run deferred calls, as it does in an ordinary loop.
type FuncIter[K, V any] struct {
	Key   K
	Value V

	pull    func() (None, bool)
	defers  *Defers
	state   rangeState
	leaving bool       // yield shall return false
	ended   bool       // the iterator function has returned or panicked
	body    *panicking // the panic of the body, on its way into yield
	x       *Exec
}

// rangeState is the state that Go gives a range over a function, to find mistakes of the iterator function.
type rangeState uint8

const (
	ready     rangeState = iota // yield may be called
	inRound                     // the body runs, or has panicked
	left                        // the loop was left: yield has returned false
	exhausted                   // the iterator function has returned
)

// funcLoop is a FuncIter of any type.
type funcLoop interface {
	leave(x *Exec)
}

// RangeFunc0 begins a loop over a function that yields nothing; d belongs to the function around it.
func RangeFunc0(d *Defers, seq func(yield func() bool)) *FuncIter[None, None] {
	return RangeFunc2(d, func(yield func(None, None) bool) {
		seq(func() bool { return yield(None{}, None{}) })
	})
}

// RangeFunc1 begins a loop over an iter.Seq.
func RangeFunc1[K any](d *Defers, seq func(yield func(K) bool)) *FuncIter[K, None] {
	return RangeFunc2(d, func(yield func(K, None) bool) {
		seq(func(k K) bool { return yield(k, None{}) })
	})
}

// RangeFunc2 begins a loop over an iter.Seq2.
func RangeFunc2[K, V any](d *Defers, seq func(yield func(K, V) bool)) *FuncIter[K, V] {
	it := &FuncIter[K, V]{defers: d}
	it.pull, _ = iter.Pull(func(yield func(None) bool) {
		defer func() { it.ended = true }()
		underLoop(func() { seq(func(k K, v V) bool { return it.yield(yield, k, v) }) })
		if it.state == inRound {
			missedPanic()
		}
		it.state = exhausted
	})
	d.loops = append(d.loops, it)
	return it
}

// YieldAs adapts an iterator function whose yield has a named type.
func YieldAs[Named, Func any](seq func(Named), name func(Func) Named) func(Func) {
	return func(yield Func) { seq(name(yield)) }
}

// yield is what the iterator function calls.
func (it *FuncIter[K, V]) yield(yield func(None) bool, k K, v V) bool {
	state := it.state
	it.state = inRound
	switch state {
	case left:
		continuedAfterFalse()
	case inRound:
		continuedAfterPanic()
	case exhausted:
		continuedAfterExit()
	}
	it.Key, it.Value = k, v
	yield(None{})
	switch {
	case it.body != nil:
		p := it.body
		it.body = nil
		if p.isGoexit() {
			runtime.Goexit() // next to the deferred calls of the iterator function; then iter.Pull does it here
		}
		it.x.raise(p)
	case it.leaving:
		it.state = left
		return false
	}
	it.state = ready
	return true
}

// Next lets the iterator function run to its next yield. It is false at the end of the loop.
func (it *FuncIter[K, V]) Next() bool {
	_, ok := it.pull()
	if !ok {
		it.forget()
	}
	return ok
}

// Stop leaves the loop.
func (it *FuncIter[K, V]) Stop() {
	it.forget()
	it.stop()
}

func (it *FuncIter[K, V]) stop() {
	if !it.ended {
		it.leaving = true
		it.pull()
	}
}

// forget takes the loop, and those inside of it that a jump has left, from those that are running.
func (it *FuncIter[K, V]) forget() {
	loops := it.defers.loops
	for i := len(loops) - 1; i >= 0; i-- {
		if loops[i] == any(it) {
			clear(loops[i:])
			it.defers.loops = loops[:i]
			return
		}
	}
}

// leave ends the loop when the function ends, with the panic in flight raised in the iterator function.
func (it *FuncIter[K, V]) leave(x *Exec) {
	p := x.raising
	x.raising = nil
	switch {
	case p == nil:
		it.stop()
	case it.ended:
		x.raise(p)
	default:
		it.body, it.x = p, x
		it.pull() // panics: with p, or with what the iterator function makes of it
	}
}

// leaveLoops ends the loops that still run when the function ends, innermost first. It may suspend
// while a stream is being closed, and goes on when it is called again.
func (d *Defers) leaveLoops(x *Exec, f Resumer) Status {
	for len(d.loops) > 0 {
		if it, ok := d.loops[len(d.loops)-1].(funcLoop); ok {
			d.Leave()
			d.invoke(x, it.leave)
			continue
		}
		if d.CloseLast(x, f) == Suspended {
			return Suspended
		}
		d.Closed(x)
		d.settle(x)
	}
	return Done
}

// The mistakes of iterator functions are the runtime's own panics, made by making the mistake.

func continuedAfterFalse() {
	for range func(yield func() bool) { yield(); yield() } {
		break
	}
}

func continuedAfterExit() {
	var leaked func() bool
	for range func(yield func() bool) { leaked = yield } {
	}
	leaked()
}

func continuedAfterPanic() {
	for range func(yield func() bool) {
		defer func() { _ = recover(); yield() }()
		yield()
	} {
		panic("the body")
	}
}

func missedPanic() {
	for range func(yield func() bool) {
		defer func() { _ = recover() }()
		yield()
	} {
		panic("the body")
	}
}
