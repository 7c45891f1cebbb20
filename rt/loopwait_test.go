package rt

import (
	"context"
	"errors"
	"testing"
)

// waitsFor is a coroutine whose step waits for c on another loop, once that waits too, and gives what it gets.
func waitsFor(begun chan<- None, meet func() *Loop, c func() Coro[int], got *error) Coro[int] {
	return plain("waits", func(*Exec) {
		begun <- None{}
		_, *got = Submit(meet(), c()).Wait(context.Background())
	})
}

// Loops that wait for one another in a ring are told, and only one of them.
func TestLoopsThatWaitForOneAnother(t *testing.T) {
	for _, n := range []int{2, 3} {
		loops := make([]*Loop, n)
		for i := range loops {
			loops[i] = NewLoop()
		}
		begun, all := make(chan None), make(chan None)
		errs := make([]error, n)
		ended := make(chan None)
		for i, l := range loops {
			go func() {
				defer func() { ended <- None{} }()
				next := func() *Loop { <-all; return loops[(i+1)%n] }
				RunOn(l, waitsFor(begun, next, func() Coro[int] { return Return(1) }, &errs[i]))
				l.Close() // serves the one that waits for it, or tells it
			}()
		}
		for range loops {
			<-begun
		}
		close(all)
		deadlocks := 0
		for range loops {
			<-ended
		}
		for _, err := range errs {
			if errors.Is(err, ErrDeadlock) {
				deadlocks++
			} else if err != nil && err != errClosed && !isCanceled(err) {
				t.Error(err)
			}
		}
		if deadlocks != 1 {
			t.Errorf("of %d loops %d saw a deadlock: %v", n, deadlocks, errs)
		}
		if len(runners.waits) != 0 {
			t.Error("waits are left")
		}
	}
}

// Loops that wait for each other by turns are fine: a wait that is over is no wait, whether its goroutine knows or not.
func TestLoopsThatWaitByTurns(t *testing.T) {
	a, b := NewLoop(), NewLoop()
	defer a.Close()
	defer b.Close()
	stop := NewFutureOn[int](b)
	serving := make(chan None)
	served := make(chan None)
	go func() {
		defer close(served)
		RunOn(b, seq("serve", func(f *fn, x *Exec) Status {
			close(serving)
			return Begin(x, f, Awaitable[int](stop))
		}))
	}()
	<-serving
	for range 100 {
		var back error
		if _, err := RunOn(a, seq("main", func(f *fn, x *Exec) Status {
			v, err := Submit(b, Return(1)).Wait(context.Background())
			if v != 1 || err != nil {
				t.Error(v, err)
			}
			f.aw = ToThread(func() (int, error) {
				return Submit(b, Coro[int](plain("back", func(*Exec) {
					_, back = Submit(a, Return(2)).Wait(context.Background())
				}))).Wait(context.Background())
			})
			return Begin(x, f, f.aw)
		})); err != nil || back != nil {
			t.Fatal(err, back)
		}
	}
	b.CallSoonThreadsafe(func() { stop.SetResult(0) })
	<-served
}
