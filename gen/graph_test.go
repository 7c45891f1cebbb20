package gen

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var pictures = flag.String("pictures", "", "folder for the pictures of all functions that the tests draw")

// functionsOf compiles a package of one file.
func functionsOf(t *testing.T, source string) []*Function {
	t.Helper()
	p, err := memoryPackage(source)
	if err != nil {
		t.Fatal(err)
	}
	list, diags := Functions(p)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return list
}

// everyFunction gives those of the goldens that compile, and of rt's scenarios.
func everyFunction(t *testing.T) []*Function {
	t.Helper()
	var all []*Function
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Files {
			if f.Name != "in.go" || strings.HasPrefix(filepath.Base(name), "err_") {
				continue
			}
			p, err := memoryPackage(string(f.Data))
			if err != nil {
				continue // it imports what is not in memory
			}
			list, _ := Functions(p)
			all = append(all, list...)
		}
	}
	list, diags, err := Load(context.Background(), Config{Dir: "..", Patterns: []string{"./rt/scenarios", "./testdata/golden/primer/..."}, Overlay: true, Tests: true})
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	for _, p := range list {
		list, _ := Functions(p)
		all = append(all, list...)
	}
	if len(all) < 700 {
		t.Fatalf("only %d functions", len(all))
	}
	return all
}

func TestEveryFunctionCanBeDrawn(t *testing.T) {
	for i, f := range everyFunction(t) {
		g := f.Graph()
		if err := consistent(f, g); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		if err := complete(f); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		svg := g.SVG()
		if err := checkSVG(svg, g); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		if err := checkRoutes(g.layOut()); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		if *pictures != "" {
			path := filepath.Join(*pictures, fmt.Sprintf("%03d-%04d-%s", len(g.States), i, f.Name))
			writeFile(t, path+".svg", svg)
			writeFile(t, path+".dot", g.DOT())
			writeFile(t, path+".mmd", g.Mermaid())
		}
		if t.Failed() {
			return
		}
	}
}

// consistent says what is wrong with a graph: states and edges that miss, or that are too many.
func consistent(f *Function, g *Graph) error {
	ids := map[string]int{}
	for i, s := range g.States {
		if _, twice := ids[s.ID]; twice {
			return fmt.Errorf("two states are called %s", s.ID)
		}
		ids[s.ID] = i
		if s.Kind == StateCode && len(s.Lines) == 0 {
			return fmt.Errorf("%s shows nothing", s.ID)
		}
	}
	if g.States[0].Kind != StateStart {
		return errors.New("the start is not the first state")
	}
	in, out := map[string]int{}, map[string]int{}
	for _, e := range g.Edges {
		if _, ok := ids[e.From]; !ok {
			return fmt.Errorf("an edge begins at %s, which is not there", e.From)
		}
		if _, ok := ids[e.To]; !ok {
			return fmt.Errorf("an edge leads to %s, which is not there", e.To)
		}
		in[e.To]++
		out[e.From]++
	}
	for _, s := range g.States {
		if in[s.ID] == 0 && s.Kind != StateStart && s.Kind != StateExit {
			return fmt.Errorf("nothing leads to %s", s.ID)
		}
	}
	waiting := 0
	f.co.graph.waiting(func(a *await, _ *block) {
		if _, ok := ids["await"+strconv.Itoa(a.site)]; !ok {
			waiting++
		}
	})
	if waiting > 0 {
		return fmt.Errorf("%d suspensions miss", waiting)
	}
	return nil
}

// complete compares the edges with the graph of basic blocks: all that may follow a block, and nothing else.
func complete(f *Function) error {
	d := newDrafter(f)
	d.drafts()
	for _, b := range d.g.blocks {
		from := []*draft{d.code[b]}
		if d.wait[b] != nil {
			from = append(from, d.wait[b])
		}
		have, want := map[*draft]bool{d.wait[b]: true}, map[*draft]bool{d.wait[b]: true, d.done: true}
		for _, in := range b.code {
			if in.ended != nil { // the await before it fails
				for _, e := range d.waits[in.ended].out {
					have[e.to] = have[e.to] || e.kind == EdgeFail
				}
			}
		}
		for _, s := range b.succs() {
			want[d.begin(s)] = true
		}
		for _, s := range from {
			for _, e := range s.out {
				have[e.to] = true
				if !want[e.to] && e.kind != EdgeFail {
					return fmt.Errorf("an edge leads from block %d to %v, which does not follow it", b.id, e.to.Lines)
				}
			}
		}
		for _, s := range b.succs() {
			if !have[d.begin(s)] {
				return fmt.Errorf("no edge leads from block %d to block %d", b.id, s.id)
			}
		}
	}
	return nil
}

