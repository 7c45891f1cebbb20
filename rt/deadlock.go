package rt

import (
	"runtime"
	"strings"
	"time"
)

// A deadlock: nothing is ready, no timer is set, nothing is known that will come from outside (see
// expectsNews). If nobody outside can hold the loop, that is certain. Otherwise another goroutine
// may be about to post with CallSoonThreadsafe or Submit; then it is a deadlock once all other
// goroutines have been blocked for a while. What cannot be seen that way is a function that
// time.AfterFunc will call: who completes a future from there makes it with NewFutureOn.

// patience is how long all other goroutines must be blocked.
const patience = time.Second

// lookForDeadlock waits until something is posted, or gives the error when that cannot happen.
func (l *Loop) lookForDeadlock() error {
	if !l.exposed {
		return l.deadlock()
	}
	blocked := time.Duration(0)
	for pause := 10 * time.Millisecond; blocked < patience; pause = min(2*pause, patience/4) {
		if l.await(pause) {
			return nil
		}
		blocked += pause
		if othersRun() {
			blocked = 0
		}
	}
	return l.deadlock()
}

// othersRun says whether some other goroutine is not blocked: it runs, sleeps, or waits for the
// outer world.
func othersRun() bool {
	if runtime.NumGoroutine() == 1 {
		return false
	}
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	if len(buf) == 1<<20 {
		return true // too many to look at
	}
	goroutines := strings.Split(string(buf), "\n\n")
	for _, g := range goroutines[1:] { // the first is this one
		header, stack, _ := strings.Cut(g, "\n")
		_, state, _ := strings.Cut(header, "[")
		state, _, _ = strings.Cut(state, "]")
		state, _, _ = strings.Cut(state, ",")
		if !isBlocked(state) && !strings.Contains(stack, "os/signal.signal_recv") {
			return true
		}
	}
	return false
}

// isBlocked says whether a goroutine in that state goes on only when another one makes it.
func isBlocked(state string) bool {
	for _, s := range [...]string{"chan ", "select", "sync.", "semacquire", "GC ", "finalizer", "cleanup", "force gc"} {
		if strings.HasPrefix(state, s) {
			return true
		}
	}
	return false
}

// deadlockError is the deadlock with the tasks in it.
type deadlockError struct{ text string }

func (e *deadlockError) Error() string        { return e.text }
func (e *deadlockError) Is(target error) bool { return target == ErrDeadlock }

// deadlock describes where each task waits.
func (l *Loop) deadlock() error {
	var b strings.Builder
	b.WriteString("deadlock: nothing is ready, no timer is set, no thread runs, and these tasks wait:")
	b.WriteString("\n" + strings.TrimSuffix(l.dump(), "\n"))
	return &deadlockError{b.String()}
}
