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
	link
	Value T // what was yielded last
}

// Ended is the State of a stream that has no more values.
const Ended int32 = -2

func (f *StreamFrame[T]) stream(T)               {}
func (f *StreamFrame[T]) items() *StreamFrame[T] { return f }

// More reports, when Resume has returned Done without an error, whether Value is the next value; if
// not, the stream has ended.
func (f *StreamFrame[T]) More() bool { return f.State > 0 }

// errStreamClosed is what a Yield fails with when its stream is closed: GeneratorExit.
var errStreamClosed = errors.New("rt: the stream was closed")

// StreamLoop reads a stream that is not part of the reader's frame: what rt.AwaitEach ranges over.
type StreamLoop[T any] struct {
	*StreamFrame[T] // the frame of s
	s               Stream[T]
}

// read makes s, which may be nil, the stream that e reads.
func (e *StreamLoop[T]) read(s Stream[T]) {
	if e.s = s; s == nil {
		e.StreamFrame = &StreamFrame[T]{link: link{State: Ended}}
		return
	}
	e.StreamFrame = s.items()
}

// Begin begins a loop over s in the function whose deferred calls d has: see Enter.
func (e *StreamLoop[T]) Begin(d *Defers, s Stream[T]) {
	e.read(s)
	d.Enter(s)
}

// Next resumes the stream for its next value on behalf of f: anext. A nil or ended stream is Done.
func (e *StreamLoop[T]) Next(x *Exec, f Resumer) Status {
	h := &e.link
	if h.State < 0 {
		return Done
	}
	if h.started {
		panic(fmt.Sprintf("rt: stream %s is read by two at a time", e.s.Info().Name))
	}
	h.started, h.parent = true, f
	return e.s.Resume(x)
}

// More is StreamFrame.More after Next.
func (e *StreamLoop[T]) More() bool {
	e.started = false
	return e.State > 0
}

// beginClose makes the Yield at which s waits fail, on behalf of f: aclose. endClose must follow.
func (x *Exec) beginClose(f, s Resumer) Status {
	h := s.head()
	if h.State <= 0 { // it has not begun, or has ended
		h.State = Ended
		return letGo(s)
	}
	switch c, ok := s.(closer); {
	case h.started && h.parent == f: // it has panicked
		h.State = Ended
	case h.started:
		panic(fmt.Sprintf("rt: stream %s is closed while it is read", s.Info().Name))
	case ok:
		h.State = Ended
		c.stop()
	case !s.Info().Defers: // it has nothing to run
		h.State = Ended
		letGo(s)
	default:
		h.parent = f
		x.fail(errStreamClosed, nil)
		return s.Resume(x)
	}
	return Done
}

// closer is a stream that does not have to be resumed to be closed.
type closer interface{ stop() }

// endClose looks at how a closed stream has ended.
func (x *Exec) endClose(s Resumer) {
	switch {
	case x.Err == errStreamClosed:
		x.take()
	case x.Err == nil && s.head().State > 0:
		panic(fmt.Sprintf("rt: stream %s yields while it is being closed", s.Info().Name))
	}
}

// Enter begins a loop over the stream s: from now on the function, whose deferred calls d has, closes
// s when it ends. Leave or CloseLast end the loop. Loops over a stream that is part of the reader's
// frame and has nothing to run when it is closed do without.
func (d *Defers) Enter(s Resumer) { d.loops = append(d.loops, s) }

// Leave ends the innermost loop, whose stream has ended.
func (d *Defers) Leave() {
	d.loops[len(d.loops)-1] = nil
	d.loops = d.loops[:len(d.loops)-1]
}

// CloseLast ends the innermost loop early and closes its stream on behalf of f. When it is Done, or
// f is resumed, Closed must follow.
func (d *Defers) CloseLast(x *Exec, f Resumer) Status {
	s, _ := d.loops[len(d.loops)-1].(Resumer)
	d.Leave()
	d.closing = s
	if s == nil {
		return Done
	}
	return x.beginClose(f, s)
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

// StreamNext is a call of Next: generated code holds it in the caller's frame.
type StreamNext[T any] struct {
	Frame[Item[T]]
	each StreamLoop[T]
}

var nextInfo = FuncInfo{Name: "Next"}

// Info describes the call to tracebacks.
func (*StreamNext[T]) Info() *FuncInfo { return &nextInfo }

// Begin begins a call of Next(s).
func (f *StreamNext[T]) Begin(x *Exec, s Stream[T]) Status {
	f.State = Start
	f.each.read(s)
	return f.Resume(x)
}

// Resume goes on with the call.
func (f *StreamNext[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if f.each.Next(x, f) == Suspended {
			return Suspended
		}
	}
	f.Value = Item[T]{}
	if x.Err == nil && f.each.More() {
		f.Value = Item[T]{f.each.Value, true}
	}
	f.each = StreamLoop[T]{}
	return Done
}

// Next gives the next value of s: anext(s, default).
func Next[T any](s Stream[T]) Coro[Item[T]] {
	f := &StreamNext[T]{}
	f.each.read(s)
	return New(f)
}

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
		f := s.items()
		x := &newLoop(nil).exec
		x.task = &node{loop: x.loop}
		awaits := func() {
			panic(fmt.Sprintf("rt.All: stream %s awaits: read it with rt.AwaitEach in an async function", s.Info().Name))
		}
		defer func() { // the loop was left early, or has panicked
			x.exitHere()
			if x.beginClose(nil, s) == Suspended {
				awaits()
			}
			x.endClose(s)
		}()
		for f.State >= 0 {
			if s.Resume(x) == Suspended {
				awaits()
			}
			if err := x.Err; err != nil {
				f.State = Ended
				panic(err)
			}
			if !f.More() || !yield(f.Value) {
				return
			}
		}
	}
}