// checkSVG parses a picture, and says which texts do not lie inside their boxes, or the picture.
func checkSVG(svg []byte, g *Graph) error {
	dec := xml.NewDecoder(strings.NewReader(string(svg)))
	var page, box [4]float64
	var inBox bool
	boxes := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		el, ok := tok.(xml.StartElement)
		if end, isEnd := tok.(xml.EndElement); isEnd && end.Name.Local == "g" {
			inBox = false
		}
		if !ok {
			continue
		}
		at := func(name string) float64 {
			for _, a := range el.Attr {
				if a.Name.Local == name {
					n, _ := strconv.ParseFloat(a.Value, 64)
					return n
				}
			}
			return 0
		}
		class := ""
		for _, a := range el.Attr {
			if a.Name.Local == "class" {
				class = a.Value
			}
		}
		switch el.Name.Local {
		case "svg":
			page = [4]float64{0, 0, at("width"), at("height")}
		case "rect":
			if class == "box" {
				box, inBox = [4]float64{at("x"), at("y"), at("x") + at("width"), at("y") + at("height")}, true
				boxes++
				if box[0] < 0 || box[2] > page[2] || box[3] > page[3] {
					return fmt.Errorf("a box %v is not inside the picture %v", box, page)
				}
			}
		case "text":
			var text string
			if err := dec.DecodeElement(&text, &el); err != nil {
				return err
			}
			width := float64(columns(text)) * cell
			around := page
			switch {
			case inBox:
				around = box
			case strings.HasPrefix(class, "label"):
				width = float64(columns(text)) * labelCell
			case class == "note":
				width = float64(columns(text)) * labelCell
			case class == "name":
				width = float64(columns(text)) * headCell
			}
			from, to := at("x"), at("x")+width
			for _, a := range el.Attr {
				if a.Name.Local == "text-anchor" && a.Value == "end" {
					from, to = from-width, from
				}
			}
			if from < around[0] || to > around[2] || at("y")-10 < around[1] || at("y")+3 > around[3] {
				return fmt.Errorf("%q does not fit into %v", text, around)
			}
		}
	}
	if boxes != len(g.States) {
		return fmt.Errorf("%d boxes for %d states", boxes, len(g.States))
	}
	return nil
}

// checkRoutes says which edges lie on each other.
func checkRoutes(d *drawing) error {
	type segment struct{ at, from, to float64 }
	var across, up []segment // horizontal, vertical
	overlap := func(list []segment, s segment) bool {
		return slices.ContainsFunc(list, func(o segment) bool {
			return o.at-s.at < 5 && s.at-o.at < 5 && o.from < s.to && s.from < o.to
		})
	}
	for i, a := range d.boxes[1:] {
		if a.y < d.boxes[i].y+d.boxes[i].h+boxGap-1 {
			return errors.New("two boxes overlap")
		}
	}
	for _, l := range d.lanes {
		edge := l.to.x + l.to.w
		if l.back {
			edge = l.to.x
		}
		stubs := []float64{l.inPort()}
		for _, e := range l.from {
			y := l.outPort(e.box)
			if y < e.box.y || y > e.box.y+e.box.h {
				return fmt.Errorf("an edge does not begin at its box %s", e.box.state.ID)
			}
			if (y < l.inPort()) == l.back {
				return fmt.Errorf("the lane to %s goes the wrong way", l.to.state.ID)
			}
			stubs = append(stubs, y)
		}
		for _, y := range stubs {
			s := segment{y, min(edge, l.x), max(edge, l.x)}
			if overlap(across, s) {
				return fmt.Errorf("two edges beside %s are at one height", l.to.state.ID)
			}
			across = append(across, s)
		}
		s := segment{l.x, slices.Min(stubs), slices.Max(stubs)}
		if overlap(up, s) {
			return fmt.Errorf("two lanes are in one place, one of them leads to %s", l.to.state.ID)
		}
		up = append(up, s)
	}
	return nil
}

// The pages of testdata/graph: in.go, the function to look at (func), and what it looks like (graph.dot, graph.mmd,
// graph.svg, frame). -update rewrites what a page has.
func TestGraphs(t *testing.T) {
	names, err := filepath.Glob("testdata/graph/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			page, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range page.Files {
				files[f.Name] = string(f.Data)
			}
			found := Named(functionsOf(t, files["in.go"]), strings.TrimSpace(files["func"]))
			if len(found) != 1 {
				t.Fatalf("func means %d functions", len(found))
			}
			frame, diags := found[0].Frame()
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			g := found[0].Graph()
			for i, f := range page.Files {
				var got string
				switch f.Name {
				case "graph.dot":
					got = string(g.DOT())
				case "graph.mmd":
					got = string(g.Mermaid())
				case "graph.svg":
					got = string(g.SVG())
				case "frame":
					got = frame.String()
				default:
					continue
				}
				if *update {
					page.Files[i].Data = []byte(got)
				} else if got != string(f.Data) {
					t.Errorf("%s is not current; to accept: go test ./gen -run TestGraphs -update\n%s", f.Name, unified("page", string(f.Data), "current", got))
				}
			}
			if *update {
				writeFile(t, name, txtar.Format(page))
			}
		})
	}
}

