//go:build asyncgen

package scenarios

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// counting yields 0, 1, … and notes when it begins and how it ends. It never awaits.
//
//async:func
func counting(ev *events, n int, err error) rt.Stream[int] {
	ev.add("begins")
	defer ev.add("ends")
	for i := range n {
		rt.Yield(i)
	}
	if err != nil {
		rt.Throw(err)
	}
	return nil
}

// Ordinary code reads a stream that does not await. A loop that is left early closes it.
func TestAllOfAStream(t *testing.T) {
	var ev events
	if got := slices.Collect(rt.All(counting(&ev, 3, nil))); !slices.Equal(got, []int{0, 1, 2}) {
		t.Error(got)
	}
	for v := range rt.All(counting(&ev, 3, nil)) {
		ev.add("%d", v)
		if v == 1 {
			break
		}
	}
	for range rt.All(rt.Stream[int](nil)) {
		t.Error("a nil stream has values")
	}
	ev.want(t, "begins", "ends", "begins", "0", "1", "ends")
}

// What is read already does not come again, and a loop may go on where another one has stopped.
func TestAllOfAStreamThatHasBegun(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		s := counting(&ev, 3, nil)
		rt.Await(rt.Next(s))
		if got := slices.Collect(rt.All(s)); !slices.Equal(got, []int{1, 2}) {
			t.Error(got)
		}
		if it := rt.Await(rt.Next(s)); it.OK {
			t.Error(it)
		}
		return nil
	}())
	ev.want(t, "begins", "ends")
}

func TestAllMisuse(t *testing.T) {
	var ev events
	wrong := errors.New("wrong")
	if said := misuse(func() {
		for range rt.All(counting(&ev, 1, wrong)) {
		}
	}); said != "wrong" {
		t.Errorf("said %q", said)
	}
	if said := misuse(func() {
		for range rt.All(counting(&ev, 1, nil)) {
			panic("in the loop")
		}
	}); said != "in the loop" {
		t.Errorf("said %q", said)
	}
	ev.want(t, "begins", "ends", "begins", "ends")
	open := 0
	if said := misuse(func() {
		for range rt.All(numbers(2, &open)) {
		}
	}); !strings.HasPrefix(said, "rt.All: stream numbers awaits: read it with rt.AwaitEach") {
		t.Errorf("said %q", said)
	}
}

// Close runs what is deferred, once; a stream that has not begun does not begin.
func TestCloseOfAStream(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		s := counting(&ev, 3, nil)
		if it := rt.Await(rt.Next(s)); !it.OK || it.Value != 0 {
			t.Error(it)
		}
		for range 2 {
			rt.Await(rt.Close(s))
			if it := rt.Await(rt.Next(s)); it.OK {
				t.Error(it)
			}
		}
		fresh := counting(&ev, 3, nil)
		rt.Await(rt.Close(fresh))
		if it := rt.Await(rt.Next(fresh)); it.OK {
			t.Error(it)
		}
		rt.Await(rt.Close(rt.Stream[int](nil)))
		return nil
	}())
	ev.want(t, "begins", "ends")
}

// An error ends a stream: whoever reads gets it, once.
func TestNextOfAStreamThatFails(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		s := counting(&ev, 1, errTaskBoom)
		rt.Await(rt.Next(s))
		if _, err := rt.TryAwait(rt.Next(s)); err != errTaskBoom {
			t.Error(err)
		}
		if it, err := rt.TryAwait(rt.Next(s)); it.OK || err != nil {
			t.Error(it, err)
		}
		return nil
	}())
	ev.want(t, "begins", "ends")
}

// A stream has one reader at a time.
func TestStreamMisuse(t *testing.T) {
	open := 0
	run(t, func() rt.Coro[rt.None] {
		s := numbers(3, &open)
		first := rt.CreateTask(rt.Next(s))
		rt.Await(rt.Sleep(0))
		if said := rt.Await(misuseOfAwait(rt.Next(s))); !strings.Contains(said, "stream numbers is read by two at a time") {
			t.Errorf("said %q", said)
		}
		if said := rt.Await(misuseOfAwait(rt.Close(s))); !strings.Contains(said, "stream numbers is closed while it is read") {
			t.Errorf("said %q", said)
		}
		if it := rt.Await(first); !it.OK || it.Value != 0 {
			t.Error(it)
		}
		return rt.Close(s)
	}())
	if open != 0 {
		t.Errorf("%d are open", open)
	}
}
