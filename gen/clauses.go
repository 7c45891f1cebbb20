package gen

import (
	"fmt"
	"go/ast"
	"strings"
)

// clause is the head of a clause that only jumps, on the line that it has in the source.
func (e *emitter) clause(cl ast.Stmt, head string) string {
	return e.madeFrom(e.c.lineOf(cl.Pos())) + head + ":\n"
}

// caseClause is the head of a clause of a switch.
func (e *emitter) caseClause(cl *ast.CaseClause) string {
	if cl.List == nil {
		return e.clause(cl, "default")
	}
	return e.clause(cl, "case "+e.span(cl.List[0].Pos(), cl.List[len(cl.List)-1].End(), cl.List...))
}

// typeDispatch is a type switch whose clauses bind their variable and jump.
func (e *emitter) typeDispatch(s *ast.TypeSwitchStmt, guard *ast.TypeAssertExpr, name string, blocks []*block, bound []*variable) string {
	var w strings.Builder
	w.WriteString("switch ")
	for _, v := range bound {
		if v != nil {
			w.WriteString(name + " := ")
			break
		}
	}
	w.WriteString(e.operand(guard.X) + ".(type) {\n")
	for i, cl := range s.Body.List {
		w.WriteString(e.caseClause(cl.(*ast.CaseClause)))
		if v := bound[i]; v != nil {
			switch v.home {
			case boxed:
				fmt.Fprintf(&w, "%s = %sRef(%s)\n", e.place(v), e.q, name)
			case copied:
				fmt.Fprintf(&w, "%s = %s\n", e.place(v), name)
			default:
				w.WriteString(e.ref(v) + " = " + name + "\n")
			}
		}
		w.WriteString("goto " + e.label(blocks[i]) + "\n")
	}
	w.WriteString("}")
	return w.String()
}

// selectDispatch is a select whose clauses jump.
func (e *emitter) selectDispatch(s *ast.SelectStmt, blocks []*block, received [][]*variable) string {
	var w strings.Builder
	w.WriteString("select {\n")
	for i, cl := range s.Body.List {
		head := "default"
		switch comm := cl.(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt, *ast.ExprStmt:
			head = "case " + e.text(comm)
		case *ast.AssignStmt:
			var left []string
			for _, v := range received[i] {
				left = append(left, e.ref(v))
			}
			head = "case " + strings.Join(left, ", ") + " = " + e.text(comm.Rhs[0])
		}
		w.WriteString(e.clause(cl, head) + "goto " + e.label(blocks[i]) + "\n")
	}
	w.WriteString("}")
	return w.String()
}
