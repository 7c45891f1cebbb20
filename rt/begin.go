package rt

// How generated code awaits what has no frame in the caller's: begin, then, when that was Done or the
// caller is resumed, the value, or Try for a pair with the error. Awaitable is the general case. Where
// the static type says more, the functions for it are inlined: no interface is converted on the way.

// Begin starts to wait for aw on behalf of f. With Done the value, or x.Err, is there already;
// with Suspended f is resumed when it is. A nil aw is Done.
func Begin[T any](x *Exec, f Resumer, aw Awaitable[T]) Status {
	if aw == nil {
		return Done
	}
	return x.begin(f, aw)
}

// Value is what aw gave, after Begin was Done or f was resumed and there is no x.Err.
func Value[T any](aw Awaitable[T]) (v T) {
	if aw == nil {
		return v
	}
	return aw.result()
}

// Try is Value as a pair with the error, which it takes away from x.Err. Beside an error there is a value only where a function of
// Go has given both: see ToThread.
func Try[T any](x *Exec, aw Awaitable[T]) (v T, err error) {
	if x.Err != nil {
		return takeBeside[T](x)
	}
	return Value(aw), nil
}

// BeginCoro is Begin for a coroutine.
func BeginCoro[T any](x *Exec, f Resumer, c Coro[T]) Status {
	if c == nil {
		return Done
	}
	h := headOf(c)
	if h.started || watched.on.Load() {
		start(h, c)
	}
	h.started, h.parent = true, f
	return c.Resume(x)
}

// CoroValue is Value for a coroutine.
func CoroValue[T any](c Coro[T]) (v T) {
	if c == nil {
		return v
	}
	return valueOf[T](headOf(c))
}

// TryCoro is Try for a coroutine.
func TryCoro[T any](x *Exec, c Coro[T]) (v T, err error) {
	if x.Err != nil {
		return takeBeside[T](x)
	}
	return CoroValue(c), nil
}

// BeginTask is Begin for a task, which must not be nil.
func BeginTask[T any](x *Exec, f Resumer, t *Task[T]) Status { return x.wait(f, &t.node) }

// TaskValue is Value for a task.
func TaskValue[T any](t *Task[T]) T { return t.result() }

// TryTask is Try for a task.
func TryTask[T any](x *Exec, t *Task[T]) (v T, err error) {
	if x.Err != nil {
		return takeBeside[T](x)
	}
	return t.result(), nil
}

// BeginFuture is Begin for a future, which must not be nil.
func BeginFuture[T any](x *Exec, f Resumer, on *Future[T]) Status { return x.wait(f, &on.node) }

// FutureValue is Value for a future.
func FutureValue[T any](f *Future[T]) T { return f.value }

// TryFuture is Try for a future.
func TryFuture[T any](x *Exec, f *Future[T]) (v T, err error) {
	if x.Err != nil {
		return takeBeside[T](x)
	}
	return f.value, nil
}
