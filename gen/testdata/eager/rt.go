// Package rt stands in for the real one in the differential test: a coroutine runs to its end when it
// is awaited, an error in flight is a panic.
package rt

import (
	"iter"
	"time"
)

type None = struct{}

type Awaitable[T any] interface{ await() T }

type Coro[T any] interface {
	Awaitable[T]
	coro()
}

type lazy[T any] func() Coro[T]

func (l lazy[T]) coro() {}

func (l lazy[T]) await() (v T) {
	if c := l(); c != nil {
		return c.await()
	}
	return v
}

// Lazy is a coroutine of which f is the body.
func Lazy[T any](f func() Coro[T]) Coro[T] { return lazy[T](f) }

type ended[T any] struct {
	v   T
	err error
}

func (e ended[T]) coro() {}

func (e ended[T]) await() T {
	if e.err != nil {
		panic(thrown{e.err})
	}
	return e.v
}

type thrown struct{ err error }

func Return[T any](v T) Coro[T]     { return ended[T]{v, nil} }
func Fail[T any](err error) Coro[T] { return ended[T]{err: err} }

func Await[T any](a Awaitable[T]) (v T) {
	if a == nil {
		return v
	}
	return a.await()
}

func TryAwait[T any](a Awaitable[T]) (v T, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case thrown:
			err = r.err
		default:
			panic(r)
		}
	}()
	return Await(a), nil
}

func CatchAwait[T any](a Awaitable[T]) (T, error) { return TryAwait(a) }

func Throw(err error) {
	if err == nil {
		panic("rt.Throw: nil error")
	}
	panic(thrown{err})
}

// Stream is a stream that runs while somebody reads it.
type Stream[T any] interface{ each(yield func(T) bool) }

type lazyStream[T any] func(yield func(T)) Stream[T]

// closed unwinds a stream that nobody reads any more.
type closed struct{}

func (s lazyStream[T]) each(yield func(T) bool) {
	left := false
	defer func() {
		if left {
			if r := recover(); r != (closed{}) && r != nil {
				panic(r)
			}
		}
	}()
	s(func(v T) {
		if !yield(v) {
			left = true
			panic(closed{})
		}
	})
}

// LazyStream is a stream of which f is the body.
func LazyStream[T any](f func(yield func(T)) Stream[T]) Stream[T] { return lazyStream[T](f) }

// Yield is here for its name: calls of it become calls of the stream's yield.
func Yield[T any](T) { panic("rt.Yield outside of a stream") }

// AwaitEach runs the stream beside the loop: a panic of the loop is none of the stream.
func AwaitEach[T any](s Stream[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		if s == nil {
			return
		}
		next, stop := iter.Pull(s.each)
		defer stop()
		for {
			v, ok := next()
			if !ok || !yield(v) {
				return
			}
		}
	}
}

// Finish is what return does with a coroutine: it finishes before the deferred calls run.
func Finish[T any](c Coro[T]) Coro[T] { return Return(Await(c)) }

// Recover is given what recover has returned: an error in flight and the end of a stream are no panics, and go on.
func Recover(r any) any {
	switch r.(type) {
	case thrown, closed:
		panic(r)
	}
	return r
}

func Sleep(time.Duration) Coro[None]            { return nil }
func CreateTask[T any](c Coro[T]) Coro[T]       { return c }
func Run[T any](c Coro[T], _ ...any) (T, error) { return TryAwait(c) }
func NewVirtualClock() int                      { return 0 }
func WithClock(int) any                         { return nil }
