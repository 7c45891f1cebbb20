package gen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"
)

// The pages of testdata/golden/difffuzz hold random concurrent programs, each with the trace that
// CPython 3.13 printed when record.py there ran it as Python asyncio: times, steps, results and
// errors in their order. What asyncgen makes of the program must print the same lines.

const difffuzzDir = goldenDir + "/difffuzz"

// A recording is one page.
type recording struct {
	name  string // seed0007
	about string // how difffuzz runs it again, and what it uses
	file  string // p7.go; it declares p7run, which runs the program
	text  []byte
	trace string
}

// TestRecordedTraces compares with the traces; with -short, a tenth of them.
func TestRecordedTraces(t *testing.T) {
	recordings := readRecordings(t)
	p := newProgram(t)
	writeRecordings(t, p.dir, recordings)
	generateModule(t, p.dir)
	buildRecordings(t, p)
	for _, r := range recordings {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			got, err := p.run(r.name)
			if err != nil {
				t.Errorf("the program fails: %v", err)
			}
			if got != r.trace {
				t.Errorf("the trace is not CPython's:\n%s", unified("CPython", r.trace, "asyncgen", got))
			}
			if t.Failed() {
				t.Logf("to run it again in both languages (--shrink looks for a smaller one that fails):\n%s", r.about)
			}
		})
	}
}

func readRecordings(t *testing.T) []recording {
	paths, err := filepath.Glob(difffuzzDir + "/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var list []recording
	for i, path := range paths {
		if testing.Short() && i%10 != 0 {
			continue
		}
		page, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Files) != 2 || page.Files[1].Name != "trace" {
			t.Fatalf("%s: a page holds a program and its trace", path)
		}
		list = append(list, recording{
			name:  strings.TrimSuffix(filepath.Base(path), ".txtar"),
			about: string(page.Comment),
			file:  page.Files[0].Name,
			text:  page.Files[0].Data,
			trace: string(page.Files[1].Data),
		})
	}
	return list
}

// writeRecordings deals the programs out to a few packages, which are generated and compiled side
// by side. The module's main package runs the program that its argument names.
func writeRecordings(t *testing.T, dir string, recordings []recording) {
	prelude, err := os.ReadFile(difffuzzDir + "/prelude.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	const packages = 8
	var imports, entries strings.Builder
	for n := range packages {
		sub := filepath.Join(dir, fmt.Sprint("programs", n))
		var exported strings.Builder
		for i := n; i < len(recordings); i += packages {
			r := recordings[i]
			name := strings.TrimSuffix(r.file, ".go")
			writeFile(t, filepath.Join(sub, r.file), r.text)
			fmt.Fprintf(&exported, "func Run_%s() { %srun() }\n", name, name)
			fmt.Fprintf(&entries, "\t%q: programs%d.Run_%s,\n", r.name, n, name)
		}
		writeFile(t, filepath.Join(sub, "prelude.go"), prelude)
		writeFile(t, filepath.Join(sub, "exported.go"), []byte("package programs\n\n"+exported.String()))
		fmt.Fprintf(&imports, "\tprograms%d \"m/programs%d\"\n", n, n)
	}
	writeFile(t, filepath.Join(dir, "main.go"), fmt.Appendf(nil, "package main\n\nimport (\n\t\"os\"\n\n%s)\n\n"+
		"var programs = map[string]func(){\n%s}\n\nfunc main() { programs[os.Args[1]]() }\n", &imports, &entries))
}

// generateModule compiles the annotated sources of a module and writes the outputs beside them.
func generateModule(t *testing.T, dir string) {
	list, diags, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		t.Error(d)
	}
	var all sync.WaitGroup
	for _, p := range list {
		all.Go(func() {
			files, diags := Generate(p, Options{})
			for _, d := range diags {
				t.Error(d)
			}
			for _, f := range files {
				if err := os.WriteFile(f.Path, f.Content, 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// buildRecordings compiles them all.
func buildRecordings(t *testing.T, p *program) {
	if out, err := p.buildQuickly("-o", "program", "."); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}
