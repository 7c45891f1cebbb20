package rt

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// inThread runs f on another goroutine while a loop runs, and fails the test when the loop fails.
func inThread(t *testing.T, f func(l *Loop)) {
	t.Helper()
	l, _ := virtual(t)
	if _, err := RunOn(l, ToThread(func() (None, error) {
		f(l)
		return None{}, nil
	})); err != nil {
		t.Error(err)
	}
}

// A coroutine that was used is a mistake of who submits it, and he hears of it; the loop goes on.
func TestSubmitOfAUsedCoroutine(t *testing.T) {
	inThread(t, func(l *Loop) {
		c := Sleep(time.Second)
		if _, err := Submit(l, c).Wait(context.Background()); err != nil {
			t.Error(err)
		}
		for range 2 {
			s := Submit(l, c)
			if _, err := s.Wait(context.Background()); err == nil || !strings.Contains(err.Error(), "was already awaited") {
				t.Error(err)
			}
			s.Cancel() // nothing is left to be canceled
		}
		s := Submit(l, c)
		s.Cancel()
		if _, err := s.Wait(context.Background()); err == nil {
			t.Error("a coroutine that was used and canceled has ended well")
		}
	})
}

// Cancel ends the wait, whatever the coroutine does about it.
func TestSubmittedCancelEndsTheWait(t *testing.T) {
	inThread(t, func(l *Loop) {
		begun, ended := make(chan bool), make(chan error, 1)
		s := Submit(l, Coro[int](coro("stubborn", func(f *fn, x *Exec) Status {
			switch f.State++; f.State {
			case 1:
				close(begun)
				return x.Sleep(f, time.Hour)
			case 2:
				ended <- x.take()
				return x.Yield(f)
			}
			f.Value = 5
			return Done
		})))
		<-begun
		s.Cancel("enough")
		s.Cancel("more than enough")
		for range 2 {
			if v, err := s.Wait(context.Background()); v != 0 || !errors.Is(err, ErrCanceled) || CancelMessage(err) != "enough" {
				t.Error(v, err)
			}
		}
		if err := <-ended; CancelMessage(err) != "enough" {
			t.Errorf("the coroutine got %v", err)
		}
	})
}

// What is handed to a loop has the context variables of the task that does it, from a function of ToThread as well.
func TestThreadsafeContextVariables(t *testing.T) {
	l, tr := virtual(t)
	v := NewVar("v", 0)
	shows := func(what string) Coro[int] {
		return coro(what, func(*fn, *Exec) Status {
			tr.add("%s %d", what, v.GetOn(l))
			v.SetOn(l, 100) // a copy: nobody else sees it
			return Done
		})
	}
	hand := func(from string) {
		l.CallSoonThreadsafe(func() { tr.add("CallSoonThreadsafe %s %d", from, v.GetOn(l)) })
		Submit(l, shows("Submit "+from))
	}
	if _, err := RunOn[int](l, coro("main", func(f *fn, x *Exec) Status {
		switch f.State++; f.State {
		case 1:
			v.SetIn(x, 1)
			hand("from a task")
			x.loop.CallSoon(func() { hand("from a callback") })
			return x.Sleep(f, time.Second)
		case 2:
			v.SetIn(x, 2)
			return x.begin(f, ToThread(func() (None, error) {
				hand("from its thread")
				other := make(chan bool)
				go func() {
					hand("from a goroutine of that")
					close(other)
				}()
				<-other
				return None{}, nil
			}))
		case 3:
			return x.Sleep(f, time.Second)
		}
		return Done
	})); err != nil {
		t.Error(err)
	}
	slices.Sort(tr.lines) // a thread may hand over one thing or both before the loop looks
	tr.want(t,
		"0 CallSoonThreadsafe from a callback 1", "0 CallSoonThreadsafe from a task 1",
		"0 Submit from a callback 1", "0 Submit from a task 1",
		"1 CallSoonThreadsafe from a goroutine of that 0", "1 CallSoonThreadsafe from its thread 2",
		"1 Submit from a goroutine of that 0", "1 Submit from its thread 2")
}
