//go:build asyncgen

// Awaiting a coroutine runs it and waits for its end.
package main

import (
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func amain() rt.Coro[rt.None] {
	fmt.Println("hello there!")
	rt.Await(foo("text"))
	fmt.Println("All done!")
	return nil
}

//async:func
func foo(text string) rt.Coro[rt.None] {
	fmt.Println(text)
	rt.Await(rt.Sleep(1 * time.Second))
	return nil
}

func main() { rt.Main(amain()) }
