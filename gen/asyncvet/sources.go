package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// sources is what the analyzers have in common, found once for a package.
var sources = &analysis.Analyzer{
	Name:       "asyncsources",
	Doc:        "find async functions, for the other analyzers of asyncvet",
	Run:        findSources,
	ResultType: reflect.TypeFor[*source](),
}

// source is a package with its async functions.
type source struct {
	*gen.Package
	funcs  []*gen.AsyncFunc
	byFunc map[*types.Func]*gen.AsyncFunc
	byLit  map[*ast.FuncLit]*gen.AsyncFunc
	ignore ignored
	inits  map[*types.Var]ast.Expr // local variables that are assigned to once
}

func findSources(pass *analysis.Pass) (any, error) {
	p, err := gen.NewPackage(pass.Fset, pass.Files, pass.Pkg, pass.TypesInfo, pass.ReadFile)
	if err != nil {
		return nil, err
	}
	s := &source{Package: p, byFunc: map[*types.Func]*gen.AsyncFunc{}, byLit: map[*ast.FuncLit]*gen.AsyncFunc{}, inits: map[*types.Var]ast.Expr{}}
	s.funcs = gen.AsyncFuncs(p)
	for _, f := range s.funcs {
		if lit, ok := f.Node.(*ast.FuncLit); ok {
			s.byLit[lit] = f
		} else {
			s.byFunc[f.Func] = f
		}
	}
	s.ignore = findIgnored(p)
	s.findInits()
	return s, nil
}

// check is one analyzer at work on a package.
type check struct {
	*source
	pass *analysis.Pass
}

func newCheck(pass *analysis.Pass) *check {
	return &check{pass.ResultOf[sources].(*source), pass}
}

// report reports something that no comment silences. The name of the analyzer stands behind the
// message, because some drivers do not show it and the comment needs it.
func (c *check) report(d analysis.Diagnostic) {
	name := c.pass.Analyzer.Name
	if c.ignore.has(c.Fset, d.Pos, name) {
		return
	}
	d.Category = name
	d.Message += " (" + name + ")"
	c.pass.Report(d)
}

// reportAt reports at a node.
func (c *check) reportAt(n ast.Node, message string, fixes ...analysis.SuggestedFix) {
	c.report(analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Message: message, SuggestedFixes: fixes})
}

// annotated gives the files with async code.
func (c *check) annotated() []*gen.Source {
	var list []*gen.Source
	for _, f := range c.Files {
		if f.Annotated {
			list = append(list, f)
		}
	}
	return list
}

// fileOf gives the file of a node.
func (c *check) fileOf(n ast.Node) *gen.Source {
	for _, f := range c.Files {
		if f.Syntax.FileStart <= n.Pos() && n.Pos() < f.Syntax.FileEnd {
			return f
		}
	}
	panic("asyncvet: a node of no file")
}

// text is a part of the source as it stands.
func (c *check) text(n ast.Node) string { return c.between(n, n.Pos(), n.End()) }

func (c *check) between(n ast.Node, from, to token.Pos) string {
	f := c.fileOf(n)
	tf := c.Fset.File(f.Syntax.FileStart)
	return string(f.Text[tf.Offset(from):tf.Offset(to)])
}

// short is the text for a message.
func (c *check) short(n ast.Node) string {
	text := c.text(n)
	if len(text) > 60 || strings.Contains(text, "\n") {
		if call, ok := n.(*ast.CallExpr); ok {
			if _, lit := ast.Unparen(call.Fun).(*ast.FuncLit); !lit {
				return c.short(call.Fun) + "(…)"
			}
		}
		return "…"
	}
	return text
}

// findInits finds the local variables that one definition gives one value.
func (s *source) findInits() {
	again := map[*types.Var]bool{}
	set := func(id ast.Expr, value ast.Expr) {
		name, ok := ast.Unparen(id).(*ast.Ident)
		if !ok {
			return
		}
		if v, ok := s.Info.Defs[name].(*types.Var); ok {
			s.inits[v] = value
		} else if v, ok := s.Info.Uses[name].(*types.Var); ok {
			again[v] = true
		}
	}
	for _, f := range s.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					set(l, n.Rhs[min(i, len(n.Rhs)-1)])
				}
			case *ast.ValueSpec:
				for i, l := range n.Names {
					if len(n.Values) > 0 {
						set(l, n.Values[min(i, len(n.Values)-1)])
					}
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					set(n.X, nil)
				}
			}
			return true
		})
	}
	for v := range again {
		delete(s.inits, v)
	}
}
