package tasks

import (
	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/rt"
)

// Rows are asyncgen's rows.
var Rows = []harness.Row{
	{Name: "switch-2", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return switchAmong(2, n, w) })},
	{Name: "switch-1000", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return switchAmong(1000, n, w) })},
	{Name: "await-ready", Run: run(awaitReady)},
	{Name: "await-once", Run: run(awaitOnce)},
	{Name: "depth-1", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return resumeNested(1, n, w) })},
	{Name: "depth-10", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return resumeNested(10, n, w) })},
	{Name: "depth-100", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return resumeNested(100, n, w) })},
	{Name: "known-10", Run: run(resumeKnown)},
	{Name: "chain-10", Run: run(chain)},
	{Name: "spawn", Run: run(spawn)},
	{Name: "gather", Least: 10_000, Run: run(gather)},
	{Name: "queue-1", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return throughQueue(1, n, w) })},
	{Name: "queue-100", Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return throughQueue(100, n, w) })},
	{Name: "stream", Least: 1_000_000, Run: run(readStream)},
	{Name: "event", Least: 100_000, Run: run(wake)},
	{Name: "sleepers", Once: 1_000_000, Run: run(func(n int, w *harness.Watch) rt.Coro[int] { return sleepers(n, harness.SleepFor(n)) })},
	{Name: "mix", Least: 20_000, Run: run(mix)},
}

// run runs an async function as a program does.
func run(f func(n int, w *harness.Watch) rt.Coro[int]) func(int, *harness.Watch) int {
	return func(n int, w *harness.Watch) int {
		ops, err := rt.Run(f(n, w))
		if err != nil {
			panic(err)
		}
		return ops
	}
}
