package rt

import "fmt"

// Merge is the values of all streams, as they come: aiostream's merge. It ends when all of them have ended; without any stream that is at once. A nil
// stream panics, and so does one that is given twice: two readers would take values from each other.
//
// Each stream is read by a task of its own, which begins, in the order of the arguments, when the loop over Merge asks for the first
// value. Values that come in one turn keep the order in which they came. A stream is asked for its next value, and
// goes on behind its Yield, when the loop asks for the one after the value that it has given: no stream is more than one value ahead, and a value is the
// loop's until it asks again.
//
// The first stream that fails ends the others, and then Merge with its error; values that came before are given before. When the loop is
// left early, by break, return, an error, a cancellation or a panic, the tasks are canceled, which closes their streams, and waited for. An
// error that a stream ends with then is reported as one that was never retrieved. A wait for the next value that
// is canceled, as by a WaitFor around Next, loses none: the streams go on.
func Merge[T any](streams ...Stream[T]) Stream[T] {
	first := make(map[Stream[T]]int, len(streams))
	for i, s := range streams {
		if s == nil {
			panic(fmt.Sprintf("rt.Merge: stream %d of %d is nil", i+1, len(streams)))
		}
		if earlier := first[s]; earlier > 0 {
			panic(fmt.Sprintf("rt.Merge: streams %d and %d are the same one: call its function again for another one", earlier, i+1))
		}
		first[s] = i + 1
	}
	return &merged[T]{streams: streams}
}

// merged is a stream of Merge.
type merged[T any] struct {
	StreamFrame[T]
	streams []Stream[T]
	set     JoinSet[None]
	on      node          // what a request for the next value waits for
	came    []*feeder[T]  // those with a value or an error that was not given yet
	given   *feeder[T]    // whose value was given last; nil: it goes on already
	failed  *ending[None] // how the stream ends when the readers have; nil: it was closed, or all have ended
	rest    joinRest[None]
}

// streamEnding is the State of a merged stream that waits for its readers to end.
const streamEnding = streamWaiting + 1

var mergeInfo = FuncInfo{Name: "Merge", Defers: true}

func (*merged[T]) Info() *FuncInfo { return &mergeInfo }

// Resume gives the next value, or closes the stream.
func (m *merged[T]) Resume(x *Exec) Status {
	x.raiseAwaited()
	switch m.State {
	case Start:
		m.begin(x)
	case streamEnding:
		return m.end(x)
	case streamWaiting:
		m.State = streamIdle
		if x.Err != nil {
			m.set.forget(&m.on)
			return m.interrupted()
		}
	default:
		if x.Err != nil { // errStreamClosed
			x.take()
			return m.close(x)
		}
	}
	m.letGoOn()
	return m.next(x)
}

// begin makes the tasks.
func (m *merged[T]) begin(x *Exec) {
	m.State = streamIdle
	m.set.loop = x.loop
	for _, s := range m.streams {
		f := &feeder[T]{of: m}
		f.s = s
		m.set.Spawn(New(f))
	}
	m.streams = nil
}

// letGoOn has the stream go on whose value was given last.
func (m *merged[T]) letGoOn() {
	if f := m.given; f != nil && !f.taken.done() {
		f.taken.complete(finished)
	}
	m.given = nil
}

// next gives what has come first, or waits for it.
func (m *merged[T]) next(x *Exec) Status {
	switch {
	case len(m.came) > 0:
		f := m.came[0]
		m.came = m.came[1:]
		if f.failed.err != nil {
			m.failed = &f.failed
			return m.close(x)
		}
		m.given = f
		m.Value = f.each.Value
		return Done
	case m.set.running > 0:
		m.State = streamWaiting
		return m.set.wait(x, m, &m.on)
	}
	m.State = Ended
	return Done
}

// close cancels the tasks, and ends the stream when they have ended.
func (m *merged[T]) close(x *Exec) Status {
	m.State = streamEnding
	m.rest.set = &m.set
	if x.begin(m, &m.rest) == Suspended {
		return Suspended
	}
	return m.end(x)
}

// end ends the stream; a cancellation that came meanwhile takes the place of its error.
func (m *merged[T]) end(x *Exec) Status {
	m.State = Ended
	m.came = nil
	if e := m.failed; e != nil && x.Err == nil {
		x.fail(e.err, e.trace)
		return x.Fail(m, 0)
	}
	return Done
}

// feeder reads one of the streams, in a task of its own. It is as generated code would be, with a loop over the stream.
type feeder[T any] struct {
	Frame[None]
	of     *merged[T]
	s      Stream[T]
	each   StreamLoop[T]
	taken  node         // the future of the moment when the stream is to go on
	failed ending[None] // the stream's error
	defers Defers
}

func (*feeder[T]) Info() *FuncInfo     { return &mergeInfo }
func (f *feeder[T]) Deferred() *Defers { return &f.defers }

// States of a feeder.
const (
	feederReads int32 = 1 + iota
	feederWaits       // until its value was taken
)

func (f *feeder[T]) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.each.Begin(&f.defers, f.s)
	}
	for f.State != Exit {
		if f.State != feederReads && x.Err == nil {
			f.State = feederReads
			if f.each.Next(x, f) == Suspended {
				return Suspended
			}
		}
		if f.offer(x) == Suspended {
			return Suspended
		}
	}
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	return f.defers.End(x)
}

// offer offers what the stream has come to, and waits until a value was taken. At the end of the stream, and when the task is
// canceled, it leaves the loop.
func (f *feeder[T]) offer(x *Exec) Status {
	m := f.of
	reads := f.State == feederReads
	f.State = Exit
	more := reads && x.Err == nil && f.each.More()
	switch {
	case m.set.over || !reads && x.Err != nil: // canceled
		return Done
	case x.Err != nil:
		f.failed.trace, f.failed.err = x.stash()
	case more:
		f.State = feederWaits
	default:
		return Done
	}
	m.came = append(m.came, f)
	m.set.wake()
	if f.State == Exit {
		return Done
	}
	f.taken = node{loop: x.loop}
	return x.wait(f, &f.taken)
}
