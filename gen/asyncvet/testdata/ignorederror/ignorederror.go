// Package ignorederror ignores errors.
package ignorederror

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func get(n int) rt.Coro[int] { return rt.Return(n) }

//async:func
func swallowed() rt.Coro[rt.None] {
	rt.TryAwait(get(1))           // want `^rt.TryAwait swallows the error: look at it, write rt.Await to fail with it, or _, _ = to say that it is meant \(ignorederror\)$`
	rt.CatchAwait(get(2))         // want `rt.CatchAwait swallows the error, even the cancellation of this task`
	v, _ := rt.TryAwait(get(3))   // want `the error of rt.TryAwait is ignored, and v is a zero value when there is one`
	v, _ = rt.CatchAwait(get(4))  // want `the error of rt.CatchAwait is ignored, and v is a zero value`
	_, _ = rt.TryAwait(get(5))    // it is meant
	_, err := rt.TryAwait(get(6)) // looked at
	fmt.Println(v, err)
	return nil
}

//async:func
func lost(some bool) (c rt.Coro[rt.None]) {
	a, err := rt.TryAwait(get(1)) // want `the error of rt.TryAwait is lost: err is assigned to again before anybody looks at it`
	fmt.Println(a)
	b, err := rt.TryAwait(get(2))
	if err != nil {
		fmt.Println(b)
	}
	if some {
		_, err = rt.CatchAwait(get(3)) // want `the error of rt.CatchAwait is lost`
		_, err = rt.TryAwait(get(4))
	}
	_, err = rt.TryAwait(get(5))
	_, err = rt.TryAwait(wrap(err)) // read on the right
	fmt.Println(err)
	_, err = rt.TryAwait(get(6))
	if some {
		return nil // the error may be meant for somebody else
	}
	_, err = rt.TryAwait(get(7))
	fmt.Println(err)
	return nil
}

func wrap(err error) rt.Coro[int] { return rt.Fail[int](err) }

// A literal may look at the error whenever it is called.
//
//async:func
func captured() rt.Coro[rt.None] {
	var err error
	defer func() { fmt.Println(err) }()
	_, err = rt.TryAwait(get(1))
	_, err = rt.TryAwait(get(2))
	return nil
}
