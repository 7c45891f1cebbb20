package harness

import "time"

// SleepFor is how long sleepers sleep: long enough for all of them to be asleep at the same time.
// A run with few of them need not take that long.
func SleepFor(n int) time.Duration {
	return 200*time.Millisecond + time.Duration(n)*6*time.Microsecond
}
