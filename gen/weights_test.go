package gen

import (
	"fmt"
	"go/types"
	"strings"
	"testing"
)

// levels are twenty functions, or methods, or what else, that each hold the next one several times.
var levels = map[string]string{
	"tasks": `
//async:func
func fN(n int) rt.Coro[int] {
	a := rt.CreateTask(fM(n))
	b := rt.CreateTask(fM(n))
	return rt.Return(rt.Await(a) + rt.Await(b) + rt.Await(fM(n)))
}`,
	"streams": `
//async:func
func fN(n int) rt.Stream[int] {
	for v := range rt.AwaitEach(fM(n)) {
		rt.Yield(v)
	}
	for v := range rt.AwaitEach(fM(n)) {
		for w := range rt.AwaitEach(fM(v)) {
			rt.Yield(w)
		}
	}
	return nil
}`,
	"instances": `
//async:func
func fN[T any](v T) rt.Coro[T] {
	rt.Await(fM[int](1))
	rt.Await(fM[string]("s"))
	rt.Await(fM[[]T](nil))
	return fM[T](v)
}`,
	"literals": `
//async:func
func (t list) fN() rt.Coro[int] {
	sum := rt.Await(rt.CreateTask(t.fM()))
	return func() rt.Coro[int] { return rt.Return(sum + rt.Await(t.fM())) }()
}`,
	"one calls many": `
//async:func
func fN(n int) rt.Coro[int] {
	sum := 0` + strings.Repeat(`
	sum += rt.Await(rt.CreateTask(fM(n)))`, 40) + `
	return rt.Return(sum)
}`,
}

// lastLevel is what the last of them hold.
var lastLevel = map[string]string{
	"streams":   "//async:func\nfunc f20(n int) rt.Stream[int] {\n\trt.Yield(n)\n\treturn nil\n}\n",
	"instances": "//async:func\nfunc f20[T any](v T) rt.Coro[T] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(v)\n}\n",
	"literals":  "type list []int\n\n//async:func\nfunc (t list) f20() rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(len(t))\n}\n",
	"":          "//async:func\nfunc f20(n int) rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(n)\n}\n",
}

// The sizes of what rt defines are those that rt has. The value of a frame or a task counts apart.
func TestSizesOfPartsAreThoseOfRT(t *testing.T) {
	c := functionsOf(t, "package main\n\nimport \"github.com/asyncgen/asyncgen/rt\"\n\n//async:func\nfunc f() rt.Coro[rt.None] { return nil }\n\nfunc main() {}\n")[0].c
	scope := c.rt().Scope()
	value := types.Typ[types.Int64]
	for name, want := range map[string]int64{"Frame": headSize + sizes.Sizeof(value), "Defers": defersSize, "Room": taskSize} {
		typ := scope.Lookup(name).Type()
		if named := typ.(*types.Named); named.TypeParams().Len() > 0 {
			var err error
			if typ, err = types.Instantiate(nil, named, []types.Type{value}, true); err != nil {
				t.Fatal(err)
			}
		}
		if size := newMeasure(sizes).sizeof(typ); size != want {
			t.Errorf("rt.%s has %d bytes, not %d", name, size, want)
		}
	}
}

func TestFramesDoNotMultiply(t *testing.T) {
	for kind, level := range levels {
		last, ok := lastLevel[kind]
		if !ok {
			last = lastLevel[""]
		}
		source := "package main\n\nimport \"github.com/asyncgen/asyncgen/rt\"\n\nfunc main() {}\n\n" + last
		for i := range 20 {
			source += strings.NewReplacer("fN", fmt.Sprint("f", i), "fM", fmt.Sprint("f", i+1)).Replace(level) + "\n"
		}
		largest, apart := int64(0), 0
		for _, f := range functionsOf(t, source) {
			frame, diags := f.Frame()
			if len(diags) > 0 {
				t.Fatal(kind, diags)
			}
			largest = max(largest, frame.Size)
			apart += len(f.co.apart)
		}
		if limit := int64(maxHeld + 4096); largest > limit || apart == 0 {
			t.Errorf("%s: the largest frame has %d bytes, %d callees are apart; at most %d, and some apart", kind, largest, apart, limit)
		}
	}
}

// An ordinary chain of functions is one frame.
func TestChainsAreOneFrame(t *testing.T) {
	source := "package main\n\nimport \"github.com/asyncgen/asyncgen/rt\"\n\nfunc main() {}\n\n"
	for i := range 300 {
		source += fmt.Sprintf("//async:func\nfunc f%d(n int) rt.Coro[int] {\n\tv := rt.Await(f%d(n))\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(n + v)\n}\n\n", i, i+1)
	}
	source += "//async:func\nfunc f300(n int) rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(n)\n}\n"
	for i, f := range functionsOf(t, source) {
		if frame, diags := f.Frame(); len(diags) > 0 || len(f.co.apart) > 0 || frame.Fields[len(frame.Fields)-1].Size < 40*int64(300-i-1) {
			t.Errorf("%s does not hold its callee", f.Name)
		}
	}
}

// The weights of functions whose frames hold only what they see are about the sizes of their frames.
func TestWeightsAreNearTheSizes(t *testing.T) {
	source := `package main

import "github.com/asyncgen/asyncgen/rt"

type large struct {
	text  string
	bytes [4000]byte
}

//async:func
func leaf(l large, n *int) rt.Coro[large] {
	var unused [9000]byte
	*n += len(unused)
	rt.Await(rt.Sleep(0))
	return rt.Return(l)
}

//async:func
func loops(n int) rt.Coro[int] {
	for i := range n {
		rt.Await(rt.Sleep(0))
		for j := range i {
			var kept [500]int
			kept[j] = rt.Await(loops2(j))
			rt.Await(rt.Sleep(0))
			n += kept[i]
		}
	}
	for i := range n {
		rt.Await(rt.Sleep(0))
		var after [500]int
		n += after[i]
	}
	return rt.Return(n)
}

//async:func
func loops2(n int) rt.Coro[int] {
	defer func() { n++ }()
	var boxed [1000]int
	add := func() { boxed[0]++ }
	rt.Await(rt.Sleep(0))
	add()
	return rt.Return(n)
}

//async:func
func both(n int, l large) rt.Coro[int] {
	a := rt.CreateTask(leaf(l, &n))
	rt.Await(leaf(l, &n))
	rt.Await(leaf(l, &n))
	return rt.Return(len(rt.Await(a).text) + rt.Await(loops(n)))
}

func main() {}
`
	for _, f := range functionsOf(t, source) {
		frame, diags := f.Frame()
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if w := newScales(f.c).of(f.co); w < frame.Size*9/10-32 || w > frame.Size*11/10+32 {
			t.Errorf("%s weighs %d, its frame has %d bytes", f.Name, w, frame.Size)
		}
	}
}
