package gen

import (
	"fmt"
	"go/ast"
	"strings"
)

// caseHead is the head of a case clause.
func (e *emitter) caseHead(list []ast.Expr) string {
	if list == nil {
		return "default:"
	}
	var parts []string
	for _, x := range list {
		parts = append(parts, e.text(x))
	}
	return "case " + strings.Join(parts, ", ") + ":"
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
		w.WriteString(e.caseHead(cl.(*ast.CaseClause).List) + "\n")
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
		switch comm := cl.(*ast.CommClause).Comm.(type) {
		case nil:
			w.WriteString("default:\n")
		case *ast.SendStmt:
			w.WriteString("case " + e.text(comm) + ":\n")
		case *ast.ExprStmt:
			w.WriteString("case " + e.text(comm) + ":\n")
		case *ast.AssignStmt:
			var left []string
			for _, v := range received[i] {
				left = append(left, e.ref(v))
			}
			w.WriteString("case " + strings.Join(left, ", ") + " = " + e.text(comm.Rhs[0]) + ":\n")
		}
		w.WriteString("goto " + e.label(blocks[i]) + "\n")
	}
	w.WriteString("}")
	return w.String()
}
