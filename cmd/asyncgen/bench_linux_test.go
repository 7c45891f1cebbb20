package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/go/packages"
)

// BenchmarkCommand runs asyncgen as a process on modules whose packages import net/http, and on the
// same modules what it can be compared with. CPU time includes that of the go command; the memory is
// the peak of the largest process.
//
//	go test -run '^$' -bench Command -benchtime 5x ./cmd/asyncgen
func BenchmarkCommand(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "asyncgen")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, size := range []struct{ packages, functions int }{{1, 1}, {100, 10}} {
		dir := b.TempDir()
		if err := manyPackages(dir, size.packages, size.functions); err != nil {
			b.Fatal(err)
		}
		name := fmt.Sprintf("packages=%d/functions=%d/", size.packages, size.packages*size.functions)
		in := func(cache, program string, args ...string) *exec.Cmd {
			cmd := exec.Command(program, args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "ASYNCGENCACHE="+cache)
			return cmd
		}
		cache := b.TempDir()
		process(b, in("off", bin, "./...")) // fills the build cache
		b.Run(name+"go list", func(b *testing.B) {
			measure(b, func(int) *exec.Cmd { return in("off", "go", "list", "-tags=asyncgen", "-deps", "-test", "./...") })
		})
		if size.packages == 1 { // with more, it is the compiler that is measured
			load := func() {
				cfg := packages.Config{Mode: packages.LoadSyntax, Dir: dir, Env: in("off", "go").Env, Tests: true, BuildFlags: []string{"-tags=asyncgen"}}
				if _, err := packages.Load(&cfg, "./..."); err != nil {
					b.Fatal(err)
				}
			}
			load()
			b.Run(name+"load with go packages", func(b *testing.B) {
				for b.Loop() {
					load()
				}
			})
		}
		b.Run(name+"without a cache", func(b *testing.B) {
			measure(b, func(int) *exec.Cmd { return in("off", bin, "./...") })
		})
		process(b, in(cache, bin, "./..."))
		b.Run(name+"nothing changed", func(b *testing.B) {
			measure(b, func(int) *exec.Cmd { return in(cache, bin, "./...") })
		})
		b.Run(name+"a file changed", func(b *testing.B) {
			file := filepath.Join(dir, "p0", "p.go")
			text, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			measure(b, func(i int) *exec.Cmd {
				if err := os.WriteFile(file, fmt.Appendf(text, "\n// %d of %d\n", i, b.N), 0o644); err != nil {
					b.Fatal(err)
				}
				return in(cache, bin, "./...")
			})
		})
	}
}

// manyPackages writes a module.
func manyPackages(dir string, packages, functions int) error {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	if err := writeModule(dir, checkout); err != nil {
		return err
	}
	for i := range packages {
		var w strings.Builder
		fmt.Fprintf(&w, "//go:build asyncgen\n\npackage p%d\n\nimport (\n\t\"net/http\"\n\n\t\"github.com/asyncgen/asyncgen/rt\"\n)\n", i)
		for j := range functions {
			fmt.Fprintf(&w, `
//async:func
func Fetch%[1]d(urls ...string) rt.Coro[int] {
	total := 0
	for _, url := range urls {
		resp, err := rt.TryAwait(rt.ToThread(func() (*http.Response, error) { return http.Get(url) }))
		if err != nil {
			return rt.Fail[int](err)
		}
		defer resp.Body.Close()
		switch resp.StatusCode {
		case http.StatusOK:
			total++
		case http.StatusFound:
			total += rt.Await(Fetch%[2]d(resp.Header.Get("Location")))
		}
	}
	return rt.Return(total)
}
`, j, max(j-1, 0))
		}
		sub := filepath.Join(dir, fmt.Sprintf("p%d", i))
		if err := os.Mkdir(sub, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(sub, "p.go"), []byte(w.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// measure runs processes.
func measure(b *testing.B, make func(i int) *exec.Cmd) {
	var cpu time.Duration
	var peak int64
	i := 0
	for b.Loop() {
		i++
		state := process(b, make(i))
		cpu += state.UserTime() + state.SystemTime()
		peak = max(peak, state.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(cpu.Seconds()*1000/float64(i), "cpu-ms/op")
	b.ReportMetric(float64(peak)/1024, "peak-MB")
}

// process runs one to its end.
func process(b *testing.B, cmd *exec.Cmd) *os.ProcessState {
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return cmd.ProcessState
}
