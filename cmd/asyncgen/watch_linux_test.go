package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkWatch measures the time from a save to the output in its place, of which asyncgen waits 50 ms
// for the editor to be done. The packages import net/http.
//
//	go test -run '^$' -bench Watch -benchtime 10x ./cmd/asyncgen
func BenchmarkWatch(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "asyncgen")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, size := range []int{1, 100} {
		dir := b.TempDir()
		if err := manyPackages(dir, size, 10); err != nil {
			b.Fatal(err)
		}
		stop := startWatch(b, bin, dir)
		text, err := os.ReadFile(filepath.Join(dir, "p0", "p.go"))
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		b.Run(fmt.Sprintf("packages=%d/body", size), func(b *testing.B) {
			for b.Loop() {
				n++
				saveAndWait(b, dir, text, n)
			}
		})
		other := bytes.Replace(text, []byte("import ("), []byte("import (\n\t_ \"strings\"\n"), 1)
		b.Run(fmt.Sprintf("packages=%d/import", size), func(b *testing.B) {
			for b.Loop() {
				n++
				saveAndWait(b, dir, [][]byte{text, other}[n%2], n)
			}
		})
		stop()
	}
}

// startWatch returns when asyncgen watches; stop interrupts it.
func startWatch(b *testing.B, bin, dir string) (stop func()) {
	cmd := exec.Command(bin, "--watch", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "ASYNCGENCACHE="+b.TempDir())
	log, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "watching ") {
	}
	var drained sync.WaitGroup
	drained.Go(func() { _, _ = io.Copy(io.Discard, log) })
	return func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			b.Fatal(err)
		}
		drained.Wait()
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
			b.Fatal(err)
		}
	}
}

// saveAndWait saves a source with another comment, and waits until that is in the output.
func saveAndWait(b *testing.B, dir string, text []byte, n int) {
	line := fmt.Sprintf("// saved as number %d\n", n)
	if err := os.WriteFile(filepath.Join(dir, "p0", "p.go"), append(bytes.Clone(text), "\n"+line...), 0o644); err != nil {
		b.Fatal(err)
	}
	output := filepath.Join(dir, "p0", "p_async.go")
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		made, err := os.ReadFile(output)
		if err == nil && bytes.Contains(made, []byte(line)) {
			return
		}
	}
	b.Fatal("the output does not come")
}
