package rttest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
	"github.com/asyncgen/asyncgen/rt/internal/hook"
)

// Shuffle makes a loop run what is ready in another order than CPython's, and timers of one moment too. The same
// seed gives the same order to the same program, as long as no threads and no real time have a part in it. Seed 0
// is CPython's order.
//
// Programs must be able to live with these orders. What is ready in one turn of the loop runs before all that it
// makes ready, and in that turn everything keeps its place that has a claim to it:
//
//   - callbacks are called in the order of their calls of CallSoon, or of the ends of their futures,
//   - all that waits for one task or future goes on first come, first served,
//   - so does all that waits for one lock, semaphore, event, condition or queue,
//   - sleeps and timers end in the order of their deadlines,
//   - after Sleep(0) a task goes on when everything has run that was ready at that time, apart from other
//     tasks in Sleep(0).
//
// Everything else changes places: new tasks begin in any order, tasks that were woken for different reasons go on
// in any order, and before or after callbacks; sleeps and timers of one moment come in any order. What asyncio's
// documentation leaves open is open here.
func Shuffle(seed uint64) rt.Option { return hook.Shuffle(seed).(rt.Option) }

// Seeds runs test as a subtest seed=0, seed=1 … for n seeds, and stops at the first one that fails. test gives its
// seed to Shuffle, and to what else it draws at random.
func Seeds(t *testing.T, n int, test func(t *testing.T, seed uint64)) {
	t.Helper()
	for seed := range uint64(n) {
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { test(t, seed) }) {
			again := patternOf(t.Name()) + fmt.Sprintf("/^seed=%d$", seed)
			t.Fatalf("fails with seed %d of %d; this order again: go test -run '%s' (or asyncgen test -run '%[3]s')", seed, n, again)
		}
	}
}

// patternOf is what go test -run takes for the test of this name and no other.
func patternOf(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
