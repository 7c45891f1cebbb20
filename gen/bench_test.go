package gen

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// manyFunctions is a package of n async functions, each with a loop, a deferred call, a literal and
// awaits of the one before; ten of them form a chain.
func manyFunctions(n int) string {
	var w strings.Builder
	w.WriteString(fuzzHead)
	for i := range n {
		fmt.Fprintf(&w, `
//async:func
func f%[1]d(a, b int) (c rt.Coro[int]) {
	defer func() {
		if r := recover(); r != nil {
			c = rt.Return(0)
		}
	}()
	total := 0
	for i, v := range []int{a, b, 3} {
		if i == 1 && v > rt.Await(f%[2]d(i, v)) {
			continue
		}
		switch v {
		case 1:
			rt.Await(rt.Sleep(time.Second))
		default:
			total += rt.Await(f%[2]d(v, total)) * v
		}
	}
	double := func(n int) rt.Coro[int] { return rt.Return(rt.Await(rt.Return(n)) * total) }
	v, err := rt.TryAwait(double(total))
	if err != nil {
		rt.Throw(fmt.Errorf("f%[1]d: %%w", err))
	}
	return rt.Return(v)
}
`, i, max(i/10*10, i-1))
	}
	return w.String()
}

// BenchmarkGenerate tells the time for a function: it must not grow with the number of functions.
func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("functions=%d", n), func(b *testing.B) {
			p, err := memoryPackage(manyFunctions(n))
			if err != nil {
				b.Fatal(err)
			}
			size := 0
			for b.Loop() {
				files, diags := Generate(p, Options{})
				if len(diags) > 0 {
					b.Fatal(diags[0])
				}
				size = len(files[0].Content)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/function")
			b.ReportMetric(float64(size)/float64(n), "bytes/function")
		})
	}
}

// longFunctions are functions of about n statements, each of them hard in its own way.
var longFunctions = []struct {
	name string
	body func(n int) string
}{
	{"straight line", func(n int) string { return repeat(n, "a += rt.Await(g(a))") }},
	{"one await in plain code", func(n int) string { return repeat(n, "a++") + "a += rt.Await(g(a))\n" }},
	{"nested ifs", func(n int) string { // each level adds a tab to all lines inside: not too deep
		nest := strings.Repeat("if a > 1 {\na += rt.Await(g(a))\n", 50) + strings.Repeat("}\n", 50)
		return repeat(n/100, nest)
	}},
	{"loops", func(n int) string { return repeat(n/2, "for i := range a {\na += rt.Await(g(i))\n}") }},
	{"a switch", func(n int) string {
		return "switch a {\n" + repeat(n/2, "case %d:\na += rt.Await(g(a))") + "}\n"
	}},
	{"variables live across", func(n int) string {
		return repeat(n/2, "v%d := rt.Await(g(a))") + repeat(n/2, "a += v%d")
	}},
	{"deferred calls", func(n int) string { return repeat(n/2, "defer fmt.Sprint(a)\na += rt.Await(g(a))") }},
	{"one expression", func(n int) string { return "a = " + strings.Repeat("rt.Await(g(a)) + ", n/4) + "1\n" }},
	{"captured variables", func(n int) string {
		return repeat(n/5, "{\nx := a\nh := func() { x++ }\nh()\na += rt.Await(g(x))\n}")
	}},
}

// repeat writes a line n times; %d in it is the number of the line.
func repeat(n int, line string) string {
	var w strings.Builder
	for i := range n {
		w.WriteString(strings.ReplaceAll(line, "%d", fmt.Sprint(i)) + "\n")
	}
	return w.String()
}

// longFunction is a package of one such function.
func longFunction(tb testing.TB, body string) *Package {
	p, err := memoryPackage(fuzzHead + "\n//async:func\nfunc f(a int) rt.Coro[int] {\n" + body + `return rt.Return(a)
}

//async:func
func g(n int) rt.Coro[int] { return rt.Return(n) }

var (
	_ = fmt.Sprint
	_ = time.Second
)
`)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// BenchmarkLongFunction tells the time for a statement. It grows with a frame of thousands of fields,
// since go/types goes through all of them to find one, as the Go compiler will.
func BenchmarkLongFunction(b *testing.B) {
	for _, f := range longFunctions {
		for _, n := range []int{100, 1000, 10000} {
			b.Run(fmt.Sprintf("%s/statements=%d", f.name, n), func(b *testing.B) {
				p := longFunction(b, f.body(n))
				for b.Loop() {
					if _, diags := Generate(p, Options{}); len(diags) > 0 {
						b.Fatal(diags[0])
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/statement")
			})
		}
	}
}

// Memory stands for time here, which no test can rely on: whatever the compiler collects, it also
// goes through.
func TestMemoryGrowsLinearlyWithTheLengthOfAFunction(t *testing.T) {
	const short, long = 1000, 8000
	for _, f := range longFunctions {
		some, all := allocated(t, longFunction(t, f.body(short))), allocated(t, longFunction(t, f.body(long)))
		if limit := some.scaled(10); all.objects > limit.objects || all.bytes > limit.bytes {
			t.Errorf("%s: 8 times the statements took %+v instead of %+v", f.name, all, some)
		}
	}
}

// Nor does a function cost more because there are others.
func TestMemoryGrowsLinearlyWithTheNumberOfFunctions(t *testing.T) {
	var cost [2]memory
	for i, n := range []int{50, 400} {
		p, err := memoryPackage(manyFunctions(n))
		if err != nil {
			t.Fatal(err)
		}
		cost[i] = allocated(t, p)
	}
	if limit := cost[0].scaled(10); cost[1].objects > limit.objects || cost[1].bytes > limit.bytes {
		t.Errorf("8 times the functions took %+v instead of %+v", cost[1], cost[0])
	}
}

// memory is what a run of the compiler allocates.
type memory struct{ objects, bytes uint64 }

func (m memory) scaled(n uint64) memory { return memory{m.objects * n, m.bytes * n} }

// allocated makes the outputs of a package. It leaves out their verification, which is go/types' affair.
func allocated(t *testing.T, p *Package) memory {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := newCompiler(p, Options{})
	ok := c.front() && len(c.outputs()) > 0
	runtime.ReadMemStats(&after)
	if !ok || len(c.diags) > 0 {
		t.Fatal(c.diags)
	}
	return memory{after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}
}
