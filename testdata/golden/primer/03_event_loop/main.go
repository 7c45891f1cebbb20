//go:build asyncgen

// rt.Main runs a coroutine on an event loop.
package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func amain() rt.Coro[rt.None] {
	fmt.Println("Hell world!")
	return nil
}

func main() { rt.Main(amain()) }
