//go:build asyncgen

package scenarios

import (
	"context"
	"errors"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// submitAndWait hands c to a loop from another goroutine, and gives what that gets when it waits for it.
func submitAndWait(t *testing.T, ctx context.Context, l *rt.Loop, c rt.Coro[int]) (int, error) {
	t.Helper()
	got := rt.NewFutureOn[rt.Result[int]](l)
	go func() {
		v, err := rt.Submit(l, c).Wait(ctx)
		l.CallSoonThreadsafe(func() { got.SetResult(rt.Result[int]{Value: v, Err: err}) })
	}()
	r, err := runUntil(l, got)
	if err != nil {
		t.Fatal(err)
	}
	return r.Value, r.Err
}

//async:func
func addSlowly(a, b int) rt.Coro[int] {
	rt.Await(rt.Sleep(50 * ms))
	return rt.Return(a + b)
}

func TestSubmitGivesTheValue(t *testing.T) {
	l := tasksLoop(t)
	if v, err := submitAndWait(t, context.Background(), l, addSlowly(1, 2)); v != 3 || err != nil {
		t.Error(v, err)
	}
}

func TestSubmitGivesTheError(t *testing.T) {
	l := tasksLoop(t)
	v, err := submitAndWait(t, context.Background(), l, func() rt.Coro[int] {
		rt.Await(rt.Sleep(50 * ms))
		rt.Throw(errTaskBoom)
		return nil
	}())
	if v != 0 || err != errTaskBoom {
		t.Error(v, err)
	}
}

// From any goroutine, before the loop has come to it and when it waits.
func TestSubmitCancel(t *testing.T) {
	l := tasksLoop(t)
	begun := 0
	waits := func() rt.Coro[int] {
		begun++
		rt.Await(rt.Sleep(second))
		return rt.Return(1)
	}
	early, late := rt.Submit(l, waits()), rt.Submit(l, waits())
	early.Cancel()
	rt.RunOn(l, rt.Sleep(0))
	late.Cancel("enough")
	rt.RunOn(l, rt.Sleep(0))
	if _, err := early.Wait(context.Background()); !wasCanceled(err) {
		t.Error(err)
	}
	if _, err := late.Wait(context.Background()); rt.CancelMessage(err) != "enough" {
		t.Error(err)
	}
	if late.Cancel(); begun != 1 {
		t.Errorf("%d have begun", begun)
	}
}

// The end of the wait leaves the coroutine alone; who wants it to end as well cancels it.
func TestSubmitWaitTimesOut(t *testing.T) {
	l := tasksLoop(t)
	var task rt.AnyTask
	f := rt.NewFutureOn[int](l)
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	_, err := submitAndWait(t, ctx, l, func() rt.Coro[int] {
		task = rt.CurrentTask()
		return rt.Return(rt.Await(f))
	}())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	rt.RunOn(l, rt.Sleep(0))
	if task.Done() {
		t.Errorf("%v", task)
	}
	task.Cancel()
	rt.RunOn(l, rt.Sleep(0))
	if !task.Canceled() {
		t.Errorf("%v", task)
	}
}

func TestSubmitOfATaskThatIsCanceled(t *testing.T) {
	l := tasksLoop(t)
	v, err := submitAndWait(t, context.Background(), l, func() rt.Coro[int] {
		rt.Await(rt.Sleep(50 * ms))
		rt.CurrentTask().Cancel()
		rt.Await(rt.Sleep(0))
		return rt.Return(3)
	}())
	if v != 0 || !wasCanceled(err) {
		t.Error(v, err)
	}
}
