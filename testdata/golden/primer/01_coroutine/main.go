//go:build asyncgen

// Calling an async function runs nothing: it gives a coroutine.
package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func amain() rt.Coro[rt.None] {
	fmt.Println("hello there!")
	return nil
}

func main() {
	coroutine := amain()
	_ = coroutine // nobody runs it
}
