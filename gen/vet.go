package gen

import "go/ast"

// Vet finds what compiles and is most likely wrong:
//
//   - a select without default in an async function: while it waits, the whole loop does;
//   - a function literal that is awaited or deferred like an async one, but has no marker: it is an
//     ordinary function, and its body runs when it is called.
func Vet(p *Package) []Diagnostic {
	if p.Types == nil {
		return nil
	}
	c := newCompiler(p, Options{Overlay: true})
	c.find()
	for _, co := range c.cos {
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectStmt:
				c.vetSelect(n)
			case *ast.CallExpr:
				if _, ok := c.awaitMode(n); ok {
					c.vetLiteral(n.Args[0])
				}
			}
			return true
		})
	}
	return sortDiagnostics(c.diags)
}

func (c *compiler) vetSelect(s *ast.SelectStmt) {
	for _, cl := range s.Body.List {
		if cl.(*ast.CommClause).Comm == nil {
			return
		}
	}
	c.refuse(s.Pos(), "this select blocks the event loop, with all its tasks, until a case is ready: give it a default case, or run it with rt.ToThread")
}

func (c *compiler) vetLiteral(operand ast.Expr) {
	call, ok := ast.Unparen(operand).(*ast.CallExpr)
	if !ok {
		return
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && c.byLit[lit] == nil {
		c.refuse(lit.Pos(), "this function literal has no marker, so it is an ordinary function, and its body runs when it is called: write //async:func on the line above if it should run when it is awaited")
	}
}
