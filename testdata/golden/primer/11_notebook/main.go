//go:build asyncgen

// One loop runs several coroutines, as the cells of a notebook do; what one starts goes on in the next.
package main

import (
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func printNumbers() rt.Coro[rt.None] {
	for i := range 5 {
		fmt.Println(i)
		rt.Await(rt.Sleep(250 * time.Millisecond))
	}
	return nil
}

//async:func
func startNumbers() rt.Coro[*rt.Task[rt.None]] {
	task := rt.CreateTask(printNumbers())
	rt.Await(rt.Sleep(600 * time.Millisecond))
	return rt.Return(task)
}

//async:func
func finishNumbers(task *rt.Task[rt.None]) rt.Coro[string] {
	rt.Await(task)
	return rt.Return("numbers are done")
}

//async:func
func runInside() rt.Coro[error] {
	_, err := rt.Run(finishNumbers(nil))
	return rt.Return(err)
}

func main() {
	loop := rt.NewLoop()
	defer loop.Close()

	// In [1]:
	task, err := rt.RunOn(loop, startNumbers())
	fmt.Println(task.Done(), err)

	// In [2]:
	text, err := rt.RunOn(loop, finishNumbers(task))
	fmt.Println(text, err)

	// In [3]: a running loop cannot be run again
	err, _ = rt.RunOn(loop, runInside())
	fmt.Println(err)
}
