package asyncvet

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
)

// NotAsync finds function literals that only look async.
var NotAsync = &analysis.Analyzer{
	Name: "notasync",
	Doc: `find function literals that are awaited like async ones and are not

A function literal is async if it uses a marker or stands below //async:func. Another one that returns
rt.Coro[T] is an ordinary function: its body runs when it is called, not when its result is awaited,
which makes a difference after defer.`,
	URL:      docs + "notasync",
	Requires: []*analysis.Analyzer{sources},
	Run:      runNotAsync,
}

func runNotAsync(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.funcs {
		inspectOwn(f.Body, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				switch c.rtName(e) {
				case "Await", "TryAwait", "CatchAwait":
					c.checkLiteral(e.(*ast.CallExpr).Args[0])
				}
			}
			return true
		})
	}
	return nil, nil
}

func (c *check) checkLiteral(operand ast.Expr) {
	call, ok := ast.Unparen(operand).(*ast.CallExpr)
	if !ok {
		return
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && c.byLit[lit] == nil {
		c.report(analysis.Diagnostic{
			Pos:            lit.Pos(),
			Message:        "this function literal has no marker, so it is an ordinary function, and its body runs when it is called: write //async:func on the line above if it should run when it is awaited",
			SuggestedFixes: []analysis.SuggestedFix{{Message: "Make it async", TextEdits: []analysis.TextEdit{{Pos: lit.Pos(), End: lit.Pos(), NewText: []byte("\n//async:func\n")}}}},
		})
	}
}
