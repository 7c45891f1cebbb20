package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// declare begins a variable with a value of its type.
func (e *emitter) declare(v *variable, value string) string { return e.declareAs(v, "", value) }

// declareFrom begins a variable with the value of x, which is in text.
func (e *emitter) declareFrom(v *variable, x ast.Expr, text string) string {
	if v.typ != nil && !types.Identical(v.typ, e.c.ownType(x)) {
		return e.declareAs(v, e.typeOf(v), text)
	}
	return e.declare(v, text)
}

// declareAs begins a variable with a value. typ is the text of its type, "" if it is that of the value.
func (e *emitter) declareAs(v *variable, typ, value string) string {
	switch v.home {
	case local:
		e.declared = true
		return define(v.name, typ, value)
	case boxed:
		if typ != "" {
			typ = "[" + typ + "]"
		}
		return e.keepAs(v, "", e.q+"Ref"+typ+"("+value+")")
	case copied:
		return e.keepAs(v, typ, value)
	}
	return e.ref(v) + " = " + value
}

// define is the declaration of a local variable.
func define(name, typ, value string) string {
	if typ == "" {
		return name + " := " + value
	}
	return "var " + name + " " + typ + " = " + value
}

// keepAs puts a new box or copy into the frame, under the variable's name if the block goes on to use it. typ is as in declareAs.
func (e *emitter) keepAs(v *variable, typ, make string) string {
	field := e.place(v)
	if !e.mentionedLater(v) {
		return field + " = " + make
	}
	e.declared = true
	return define(v.name, typ, make) + "\n" + field + " = " + v.name
}

// copyBox gives a loop variable its own box for the next iteration.
func (e *emitter) copyBox(v *variable) string {
	if v.home != boxed {
		return ""
	}
	return e.keepAs(v, "", e.q+"Ref(*"+e.place(v)+")")
}

// declareZero begins a variable with its zero value.
func (e *emitter) declareZero(v *variable) string {
	if !e.g.mentioned[v] {
		return ""
	}
	switch v.home {
	case local:
		e.declared = true
		return "var " + v.name + " " + e.typeOf(v)
	case boxed:
		return e.keepAs(v, "", e.c.newOf(e.co.src, e.typeOf(v)))
	case copied:
		return e.keepAs(v, "", "*"+e.c.newOf(e.co.src, e.typeOf(v)))
	}
	return e.ref(v) + " = " + e.c.zero(e.co.src, v.typ, v.obj.Pos())
}

// declareTwo begins two temporaries with what an expression gives.
func (e *emitter) declareTwo(a, b *variable, text string) string {
	if a.home == local && b.home == local {
		e.declared = true
		return a.name + ", " + b.name + " := " + text
	}
	var w strings.Builder
	for _, v := range []*variable{a, b} {
		if v.home == local {
			e.declared = true
			fmt.Fprintf(&w, "var %s %s\n", v.name, e.typeOf(v))
		}
	}
	return w.String() + e.ref(a) + ", " + e.ref(b) + " = " + text
}

// typeFromContext is the type of an operand that has none by itself and gets another one than its default; otherwise "".
func (e *emitter) typeFromContext(x ast.Expr) string {
	t := e.c.pkg.Info.TypeOf(x)
	if types.Identical(t, e.c.ownType(x)) {
		return ""
	}
	return e.c.typeText(e.co.src, t, x.Pos())
}

func (e *emitter) typeOf(v *variable) string {
	pos := e.co.body.Pos()
	if v.typ == nil {
		var parts []any
		for _, t := range v.made.parts {
			parts = append(parts, e.c.typeText(e.co.src, t, pos))
		}
		return fmt.Sprintf(v.made.format, parts...)
	}
	if v.obj != nil {
		pos = v.obj.Pos()
	}
	return e.c.typeText(e.co.src, v.typ, pos)
}

// stmt is a statement at the level of the graph.
func (e *emitter) stmt(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return e.define(s)
		}
	case *ast.DeclStmt:
		e.declared = true
	}
	return e.text(s)
}

