package rt

import (
	"math"
	"sync/atomic"
	"time"
)

// NoTimeout stands for Python's None where a timeout or a deadline is asked for.
const NoTimeout time.Duration = math.MaxInt64

// Clock is a source of time for a loop: see WithClock. There is one implementation, VirtualClock.
type Clock interface {
	// Now is the time since the clock began.
	Now() time.Duration
	sealed()
}

// VirtualClock jumps to the next deadline when nothing is ready, and stands still otherwise: a test
// of a timeout of one hour takes no time. It begins at 0. While a function of ToThread runs, it
// stands still as well, unless that waits for the loop in Submitted.Wait.
type VirtualClock struct {
	now atomic.Int64
}

// NewVirtualClock makes a clock at 0.
func NewVirtualClock() *VirtualClock { return new(VirtualClock) }

// Now is where the clock stands.
func (c *VirtualClock) Now() time.Duration { return time.Duration(c.now.Load()) }

func (*VirtualClock) sealed() {}

// advance moves the clock to when, never back.
func (c *VirtualClock) advance(when time.Duration) {
	if when > c.Now() {
		c.now.Store(int64(when))
	}
}

// until is the time from now to when, which may be so far back that Go's difference would overflow.
func until(when, now time.Duration) time.Duration {
	if when <= now {
		return 0
	}
	return when - now
}

// after is now+d, or the last moment there is.
func after(now, d time.Duration) time.Duration {
	if d > NoTimeout-now {
		return NoTimeout
	}
	return now + d
}
