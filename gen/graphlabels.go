package gen

import (
	"go/ast"
	"go/types"
)

// What the edges of a branch are called.

// labels are those of the two ways out of a branch.
func (d *drafter) labels(t *branch) (yes, no string) {
	if _, ok := t.node.(*ast.RangeStmt); ok {
		return "next", "end of range"
	}
	yes = d.f.sourceOf(t.node.Pos(), t.node.End())
	if t.word == "case" {
		return "case " + yes, "no"
	}
	return yes, d.negated(t.node.(ast.Expr), yes)
}

// negated is the text of a condition that does not hold: n > 0 becomes n <= 0, unless n may be no number.
func (d *drafter) negated(cond ast.Expr, text string) string {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || opposite[b.Op] == 0 {
		return notText(text)
	}
	basic, ok := d.f.c.pkg.Info.TypeOf(b.X).Underlying().(*types.Basic)
	if !ok || basic.Info()&(types.IsInteger|types.IsString) == 0 {
		return notText(text)
	}
	return d.f.sourceOf(b.X.Pos(), b.X.End()) + " " + opposite[b.Op].String() + " " + d.f.sourceOf(b.Y.Pos(), b.Y.End())
}

// clause is what stands before the colon of a clause.
func (d *drafter) clause(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.CaseClause:
		return d.f.sourceOf(s.Case, s.Colon)
	case *ast.CommClause:
		return d.f.sourceOf(s.Case, s.Colon)
	}
	panic("gen: a clause that is none")
}