// define is x := v. Where the new variables do not live in the block itself, it becomes an assignment.
func (e *emitter) define(s *ast.AssignStmt) string {
	info := e.c.pkg.Info
	var fresh []*variable
	asIs := true
	for _, l := range s.Lhs {
		id := l.(*ast.Ident)
		v := e.varOf(id)
		if v == nil {
			continue
		}
		if info.Defs[id] != nil {
			fresh = append(fresh, v)
		}
		asIs = asIs && v.home == local
	}
	if asIs {
		e.declared = true
		return e.text(s)
	}
	if len(s.Lhs) == 1 && len(fresh) == 1 {
		return e.declare(fresh[0], e.text(s.Rhs[0]))
	}
	var w strings.Builder
	after := ""
	for _, v := range fresh {
		switch v.home {
		case local:
			e.declared = true
			fmt.Fprintf(&w, "var %s %s\n", v.name, e.typeOf(v))
		case boxed, copied:
			e.declared = true
			if v.home == boxed {
				fmt.Fprintf(&w, "%s := %s\n", v.name, e.c.newOf(e.co.src, e.typeOf(v)))
			} else {
				fmt.Fprintf(&w, "var %s %s\n", v.name, e.typeOf(v))
			}
			after += fmt.Sprintf("\n%s = %s", e.place(v), v.name)
		}
	}
	fmt.Fprintf(&w, "%s = %s", e.span(s.Lhs[0].Pos(), s.Lhs[len(s.Lhs)-1].End(), s.Lhs...),
		e.span(s.Rhs[0].Pos(), s.Rhs[len(s.Rhs)-1].End(), s.Rhs...))
	return w.String() + after
}

// varSpec is one line of a var declaration.
func (e *emitter) varSpec(s *ast.ValueSpec) string {
	var vars []*variable
	allLocal := true
	for _, id := range s.Names {
		v := e.varOf(id)
		vars = append(vars, v)
		allLocal = allLocal && (v == nil || v.home == local)
	}
	if allLocal {
		e.declared = true
		nodes := []ast.Node{}
		for _, id := range s.Names {
			nodes = append(nodes, id)
		}
		for _, x := range s.Values {
			nodes = append(nodes, x)
		}
		return "var " + e.spanNodes(s.Pos(), s.End(), append(nodes, typeNode(s)...)...)
	}
	var lines []string
	switch {
	case len(s.Values) == 0:
		for _, v := range vars {
			if v != nil {
				lines = append(lines, e.declareZero(v))
			}
		}
	case len(s.Values) == len(s.Names):
		for i, v := range vars {
			lines = append(lines, e.declareTyped(v, s, s.Values[i]))
		}
	default:
		var left []string
		after := ""
		for _, v := range vars {
			if v == nil {
				left = append(left, "_")
				continue
			}
			switch {
			case v.home == local, v.home == boxed:
				lines = append(lines, e.declareZero(v))
			case v.home == copied && e.mentionedLater(v):
				e.declared = true
				lines = append(lines, "var "+v.name+" "+e.typeOf(v))
				after += "\n" + e.place(v) + " = " + v.name
			}
			left = append(left, e.ref(v))
			if v.home.aliased() && !e.mentionedLater(v) {
				left[len(left)-1] = e.place(v)
				if v.home == boxed {
					left[len(left)-1] = "*" + left[len(left)-1]
				}
			}
		}
		lines = append(lines, strings.Join(left, ", ")+" = "+e.text(s.Values[0])+after)
	}
	return strings.Join(lines, "\n")
}

func typeNode(s *ast.ValueSpec) []ast.Node {
	if s.Type == nil {
		return nil
	}
	return []ast.Node{s.Type}
}

// declareTyped is one variable of var a, b T = x, y.
func (e *emitter) declareTyped(v *variable, s *ast.ValueSpec, value ast.Expr) string {
	typ := ""
	if s.Type != nil {
		typ = e.text(s.Type)
	}
	text := e.text(value)
	if v == nil || v.home == local { // as the user wrote it
		name := "_"
		if v != nil {
			name = v.name
		}
		e.declared = true
		return "var " + name + " " + typ + " = " + text
	}
	return e.declareAs(v, typ, text)
}

// zero is the zero value of a type, as an expression.
func (c *compiler) zero(s *Source, t types.Type, pos token.Pos) string {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return "*" + c.newOf(s, c.typeText(s, t, pos))
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return c.predeclared(s, "false")
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
	case *types.Struct, *types.Array:
		return c.typeText(s, t, pos) + "{}"
	}
	if c.redeclared(s, "nil") {
		return c.null(s, c.typeText(s, t, pos))
	}
	return "nil"
}
