package nanoseconds

import "github.com/asyncgen/asyncgen/rt"

//async:func
func bare() rt.Coro[rt.None] {
	return rt.Sleep(1) // want `write rt.Sleep\(1 \* time.Second\)`
}
