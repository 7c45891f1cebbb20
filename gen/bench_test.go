package gen

import (
	"fmt"
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
