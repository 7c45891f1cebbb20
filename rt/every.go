package rt

import (
	"fmt"
	"time"
)

// MissedTicks says how Every goes on after a tick that its loop was more than 5 ms too late for: tokio's
// MissedTickBehavior.
type MissedTicks int

const (
	Burst MissedTicks = iota // what was missed comes at once, one after the other, until the stream is back in time
	Delay                    // the next tick comes a whole period after the late one
	Skip                     // what was missed does not come; the next tick is due at a multiple of the period after the first one
)

// Every ticks at once and then every d, which must be positive: tokio's interval. Its elements are the moments, on the
// clock of Loop.Time, at which the ticks were due. Between two of them all others that are ready run. The stream does not end; missed is Burst if it is not given.
func Every(d time.Duration, missed ...MissedTicks) Stream[time.Duration] {
	if d <= 0 {
		panic(fmt.Sprintf("rt.Every: the period %v is not positive", d))
	}
	s := &ticks{period: d}
	for _, m := range missed {
		if m < Burst || m > Skip {
			panic("rt.Every: invalid MissedTicks")
		}
		s.missed = m
	}
	return s
}

// ticks is a stream of Every.
type ticks struct {
	StreamFrame[time.Duration]
	period time.Duration
	missed MissedTicks
	due    time.Duration // of the next tick
}

var everyInfo = FuncInfo{Name: "Every"}

func (*ticks) Info() *FuncInfo { return &everyInfo }

func (s *ticks) Resume(x *Exec) Status {
	now := x.loop.now()
	switch s.State {
	case Start:
		s.due = now
	case streamIdle:
		s.State = streamWaiting
		return x.Sleep(s, s.due-now)
	}
	s.State = streamIdle
	if x.Err != nil {
		return s.interrupted()
	}
	s.Value = s.due
	s.due = s.after(s.due, now)
	return Done
}

// after is when the tick is due that follows the one of that moment, which comes now.
func (s *ticks) after(due, now time.Duration) time.Duration {
	const tolerance = 5 * time.Millisecond
	late := now - due
	switch {
	case late <= tolerance || s.missed == Burst:
		return after(due, s.period)
	case s.missed == Delay:
		return after(now, s.period)
	default:
		return after(now, s.period-late%s.period)
	}
}
