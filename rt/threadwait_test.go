package rt

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// onThread is ToThread for a test.
func onThread(f func()) Coro[int] {
	return ToThread(func() (int, error) {
		f()
		return 0, nil
	})
}

func TestVirtualClockGoesOnWhileAThreadWaitsForTheLoop(t *testing.T) {
	l, tr := virtual(t)
	bg := context.Background()
	_, err := RunOn(l, onThread(func() {
		Submit(l, Sleep(time.Hour)).Wait(bg)
		v, err := Submit(l, Coro[int](endingAfter(tr, "fails", time.Second, 0, errBoom))).Wait(bg)
		tr.add("%d %v", v, err)
	}))
	if err != nil {
		t.Error(err)
	}
	tr.want(t, "3601 0 boom")
	wantClean(t, l)
}

// What a thread submits begins at the moment at which it does, however soon it waits for it. The loop has looked
// into its inbox before that, and looks at the clock after it.
func TestSubmittedBeginsBeforeTheClockGoesOn(t *testing.T) {
	l, _ := virtual(t)
	timer := l.CallLater(time.Second, func() {})
	l.threads++
	ended := l.threadBegins()
	s := Submit(l, Sleep(0))
	over := l.threadWaits(goroutineID(), threadWait{s.ended, context.Background()})
	if err := l.idle(); err != nil || l.Time() != 0 {
		t.Errorf("it is %v; %v", l.Time(), err)
	}
	l.receive()
	if l.idle(); l.Time() != time.Second {
		t.Errorf("then it is %v", l.Time())
	}
	over()
	ended()
	l.threads--
	timer.Cancel()
}

// One thread that waits is not enough: the clock stands still for the other one, which runs.
func TestVirtualClockStandsStillForTheThreadThatRuns(t *testing.T) {
	l, tr := virtual(t)
	slept := make(chan struct{})
	RunOn(l, seq("main", func(f *fn, x *Exec) Status {
		spawnCoro(x, onThread(func() {
			Submit(l, Sleep(time.Hour)).Wait(context.Background())
			close(slept)
		}))
		return Begin(x, f, Awaitable[int](onThread(func() {
			for range 200 {
				seen := make(chan time.Duration)
				l.CallSoonThreadsafe(func() { close(seen) })
				<-seen
				if now := l.Time(); now != 0 {
					t.Errorf("it is %v", now)
					return
				}
			}
		})))
	}, func(f *fn, x *Exec) Status {
		return Begin(x, f, Awaitable[int](onThread(func() { Submit(l, Sleep(2*time.Hour)).Wait(context.Background()) })))
	}, plainStep(func() { <-slept; tr.add("over") })))
	tr.want(t, "7200 over")
	wantClean(t, l)
}

// spawnCoro makes a task of any coroutine.
func spawnCoro(x *Exec, c Coro[int]) { CreateTaskIn(x, c) }

// A thread whose context has ended runs again, though it has not noticed yet: the clock waits for it.
func TestVirtualClockWaitsForAThreadWhoseContextHasEnded(t *testing.T) {
	for range 50 {
		l, _ := virtual(t)
		ctx, cancel := context.WithCancel(context.Background())
		l.CallLater(time.Second, cancel)
		var woken time.Duration
		var err error
		_, runErr := RunOn(l, onThread(func() {
			_, err = Submit(l, Sleep(time.Hour)).Wait(ctx)
			woken = l.Time()
		}))
		if woken != time.Second || err != context.Canceled || runErr != nil {
			t.Fatalf("woken at %v: %v, %v", woken, err, runErr)
		}
		RunOn(l, Sleep(time.Hour))
	}
}

// A thread that waits for what cannot come is a deadlock.
func TestThreadThatWaitsForTheLoopForGoodIsADeadlock(t *testing.T) {
	l, _ := untidy(t, optionFunc(func(o *config) { o.enclosed = true }))
	var err error
	_, runErr := RunOn(l, onThread(func() {
		_, err = Submit(l, Coro[int](forever("f"))).Wait(context.Background())
	}))
	if !errors.Is(runErr, ErrDeadlock) {
		t.Errorf("RunOn: %v", runErr)
	}
	if closeErr := l.Close(); closeErr != nil || !isCanceled(err) { // it cancels what the thread waits for
		t.Errorf("Close: %v, the thread: %v", closeErr, err)
	}
}

// The end of the run waits for a function that nobody awaits any more, and goes on to serve it.
func TestEndOfTheRunServesAThread(t *testing.T) {
	for name, clock := range map[string]Clock{"virtual": NewVirtualClock(), "real": nil} {
		l := NewLoop(WithClock(clock))
		begun, left := make(chan struct{}), make(chan struct{})
		task := CreateTaskOn(l, onThread(func() {
			close(begun)
			<-left
			if v, err := Submit(l, Coro[int](endingAfter(new(trace), "f", time.Millisecond, 7, nil))).Wait(context.Background()); v != 7 || err != nil {
				t.Errorf("%s: %d, %v", name, v, err)
			}
		}))
		RunOn(l, plain("main", func(*Exec) {}))
		<-begun
		task.Cancel()
		RunOn(l, Sleep(0))
		l.CallSoon(func() { close(left) })
		if err := l.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The loop asks at each pause which functions are blocked: it looks at those that wait for it, and not at all that run.
func TestThreadsThatRunAreNotLookedAt(t *testing.T) {
	const n = 100
	l, _ := virtual(t)
	var running sync.WaitGroup
	running.Add(n)
	over := make(chan None)
	for range n {
		CreateTaskOn(l, onThread(func() {
			running.Done()
			<-over
		}))
	}
	RunOn(l, Sleep(0))
	running.Wait()
	if all, looked := len(l.waits.threads), len(l.waits.waits); all != n || looked != 0 {
		t.Errorf("%d functions run, %d are looked at", all, looked)
	}
	close(over)
	RunOn(l, Sleep(time.Hour))
	if left := len(l.waits.threads) + len(l.waits.waits); left != 0 {
		t.Errorf("%d are left", left)
	}
}