const named = `package p

import "github.com/asyncgen/asyncgen/rt"

type Client struct{}
type Pair[K, V any] struct{}

//async:func
func (c *Client) Get() rt.Coro[int] { return rt.Return(rt.Await(fetch())) }

//async:func
func (Pair[K, V]) Get() rt.Coro[int] { return rt.Return(rt.Await(fetch())) }

//async:func
func fetch() rt.Coro[int] {
	inner := func() rt.Coro[int] {
		return rt.Return(rt.Await(rt.Return(1)))
	}
	return rt.Return(rt.Await(inner()))
}

//async:func
func Post() rt.Coro[int] { return nil }
`

func TestNamed(t *testing.T) {
	list := functionsOf(t, named)
	for _, test := range []struct{ name, want string }{
		{"fetch", "fetch"},
		{"p.fetch", "fetch"},
		{"m/memory.fetch", "fetch"},
		{"Client.Get", "Client.Get"},
		{"(*Client).Get", "Client.Get"},
		{"p.(*Client).Get", "Client.Get"},
		{"Pair[int, string].Get", "Pair.Get"},
		{"Pair[...].Get", "Pair.Get"},
		{"fetch.func1", "fetch.func1"},
		{"func1", "fetch.func1"},
		{"p.fetch.func1", "fetch.func1"},
		{"p.(*fetchFrame).Resume", "fetch"},
		{"p.(*clientGetFrame).Resume", "Client.Get"},
		{"in.go:15", "fetch"},
		{"in.go:17", "fetch.func1"},
		{"memory/in.go:20", "fetch"},
		{"n.go:20", ""},
		{"in.go:1", ""},
		{"Get", "Client.Get Pair.Get"},
		{"post", ""},
		{"etch", ""},
		{"", ""},
	} {
		var names []string
		for _, f := range Named(list, test.name) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%q means %q, want %q", test.name, got, test.want)
		}
	}
}

// The sizes and offsets that Frame gives are those of the Go compiler.
func TestFrameSizesAreTrue(t *testing.T) {
	program := newProgram(t)
	var main, calls, want strings.Builder
	main.WriteString("package main\n\nimport (\n")
	for _, name := range []string{"frame_layout", "defer_operands", "lit_capture", "func_generic", "func_recursive", "stream_yield",
		"task_handle", "for_per_iteration", "rangefunc_leaves", "result_named", "local_type", "select_clauses", "await_rt_calls", "range_map"} {
		page, err := txtar.ParseFile(filepath.Join(goldenDir, name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		source := string(page.Files[slices.IndexFunc(page.Files, func(f txtar.File) bool { return f.Name == "in.go" })].Data)
		p, err := memoryPackage(source)
		if err != nil {
			t.Fatal(err)
		}
		outputs, diags := Generate(p, Options{})
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		program.add(t, name, "in_async.go", outputs[0].Content)
		code, sizes := sizesOf(t, functionsOf(t, source))
		writeFile(t, filepath.Join(program.dir, name, "sizes.go"), []byte(code))
		fmt.Fprintf(&main, "\t%s %q\n", name, "m/"+name)
		fmt.Fprintf(&calls, "\t%s.Sizes()\n", name)
		want.WriteString(sizes)
	}
	writeFile(t, filepath.Join(program.dir, "main.go"), []byte(main.String()+")\n\nfunc main() {\n"+calls.String()+"}\n"))
	got, err := program.goCommand("run", "-trimpath", ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if got != want.String() {
		t.Errorf("frames are not as described:\n%s", unified("described", want.String(), "unsafe.Sizeof", got))
	}
	if n := strings.Count(got, "\n"); n < 40 {
		t.Errorf("only %d sizes", n)
	}
}

// sizesOf writes code that prints the sizes of frames, and gives what it should print.
func sizesOf(t *testing.T, list []*Function) (code, want string) {
	t.Helper()
	var w, said strings.Builder
	w.WriteString("package it\n\nimport (\n\t\"fmt\"\n\t\"unsafe\"\n\n\t\"github.com/asyncgen/asyncgen/rt\"\n)\n\nvar _ rt.None\n\nfunc Sizes() {\n")
	for _, f := range list {
		frame, diags := f.Frame()
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		if len(f.co.typeParams()) > 0 {
			continue
		}
		fmt.Fprintf(&w, "\t{\n\t\tvar f %s\n\t\tfmt.Println(%q, unsafe.Sizeof(f))\n", frame.Type, f.Name)
		fmt.Fprintln(&said, f.Name, frame.Size)
		for _, v := range frame.Fields {
			fmt.Fprintf(&w, "\t\tfmt.Println(%q, unsafe.Offsetof(f.%s), unsafe.Sizeof(f.%[2]s))\n", v.Name, v.Name)
			fmt.Fprintln(&said, v.Name, v.Offset, v.Size)
		}
		if m := frame.Task; m != nil {
			size := "unsafe.Sizeof(f) + unsafe.Sizeof(rt.Task[int]{})"
			if m.Allocations == 1 {
				size = "unsafe.Sizeof(" + f.co.task + "{})"
			}
			fmt.Fprintf(&w, "\t\tfmt.Println(\"task\", %s)\n", size)
			fmt.Fprintln(&said, "task", m.Size)
		}
		w.WriteString("\t}\n")
	}
	w.WriteString("}\n")
	return w.String(), said.String()
}
