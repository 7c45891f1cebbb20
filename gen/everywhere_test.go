package gen

import (
	"flag"
	"go/ast"
	"go/token"
	"go/types"
	"math/rand"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var (
	everywhereSeed   = flag.Int64("everywhere.seed", 1, "first seed of TestAwaitsEverywhere")
	everywhereRounds = flag.Int("everywhere.rounds", 1, "variants of each golden")
)

// TestAwaitsEverywhere suspends the goldens' programs at random statements, and replaces random
// expressions e by rt.Await(rt.Return(e)): they must still compile, and print the same.
func TestAwaitsEverywhere(t *testing.T) {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	type variant struct {
		name, text, want string
	}
	var variants []variant
	for round := range *everywhereRounds {
		for i, path := range names {
			page, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range page.Files {
				files[f.Name] = string(f.Data)
			}
			_, runs := files["stdout"]
			if !runs || dependsOnAwaits(filepath.Base(path), files["in.go"]) {
				continue
			}
			r := rand.New(rand.NewSource(*everywhereSeed + int64(round*len(names)+i)))
			if r.Intn(2) == 0 { // half of them at a time, to be quick
				continue
			}
			text := withAwaits(t, r, files["in.go"])
			name := strings.TrimSuffix(filepath.Base(path), ".txtar") + strings.Repeat("_", round)
			pkg, err := memoryPackage(text)
			if err != nil {
				t.Errorf("%s: the variant is not Go: %v\n%s", name, err, text)
				continue
			}
			out, diags := Generate(pkg, Options{})
			if len(diags) > 0 {
				t.Errorf("%s: %v\n%s", name, diags, text)
				continue
			}
			p.add(t, name, "in_async.go", out[0].Content)
			variants = append(variants, variant{name, text, files["stdout"]})
		}
	}
	p.build(t)
	for _, v := range variants {
		if got, err := p.run(v.name); err != nil || got != v.want {
			t.Errorf("%s: %v\n%s\n%s", v.name, err, unified("want", v.want, "stdout", got), v.text)
		}
	}
}

// dependsOnAwaits reports whether more awaits may change what a golden prints.
func dependsOnAwaits(name, text string) bool {
	switch name {
	case "order_panic.txtar", "facts_untyped_operands.txtar", "func_recursive_frames.txtar", "result_named_defers.txtar": // an order, types, allocations, a bare return
		return true
	}
	return strings.Contains(text, "CreateTask") || strings.Contains(text, "\t"+directive) // a directive would stand above something else
}

// withAwaits puts awaits into the async functions of a source.
func withAwaits(t *testing.T, r *rand.Rand, text string) string {
	p, err := memoryPackage(text)
	if err != nil {
		t.Fatal(err)
	}
	c := newCompiler(p, Options{})
	c.find()
	m := &mutator{r: r, c: c, info: p.Info, scope: p.Types.Scope(), file: p.Fset.File(p.Files[0].Syntax.FileStart)}
	for _, co := range c.cos {
		inspectOwn(co.body, func(n ast.Node) bool {
			m.visit(n)
			return true
		})
	}
	return m.apply(text)
}

// A mutator collects what to insert where.
type mutator struct {
	r      *rand.Rand
	c      *compiler
	info   *types.Info
	scope  *types.Scope
	file   *token.File
	insert []struct {
		at    int
		depth int // of two insertions at one place that end expressions, the inner comes first
		text  string
	}
}

func (m *mutator) put(pos token.Pos, depth int, text string) {
	m.insert = append(m.insert, struct {
		at    int
		depth int
		text  string
	}{m.file.Offset(pos), depth, text})
}

func (m *mutator) apply(text string) string {
	sort.SliceStable(m.insert, func(i, j int) bool {
		a, b := m.insert[i], m.insert[j]
		if a.at != b.at {
			return a.at < b.at
		}
		return a.depth < b.depth
	})
	var w strings.Builder
	at := 0
	for _, in := range m.insert {
		w.WriteString(text[at:in.at])
		w.WriteString(in.text)
		at = in.at
	}
	w.WriteString(text[at:])
	return w.String()
}

// visit may suspend before the statements of n, and wrap its operands.
func (m *mutator) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		m.stmts(n.List)
	case *ast.CaseClause:
		m.stmts(n.Body)
		m.wrap(n.List...)
	case *ast.CommClause:
		m.stmts(n.Body)
	case *ast.CallExpr:
		if tv := m.info.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() || tv.IsType() {
			m.wrap(n.Args...)
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			m.wrap(n.Rhs...)
		}
	case *ast.ReturnStmt:
		m.wrap(n.Results...)
	case *ast.ValueSpec:
		if len(n.Names) == len(n.Values) {
			m.wrap(n.Values...)
		}
	case *ast.BinaryExpr:
		m.wrap(n.X, n.Y)
	case *ast.IfStmt:
		m.wrap(n.Cond)
	case *ast.ForStmt:
		m.wrap(n.Cond)
	case *ast.SwitchStmt:
		m.wrap(n.Tag)
	case *ast.IndexExpr:
		m.wrap(n.Index)
	case *ast.KeyValueExpr:
		m.wrap(n.Value)
	case *ast.SendStmt:
		m.wrap(n.Value)
	case *ast.RangeStmt:
		if m.c.overStream(n) == nil { // rt.AwaitEach stands behind range itself
			m.wrap(n.X)
		}
	}
}

func (m *mutator) stmts(list []ast.Stmt) {
	for _, s := range list {
		if _, clause := s.(*ast.CaseClause); clause {
			return
		}
		if _, clause := s.(*ast.CommClause); clause {
			return
		}
		if m.r.Intn(4) == 0 && m.hasRT(s.Pos()) {
			m.put(s.Pos(), -1<<20, "rt.Await(rt.Sleep(0))\n")
		}
	}
}

// hasRT reports whether rt means the package there.
func (m *mutator) hasRT(pos token.Pos) bool {
	_, obj := m.scope.Innermost(pos).LookupParent("rt", pos)
	_, ok := obj.(*types.PkgName)
	return ok
}

// wrap replaces some of the expressions that can be arguments of rt.Return.
func (m *mutator) wrap(list ...ast.Expr) {
	for _, e := range list {
		if e == nil || m.r.Intn(4) != 0 || !m.hasRT(e.Pos()) {
			continue
		}
		tv := m.info.Types[e]
		if !tv.IsValue() || tv.Value != nil || tv.IsNil() || tv.Type == nil {
			continue
		}
		if _, tuple := tv.Type.(*types.Tuple); tuple {
			continue
		}
		if b, ok := tv.Type.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			continue
		}
		if _, composite := e.(*ast.CompositeLit); composite && e.(*ast.CompositeLit).Type == nil {
			continue
		}
		size := int(e.End() - e.Pos())
		m.put(e.Pos(), -size, "rt.Await(rt.Return(")
		m.put(e.End(), -1<<19+size, "))")
	}
}
