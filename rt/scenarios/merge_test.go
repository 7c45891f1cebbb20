//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// counting yields name0, name1, … each after d, fails with err behind the last one, and notes when it is asked to go on and when it is closed.
//
//async:func
func (e *events) counting(name string, n int, d time.Duration, err error) rt.Stream[string] {
	defer rt.Await(e.closing(name))
	for i := range n {
		rt.Await(rt.Sleep(d))
		rt.Yield(fmt.Sprint(name, i))
		e.add("%s%d+", name, i)
	}
	if err != nil {
		rt.Throw(err)
	}
	return nil
}

// closing takes a turn to note that name was closed.
//
//async:func
func (e *events) closing(name string) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(0))
	e.add("%s.", name)
	return nil
}

// Values come as they come. A stream goes on when the loop asks for the value behind its own, and no sooner.
func TestMergeGivesWhatComes(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		for v := range rt.AwaitEach(rt.Merge(e.counting("a", 2, 10*ms, nil), e.counting("b", 3, 4*ms, nil))) {
			e.add("%s", v)
			rt.Await(rt.Sleep(ms))
			e.add("next")
		}
		e.add("end")
		e.want(t, "b0", "next", "b0+", "b1", "next", "a0", "b1+", "next", "a0+", "b2", "next", "b2+", "b.", "a1", "next", "a1+", "a.", "end")
		return nil
	}())
}

// Streams that never wait come in turns, in the order of the arguments; those of package rt and empty ones are streams like others.
func TestMergeOfStreamsThatDoNotWait(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		ch := make(chan string, 2)
		ch <- "c0"
		ch <- "c1"
		close(ch)
		var e, quiet events
		for v := range rt.AwaitEach(rt.Merge(quiet.counting("a", 2, 0, nil), rt.Each(ch), quiet.counting("none", 0, 0, nil), quiet.counting("b", 2, 0, nil))) {
			e.add("%s", v)
		}
		for range rt.AwaitEach(rt.Merge[int]()) {
			e.add("of nothing")
		}
		for range rt.All(rt.Merge[int]()) {
			t.Error("of nothing")
		}
		for _, misuse := range []func(){
			func() { rt.Merge(quiet.counting("a", 1, 0, nil), nil) },
			func() { s := quiet.counting("a", 1, 0, nil); rt.Merge(s, quiet.counting("b", 1, 0, nil), s) },
			func() { rt.All(rt.Merge(quiet.counting("a", 1, 0, nil)))(func(string) bool { return true }) },
		} {
			func() {
				defer func() { e.add("%v", recover()) }()
				misuse()
			}()
		}
		e.want(t, "c0", "a0", "b0", "c1", "a1", "b1", "rt.Merge: stream 2 of 2 is nil",
			"rt.Merge: streams 1 and 3 are the same one: call its function again for another one", "rt.All: stream Merge awaits: read it with rt.AwaitEach in an async function")
		return nil
	}())
}

// The first failure comes in its turn, closes the other streams, and is the error when they have ended.
func TestMergeFails(t *testing.T) {
	errBad, errLater := errors.New("bad"), errors.New("later")
	run(t, func() rt.Coro[rt.None] {
		var e events
		for _, s := range []rt.Stream[string]{
			rt.Merge(e.counting("a", 1, ms, errBad), e.counting("b", 9, second, nil), e.counting("c", 1, ms, errLater)),
			rt.Merge(e.counting("a", 0, 0, errBad)),
		} {
			_, err := rt.TryAwait(func() rt.Coro[rt.None] {
				for v := range rt.AwaitEach(s) {
					e.add("%s", v)
				}
				return nil
			}())
			e.add("%v", err)
			if item, err := rt.TryAwait(rt.Next(s)); item.OK || err != nil {
				t.Error("it goes on:", item, err)
			}
		}
		e.want(t, "a0", "c0", "a0+", "c0+", "a.", "c.", "b.", "bad", "a.", "bad")
		return nil
	}())
}

