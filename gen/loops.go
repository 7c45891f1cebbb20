package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strings"
)

// A loop without an await runs on locals, which live in registers. It loads the fields of the frame
// that it mentions each time, but for those that it assigns first (loads.go), and stores those that it assigns:
//
//	for n != nil {                     {
//		path = append(path, n)             n, path := f.n, f.path
//		n = n.Left                         for n != nil {
//	}                                          path = append(path, n)
//	                                           n = n.Left
//	                                       }
//	                                       f.n, f.path = n, path
//	                                   }
//
// Nobody sees the fields meanwhile: what can be reached by a pointer or a function literal is in a
// box, and the frame is resumed by nobody else while it runs. A loop that is left by a return or a panic
// stores nothing, because what runs then, the deferred calls and the exit, reads boxes and the named
// result only. A loop that jumps elsewhere keeps to the fields, and so does one that only ends like
// that: it has no place for the stores.

// onLocals gives what an instruction that is a loop loads before it and stores after it, and makes its text use
// the locals until the next call.
func (e *emitter) onLocals(in *instr) (load, store string) {
	e.locals = varSet{}
	parts := loopParts(in.node)
	if parts == nil || e.c.terminates(in.node.(ast.Stmt)) {
		return "", ""
	}
	for _, to := range in.exits {
		if !to.exit {
			return "", ""
		}
	}
	assigned := varSet{}
	for _, n := range parts {
		e.mentionedIn(n, e.locals, assigned)
	}
	if init := loopInit(in.node); init != nil { // what only it mentions needs no register
		e.mentionedIn(init, varSet{}, assigned)
	}
	if len(e.locals) == 0 {
		return "", ""
	}
	maps.DeleteFunc(assigned, func(v *variable, _ bool) bool { return !e.locals[v] })
	return e.loads(e.readFirst(in.node.(ast.Stmt), assigned)), e.stores(assigned)
}

// loads begins the block of a loop on locals: those that it reads first have the values of their fields.
func (e *emitter) loads(read varSet) string {
	var names, fields []string
	others := ""
	for _, v := range e.g.vars {
		switch {
		case !e.locals[v]:
		case read[v]:
			names, fields = append(names, v.name), append(fields, e.place(v))
		default:
			others += "var " + v.name + " " + e.typeOf(v) + "\n"
		}
	}
	if names == nil {
		return "{\n" + others
	}
	return "{\n" + strings.Join(names, ", ") + " := " + strings.Join(fields, ", ") + "\n" + others
}

// stores ends it.
func (e *emitter) stores(assigned varSet) string {
	var names, fields []string
	for _, v := range e.g.vars {
		if assigned[v] {
			names, fields = append(names, v.name), append(fields, e.place(v))
		}
	}
	if names == nil {
		return "\n}"
	}
	return "\n" + strings.Join(fields, ", ") + " = " + strings.Join(names, ", ") + "\n}"
}

// loopParts gives what a loop does more than once; nil for anything else.
func loopParts(n ast.Node) []ast.Node {
	switch s := n.(type) {
	case *ast.LabeledStmt:
		return loopParts(s.Stmt)
	case *ast.ForStmt:
		parts := []ast.Node{s.Body}
		if s.Cond != nil {
			parts = append(parts, s.Cond)
		}
		if s.Post != nil {
			parts = append(parts, s.Post)
		}
		return parts
	case *ast.RangeStmt:
		parts := []ast.Node{s.Body}
		if s.Tok == token.ASSIGN {
			parts = append(parts, &ast.AssignStmt{Lhs: rangeVars(s), TokPos: s.TokPos, Tok: s.Tok})
		}
		return parts
	}
	return nil
}

// loopInit is what a loop does once, before it looks at its condition; nil if it does nothing.
func loopInit(n ast.Node) ast.Stmt {
	switch s := n.(type) {
	case *ast.LabeledStmt:
		return loopInit(s.Stmt)
	case *ast.ForStmt:
		return s.Init
	}
	return nil
}

// mentionedIn adds the variables in n that can be locals, and those of them that it assigns.
func (e *emitter) mentionedIn(n ast.Node, mentioned, assigned varSet) {
	assign := func(x ast.Expr) {
		if v := e.g.byObj[e.c.root(x)]; v != nil {
			assigned[v] = true
		}
	}
	ast.Inspect(n, func(m ast.Node) bool {
		if r, ok := e.g.subst[m]; ok && m != nil {
			if r.v != nil && canBeLocal(r.v) {
				mentioned[r.v] = true
			}
			return false
		}
		switch m := m.(type) {
		case *ast.Ident:
			if v := e.varOf(m); v != nil && canBeLocal(v) {
				mentioned[v] = true
			}
		case *ast.AssignStmt:
			for _, l := range m.Lhs {
				assign(l)
			}
		case *ast.IncDecStmt:
			assign(m.X)
		case *ast.RangeStmt:
			if m.Tok == token.ASSIGN {
				for _, l := range rangeVars(m) {
					assign(l)
				}
			}
		}
		return true
	})
}

// canBeLocal reports whether a copy of a variable of the frame costs next to nothing.
func canBeLocal(v *variable) bool {
	if v.home != framed || v.result || v.held != nil || v.typ == nil {
		return false
	}
	switch v.typ.Underlying().(type) {
	case *types.Struct, *types.Array:
		return false
	}
	_, param := types.Unalias(v.typ).(*types.TypeParam)
	return !param
}
