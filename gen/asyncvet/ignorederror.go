package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// IgnoredError finds errors that were caught and not looked at.
var IgnoredError = &analysis.Analyzer{
	Name: "ignorederror",
	Doc: `find errors of rt.TryAwait and rt.CatchAwait that are ignored

A bare rt.TryAwait(x) swallows the error, and rt.CatchAwait(x) even a cancellation: the task lives on.
v, _ := rt.TryAwait(x) goes on with a zero value. An err that the next statement to mention it overwrites
is lost. With _, _ = rt.TryAwait(x) one says that it is meant.`,
	URL:      docs + "ignorederror",
	Requires: []*analysis.Analyzer{sources},
	Run:      runIgnoredError,
}

func runIgnoredError(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.funcs {
		inspectOwn(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ExprStmt:
				c.checkSwallowed(n)
			case *ast.AssignStmt:
				c.checkBlankError(n)
			case *ast.BlockStmt:
				c.checkOverwritten(n.List)
			case *ast.CaseClause:
				c.checkOverwritten(n.Body)
			case *ast.CommClause:
				c.checkOverwritten(n.Body)
			}
			return true
		})
	}
	return nil, nil
}

// checkSwallowed reports a catching await that is a statement.
func (c *check) checkSwallowed(s *ast.ExprStmt) {
	name, ok := c.catches(s.X)
	if !ok {
		return
	}
	what := "the error"
	if name == "CatchAwait" {
		what = "the error, even the cancellation of this task"
	}
	c.reportAt(s, "rt."+name+" swallows "+what+": look at it, write rt.Await to fail with it, or _, _ = to say that it is meant",
		analysis.SuggestedFix{Message: "Say that it is meant", TextEdits: []analysis.TextEdit{{Pos: s.Pos(), End: s.Pos(), NewText: []byte("_, _ = ")}}})
}

// checkBlankError reports v, _ = of a catching await.
func (c *check) checkBlankError(s *ast.AssignStmt) {
	if len(s.Lhs) != 2 || len(s.Rhs) != 1 || isBlank(s.Lhs[0]) || !isBlank(s.Lhs[1]) {
		return
	}
	if name, ok := c.catches(s.Rhs[0]); ok {
		c.reportAt(s, "the error of rt."+name+" is ignored, and "+c.short(s.Lhs[0])+" is a zero value when there is one: look at the error, or write rt.Await")
	}
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// checkOverwritten reports the error variable of a catching await whose next mention in the same list of
// statements assigns to it.
func (c *check) checkOverwritten(list []ast.Stmt) {
	for i, s := range list {
		assign, ok := s.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
			continue
		}
		name, ok := c.catches(assign.Rhs[0])
		v := c.variable(assign.Lhs[1])
		if !ok || v == nil || isBlank(assign.Lhs[1]) || !c.onlyOwn(v) {
			continue
		}
		for _, next := range list[i+1:] {
			if !c.mentions(next, v) {
				if leaves(next) {
					break
				}
				continue
			}
			if c.assigns(next, v) {
				c.reportAt(assign.Lhs[1], "the error of rt."+name+" is lost: "+v.Name()+" is assigned to again before anybody looks at it")
			}
			break
		}
	}
}

// leaves reports whether a statement can go somewhere else than to the next one.
func leaves(s ast.Stmt) bool {
	return contains(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.BranchStmt, *ast.ReturnStmt, *ast.LabeledStmt:
			return true
		}
		return false
	})
}

// onlyOwn reports whether no function literal mentions a variable, and nobody has its address.
func (c *check) onlyOwn(v *types.Var) bool {
	own := true
	for _, f := range c.Files {
		if !within(f.Syntax, v.Pos()) {
			continue
		}
		ast.PreorderStack(f.Syntax, nil, func(n ast.Node, parents []ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || c.Info.Uses[id] != v {
				return own
			}
			for _, p := range parents {
				switch p := p.(type) {
				case *ast.FuncLit:
					own = own && within(p, v.Pos())
				case *ast.UnaryExpr:
					own = own && (p.Op != token.AND || ast.Unparen(p.X) != n)
				}
			}
			return own
		})
	}
	return own
}

func (c *check) mentions(n ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok && c.Info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}

// assigns reports whether a statement assigns to a variable without reading it.
func (c *check) assigns(s ast.Stmt, v *types.Var) bool {
	assign, ok := s.(*ast.AssignStmt)
	if !ok || assign.Tok != token.ASSIGN && assign.Tok != token.DEFINE {
		return false
	}
	target := false
	for _, l := range assign.Lhs {
		switch {
		case c.variable(l) == v:
			target = true
		case c.mentions(l, v):
			return false
		}
	}
	for _, r := range assign.Rhs {
		if c.mentions(r, v) {
			return false
		}
	}
	return target
}
