package gen

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The differential test: what asyncgen makes of random functions must print what the same functions
// print when they run eagerly, as ordinary Go with a stand-in for rt (testdata/eager) in which a
// coroutine runs to its end when it is awaited. The Go compiler is the judge.

var (
	randomSeed   = flag.Int64("random.seed", 1, "first seed of the random functions")
	randomRounds = flag.Int("random.rounds", 2, "programs of random functions to compare")
	randomShrink = flag.Duration("random.shrink", 20*time.Second, "how long to look for a smaller program that fails")
)

// functionsEach is the number of functions in a random program.
const functionsEach = 40

func TestRandomFunctions(t *testing.T) {
	rounds := *randomRounds
	if testing.Short() {
		rounds = 1
	}
	for i := range rounds {
		seed := *randomSeed + int64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			functions := randomFunctions(seed, functionsEach)
			var numbers []int
			for n := range functions {
				numbers = append(numbers, n)
			}
			failure := compareRuns(t, render(functions, numbers))
			if failure == "" {
				return
			}
			if strings.HasPrefix(failure, invalid) {
				t.Fatalf("%s\n%s", numbered(asyncgenText.Replace(render(functions, numbers))), failure)
			}
			functions, failure = shrink(t, functions, failure)
			t.Errorf("%s\n%s", asyncgenText.Replace(render(functions, nil)[len(randomPrologue):]), failure)
		})
	}
}

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

// compareRuns runs a program both ways and gives what is wrong, or "".
func compareRuns(t testing.TB, text string) string {
	pkg, err := memoryPackage(asyncgenText.Replace(text))
	if err != nil {
		return fmt.Sprintf("%s: %v", invalid, err)
	}
	files, diags := Generate(pkg, Options{})
	if len(diags) > 0 {
		return "refused: " + diags[0].String()
	}
	p := newProgram(t)
	p.add(t, "generated", "in_async.go", files[0].Content)
	p.add(t, "eager", "in.go", []byte(eagerSource(text)))
	rt, err := os.ReadFile("testdata/eager/rt.go")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.dir, "rt", "rt.go"), rt)
	p.build(t)
	if said := p.broken["eager"]; said != "" {
		return invalid + ":\n" + said
	}
	want, err := p.run("eager")
	if err != nil {
		return fmt.Sprintf("%s: the eager run fails: %v", invalid, err)
	}
	got, err := p.run("generated")
	if err != nil {
		got += fmt.Sprintf("the program fails: %v\n", err)
	}
	if got == want {
		return ""
	}
	return firstDifference(want, got)
}

// eagerSource is the program as ordinary Go.
func eagerSource(text string) string {
	text = strings.TrimPrefix(eagerText.Replace(text), "//go:build asyncgen\n")
	return strings.Replace(text, `"github.com/asyncgen/asyncgen/rt"`, `"m/rt"`, 1)
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
		text := render(functions, numbers)
		if _, err := memoryPackage(asyncgenText.Replace(text)); err != nil {
			return false
		}
		now := compareRuns(t, text)
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
		if _, err := fmt.Sscanf(strings.TrimPrefix(f.text[0], asyncDirective), "func f%d(", &n); err == nil {
			list = append(list, n)
		}
	}
	return list
}
