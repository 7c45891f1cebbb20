package rt

import (
	"fmt"
	"strings"
	"time"
)

// A loop that has nothing to run, and no timer, waits for the outside. It is in a deadlock when nothing can come from there,
// and it says so only when that is certain: a program must never be ended on a guess.
//
// What it expects it knows of, and then it simply waits (see expectsNews): a function of ToThread that runs, unless it is
// blocked in Submitted.Wait for this loop; a Recv, a Send or a future of NewFutureOn that a task waits for; a function of
// OnSignal; a context that may cancel main. All else that can wake it is somebody who calls CallSoonThreadsafe, Submit or
// Submitted.Cancel, and for that must have the loop: a goroutine, whether it runs, sleeps or waits for a timer's channel; a
// function of time.AfterFunc, of signal handling or of a finalizer; C code or JavaScript that calls back. Looking at goroutines
// cannot tell that nobody will: many of these are no goroutine yet, and one that waits for a channel may be waiting for the clock.
//
// The garbage collector can. Who holds the loop from outside holds its door (see handOut), and nothing inside of rt does. If
// nobody has ever asked for the loop, or if a collection has found that nobody has the door any more, nobody can post, and
// the deadlock is certain. It does not matter what other goroutines do, how many there are, or whether somebody traces the program.
//
// If somebody has the door, that may be a goroutine that is about to post, or one that never will, or only a variable of a task
// that waits itself. Then the loop says once what its tasks wait for, goes on waiting, and looks again when the door is collected.
// The same holds for a loop of NewLoop, which its maker has on the very stack on which it runs.
//
// A collection takes time. The loop has one made only when it was idle for a while, and each time that somebody had the
// door after all it waits twice as long before the next one.

const (
	// patience is how long a loop that somebody may have is idle before it looks for a deadlock.
	patience = time.Second
	// mostPatience is how often that is doubled.
	mostPatience = 6
)

// lookForDeadlock waits until something is posted, or gives the error when that cannot happen.
func (l *Loop) lookForDeadlock() error {
	if l.mayBeHeld() {
		wait := l.patience << l.held
		if !l.idleFor(wait) {
			return nil
		}
		if l.isHeld() {
			l.held = min(l.held+1, mostPatience)
			l.sayWhatIsAwaited()
			return l.standBy(wait)
		}
	}
	if l.inbox.posted.Load() { // by somebody who has then dropped the door
		return nil
	}
	return l.deadlock()
}

// sayWhatIsAwaited logs, once, what a loop waits for that is possibly in a deadlock.
func (l *Loop) sayWhatIsAwaited() {
	if !l.saidWhat {
		l.saidWhat = true
		l.warn("nothing is ready and no timer is set: the event loop waits for another goroutine to post to it\n" + l.tree())
	}
}

// standBy waits until something comes from outside. On a virtual clock that is not to stand still for long it gives an
// error when nothing does; it has been idle for waited already.
func (l *Loop) standBy(waited time.Duration) error {
	if l.clock == nil || l.standstill == 0 {
		l.await(NoTimeout)
		return nil
	}
	if !l.idleFor(l.standstill - waited) {
		return nil
	}
	return &standstillError{fmt.Sprintf("the virtual clock has stood still for %v of real time, since %s. "+
		"Where real time is meant, run with rt.WithClock(nil). These tasks wait:\n%s", l.standstill, l.expected(), l.tree())}
}

// idleFor waits for d, and says whether nothing has woken the loop meanwhile.
func (l *Loop) idleFor(d time.Duration) bool {
	began := time.Now()
	return !l.await(d) && time.Since(began) >= d
}

// expected is what the loop waits for, other than the clock.
func (l *Loop) expected() string {
	var what []string
	switch {
	case l.threads == 1:
		what = append(what, "a function of rt.ToThread runs")
	case l.threads > 1:
		what = append(what, fmt.Sprintf("%d functions of rt.ToThread run", l.threads))
	}
	if l.outside > 0 {
		what = append(what, "a task waits for a channel or for a future that another goroutine completes")
	}
	if len(l.signals) > 0 {
		what = append(what, "a function of OnSignal waits for its signal")
	}
	if len(what) == 0 {
		what = append(what, "somebody outside has the loop, or the end of its context may cancel the main task")
	}
	return strings.Join(what, ", and ")
}

// standstillError says that a virtual clock has stood still for too long.
type standstillError struct{ text string }

func (e *standstillError) Error() string { return e.text }

// deadlockError is the deadlock with the tasks in it.
type deadlockError struct{ text string }

func (e *deadlockError) Error() string        { return e.text }
func (e *deadlockError) Is(target error) bool { return target == ErrDeadlock }

// deadlock describes where each task waits.
func (l *Loop) deadlock() error {
	return &deadlockError{"deadlock: nothing is ready, no timer is set, no thread runs, and these tasks wait:\n" + l.tree()}
}

// tree is dump, and the functions of ToThread that nobody awaits any more, without the last line end.
func (l *Loop) tree() string {
	return strings.TrimSuffix(l.dump()+l.strays(), "\n")
}
