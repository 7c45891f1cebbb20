package rt

// Any forgets the type of aw: Gather(Any(f()), Any(g())) for different ones. It makes no task and no
// round of the loop of its own, and Any of a task is that task for Gather, Wait and the others.
//
// What it gives for a future or task is a Finished[any], as AsCompleted gives it for such elements.
func Any[T any](aw Awaitable[T]) Awaitable[any] {
	if same, ok := any(aw).(Awaitable[any]); ok {
		return same
	}
	switch {
	case aw == nil:
		return Return[any](*new(T))
	case aw.core() != nil:
		return anyFuture[T]{aw.(Finished[T])}
	}
	return &anyCoro[T]{Frame: Frame[any]{link: link{view: true}}, c: aw.(Coro[T])}
}

// anyFuture is a future seen through Any. Two are equal when their futures are.
type anyFuture[T any] struct{ of Finished[T] }

func (anyFuture[T]) awaitable(any)               {}
func (anyFuture[T]) future()                     {}
func (a anyFuture[T]) core() *node               { return a.of.core() }
func (a anyFuture[T]) result() any               { return a.of.result() }
func (a anyFuture[T]) Done() bool                { return a.of.Done() }
func (a anyFuture[T]) Canceled() bool            { return a.of.Canceled() }
func (a anyFuture[T]) Cancel(msg ...string) bool { return a.of.Cancel(msg...) }
func (a anyFuture[T]) Err() error                { return a.of.Err() }

func (a anyFuture[T]) Result() (any, error) {
	v, err := a.of.Result()
	if err != nil {
		return nil, err
	}
	return v, nil
}

// anyCoro is a coroutine seen through Any. Awaited, it is one frame more; where a task is made of it,
// the task is the coroutine's own.
type anyCoro[T any] struct {
	Frame[any]
	c Coro[T]
}

var anyInfo = FuncInfo{Name: "Any"}

func (*anyCoro[T]) Info() *FuncInfo { return &anyInfo }

func (f *anyCoro[T]) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		if x.begin(f, f.c) == Suspended {
			return Suspended
		}
	}
	if x.Err == nil {
		f.Value = f.c.result()
	}
	return Done
}

// task makes a task of the coroutine itself, not of its view.
func (f *anyCoro[T]) task(x *Exec) Finished[any] {
	start(f.head(), f)
	return anyFuture[T]{CreateTaskIn(x, f.c)}
}

// origin is the coroutine's own identity.
func (f *anyCoro[T]) origin() *link { return f.c.head() }
