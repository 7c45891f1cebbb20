//go:build asyncgen

package scenarios

import (
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

func TestShieldResult(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		inner := rt.NewFuture[int]()
		outer := rt.Shield(inner)
		inner.SetResult(42)
		if v := rt.Await(outer); v != 42 {
			t.Errorf("outer gives %d", v)
		}
		return nil
	}())
}
