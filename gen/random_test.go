package gen

import (
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The differential test: what asyncgen makes of random functions must print what the same functions
// print when they run eagerly (eager_test.go). The Go compiler is the judge.

var (
	randomSeed      = flag.Int64("random.seed", 1, "first seed of the random programs")
	randomRounds    = flag.Int("random.rounds", 2, "random programs to compare")
	randomFunctionN = flag.Int("random.functions", 40, "functions in a random program")
	randomBatch     = flag.Int("random.batch", 20, "random programs that are built together")
	randomShrink    = flag.Duration("random.shrink", 20*time.Second, "how long to look for a smaller program that fails")
)

func TestRandomFunctions(t *testing.T) {
	rounds := *randomRounds
	if testing.Short() {
		rounds = 1
	}
	for from := 0; from < rounds; from += *randomBatch {
		var texts []string
		for i := from; i < min(from+*randomBatch, rounds); i++ {
			texts = append(texts, render(randomProgram(*randomSeed+int64(i))))
		}
		for i, failure := range compareRuns(t, texts...) {
			seed := *randomSeed + int64(from+i)
			switch {
			case strings.HasPrefix(failure, invalid):
				t.Errorf("seed %d:\n%s\n%s", seed, numbered(texts[i]), failure)
			case failure != "":
				functions, failure := shrink(t, randomProgram(seed), failure)
				t.Errorf("seed %d:\n%s\n%s", seed, render(functions)[len(randomPrologue):], failure)
			}
		}
	}
}

func randomProgram(seed int64) []*piece { return randomFunctions(seed, *randomFunctionN) }

func randomFunctions(seed int64, n int) []*piece {
	r := rand.New(rand.NewSource(seed))
	var functions []*piece
	for i := range n {
		g := &randomizer{r: r, number: i}
		functions = append(functions, g.function())
	}
	return functions
}

// invalid begins the answer of compareRuns for a program that is not Go.
const invalid = "not a program"

// compareRuns builds programs of one file both ways, runs them, and returns for each what is wrong, or "".
func compareRuns(t testing.TB, texts ...string) []string {
	p := newProgram(t)
	rt, err := os.ReadFile("testdata/eager/rt.go")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.dir, "rt", "rt.go"), rt)
	failures := make([]string, len(texts))
	for i, text := range texts {
		failures[i] = addBoth(t, p, strconv.Itoa(i), text)
	}
	p.build(t)
	for i := range texts {
		if failures[i] == "" {
			failures[i] = compareRun(p, strconv.Itoa(i))
		}
	}
	return failures
}

// addBoth makes a program two cases: eager and generated.
func addBoth(t testing.TB, p *program, name, text string) string {
	lazy, err := eagerSource(text)
	if err != nil {
		return fmt.Sprintf("%s: %v", invalid, err)
	}
	pkg, err := memoryPackage(text)
	if err != nil {
		return fmt.Sprintf("%s: %v", invalid, err)
	}
	files, diags := Generate(pkg, Options{})
	if len(diags) > 0 {
		return "refused: " + diags[0].String()
	}
	p.add(t, "generated"+name, "in_async.go", files[0].Content)
	p.add(t, "eager"+name, "in.go", []byte(lazy))
	return ""
}

func compareRun(p *program, name string) string {
	if said := p.broken["eager"+name]; said != "" {
		return invalid + ":\n" + said
	}
	want, err := p.run("eager" + name)
	if err != nil && exitCode(err) != 2 { // a panic
		return fmt.Sprintf("%s: the eager run fails: %v", invalid, err)
	}
	got, failed := p.run("generated" + name)
	switch {
	case failed != nil && exitCode(failed) != exitCode(err):
		got += fmt.Sprintf("the program fails: %v\n", failed)
	case err != nil && failed == nil:
		want += fmt.Sprintf("the program fails: %v\n", err)
	case got == want:
		return ""
	}
	return firstDifference(want, got)
}

// exitCode is that of a program that has failed, or 0.
func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// firstDifference shows where two outputs part, from the beginning of the function's output.
func firstDifference(want, got string) string {
	w, g := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	from := i
	for from > 0 && !strings.HasPrefix(w[from], "==") { // the function to which it belongs
		from--
	}
	return fmt.Sprintf("eagerly it prints\n%s\ngenerated\n%s", strings.Join(w[from:min(i+1, len(w))], ""), strings.Join(g[from:min(i+3, len(g))], ""))
}

// shrink takes pieces out of a program as long as it fails in the same way.
func shrink(t testing.TB, functions []*piece, failure string) ([]*piece, string) {
	stop := time.Now().Add(*randomShrink)
	only := failing(failure)
	failed := func() bool {
		if time.Now().After(stop) {
			return false
		}
		numbers := called(functions)
		if slices.Contains(numbers, only) {
			numbers = []int{only}
		}
		text := render(functions, numbers...)
		if _, err := memoryPackage(text); err != nil {
			return false
		}
		now := compareRuns(t, text)[0]
		if now == "" || strings.HasPrefix(now, invalid) {
			return false
		}
		failure = now
		return true
	}
	var empty func(list *[]*piece) bool
	empty = func(list *[]*piece) bool {
		changed := false
		for n := len(*list); n > 0; n /= 2 { // a long run at once, then shorter ones
			for i := 0; i+n <= len(*list); {
				old := *list
				*list = append(append([]*piece(nil), old[:i]...), old[i+n:]...)
				if failed() {
					changed = true
					continue
				}
				*list = old
				i++
			}
		}
		for i, p := range *list {
			for b := range p.bodies {
				changed = empty(&p.bodies[b]) || changed
				old := *list // a body in place of its statement
				*list = append(append(append([]*piece(nil), old[:i]...), p.bodies[b]...), old[i+1:]...)
				if failed() {
					return true
				}
				*list = old
			}
		}
		return changed
	}
	for empty(&functions) {
	}
	return functions, failure
}

// failing is the number of the function that a difference belongs to, or -1.
func failing(difference string) int {
	n := -1
	before, _, _ := strings.Cut(difference, "\ngenerated\n")
	for l := range strings.Lines(before) {
		fmt.Sscanf(l, "== %d", &n)
	}
	return n
}

// numbered puts line numbers before the lines.
func numbered(text string) string {
	var w strings.Builder
	for i, l := range strings.Split(text, "\n") {
		fmt.Fprintf(&w, "%4d %s\n", i+1, l)
	}
	return w.String()
}

// called are the numbers of the functions that are left.
func called(functions []*piece) []int {
	var list []int
	for _, f := range functions {
		var n int
		if _, err := fmt.Sscanf(strings.TrimPrefix(f.text[0], "//async:func\n"), "func f%d", &n); err == nil {
			list = append(list, n)
		}
	}
	return list
}
