//go:build asyncgen

// A task runs beside the function that creates it: here after main has ended.
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
	rt.CreateTask(foo("text"))
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
