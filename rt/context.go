package rt

import "context"

// Context is a context.Context for what the running task calls, above all in ToThread: it is done when
// the task is asked to cancel, by a timeout or a task group too, or has ended. Its values are those of
// the context given to WithContext, if any. After a cancellation that was taken back or caught, the next
// call gives a new one.
//
//	cmd := exec.CommandContext(rt.Context(), "make")
//	out := rt.Await(rt.ToThread(cmd.Output)) // a cancellation kills the process
//
// asyncio has no contexts; the other direction is WithContext.
func Context() context.Context { return here("Context", "").Context() }

// Context is what rt.Context() becomes in async code.
func (x *Exec) Context() context.Context {
	n := x.task
	if n == nil {
		panic("rt.Context: a callback has no task")
	}
	r := n.extra()
	if r.ctx == nil || r.ctx.Err() != nil {
		parent := x.loop.ctx
		if parent == nil {
			parent = context.Background()
		}
		r.ctx, r.cancelCtx = context.WithCancelCause(parent)
	}
	return r.ctx
}

// endContext makes the task's context done, if it has one.
func (r *rare) endContext(cause error) {
	if r != nil && r.ctx != nil {
		r.cancelCtx(cause)
	}
}
