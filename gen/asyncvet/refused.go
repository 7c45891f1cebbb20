package asyncvet

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Refused finds what asyncgen refuses to compile, for those who see other findings in an editor. Some
// is refused only by a later stage, and asyncgen vet shows all of it.
var Refused = &analysis.Analyzer{
	Name: "refused",
	Doc: `find what asyncgen refuses to compile

A marker outside an async function, a coroutine that is dropped, an async function after go or defer,
//async:func on a function that cannot be async, and what else asyncgen would not compile.`,
	URL:      docs + "refused",
	Requires: []*analysis.Analyzer{sources},
	Run:      runRefused,
}

func runRefused(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	dropped := c.droppedCoroutines()
	for _, d := range gen.Check(c.Package) {
		pos := c.posOf(d.Pos)
		if !pos.IsValid() {
			continue
		}
		finding := analysis.Diagnostic{Pos: pos, Message: d.Message}
		if call := dropped[pos]; call != nil {
			finding.End, finding.SuggestedFixes = call.End(), c.awaitFix(call)
		}
		c.report(finding)
	}
	return nil, nil
}

// posOf finds the place of the compiler's diagnostic.
func (c *check) posOf(p token.Position) token.Pos {
	for _, f := range c.Files {
		if tf := c.Fset.File(f.Syntax.FileStart); f.Path == p.Filename {
			return tf.LineStart(max(p.Line, 1)) + token.Pos(max(p.Column, 1)-1)
		}
	}
	return token.NoPos
}

// droppedCoroutines finds, by their places, calls in async functions that are statements and give a coroutine.
func (c *check) droppedCoroutines() map[token.Pos]*ast.CallExpr {
	list := map[token.Pos]*ast.CallExpr{}
	for _, f := range c.funcs {
		inspectOwn(f.Body, func(n ast.Node) bool {
			if s, ok := n.(*ast.ExprStmt); ok && c.isCoro(s.X) {
				if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
					list[call.Pos()] = call
				}
			}
			return true
		})
	}
	return list
}
