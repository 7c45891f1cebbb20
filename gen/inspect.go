package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Function is an async function, compiled as far as its graph and its frame, to be looked at.
type Function struct {
	Name    string // as tracebacks name it: fetch, Client.Get, main.func1
	Package string // import path
	Pos     token.Position
	EndLine int

	c      *compiler
	co     *coroutine
	output func() (*types.Package, error) // the package as it will be, for sizes
	sizes  *measure                       // of the target
}

// Functions gives the async functions of a package in the order of the source, a literal behind the function
// around it, or what is wrong with the package.
func Functions(p *Package) (list []*Function, diags []Diagnostic) {
	if p.Types == nil {
		return nil, nil
	}
	c := newCompiler(p, Options{Overlay: true})
	defer c.failed(func(bug Diagnostic) { list, diags = nil, []Diagnostic{bug} })
	if !c.front() {
		return nil, sortDiagnostics(c.diags)
	}
	output := sync.OnceValues(func() (*types.Package, error) {
		pkg, _, err := c.typecheck(c.outputs(), c.pkg.Files, nil)
		return pkg, err
	})
	target := newMeasure(p.Sizes)
	for _, co := range c.cos {
		n := co.syntax()
		list = append(list, &Function{Name: co.name, Package: p.Path, Pos: p.Fset.PositionFor(n.Pos(), false),
			EndLine: p.Fset.PositionFor(n.End(), false).Line, c: c, co: co, output: output, sizes: target})
	}
	return list, nil
}

// syntax is the declaration or the literal.
func (co *coroutine) syntax() ast.Node {
	if co.decl != nil {
		return co.decl
	}
	return co.lit
}

// Named gives the functions that a name may mean: fetch, Client.Get, (*Client).Get, a literal main.func1, each
// also with the package before it; a method without its type; file.go:12 for the innermost function around a
// line; or the frame, as a Go traceback has it: main.(*fetchFrame).Resume. Those of the first kind that
// there are any of.
func Named(list []*Function, name string) []*Function {
	if file, line, ok := fileLine(name); ok {
		return aroundLine(list, file, line)
	}
	name = plainName(name)
	for _, means := range []func(f *Function) bool{
		func(f *Function) bool { return f.Name == name },
		func(f *Function) bool { return f.c.pkg.Name+"."+f.Name == name || f.Package+"."+f.Name == name },
		func(f *Function) bool { return strings.HasSuffix(f.Name, "."+name) },
		func(f *Function) bool {
			frame := strings.TrimSuffix(name, ".Resume")
			return frame == f.co.frame || strings.HasSuffix(frame, f.c.pkg.Name+"."+f.co.frame)
		},
	} {
		found := slices.DeleteFunc(slices.Clone(list), func(f *Function) bool { return !means(f) })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// plainName leaves out what Go writes around a receiver's type: (*Client[T]).Get is Client.Get.
func plainName(name string) string {
	if from, to := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']'); from >= 0 && to > from {
		name = name[:from] + name[to+1:]
	}
	return strings.NewReplacer("(*", "", "(", "", ")", "").Replace(name)
}

// fileLine splits file.go:12.
func fileLine(name string) (file string, line int, ok bool) {
	file, digits, _ := strings.Cut(name, ".go:")
	line, err := strconv.Atoi(digits)
	return filepath.ToSlash(file) + ".go", line, err == nil
}

// aroundLine gives the innermost functions around a line.
func aroundLine(list []*Function, file string, line int) []*Function {
	var found []*Function
	for _, f := range list {
		path := "/" + filepath.ToSlash(f.Pos.Filename)
		if !strings.HasSuffix(path, "/"+strings.TrimPrefix(file, "./")) || line < f.Pos.Line || line > f.EndLine {
			continue
		}
		found = slices.DeleteFunc(found, func(outer *Function) bool {
			return outer.co.syntax().Pos() <= f.co.syntax().Pos() && f.co.syntax().End() <= outer.co.syntax().End()
		})
		found = append(found, f)
	}
	return found
}

// sourceOf is a part of the source in one line.
func (f *Function) sourceOf(from, to token.Pos) string {
	return strings.Join(strings.Fields(f.c.sourceText(f.co.src, from, to)), " ")
}

// line is the line of a position in the annotated source.
func (f *Function) line(pos token.Pos) int { return f.c.pkg.Fset.PositionFor(pos, false).Line }

// typeString writes a type for people: with the names of packages, and none for its own.
func (f *Function) typeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == f.c.pkg.Types || p.Path() == f.c.pkg.Types.Path() {
			return ""
		}
		return p.Name()
	})
}

// typeOf is typeString of a variable's type.
func (f *Function) typeOf(v *variable) string {
	if v.typ == nil {
		var parts []any
		for _, t := range v.made.parts {
			parts = append(parts, f.typeString(t))
		}
		return fmt.Sprintf(v.made.format, parts...)
	}
	return f.typeString(v.typ)
}

// waiting gives the awaits with the blocks that go on after them.
func (g *graph) waiting(visit func(a *await, next *block)) {
	for _, b := range g.blocks {
		if b.await != nil {
			visit(b.await, b)
		}
	}
}

// signature is the declaration without its body.
func (f *Function) signature() string { return f.sourceOf(f.co.syntax().Pos(), f.co.typ.End()) }
