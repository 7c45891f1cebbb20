package rt

import (
	"errors"
	"math"
	"testing"
	"time"
)

// extremes is durations and moments at which sums and differences overflow.
var extremes = []time.Duration{math.MinInt64, math.MinInt64 + 1, -time.Hour, -1, 0, math.MaxInt64 - 1, math.MaxInt64}

// isPast says which of them are over at once.
func isPast(d time.Duration) bool { return d <= 0 }

// Every duration there is, given to all that take one, on both clocks: what is past is over at once, and the rest lasts
// longer than the loop's other timers.
func TestExtremeDurations(t *testing.T) {
	for name, begin := range map[string]func(x *Exec, d time.Duration) (over func() bool){
		"CallLater": func(x *Exec, d time.Duration) func() bool {
			over := false
			x.loop.CallLater(d, func() { over = true })
			return func() bool { return over }
		},
		"CallAt": func(x *Exec, d time.Duration) func() bool {
			over := false
			x.loop.CallAt(d, func() { over = true })
			return func() bool { return over }
		},
		"Sleep": func(x *Exec, d time.Duration) func() bool { return CreateTaskIn(x, Sleep(d)).Done },
		"WaitFor": func(x *Exec, d time.Duration) func() bool {
			return timedOut(CreateTaskIn(x, WaitFor[int](NewFutureIn[int](x), d)))
		},
		"WithTimeout": func(x *Exec, d time.Duration) func() bool {
			return timedOut(CreateTaskIn(x, WithTimeout(d, func(*Deadline) Coro[int] { return never(x) })))
		},
		"WithDeadline": func(x *Exec, d time.Duration) func() bool {
			return timedOut(CreateTaskIn(x, WithDeadline(d, func(*Deadline) Coro[int] { return never(x) })))
		},
		"Reschedule": func(x *Exec, d time.Duration) func() bool {
			return timedOut(CreateTaskIn(x, WithTimeout(NoTimeout, func(limit *Deadline) Coro[int] {
				limit.Reschedule(d)
				return never(x)
			})))
		},
		"Wait": func(x *Exec, d time.Duration) func() bool {
			return CreateTaskIn(x, Wait(AllCompleted, d, NewFutureIn[int](x))).Done
		},
		"AsCompletedWithin": func(x *Exec, d time.Duration) func() bool {
			s := AsCompletedWithinIn[int](x, d, NewFutureIn[int](x)).(*completions[int])
			return func() bool { return len(s.queue) > 0 }
		},
	} {
		for _, d := range extremes {
			for clock, opts := range map[string][]Option{"real": nil, "virtual": {WithClock(NewVirtualClock())}} {
				l := NewLoop(opts...)
				_, err := RunOn[int](l, coro("main", func() func(f *fn, x *Exec) Status {
					var over func() bool
					return func(f *fn, x *Exec) Status {
						if f.State == Start {
							f.State = 1
							over = begin(x, d)
							return x.Sleep(f, 1)
						}
						if f.State++; f.State < 8 && !over() { // turns, for what is past
							return x.Yield(f)
						}
						if over() != isPast(d) {
							t.Errorf("%s(%d) on the %s clock: over: %v", name, d, clock, over())
						}
						l.dump() // "sleeps, 2562047h left" is a difference as well
						return Done
					}
				}()))
				if err != nil {
					t.Error(err)
				}
				if err := l.Close(); err != nil {
					t.Errorf("%s(%d) on the %s clock: Close: %v", name, d, clock, err)
				}
			}
		}
	}
}

// never waits for good.
func never(x *Exec) Coro[int] {
	return coro("never", func(f *fn, _ *Exec) Status {
		if f.State == Start {
			f.State = 1
			return BeginFuture(x, f, NewFutureIn[int](x))
		}
		return Done
	})
}

// timedOut says whether a task has ended, as it should, with ErrTimeout.
func timedOut(t *Task[int]) func() bool {
	return func() bool { return t.Done() && errors.Is(t.Err(), ErrTimeout) }
}
