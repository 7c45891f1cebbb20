package gen

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"
	"testing"
)

// What a program without concurrency must print, the Go compiler says: eagerSource turns annotated source into
// ordinary Go, in which a coroutine is a closure that runs to its end when it is awaited. testdata/eager stands
// in for rt.

// eagerRT is the name under which the rewritten source imports the stand-in: no program has it.
const eagerRT = "eagerRT"

// eagerSource rewrites a package of one file. The error says that the text is no Go program.
func eagerSource(text string) (string, error) {
	p, err := memoryPackage(text)
	if err != nil {
		return "", err
	}
	c := newCompiler(p, Options{})
	c.find()
	e := &eager{c: c, info: p.Info, file: p.Fset.File(p.Files[0].Syntax.FileStart), text: text}
	for _, co := range c.cos {
		e.function(co)
	}
	syntax := p.Files[0].Syntax
	e.recovers(syntax)
	if len(e.edits) > 0 {
		e.put(syntax.Name.End(), fmt.Sprintf("; import %s \"m/rt\"", eagerRT))
	}
	text = strings.Replace(e.apply(), "//go:build asyncgen", "", 1)
	return strings.Replace(text, `"github.com/asyncgen/asyncgen/rt"`, `"m/rt"`, 1), nil
}

// An eager collects what the rewrite inserts, and where.
type eager struct {
	c     *compiler
	info  *types.Info
	file  *token.File
	text  string
	edits []insertion
}

// An insertion is text at an offset; drop bytes that stand there go.
type insertion struct {
	at, drop int
	text     string
}

func (e *eager) put(pos token.Pos, text string) {
	e.edits = append(e.edits, insertion{at: e.file.Offset(pos), text: text})
}

// around puts n in parentheses behind a function of the stand-in.
func (e *eager) around(n ast.Node, function string) {
	e.put(n.Pos(), eagerRT+"."+function+"(")
	e.put(n.End(), ")")
}

func (e *eager) apply() string { return insertAll(e.text, e.edits) }

// insertAll makes the insertions. Those at one place keep their order.
func insertAll(text string, list []insertion) string {
	slices.SortStableFunc(list, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var w strings.Builder
	at := 0
	for _, in := range list {
		w.WriteString(text[at:in.at])
		w.WriteString(in.text)
		at = in.at + in.drop
	}
	w.WriteString(text[at:])
	return w.String()
}

// source is the text of a node.
func (e *eager) source(n ast.Node) string {
	return e.text[e.file.Offset(n.Pos()):e.file.Offset(n.End())]
}

// function makes the body of an async function a closure.
func (e *eager) function(co *coroutine) {
	results := e.source(co.typ.Results)
	if co.stream {
		elem := ast.Unparen(co.typ.Results.List[0].Type).(*ast.IndexExpr).Index
		e.put(co.body.Lbrace+1, fmt.Sprintf("return %s.LazyStream(func(%sYield func(%s)) %s {", eagerRT, eagerRT, e.source(elem), results))
	} else {
		e.put(co.body.Lbrace+1, fmt.Sprintf("return %s.Lazy(func() %s {", eagerRT, results))
	}
	inspectOwn(co.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			if !co.stream && len(n.Results) == 1 && !e.finished(n.Results[0]) {
				e.around(n.Results[0], "Finish")
			}
		case *ast.CallExpr:
			if e.c.rtFunc(n) == "Yield" {
				e.edits = append(e.edits, insertion{e.file.Offset(n.Fun.Pos()), int(n.Fun.End() - n.Fun.Pos()), eagerRT + "Yield"})
			}
		}
		return true
	})
	e.put(co.body.Rbrace, "})")
}

// finished reports whether a returned coroutine has nothing to run: nil, rt.Return(v), rt.Fail[T](err).
func (e *eager) finished(result ast.Expr) bool {
	call, ok := ast.Unparen(result).(*ast.CallExpr)
	return e.info.Types[result].IsNil() || ok && (e.c.rtFunc(call) == "Return" || e.c.rtFunc(call) == "Fail")
}

// recovers lets an error in flight, which is a panic here, pass through recover.
func (e *eager) recovers(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && e.info.Uses[id] == types.Universe.Lookup("recover") {
			e.around(call, "Recover")
		}
		return true
	})
}

// eagerPackage is the stand-in for rt, type-checked.
var eagerPackage = sync.OnceValues(func() (*types.Package, error) {
	importer, err := imports()
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "testdata/eager/rt.go", nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: importer}
	return conf.Check("m/rt", fset, []*ast.File{f}, nil)
})

// eagerChecks reports whether what eagerSource has returned type-checks: the stand-in has few of rt's names.
func eagerChecks(t testing.TB, text string) bool {
	rt, err := eagerPackage()
	if err != nil {
		t.Fatal(err)
	}
	importer, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "in.go", text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	conf := types.Config{GoVersion: "go1.26", Importer: importerFunc(func(path string) (*types.Package, error) {
		if path == rt.Path() {
			return rt, nil
		}
		return importer.Import(path)
	})}
	_, err = conf.Check("m/eager", fset, []*ast.File{f}, nil)
	return err == nil
}
