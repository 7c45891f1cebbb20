// Package refused does not compile.
package refused

import "github.com/asyncgen/asyncgen/rt"

//async:func
func work(n int) rt.Coro[int] { return rt.Return(n) }

//async:func
func dropped() rt.Coro[rt.None] {
	work(1)       // want `^coroutine work is never awaited, so it never runs \[AG0014\] \(refused\)$`
	defer work(3) // want `an async function after defer never runs`
	go work(2)    // want `an async function after go never runs`
	return nil
}

func outside() {
	rt.Await(work(1)) // want `rt.Await outside of an async function`
}

//async:func
func result() int { // want `async function result must return rt.Coro`
	return 1
}
