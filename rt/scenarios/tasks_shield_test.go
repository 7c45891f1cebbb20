//go:build asyncgen

package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestShieldException(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		inner := rt.NewFuture[int]()
		outer := rt.Shield(inner)
		rt.Await(fiveTurns())
		inner.SetError(errTaskBoom)
		if outer.Done() {
			t.Error("outer is done in the same turn")
		}
		rt.Await(fiveTurns())
		if outer.Err() != errTaskBoom {
			t.Errorf("outer ends with %v", outer.Err())
		}
		return nil
	}())
}

func TestShieldCancelInner(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		inner := rt.NewFuture[int]()
		outer := rt.Shield(inner)
		rt.Await(fiveTurns())
		inner.Cancel()
		rt.Await(fiveTurns())
		if !outer.Canceled() {
			t.Error("outer is not canceled")
		}
		return nil
	}())
}

// A shield that is canceled leaves inner alone, and inner forgets it.
func TestShieldCancelOuter(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		inner := rt.CreateTask(awaiting(f))
		outer := rt.Shield(inner)
		rt.Await(fiveTurns())
		if !strings.Contains(inner.String(), "> cb=[") {
			t.Errorf("inner does not know of its shield: %v", inner)
		}
		outer.Cancel()
		rt.Await(fiveTurns())
		if !outer.Canceled() || inner.Done() {
			t.Errorf("outer canceled %v, inner done %v", outer.Canceled(), inner.Done())
		}
		if strings.Contains(inner.String(), "> cb=[") {
			t.Errorf("inner still knows of its shield: %v", inner)
		}
		f.SetResult(1)
		rt.Await(inner)
		return nil
	}())
}

func TestShieldOfADoneFuture(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		f := rt.NewFuture[int]()
		f.SetResult(42)
		outer := rt.Shield(f)
		if !outer.Done() {
			t.Error("outer is not done at once")
		}
		if v := rt.Await(outer); v != 42 {
			t.Errorf("outer gives %d", v)
		}
		return nil
	}())
}

// The cancellation of who awaits a shielded call leaves the call to go on.
func TestShieldEffect(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		waiter := rt.NewFuture[rt.None]()
		inner := func() rt.Coro[rt.None] {
			rt.Await(waiter)
			e.add("inner ends")
			return nil
		}
		task := rt.CreateTask(func() rt.Coro[rt.None] {
			rt.Await(rt.Shield(inner()))
			e.add("outer ends")
			return nil
		}())
		rt.Await(rt.Sleep(0))
		task.Cancel()
		_, err := rt.CatchAwait(task)
		e.add("outer: %v", err)
		waiter.SetResult(rt.None{})
		rt.Await(fiveTurns())
		e.want(t, "outer: canceled", "inner ends")
		return nil
	}())
}

func TestShieldOfGather(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		a, b := rt.NewFuture[int](), rt.NewFuture[int]()
		parent := rt.Gather(a, b)
		outer := rt.Shield(parent)
		rt.Await(fiveTurns())
		outer.Cancel()
		rt.Await(fiveTurns())
		if !outer.Canceled() {
			t.Error("outer is not canceled")
		}
		a.SetResult(1)
		b.SetResult(2)
		rt.Await(fiveTurns())
		if v, err := parent.Result(); !cmp.Equal(v, []int{1, 2}) || err != nil {
			t.Errorf("the gather gives %v, %v", v, err)
		}
		return nil
	}())
}

// Cancel of a gather cancels the shields in it, and stops there.
func TestShieldInsideOfGather(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		a, b := rt.NewFuture[int](), rt.NewFuture[int]()
		inner1, inner2 := rt.Shield(a), rt.Shield(b)
		parent := rt.Gather(inner1, inner2)
		rt.Await(fiveTurns())
		parent.Cancel()
		rt.Await(fiveTurns())
		if err := parent.Err(); !wasCanceled(err) {
			t.Errorf("the gather ends with %v", err)
		}
		if !inner1.Canceled() || !inner2.Canceled() || a.Done() || b.Done() {
			t.Errorf("shields canceled %v and %v, futures done %v and %v", inner1.Canceled(), inner2.Canceled(), a.Done(), b.Done())
		}
		if a.SetResult(1) != nil || b.SetResult(2) != nil {
			t.Error("the futures were completed")
		}
		rt.Await(fiveTurns())
		return nil
	}())
}

func TestShieldNeedsTheRunningLoop(t *testing.T) {
	said := misuse(func() { rt.Shield(giving(42)) })
	if said != "rt.Shield was called outside an async function: either this code was built without asyncgen (use asyncgen run), or the function is ordinary (make it //async:func)" {
		t.Error(said)
	}
	l := tasksLoop(t)
	outer, err := rt.RunOn(l, func() rt.Coro[*rt.Future[int]] { return rt.Return(rt.Shield(giving(42))) }())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := runUntil(l, outer); v != 42 || err != nil {
		t.Error(v, err)
	}
}
