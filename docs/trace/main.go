//go:build asyncgen

// Command trace writes the trace that docs/trace.svg is a picture of: two tasks share a lock, and a third one
// is canceled.
package main

import (
	"io"
	"os"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

const ms = time.Millisecond

// saves prepares something, and then uses what only one task at a time may use.
//
//async:func
func saves(file *rt.Lock, prepares time.Duration) rt.Coro[rt.None] {
	rt.Await(rt.Sleep(prepares))
	rt.Await(file.Acquire())
	defer file.Release()
	rt.Await(rt.Sleep(300 * ms))
	return nil
}

//async:func
func polls() rt.Coro[rt.None] {
	for {
		rt.Await(rt.Sleep(150 * ms))
	}
}

//async:func
func amain() rt.Coro[rt.None] {
	file := &rt.Lock{}
	poller := rt.CreateTask(polls(), rt.Name("poller"))
	first := rt.CreateTask(saves(file, 50*ms), rt.Name("first"))
	second := rt.CreateTask(saves(file, 100*ms), rt.Name("second"))
	rt.Await(first)
	rt.Await(second)
	poller.Cancel("nobody waits")
	return nil
}

// traced runs amain on a virtual clock and writes its trace.
func traced(w io.Writer) error {
	_, err := rt.Run(amain(), rt.WithClock(rt.NewVirtualClock()), rt.WithTrace(w))
	return err
}

func main() {
	if err := traced(os.Stdout); err != nil {
		panic(err)
	}
}