// Whoever leaves the loop early, and whenever, and whenever its task is canceled: all streams that have begun are closed behind it, a
// value that was taken out of a queue is given, and nothing is left in the loop.
func TestMergeIsLeftAtEachMoment(t *testing.T) {
	for turns := range 14 {
		for _, how := range []string{"cancel", "break", "throw", "panic"} {
			l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
			var e events
			q := rt.NewQueue[string](0)
			got := 0
			_, err := rt.RunOn(l, func() rt.Coro[rt.None] {
				reader := rt.CreateTask(func() (c rt.Coro[rt.None]) {
					defer e.add("left")
					defer func() { recover() }()
					for v := range rt.AwaitEach(rt.Merge(e.counting("a", 5, 0, nil), q.Items(), e.counting("b", 5, 0, nil))) {
						if strings.HasPrefix(v, "q") {
							got++
						}
						switch {
						case how == "cancel" || len(e.list) < turns:
						case how == "throw":
							rt.Throw(errors.New("thrown"))
						case how == "panic":
							panic("panicked")
						default:
							return nil
						}
						rt.Await(rt.Sleep(0))
					}
					return nil
				}())
				for i := range turns {
					if i < 4 {
						q.PutNowait(fmt.Sprint("q", i))
					}
					rt.Await(rt.Sleep(0))
				}
				if how != "cancel" {
					rt.Await(rt.Sleep(second))
					q.Shutdown(true)
				}
				reader.Cancel()
				rt.CatchAwait(reader)
				e.add("over")
				return nil
			}())
			if err != nil {
				t.Error(err)
			}
			all := strings.Join(e.list, " ")
			for _, name := range []string{"a", "b"} {
				begun := strings.Contains(all, name+"0+")
				if closed := strings.Contains(all, name+"."); begun && !closed || closed && strings.Index(all, name+".") > strings.Index(all, "left") {
					t.Errorf("%s after %d: %s", how, turns, all)
				}
			}
			if how == "cancel" && turns < 4 && got+q.Len() < turns-1 { // one may have been given ahead
				t.Errorf("canceled after %d: %d given, %d in the queue", turns, got, q.Len())
			}
			if left := leftIn(l); left != "" {
				t.Errorf("%s after %d: %s", how, turns, left)
			}
			l.Close()
		}
	}
}

// A wait for the next value that a timeout ends loses nothing; Close ends what has begun.
func TestMergeNextInTime(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		s := rt.Merge(e.counting("a", 2, 10*ms, nil), e.counting("b", 2, 15*ms, nil))
		for range 6 {
			item, err := rt.TryAwait(rt.WaitFor(rt.Next(s), 6*ms))
			e.add("%s %v", item.Value, err)
		}
		rt.Await(rt.Close(s))
		item := rt.Await(rt.Next(s))
		e.add("%v", item.OK)
		rt.Await(rt.Close(rt.Merge(e.counting("never", 1, 0, nil))))
		e.want(t, " timeout", "a0 <nil>", "a0+", "b0 <nil>", "b0+", "a1 <nil>", "a1+", "a.", " timeout", "b1 <nil>", "b.", "false")
		return nil
	}())
}

// A stream that yields in spite of its cancellation is closed all the same; one whose end fails says so in the log; a second
// cancellation, while the streams are being closed, waits for them.
func TestMergeClosesWhatResists(t *testing.T) {
	var e events
	resisting := func() rt.Stream[string] {
		defer e.add("resisting.")
		rt.Yield("r0")
		rt.CatchAwait(rt.Sleep(second))
		rt.Yield("r1")
		e.add("goes on")
		return nil
	}
	slow := func() rt.Stream[string] {
		defer rt.Await(shielded(func(*rt.CancelScope) rt.Coro[rt.None] { return rt.Sleep(second) }))
		rt.Await(rt.Sleep(3 * second))
		rt.Yield("never")
		return nil
	}
	run(t, func() rt.Coro[rt.None] {
		l := rt.RunningLoop()
		reader := rt.CreateTask(func() rt.Coro[rt.None] {
			defer func() { e.add("%v", l.Time()) }()
			for v := range rt.AwaitEach(rt.Merge(resisting(), slow())) {
				e.add("%s", v)
			}
			return nil
		}())
		for range 2 {
			rt.Await(rt.Sleep(500 * ms))
			reader.Cancel()
		}
		_, err := rt.CatchAwait(reader)
		e.add("%v", err)
		e.want(t, "r0", "resisting.", "1.5s", "canceled")
		return nil
	}())
}
