package rt

import (
	"errors"
	"testing"
)

// Ctrl-C while main computes reaches it at its next await, ahead of all that is ready.
func TestInterruptReachesMainAtItsNextAwait(t *testing.T) {
	l, tr := virtual(t)
	_, err := RunOn[int](l, coro("main", func(f *fn, x *Exec) Status {
		if f.State == Start {
			f.State = 1
			x.loop.CallSoon(func() { tr.add("ready before") })
			x.loop.inbox.interrupt()
			return x.Yield(f)
		}
		tr.add("%v", x.Err)
		return Done
	}))
	if !errors.Is(err, errInterrupted) {
		t.Error(err)
	}
	tr.want(t, "0 ready before", "0 canceled")
}

// In the last turn of a run main is done. It is this run that was interrupted, not the next one.
func TestInterruptInTheLastTurn(t *testing.T) {
	l, _ := virtual(t)
	main := func(interrupt func()) Coro[int] {
		return coro("main", func(f *fn, x *Exec) Status {
			x.loop.CallSoon(interrupt) // its turn is the last one
			f.Value = 1
			return Done
		})
	}
	if v, err := RunOn(l, main(l.inbox.interrupt)); v != 1 || !errors.Is(err, errInterrupted) {
		t.Errorf("the run that was interrupted: %d, %v", v, err)
	}
	for range 2 {
		if v, err := RunOn(l, main(func() {})); v != 1 || err != nil {
			t.Errorf("the next run: %d, %v", v, err)
		}
	}
}

// Main has failed before Ctrl-C came: the run ends as main did.
func TestInterruptOfAFailedMain(t *testing.T) {
	l, _ := virtual(t)
	boom := errors.New("boom")
	_, err := RunOn[int](l, coro("main", func(f *fn, x *Exec) Status {
		x.loop.CallSoon(l.inbox.interrupt)
		return x.Throw(f, 1, boom)
	}))
	if err != boom {
		t.Error(err)
	}
}
