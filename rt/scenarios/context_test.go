//go:build asyncgen

package scenarios

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// Each of the tasks that Gather makes has a precision of its own.
func TestContextOfGatheredCoroutines(t *testing.T) {
	precision := rt.NewVar("precision", 28)
	divide := func(x, y, digits int) string { return strconv.FormatFloat(float64(x)/float64(y), 'g', digits, 64) }
	//async:func
	fractions := func(d time.Duration, digits, x, y int) rt.Coro[[]string] {
		before := precision.Set(digits)
		defer precision.Reset(before)
		a := divide(x, y, precision.Get())
		rt.Await(rt.Sleep(d))
		b := divide(x, y*y, precision.Get())
		return rt.Return([]string{a, b})
	}
	run(t, func() rt.Coro[rt.None] {
		got := rt.Await(rt.Gather(fractions(100*ms, 3, 1, 3), fractions(200*ms, 6, 1, 3)))
		if want := []string{"0.333", "0.111", "0.333333", "0.111111"}; !slices.Equal(slices.Concat(got...), want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if digits := precision.Get(); digits != 28 {
			t.Errorf("main has %d digits", digits)
		}
		return nil
	}())
}
