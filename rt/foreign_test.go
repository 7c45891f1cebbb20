package rt

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// Goroutines hand over coroutines and callbacks, cancel them, and complete futures that tasks of the loop wait
// for, all at the same time. Each thing happens once, and nothing is left.
func TestManyForeignGoroutines(t *testing.T) {
	const goroutines, rounds = 8, 60
	l := NewLoop()
	defer l.Close()
	defer isTidy(t, l)
	bg := context.Background()
	calls, values := 0, 0 // of the loop's goroutine
	work := []func(){
		func() {
			if _, err := Submit(l, Coro[int](&yields{n: 3})).Wait(bg); err != nil {
				t.Error(err)
			}
		},
		func() {
			called := make(chan None)
			l.CallSoonThreadsafe(func() { calls++; close(called) })
			<-called
		},
		func() {
			s := Submit(l, Coro[int](forever("f")))
			s.Cancel("enough")
			if _, err := s.Wait(bg); !errors.Is(err, ErrCanceled) {
				t.Error(err)
			}
		},
		func() { // another goroutine completes the future that a task waits for
			v, err := Submit(l, Coro[int](awaits("bridge", func(*Exec) Awaitable[int] {
				f := NewFutureOn[int](l)
				go func() { l.CallSoonThreadsafe(func() { f.SetResult(7) }) }()
				return f
			}, func(f *fn, x *Exec) { values += f.Value }))).Wait(bg)
			if v != 7 || err != nil {
				t.Error(v, err)
			}
		},
		func() { // who has lost patience leaves the task alone
			ctx, cancel := context.WithCancel(bg)
			cancel()
			ended := make(chan None)
			s := Submit(l, ToThread(func() (int, error) { close(ended); return 1, nil }))
			if _, err := s.Wait(ctx); err != nil && err != context.Canceled {
				t.Error(err)
			}
			<-ended
			if v, err := s.Wait(bg); v != 1 || err != nil {
				t.Error(v, err)
			}
		},
	}
	over := NewFutureOn[int](l)
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			for i := range rounds {
				work[(g+i)%len(work)]()
			}
		})
	}
	go func() {
		group.Wait()
		l.CallSoonThreadsafe(func() { over.SetResult(0) })
	}()
	if _, err := RunOn(l, WaitFor(over, NoTimeout)); err != nil {
		t.Fatal(err)
	}
	if each := goroutines * rounds / len(work); calls != each || values != 7*each {
		t.Errorf("%d calls and values of %d, of %d", calls, values, each)
	}
}

// Goroutines use a loop while it is closed: whoever waits is told.
func TestForeignGoroutinesAndClose(t *testing.T) {
	for range 20 {
		l := NewLoop()
		begun := NewFutureOn[int](l)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for i := 0; ; i++ {
					l.CallSoonThreadsafe(func() {
						if !begun.Done() {
							begun.SetResult(1)
						}
					})
					c := Coro[int](&yields{n: 2})
					s := Submit(l, c)
					if i%2 == 0 { // a canceled one does not wait for the loop, which must set the pace of those who post
						s.Cancel()
					}
					_, err := s.Wait(context.Background())
					if err == errClosed {
						return
					}
					if err != nil && !errors.Is(err, ErrCanceled) {
						t.Error(err)
					}
				}
			})
		}
		if _, err := RunOn(l, WaitFor(begun, NoTimeout)); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		group.Wait()
	}
}
