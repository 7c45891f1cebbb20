package rt

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// RetryOption is an option of Retry.
type RetryOption func(*retries)

// retries is what the options say.
type retries struct {
	attempts   int // 0: as many as it takes
	first, max time.Duration
	again      func(error) bool                  // nil: always
	wait       func(time.Duration) time.Duration // before the next attempt, at most so long
}

// Attempts is how often Retry calls at most; 0 is no limit. Without it that is 3 times.
func Attempts(n int) RetryOption {
	if n < 0 {
		panic("rt.Attempts: negative number")
	}
	return func(r *retries) { r.attempts = n }
}

// Backoff is how long Retry waits after the first failure, and how long at most: the time doubles with each failure. Without it that
// is 100 ms, and 10 s.
func Backoff(first, most time.Duration) RetryOption {
	if first < 0 || most < first {
		panic(fmt.Sprintf("rt.Backoff: from %v to %v", first, most))
	}
	return func(r *retries) { r.first, r.max = first, most }
}

// Jitter says whose random numbers draw the times between attempts; nil makes them no random ones. Without it they come from
// math/rand/v2, with a seed of their own.
func Jitter(r *rand.Rand) RetryOption {
	if r == nil {
		return func(c *retries) { c.wait = func(d time.Duration) time.Duration { return d } }
	}
	return func(c *retries) {
		c.wait = func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d) + 1)) }
	}
}

// drawn gives times below a limit, by random numbers below n.
func drawn(below func(n int64) int64) func(limit time.Duration) time.Duration {
	return func(limit time.Duration) time.Duration {
		if limit == 0 {
			return 0
		}
		return time.Duration(below(int64(limit)))
	}
}

// RetryIf says for which errors there is another attempt. Without it that is all but a cancellation, for which there never is one.
func RetryIf(again func(error) bool) RetryOption { return func(r *retries) { r.again = again } }

// Retry awaits what f gives, and calls f again when that fails, after a time drawn at random below a limit that doubles with each
// failure (exponential backoff, full jitter): see Attempts, Backoff, Jitter and RetryIf. It fails with a *RetryError, in which errors.Is
// and errors.As find the last error, and as it is with a cancellation. asyncio has nothing like it; Python's tenacity has.
func Retry[T any](f func() Coro[T], opts ...RetryOption) Coro[T] {
	if f == nil {
		panic("rt.Retry: nil function")
	}
	c := retries{attempts: 3, first: 100 * time.Millisecond, max: 10 * time.Second}
	c.wait = drawn(rand.Int64N)
	for _, o := range opts {
		o(&c)
	}
	return New(&retrying[T]{f: f, retries: c, next: c.first})
}

// RetryError is how Retry fails.
type RetryError struct {
	Attempts int   // how often it has called
	Err      error // what the last call has failed with
}

// Error is the last error, and after how many attempts it came.
func (e *RetryError) Error() string {
	return fmt.Sprintf("%v (attempt %d, the last)", e.Err, e.Attempts)
}

// Unwrap is the last error.
func (e *RetryError) Unwrap() error { return e.Err }

// retrying is a call of Retry.
type retrying[T any] struct {
	Frame[T]
	retries
	f     func() Coro[T]
	aw    Awaitable[T] // what f gave
	calls int
	next  time.Duration // the limit of the next pause
}

// States of retrying.
const (
	retryAttempt int32 = 1 + iota // an attempt has suspended
	retryPause
)

var retryInfo = FuncInfo{Name: "Retry"}

func (*retrying[T]) Info() *FuncInfo { return &retryInfo }

func (r *retrying[T]) Resume(x *Exec) Status {
	if r.State != retryAttempt {
		if x.Err != nil { // canceled in a pause
			return x.Fail(r, 0)
		}
		r.State = retryAttempt
		r.calls++
		r.aw = r.f()
		if Begin(x, r, r.aw) == Suspended {
			return Suspended
		}
	}
	switch {
	case x.Err == nil:
		r.Value = Value(r.aw)
		return Done
	case x.Canceled():
		return x.Fail(r, 0)
	case r.calls == r.attempts || r.again != nil && !r.again(x.Err):
		x.Err = &RetryError{r.calls, x.Err}
		return x.Fail(r, 0)
	}
	x.take()
	r.State, r.aw = retryPause, nil
	return x.Sleep(r, r.pause())
}

// pause is how long to wait after this failure; the next time it may be twice as long.
func (r *retrying[T]) pause() time.Duration {
	limit := r.next
	if r.next = r.max; limit <= r.max/2 {
		r.next = 2 * limit
	}
	return r.wait(limit)
}
