// Package nanoseconds gives rt durations with and without a unit.
package nanoseconds

import (
	clock "time"

	"github.com/asyncgen/asyncgen/rt"
)

const (
	pause                = 5
	delay                = pause * clock.Second
	tick  clock.Duration = 20
)

//async:func
func amain(n clock.Duration) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(1))                                        // want `^1 is 1ns here, a time.Duration without a unit: write rt.Sleep\(1 \* clock.Second\) \(nanoseconds\)$`
	rt.Await(rt.Sleep(pause))                                    // want `^pause is 5ns here, a time.Duration without a unit: write rt.Sleep\(pause \* clock.Second\)`
	rt.Await(rt.Sleep(2 + pause))                                // want `write rt.Sleep\(\(2 ?\+ ?pause\) \* clock.Second\)`
	rt.Await(rt.Sleep((2.0 * 3)))                                // want `write rt.Sleep\(\(2.0 ?\* ?3\) \* clock.Second\)`
	rt.Await(rt.Sleep(250))                                      // want `^250 is 250ns here, .* write rt.Sleep\(250 \* clock.Millisecond\)`
	rt.Await(rt.Sleep(2_000))                                    // want `^2_000 is 2µs here, .* write rt.Sleep\(2_000 \* clock.Millisecond\)`
	rt.Await(rt.WaitFor(load(), 3))                              // want `write rt.WaitFor\(load\(\), 3 \* clock.Second\)`
	rt.Await(rt.WithTimeout(4, func(*rt.Deadline) rt.Coro[int] { // want `^4 is 4ns here, a time.Duration without a unit: write 4 \* clock.Second \(nanoseconds\)$`
		return load()
	}))
	rt.RunningLoop().CallLater(1, func() {})         // want `write rt.RunningLoop\(\).CallLater\(1 \* clock.Second, func\(\) {}\)`
	for range rt.AwaitEach(rt.Every(10, rt.Burst)) { // want `write rt.Every\(10 \* clock.Second, rt.Burst\)`
	}

	rt.Await(rt.Sleep(0))
	rt.Await(rt.Sleep(-1))
	rt.Await(rt.Sleep(clock.Millisecond))
	rt.Await(rt.Sleep(2 * clock.Nanosecond))
	rt.Await(rt.Sleep(clock.Duration(1)))
	rt.Await(rt.Sleep(1_000_000))
	rt.Await(rt.Sleep(delay))
	rt.Await(rt.Sleep(tick))
	rt.Await(rt.Sleep(n))
	rt.Await(rt.Sleep(1 * n))
	rt.Await(rt.Sleep(1)) //asyncgen:ignore nanoseconds a turn and a bit
	return nil
}

//async:func
func load() rt.Coro[int] { return rt.Return(1) }
