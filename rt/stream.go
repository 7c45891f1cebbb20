package rt

import (
	"errors"
	"fmt"
	"iter"
)

// Stream is an async iterator: Python's async generator object. A nil Stream is an empty one.
//
// Only generated code and this package implement it, by embedding StreamFrame.
type Stream[T any] interface {
	stream(T)
	Resumer
	items() *StreamFrame[T]
}

// StreamFrame is embedded by the frames of async functions that return a Stream. At a Yield, Resume
// returns Done with a State of its own, so that whoever reads the stream goes on, and resumes the
// frame for the next value.
type StreamFrame[T any] struct {
	Value T // what was yielded last
	link
}

// Ended is the State of a stream that has no more values.
const Ended int32 = -2

func (f *StreamFrame[T]) stream(T)               {}
func (f *StreamFrame[T]) items() *StreamFrame[T] { return f }

// More reports, when Resume has returned Done without an error, whether Value is the next value; if
// not, the stream has ended.
func (f *StreamFrame[T]) More() bool {
	f.started = false
	return f.State > 0
}

// errStreamClosed is what a Yield fails with when its stream is closed: GeneratorExit.
var errStreamClosed = errors.New("rt: the stream was closed")

// BeginNext resumes s for its next value on behalf of f: anext. A nil or ended stream is Done.
func BeginNext[T any](x *Exec, f Resumer, s Stream[T]) Status {
	if s == nil || s.head().State < 0 {
		return Done
	}
	h := s.head()
	if h.started {
		panic(fmt.Sprintf("rt: stream %s is read by two at a time", s.Info().Name))
	}
	h.started, h.parent = true, f
	return s.Resume(x)
}

// More is StreamFrame.More for a stream that may be nil.
func More[T any](s Stream[T]) bool { return s != nil && s.items().More() }

// Current is the value that More has announced.
func Current[T any](s Stream[T]) T { return s.items().Value }

// beginClose makes the Yield at which s waits fail, on behalf of f: aclose. endClose must follow.
func (x *Exec) beginClose(f, s Resumer) Status {
	h := s.head()
	if h.State <= 0 { // it has not begun, or has ended
		h.State = Ended
		return Done
	}
	if h.started {
		panic(fmt.Sprintf("rt: stream %s is closed while it is read", s.Info().Name))
	}
	h.parent = f
	x.fail(errStreamClosed, nil)
	return s.Resume(x)
}

// endClose looks at how a closed stream has ended.
func (x *Exec) endClose(s Resumer) {
	switch {
	case x.Err == errStreamClosed:
		x.take()
	case x.Err == nil && s.head().State > 0:
		panic(fmt.Sprintf("rt: stream %s yields while it is being closed", s.Info().Name))
	}
}

// Enter begins a loop over s: from now on the function, whose deferred calls d has, closes s when it
// ends. Leave or CloseLast end the loop.
func Enter[T any](d *Defers, s Stream[T]) {
	if s == nil {
		d.loops = append(d.loops, nil)
		return
	}
	d.loops = append(d.loops, streamLoop{s})
}

// streamLoop is a loop over a stream while it runs.
type streamLoop struct{ Resumer }

func (streamLoop) leave(*Exec) {}

// Leave ends the innermost loop, whose stream has ended.
func (d *Defers) Leave() {
	d.loops[len(d.loops)-1] = nil
	d.loops = d.loops[:len(d.loops)-1]
}

// CloseLast ends the innermost loop early and closes its stream on behalf of f. When it is Done, or
// f is resumed, Closed must follow.
func (d *Defers) CloseLast(x *Exec, f Resumer) Status {
	s, _ := d.loops[len(d.loops)-1].(streamLoop)
	d.Leave()
	d.closing = s.Resumer
	if s.Resumer == nil {
		return Done
	}
	return x.beginClose(f, s.Resumer)
}

// Closed looks at how the stream has ended that CloseLast has closed: x.Err is why it failed.
func (d *Defers) Closed(x *Exec) {
	if s := d.closing; s != nil {
		d.closing = nil
		x.endClose(s)
	}
}

// Item is what Next gives. OK is false at the end of the stream.
type Item[T any] struct {
	Value T
	OK    bool
}

// next is a call of Next.
type next[T any] struct {
	Frame[Item[T]]
	s Stream[T]
}

var nextInfo = FuncInfo{Name: "Next"}

func (*next[T]) Info() *FuncInfo { return &nextInfo }

func (f *next[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if BeginNext(x, f, f.s) == Suspended {
			return Suspended
		}
	}
	if x.Err == nil && More(f.s) {
		f.Value = Item[T]{Current(f.s), true}
	}
	return Done
}

// Next gives the next value of s: anext(s, default).
func Next[T any](s Stream[T]) Coro[Item[T]] { return New(&next[T]{s: s}) }

// closing is a call of Close.
type closing[T any] struct {
	Frame[None]
	s Stream[T]
}

var closeInfo = FuncInfo{Name: "Close"}

func (*closing[T]) Info() *FuncInfo { return &closeInfo }

func (f *closing[T]) Resume(x *Exec) Status {
	if f.s == nil {
		return Done
	}
	if f.State == Start {
		f.State = 1
		if x.beginClose(f, f.s) == Suspended {
			return Suspended
		}
	}
	x.endClose(f.s)
	return Done
}

// Close ends s early: s.aclose(). The Yield at which it waits fails, its deferred calls run.
func Close[T any](s Stream[T]) Coro[None] { return New(&closing[T]{s: s}) }

// All reads a stream that never awaits from ordinary code, without a loop. It panics at one that
// does, and with the error of one that fails.
func All[T any](s Stream[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		if s == nil {
			return
		}
		x := &newLoop(nil).exec
		x.task = &node{loop: x.loop}
		resume := func() {
			if s.Resume(x) == Suspended {
				panic(fmt.Sprintf("rt.All: stream %s awaits: read it with rt.AwaitEach in an async function", s.Info().Name))
			}
		}
		defer func() { // the loop was left early, or has panicked
			if s.head().State > 0 {
				x.fail(errStreamClosed, nil)
				resume()
				x.endClose(s)
			}
		}()
		for s.head().State >= 0 {
			resume()
			if err := x.Err; err != nil {
				s.head().State = Ended
				panic(err)
			}
			if !More(s) || !yield(Current(s)) {
				return
			}
		}
	}
}
