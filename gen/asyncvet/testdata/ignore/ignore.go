// Package ignore silences findings, with a reason.
package ignore

import (
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func amain(ch chan int) rt.Coro[rt.None] {
	time.Sleep(1) //asyncgen:ignore blocking it is short
	//asyncgen:ignore blocking the channel has room
	ch <- 1
	//asyncgen:ignore starve,blocking two at once
	<-ch
	/* want `time.Sleep blocks` */ time.Sleep(2) //asyncgen:ignore blocking
	/* want `time.Sleep blocks` */ time.Sleep(3) //asyncgen:ignore starve another one
	//asyncgen:ignore blocking only the next line

	time.Sleep(4) // want `time.Sleep blocks`
	return nil
}
