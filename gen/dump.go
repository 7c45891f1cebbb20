package gen

import (
	"fmt"
	"slices"
	"strings"
)

// Stages are what Dump can show, in the order in which the compiler makes them.
var Stages = []string{"coroutines", "blocks", "live", "frame", "out"}

// Dump shows a stage of the compiler as text, for every async function of the package:
//
//	coroutines  the async functions, what they give, capture and call
//	blocks      the graph of basic blocks
//	live        the variables that are live at the beginning of each block
//	frame       where each variable lives, and what is awaited in which field
//	out         the output, also when it does not compile
func Dump(p *Package, opts Options, stage string) (text string, diags []Diagnostic) {
	if !slices.Contains(Stages, stage) {
		return "", []Diagnostic{{Message: fmt.Sprintf("there is no stage %q; there are: %s", stage, strings.Join(Stages, " "))}}
	}
	if p.Types == nil {
		return "", nil
	}
	c := newCompiler(p, opts)
	defer c.failed(func(bug Diagnostic) { text, diags = "", []Diagnostic{bug} })
	if !c.front() {
		return "", sortDiagnostics(c.diags)
	}
	var w strings.Builder
	if stage == "out" {
		for _, f := range c.verified() {
			fmt.Fprintf(&w, "-- %s --\n%s", base(f.Path), f.Content)
		}
		return w.String(), sortDiagnostics(c.diags)
	}
	for _, co := range c.cos {
		switch stage {
		case "coroutines":
			c.dumpCoroutine(&w, co)
		case "blocks":
			c.dumpBlocks(&w, co)
		case "live":
			dumpLive(&w, co)
		case "frame":
			c.dumpFrame(&w, co)
		}
	}
	return w.String(), nil
}

func (c *compiler) dumpCoroutine(w *strings.Builder, co *coroutine) {
	fmt.Fprintf(w, "%s gives %s\n", co.name, c.typeText(co.src, co.elem, co.body.Pos()))
	for _, v := range co.captures {
		fmt.Fprintf(w, "\tcaptures %s\n", v.Name())
	}
	for _, d := range co.calls {
		how := "in its frame"
		if d.scc == co.scc {
			how = "recursion"
		} else if co.apart[d] {
			how = "apart"
		}
		fmt.Fprintf(w, "\tawaits %s, %s\n", d.name, how)
	}
}

// dumpBlocks prints the graph with the code that is emitted for it.
func (c *compiler) dumpBlocks(w *strings.Builder, co *coroutine) {
	e := c.newEmitter(co)
	fmt.Fprintf(w, "%s\n", co.name)
	for _, b := range co.graph.blocks {
		fmt.Fprintf(w, "%s:\n", e.nameOf(b))
		text := strings.TrimRight(e.block(b, nil), "\n")
		for _, line := range strings.Split(text, "\n") {
			if line != "" {
				fmt.Fprintf(w, "\t%s\n", line)
			}
		}
		for _, s := range b.succs() {
			fmt.Fprintf(w, "\t→ %s\n", e.nameOf(s))
		}
	}
}

// succs are all blocks that may run after b, its inner exits included.
func (b *block) succs() []*block {
	var list []*block
	if b.term != nil {
		list = b.term.succs()
	}
	for _, in := range b.code {
		list = append(list, in.exits...)
	}
	return list
}

func dumpLive(w *strings.Builder, co *coroutine) {
	fmt.Fprintf(w, "%s\n", co.name)
	e := &emitter{co: co, g: co.graph, labels: newNamer(co.body), jumped: map[*block]bool{}}
	for _, b := range co.graph.blocks {
		var names []string
		for _, v := range co.graph.vars {
			if b.liveIn.has(v) {
				names = append(names, v.name)
			}
		}
		slices.Sort(names)
		fmt.Fprintf(w, "\t%s: %s\n", e.nameOf(b), strings.Join(names, " "))
	}
}

func (c *compiler) dumpFrame(w *strings.Builder, co *coroutine) {
	fmt.Fprintf(w, "%s\n", co.name)
	em := &emitter{c: c, co: co, g: co.graph}
	for _, v := range co.graph.vars {
		if co.graph.mentioned[v] {
			fmt.Fprintf(w, "\t%s %s: %s", v.name, em.typeOf(v), v.home)
			if v.field != nil {
				fmt.Fprintf(w, ", as %s", v.field.name)
			}
			fmt.Fprintln(w)
		}
	}
	for _, s := range co.graph.slots {
		fmt.Fprintf(w, "\t%s %s: awaited\n", s.name, s.typeText)
	}
}
