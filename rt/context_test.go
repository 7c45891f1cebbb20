package rt

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestContextOfATask(t *testing.T) {
	l, _ := virtual(t)
	var ctx, second context.Context
	task := CreateTaskOn(l, Coro[int](coro("f", func(f *fn, x *Exec) Status {
		switch f.State {
		case 0:
			ctx = x.Context()
			if x.Context() != ctx {
				t.Error("a second call gives another context")
			}
			f.State = 1
			return x.Sleep(f, time.Hour)
		case 1:
			if !isCancellation(x.take()) {
				t.Error("not canceled")
			}
			if second = x.Context(); second == ctx || second.Err() != nil {
				t.Error("after a cancellation that was caught the context is still done")
			}
		}
		return Done
	})))
	RunOn(l, Sleep(0))
	if ctx.Err() != nil {
		t.Errorf("done too early: %v", ctx.Err())
	}
	task.Cancel("enough")
	var c *CanceledError
	if !errors.Is(ctx.Err(), context.Canceled) || !errors.As(context.Cause(ctx), &c) || c.Msg != "enough" {
		t.Errorf("after Cancel: %v, cause %v", ctx.Err(), context.Cause(ctx))
	}
	RunOn(l, Sleep(0))
	if second.Err() == nil {
		t.Error("the task has ended, its context has not")
	}
}

// The end of the loop's context ends those of tasks.
func TestContextHasTheLoopsValues(t *testing.T) {
	type key struct{}
	parent := context.WithValue(context.Background(), key{}, 7)
	l, _ := virtual(t, WithContext(parent))
	RunOn(l, plain("main", func(x *Exec) {
		if v := x.Context().Value(key{}); v != 7 {
			t.Errorf("the value is %v", v)
		}
	}))
}
