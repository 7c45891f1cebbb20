//go:build asyncgen

// The program ends when every task has ended, or, with rt.CancelPending, as asyncio.run does.
package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func work(name string, d time.Duration) rt.Coro[rt.None] {
	fmt.Println(name, "starts")
	if _, err := rt.CatchAwait(rt.Sleep(d)); err != nil {
		fmt.Println(name, "is canceled:", errors.Is(err, rt.ErrCanceled))
		rt.Throw(err)
	}
	fmt.Println(name, "completes")
	return nil
}

//async:func
func amain() rt.Coro[rt.None] {
	rt.CreateTask(work("long", 3*time.Second))
	rt.CreateTask(work("short", 1*time.Second))
	rt.CreateTask(work("middle", 2*time.Second))
	rt.Await(rt.Sleep(0))
	fmt.Println("main ends")
	return nil
}

func main() {
	rt.Main(amain())
	rt.Main(amain(), rt.CancelPending())
}
