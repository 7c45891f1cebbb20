package rt

// settled is a coroutine that ends at once: with a value or with an error.
type settled[T any] struct {
	Frame[T]
	err   error
	trace *tracePart
}

var (
	returnInfo = FuncInfo{Name: "Return"}
	failInfo   = FuncInfo{Name: "Fail"}
)

func (f *settled[T]) Info() *FuncInfo {
	if f.err != nil {
		return &failInfo
	}
	return &returnInfo
}

func (f *settled[T]) Resume(x *Exec) Status {
	if f.err != nil {
		x.fail(f.err, f.trace)
	}
	return Done
}

// Return is a finished coroutine that gives v. `return rt.Return(v)` is Python's `return v`.
func Return[T any](v T) Coro[T] {
	return &settled[T]{Frame: Frame[T]{Value: v}}
}

// Fail is a finished coroutine that fails with err, which must not be nil. `return rt.Fail[T](err)`
// is Python's `raise err`.
func Fail[T any](err error) Coro[T] {
	if err == nil {
		panic("rt.Fail: nil error")
	}
	return &settled[T]{err: err}
}

// Failed takes the error in flight away and gives a coroutine that fails with it, its async
// traceback included: what a function with a named result and deferred calls keeps in the result.
func Failed[T any](x *Exec) Coro[T] {
	f := new(settled[T])
	f.trace, f.err = x.stash()
	return f
}
