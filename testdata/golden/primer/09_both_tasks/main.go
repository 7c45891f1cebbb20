//go:build asyncgen

// Two tasks take turns while they sleep.
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
func printNumbers() rt.Coro[rt.None] {
	for i := range 5 {
		fmt.Println(i)
		rt.Await(rt.Sleep(250 * time.Millisecond))
	}
	return nil
}

//async:func
func amain() rt.Coro[rt.None] {
	task1 := rt.CreateTask(fetchData())
	task2 := rt.CreateTask(printNumbers())
	value := rt.Await(task1)
	fmt.Println(value)
	rt.Await(task2)
	return nil
}

func main() { rt.Main(amain()) }
