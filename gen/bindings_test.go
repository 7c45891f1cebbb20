package gen

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// TestNamesMeanTheSame compares what identifiers mean in the goldens and in their outputs.
func TestNamesMeanTheSame(t *testing.T) {
	compared := 0
	for _, text := range mutationSources(t) {
		p, err := memoryPackage(text)
		if err != nil {
			t.Fatal(err)
		}
		n, wrong := compareBindings(p)
		compared += n
		for _, w := range wrong {
			t.Errorf("%s\n%s", w, numbered(text))
		}
	}
	if compared < 10000 {
		t.Errorf("%d identifiers were compared, which are too few", compared)
	}
}

// TestWrongMeaningIsSeen has the output of one source compared with another one, in which a name means something else.
func TestWrongMeaningIsSeen(t *testing.T) {
	source := func(param string) *Package {
		p, err := memoryPackage("package main\n\nvar v = 1\n\nfunc f(" + param + " int) int { return v }\n")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	global, local := source("w"), source("v")
	if list := wrongMeanings(meanings(global.Files[0].Syntax, global, global.Info, nil), meanings(local.Files[0].Syntax, local, local.Info, nil)); len(list) != 1 {
		t.Errorf("found: %v", list)
	}
}

// compareBindings compares each identifier of the output, in overlay mode, with those that are spelled like it on the line of
// the source from which it comes: it must mean the same as one of them. n is how many have been compared.
func compareBindings(p *Package) (n int, wrong []string) {
	c := newCompiler(p, Options{Overlay: true})
	if !c.front() {
		return 0, nil
	}
	outputs := c.verified()
	if len(c.diags) > 0 {
		return 0, nil
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	if _, _, err := c.typecheck(outputs, inGoOrder(p.Files), info); err != nil {
		return 0, []string{err.Error()}
	}
	heads := map[int]bool{} // where the constants and types stand that move to the top of Resume
	for _, co := range c.cos {
		heads[c.lineOf(co.body.Pos())] = true
	}
	source := meanings(p.Files[0].Syntax, p, p.Info, heads)
	output := meanings(outputs[0].syntax, p, info, spilled(outputs[0].text))
	return len(output), wrongMeanings(source, output)
}

// A mention is an identifier on a line of the source.
type mention struct {
	line int
	name string
}

// localMeaning is that of what a function declares.
const localMeaning = "something local"

// spilled are those lines of an output that are not on the line of the source from which they come: behind the first line of what is
// generated.
func spilled(text []byte) map[int]bool {
	lines := map[int]bool{}
	generated, first := false, false
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case isLineDirective(line):
			generated, first = strings.HasSuffix(line, generatedMark), true
		case generated && !first:
			lines[i+1] = true
		default:
			first = false
		}
	}
	return lines
}

// meanings are what the identifiers of a file mean, by their lines, without those of some lines.
func meanings(file *ast.File, p *Package, info *types.Info, without map[int]bool) map[mention][]string {
	list := map[mention][]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && info.Uses[id] != nil && !isMember(info.Uses[id]) && !without[p.Fset.PositionFor(id.Pos(), false).Line] {
			at := mention{p.Fset.Position(id.Pos()).Line, id.Name}
			list[at] = append(list[at], meaning(info.Uses[id]))
		}
		return true
	})
	return list
}

// isMember reports whether an object is a field or method, which no scope can hide.
func isMember(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		return obj.IsField()
	case *types.Func:
		return obj.Signature().Recv() != nil
	}
	return false
}

// meaning says what is outside of functions by its package and name.
func meaning(obj types.Object) string {
	name, isImport := obj.(*types.PkgName)
	switch {
	case isImport:
		return "import of " + name.Imported().Path()
	case obj.Parent() == types.Universe:
		return "predeclared " + obj.Name()
	case obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope():
		return obj.Pkg().Path() + "." + obj.Name()
	}
	return localMeaning
}

// wrongMeanings are those identifiers of an output that mean nothing of what those of the source on the same line do. A local
// type may have moved to package level.
func wrongMeanings(source, output map[mention][]string) []string {
	var list []string
	for at, got := range output {
		want := source[at]
		for _, m := range got {
			moved := slices.Contains(want, localMeaning) && strings.HasSuffix(m, "."+at.name)
			generated := strings.HasPrefix(m, "predeclared ") || strings.Contains(m, rtPath)
			if len(want) > 0 && !slices.Contains(want, m) && !moved && !generated {
				list = append(list, fmt.Sprintf("line %d: %s means %s, and in the source %s", at.line, at.name, m, strings.Join(want, ", ")))
			}
		}
	}
	slices.Sort(list)
	return list
}
