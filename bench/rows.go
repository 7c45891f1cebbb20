package main

import (
	"fmt"
	"slices"
	"strings"
)

// row is a row of the table. What stands before the dot of its name is what a program runs; one run may
// give several rows.
type row struct {
	name, title, unit string
	targets           []target
}

// process is the name of what a program runs for this row.
func (r *row) process() string {
	name, _, _ := strings.Cut(r.name, ".")
	return name
}

// target is what asyncgen must reach: at most max, or at most max times what something else takes.
type target struct {
	max    float64
	system string // times this system
	row    string // times asyncgen's own value in this row
}

func atMost(v float64) target               { return target{max: v} }
func times(v float64, system string) target { return target{max: v, system: system} }
func fasterThan(system string, v float64) target {
	return target{max: 1 / v, system: system}
}
func timesRow(v float64, row string) target { return target{max: v, row: row} }

// String is the target as it stands in the table.
func (t target) String() string {
	of := t.system + t.row
	switch {
	case of == "":
		return fmt.Sprintf("≤ %g", t.max)
	case t.max < 1:
		return fmt.Sprintf("%.3g × faster than %s", 1/t.max, of)
	}
	return fmt.Sprintf("≤ %g × %s", t.max, of)
}

// allRows is the table. An operation is what its title says, or what stands behind "per".
var allRows = []row{
	{"switch-2", "switch (`Sleep(0)`), 2 tasks", "ns", []target{atMost(5), fasterThan("goroutines", 17)}},
	{"switch-1000", "switch, 1,000 tasks", "ns", []target{atMost(4), fasterThan("goroutines", 20), times(1.7, "cpp")}},
	{"await-ready", "await of a known function that does not suspend", "ns", []target{atMost(2)}},
	{"await-ready.allocs", "… allocations", "", []target{atMost(0)}},
	{"await-once", "… that suspends once", "ns", []target{atMost(9)}},
	{"depth-1", "resume at depth 1, recursive", "ns", []target{atMost(5)}},
	{"depth-10", "… 10", "ns", []target{atMost(5)}},
	{"depth-100", "… 100", "ns", []target{atMost(5), timesRow(1.2, "depth-1")}},
	{"known-10", "resume at depth 10, ten known functions", "ns", []target{atMost(5)}},
	{"chain-10", "chain of 10 awaits, per level", "ns", []target{atMost(8)}},
	{"spawn", "spawn, finish, await", "ns", []target{atMost(75)}},
	{"spawn.allocs", "… allocations", "", []target{atMost(1)}},
	{"spawn.bytes", "… allocated", "B", []target{atMost(128)}},
	{"gather", "gather of 10,000 that suspend once, per child", "ns", []target{atMost(90)}},
	{"queue-1", "queue, bound 1, per item", "ns", []target{atMost(20)}},
	{"queue-100", "… bound 100", "ns", []target{atMost(6)}},
	{"stream", "stream: walk of a tree of 1M nodes, per value", "ns", []target{atMost(12), fasterThan("pull", 5)}},
	{"event", "one event wakes 100,000, per waiter", "ns", []target{atMost(8)}},
	{"sleepers.mb", "1,000,000 tasks asleep: peak RSS", "MB", []target{atMost(170), atMost(140)}},
	{"sleepers.cpu", "… processor time", "s", []target{atMost(0.6)}},
	{"mix.cpu", "mix of timers, queues and cancels: processor time per request", "ns", nil},
	{"mix.allocs", "… allocations", "", nil},
}

// processes are the names of what a program runs.
func processes() []string {
	var names []string
	for _, r := range allRows {
		if p := r.process(); !slices.Contains(names, p) {
			names = append(names, p)
		}
	}
	return names
}
