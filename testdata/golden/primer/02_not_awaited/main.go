//go:build asyncgen

// A coroutine that nobody awaits never runs: asyncgen refuses both calls.
package primer

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//go:generate go tool asyncgen

//async:func
func main() rt.Coro[rt.None] {
	fmt.Println("hello there!")
	foo("text")
	return nil
}

//async:func
func foo(text string) rt.Coro[rt.None] {
	fmt.Println(text)
	rt.Await(rt.Sleep(0))
	return nil
}

func start() {
	main()
}
