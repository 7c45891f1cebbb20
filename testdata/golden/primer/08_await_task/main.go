//go:build asyncgen

// Awaiting a task waits for its result.
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
	value := rt.Await(task1)
	fmt.Println(value)
	return nil
}

func main() { rt.Main(amain()) }
