package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be what bench is: the program that runs the Go systems.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == rowsCommand {
		if err := runRows(os.Args[2:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// missing is what a language does not have: an await that is not a call, an async generator.
var missing = map[string]string{"pull": "await-ready", "rust": "stream"}

// Every row of every system does the work that it was asked for: it counts where the work is done.
func TestEveryRowDoesItsWork(t *testing.T) {
	const n = 2000
	for _, s := range systems {
		t.Run(s.name, func(t *testing.T) {
			command, _, err := s.prepare(t.TempDir())
			if errors.Is(err, errMissing) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			p := plan{n: n}
			for _, row := range processes() {
				values, err := p.runProcess(command, row)
				if err != nil {
					t.Fatalf("%s: %v", row, err)
				}
				if missing[s.name] == row {
					if len(values) > 0 {
						t.Errorf("%s: there is one, so that it should not be in missing", row)
					}
					continue
				}
				if got := values[row+".ops"]; got != n {
					t.Errorf("%s: %.0f operations instead of %d", row, got, n)
				}
			}
		})
	}
}

// What asyncgen allocates does not depend on the machine.
func TestAllocations(t *testing.T) {
	command, _, err := goSystem(ours)("")
	if err != nil {
		t.Fatal(err)
	}
	p := plan{n: 200_000}
	for row, most := range map[string]struct{ allocs, bytes float64 }{
		"switch-2":    {0, 1},
		"await-ready": {0, 1},
		"await-once":  {0, 1},
		"known-10":    {0, 1},
		"chain-10":    {0, 1},
		"spawn":       {0, 1},
		"gather":      {0.06, 40},
		"queue-1":     {0, 1},
		"queue-100":   {0, 1},
		"stream":      {0, 1},
	} {
		values, err := p.runProcess(command, row)
		if err != nil {
			t.Fatalf("%s: %v", row, err)
		}
		if got := values[row+".allocs"]; got > most.allocs+0.05 {
			t.Errorf("%s: %v allocations for each operation, which were at most %v", row, got, most.allocs)
		}
		if got := values[row+".bytes"]; got > most.bytes {
			t.Errorf("%s: %v bytes for each operation, which were at most %v", row, got, most.bytes)
		}
	}
}

// sample is a result in which asyncgen hits one target and misses another.
func sample() *results {
	return &results{
		Machine: machine{"a processor", 2, "linux/amd64", "go1.26.0"},
		Rounds:  3,
		Systems: []measured{{ours, "asyncgen", "go1.26.0"}, {"pull", "iter.Pull", "go1.26.0"}, {"rust", "Rust", "1.95"}},
		Skipped: []string{"node"},
		Samples: map[string]map[string][]float64{
			ours:   {"stream": {11, 9, 30}, "spawn.allocs": {1, 1, 1}, "depth-1": {3, 3, 3}, "depth-100": {4, 4, 4}},
			"pull": {"stream": {60, 70, 50}},
			"rust": {"depth-1": {1.5, 6, 6}},
		},
	}
}

func TestTables(t *testing.T) {
	var got strings.Builder
	if err := sample().writeTables(&got); err != nil {
		t.Fatal(err)
	}
	want := `a processor, 2 cores, linux/amd64, go1.26.0. Rounds: 3.
asyncgen: go1.26.0
iter.Pull: go1.26.0
Rust: 1.95
node: skipped

Medians

| work                                              | asyncgen | iter.Pull | Rust | asyncgen must reach                |
|---------------------------------------------------|---------:|----------:|-----:|------------------------------------|
| resume at depth 1, recursive, ns                  |        3 |         – |    6 | ≤ 5 hit                            |
| … 100, ns                                         |        4 |         – |    – | ≤ 5 hit, ≤ 1.2 × depth-1 miss      |
| … allocations                                     |        1 |         – |    – | ≤ 1 hit                            |
| stream: walk of a tree of 1M nodes, per value, ns |       11 |        60 |    – | ≤ 12 hit, 5 × faster than pull hit |

5 of 6 targets are hit.

Ratios to asyncgen: above 1, asyncgen is better

| work                                          | asyncgen | iter.Pull | Rust |
|-----------------------------------------------|---------:|----------:|-----:|
| resume at depth 1, recursive                  |        1 |         – |    2 |
| … 100                                         |        1 |         – |    – |
| … allocations                                 |        1 |         – |    – |
| stream: walk of a tree of 1M nodes, per value |        1 |      5.45 |    – |

Spread, from the smallest to the largest

| work                                          | asyncgen | iter.Pull |  Rust |
|-----------------------------------------------|---------:|----------:|------:|
| resume at depth 1, recursive                  |      3–3 |         – | 1.5–6 |
| … 100                                         |      4–4 |         – |     – |
| … allocations                                 |      1–1 |         – |     – |
| stream: walk of a tree of 1M nodes, per value |     9–30 |     50–70 |     – |
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// JSON that was written shows the same again, and can be drawn.
func TestResultsFromFile(t *testing.T) {
	dir := t.TempDir()
	var text, direct, again bytes.Buffer
	if err := sample().writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	file, svg := filepath.Join(dir, "results.json"), filepath.Join(dir, "plot.svg")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-from", file, "-plot", svg}, &again, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := sample().writeTables(&direct); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(direct.String(), again.String()); diff != "" {
		t.Error(diff)
	}
	drawn, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "iter.Pull", "depth-100"} {
		if !strings.Contains(string(drawn), want) {
			t.Errorf("the plot does not contain %s", want)
		}
	}
}

// A name that does not exist is said to be wrong, not passed over.
func TestUnknownNames(t *testing.T) {
	for _, args := range [][]string{{"-only", "switch-3"}, {"-systems", "asyncgen,perl"}, {"switch-2"}} {
		if err := run(args, io.Discard, io.Discard); err == nil {
			t.Errorf("bench %v succeeds", args)
		}
	}
}

// The whole way, from a process to a table.
func TestMeasure(t *testing.T) {
	var out, progress strings.Builder
	args := []string{"-rounds", "2", "-time", (5 * time.Millisecond).String(), "-only", "spawn,queue-1", "-systems", "goroutines,asyncgen"}
	if err := run(args, &out, &progress); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Rounds: 2", "spawn, finish, await, ns", "goroutines", "must reach"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if !strings.Contains(progress.String(), "round 2 of 2") {
		t.Errorf("progress: %s", &progress)
	}
}
