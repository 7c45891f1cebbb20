//go:build asyncgen

package scenarios

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// flaky fails for as long as it takes, in its own time, and notes when it is called.
type flaky struct {
	calls []time.Duration
	fails int
	takes time.Duration
	err   error
}

//async:func
func (f *flaky) call() rt.Coro[int] {
	f.calls = append(f.calls, rt.RunningLoop().Time()/ms)
	if f.takes > 0 {
		rt.Await(rt.Sleep(f.takes))
	}
	if len(f.calls) <= f.fails {
		rt.Throw(f.err)
	}
	return rt.Return(len(f.calls))
}

var errFlaky = errors.New("flaky")

// The times between attempts double up to their limit, whether an attempt suspends or not.
func TestRetry(t *testing.T) {
	for _, takes := range []time.Duration{0, 5 * ms} {
		run(t, func() rt.Coro[rt.None] {
			began := rt.RunningLoop().Time() / ms
			f := &flaky{fails: 5, takes: takes, err: errFlaky}
			got := rt.Await(rt.Retry(f.call, rt.Attempts(0), rt.Backoff(100*ms, 300*ms), rt.Jitter(nil)))
			var want []time.Duration
			for i, at := range []time.Duration{0, 100, 300, 600, 900, 1200} {
				want = append(want, began+at+time.Duration(i)*takes/ms)
			}
			if got != 6 || !slices.Equal(f.calls, want) {
				t.Errorf("%d: %v, want %v", got, f.calls, want)
			}
			return nil
		}())
	}
}

// The last error comes with the number of attempts; one that is not to be retried, and a cancellation, end it at once.
func TestRetryGivesUp(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := &flaky{fails: 9, err: errFlaky}
		_, err := rt.TryAwait(rt.Retry(f.call))
		var last *rt.RetryError
		if !errors.Is(err, errFlaky) || !errors.As(err, &last) || last.Attempts != 3 || len(f.calls) != 3 || err.Error() != "flaky (attempt 3, the last)" {
			t.Error(err, f.calls)
		}
		f = &flaky{fails: 9, err: errFlaky}
		_, err = rt.TryAwait(rt.Retry(f.call, rt.RetryIf(func(err error) bool { return err != errFlaky })))
		if !errors.As(err, &last) || last.Attempts != 1 {
			t.Error(err)
		}
		for _, during := range []time.Duration{2 * ms, 50 * ms} { // an attempt, a pause
			f = &flaky{fails: 9, takes: 10 * ms, err: errFlaky}
			_, err = rt.TryAwait(rt.WaitFor(rt.Retry(f.call, rt.Jitter(nil)), during))
			if err != rt.ErrTimeout || len(f.calls) != 1 {
				t.Error(err, f.calls)
			}
		}
		return nil
	}())
}

// A seed decides all times, and they stay below their limits.
func TestRetryIsRandomUnderASeed(t *testing.T) {
	times := func(seed uint64) (at []time.Duration) {
		run(t, func() rt.Coro[rt.None] {
			f := &flaky{fails: 4, err: errFlaky}
			rt.Await(rt.Retry(f.call, rt.Attempts(5), rt.Backoff(second, 2*second), rt.Jitter(rand.New(rand.NewPCG(seed, seed)))))
			at = f.calls
			return nil
		}())
		return at
	}
	a, b, c := times(1), times(1), times(2)
	if !slices.Equal(a, b) || slices.Equal(a, c) || a[1]-a[0] > 1000 || a[4]-a[3] > 2000 {
		t.Error(a, b, c)
	}
	for want, f := range map[string]func(){
		"rt.Attempts: negative number": func() { rt.Attempts(-1) },
		"rt.Backoff: from 2s to 1s":    func() { rt.Backoff(2*second, second) },
		"rt.Retry: nil function":       func() { _ = rt.Retry[int](nil) },
	} {
		if said := misuse(f); said != want {
			t.Error(said)
		}
	}
}
