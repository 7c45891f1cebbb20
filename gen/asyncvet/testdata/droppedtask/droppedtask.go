// Package droppedtask drops tasks.
package droppedtask

import (
	"errors"

	"github.com/asyncgen/asyncgen/rt"

	"vetted/failing"
)

var errBad = errors.New("bad")

//async:func
func throws(n int) rt.Coro[rt.None] { // want throws:"fails"
	if n > 0 {
		rt.Throw(errBad)
	}
	return nil
}

//async:func
func returnsFail() rt.Coro[int] { return rt.Fail[int](errBad) } // want returnsFail:"fails"

//async:func
func ping(n int) rt.Coro[rt.None] { return pong(n) } // want ping:"fails"

//async:func
func pong(n int) rt.Coro[rt.None] { // want pong:"fails"
	rt.Await(ping(n))
	rt.Await(throws(n))
	return nil
}

//async:func
func catches() rt.Coro[rt.None] {
	if _, err := rt.TryAwait(throws(1)); err != nil {
		println(err)
	}
	return nil
}

//async:func
func rethrows() rt.Coro[rt.None] {
	if _, err := rt.CatchAwait(rt.Sleep(1)); err != nil {
		rt.Throw(err) // a cancellation
	}
	return nil
}

//async:func
func amain(tg *rt.TaskGroup, loop *rt.Loop) rt.Coro[rt.None] {
	rt.CreateTask(throws(1))                   // want `^the task of throws\(1\) is dropped, so nothing can react to the error`
	rt.CreateTask(returnsFail(), rt.Name("x")) // want `the task of returnsFail\(\) is dropped`
	rt.CreateTask(pong(1))                     // want `the task of pong\(1\) is dropped`
	rt.CreateTask(failing.Boom())              // want `the task of failing.Boom\(\) is dropped`
	rt.CreateTask(func() rt.Coro[rt.None] {    // want `the task of this function literal is dropped`
		rt.Await(throws(1))
		return nil
	}())
	rt.CreateTaskOn(loop, throws(1))          // want `the task of throws\(1\) is dropped`
	rt.Gather(failing.Fine(), failing.Boom()) // want `the future of failing.Boom\(\) is dropped`
	rt.CreateTask(failing.Fine())
	rt.CreateTask(catches())
	rt.CreateTask(rethrows())
	rt.CreateTask(rt.Sleep(1))
	rt.Go(tg, throws(1)) // the group looks at it
	_ = rt.CreateTask(throws(1))
	task := rt.CreateTask(throws(1))
	rt.Await(task)
	return nil
}
