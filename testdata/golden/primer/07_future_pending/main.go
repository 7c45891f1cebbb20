//go:build asyncgen

// A task is a future: printed before it is done, it is pending.
package main

import (
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func fetchData() rt.Coro[map[string]int] {
	fmt.Println("Start fetching")
	rt.Await(rt.Sleep(2 * time.Second))
	return rt.Return(map[string]int{"data": 1})
}

//async:func
func amain() rt.Coro[rt.None] {
	task1 := rt.CreateTask(fetchData())
	fmt.Println(task1)
	return nil
}

func main() { rt.Main(amain()) }
