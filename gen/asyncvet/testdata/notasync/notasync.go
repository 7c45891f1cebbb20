// Package notasync awaits function literals.
package notasync

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func amain() rt.Coro[rt.None] {
	rt.Await(func() rt.Coro[rt.None] { // want `^this function literal has no marker, so it is an ordinary function`
		fmt.Println("runs when it is called")
		return nil
	}())
	rt.Await(
		//async:func
		func() rt.Coro[rt.None] {
			fmt.Println("runs when it is awaited")
			return nil
		}())
	rt.Await(func() rt.Coro[rt.None] {
		return rt.Await(rt.Return(rt.Sleep(1)))
	}())
	return nil
}
