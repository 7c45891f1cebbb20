// Package harness runs the rows of one Go system and prints what they cost, as the programs in
// peers/ do in their languages: lines "name value".
//
//	switch-2 3.1          ns per operation
//	switch-2.cpu 3.0      ns of processor time
//	switch-2.ops 40000000 operations that the row counted itself
//	switch-2.allocs 0     allocations per operation
//	switch-2.bytes 0      bytes per operation
package harness

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Row is one kind of work.
type Row struct {
	Name string

	// Run does about n operations, with the part that counts between w.Start and w.Stop, and gives
	// the number of operations that it did. It counts them where they happen, so that work which was
	// left out is noticed.
	Run func(n int, w *Watch) (ops int)

	// Least is the n below which the row is not what it claims to be; a caller who fixes n may ask for less.
	Least int

	// Once is not 0 if the row is run once, with that n: it is for the caller to measure.
	Once int
}

// Watch measures the part of a run that counts.
type Watch struct {
	began, cpuBegan time.Duration
	elapsed, cpu    time.Duration
	before, after   runtime.MemStats
}

// Start begins the part that counts. It collects the garbage of what was before.
func (w *Watch) Start() {
	runtime.GC()
	runtime.ReadMemStats(&w.before)
	w.elapsed, w.cpu = 0, 0
	w.begin()
}

// Stop ends it.
func (w *Watch) Stop() {
	w.end()
	runtime.ReadMemStats(&w.after)
}

func (w *Watch) begin() {
	w.cpuBegan = now(unix.CLOCK_PROCESS_CPUTIME_ID)
	w.began = now(unix.CLOCK_MONOTONIC)
}

func (w *Watch) end() {
	w.elapsed += now(unix.CLOCK_MONOTONIC) - w.began
	w.cpu += now(unix.CLOCK_PROCESS_CPUTIME_ID) - w.cpuBegan
}

func now(clock int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// Laps measures parts of a run which repeats: no memory, because a look at that stops the world.
type Laps struct{ w *Watch }

// Laps begins without a lap.
func (w *Watch) Laps() *Laps { return &Laps{w} }

// Start begins a lap. What was before it has to leave no garbage collection running.
func (l *Laps) Start() {
	runtime.GC()
	l.w.begin()
}

// Stop ends it.
func (l *Laps) Stop() { l.w.end() }

// Options say how much work is done.
type Options struct {
	Time time.Duration // a row repeats with more work until it takes that long
	N    int           // if not 0, the work is that much, once
}

// Print runs a row and prints what it cost.
func (r *Row) Print(out io.Writer, o Options) {
	n, fixed := max(1, r.Least), o.N
	if fixed == 0 {
		fixed = r.Once
	}
	if fixed != 0 {
		n = fixed
	}
	for {
		var w Watch
		began := time.Now()
		ops := r.Run(n, &w)
		all := time.Since(began)
		if fixed == 0 && all < o.Time {
			// As package testing does: aim a bit above, never more than a hundred times as much.
			n = max(n+1, min(100*n, int(1.2*float64(n)*float64(o.Time)/float64(max(all, 1)))))
			continue
		}
		w.print(out, r, float64(ops))
		return
	}
}

func (w *Watch) print(out io.Writer, r *Row, ops float64) {
	fmt.Fprintf(out, "%s %.4g\n", r.Name, float64(w.elapsed.Nanoseconds())/ops)
	fmt.Fprintf(out, "%s.cpu %.4g\n", r.Name, float64(w.cpu.Nanoseconds())/ops)
	fmt.Fprintf(out, "%s.ops %.0f\n", r.Name, ops)
	if w.after.Mallocs != 0 {
		fmt.Fprintf(out, "%s.allocs %.3g\n", r.Name, float64(w.after.Mallocs-w.before.Mallocs)/ops)
		fmt.Fprintf(out, "%s.bytes %.4g\n", r.Name, float64(w.after.TotalAlloc-w.before.TotalAlloc)/ops)
	}
}
