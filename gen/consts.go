package gen

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Constants and types of an async function may be used in any block: they stand at the top of Resume, in the order of
// the source, for a type may need a constant, and a constant a type. Variables are not known there, but a constant can
// be made from one, whose value does not matter. Another operand of its type stands for it:
//
//	var a [7]int         const n = len([7]int{})
//	const n = len(a)

// hoisted is the text of what stands at the top of Resume, and how many braces it opens. Two types that the source
// calls the same need two scopes, and an alias for the first in the second:
//
//	type T struct{ a int }        type T struct{ a int }
//	{                             type T2 = T
//		type T string             {
//		…                             type T string
//	}                                 …
func (e *emitter) hoisted() (list []string, braces int) {
	here := map[string]*localType{} // that a later type hides
	e.behind = map[*localType]bool{}
	for _, d := range e.g.decls {
		own := e.ownTypes(d)
		if slices.ContainsFunc(own, func(t *localType) bool { return here[t.obj.Name()] != nil }) {
			list, braces = append(list, "{"), braces+1
			for _, t := range here {
				e.behind[t] = true
			}
			clear(here)
		}
		if text := e.hoist(d); text != "" {
			list = append(list, text)
		}
		for _, t := range own {
			if t.hidden {
				here[t.obj.Name()] = t
				list = append(list, "type "+e.c.nameOf(t.obj)+" = "+t.obj.Name())
			}
		}
	}
	return list, braces
}

// ownTypes are the types of a declaration that stay in Resume.
func (e *emitter) ownTypes(d *ast.GenDecl) []*localType {
	var list []*localType
	for _, spec := range d.Specs {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			if t := e.c.typeNames[e.c.pkg.Info.Defs[spec.Name]]; t != nil && !t.moved && t.param() == nil {
				list = append(list, t)
			}
		}
	}
	return list
}

// hoist is the text of one declaration at the top of Resume, "" if nothing of it stays in the function.
func (e *emitter) hoist(d *ast.GenDecl) string {
	e.at = topOfResume
	defer func() { e.at = inPlace }()
	switch {
	case d.Tok == token.TYPE:
		return e.typeDecl(d)
	case changesMeaning(d):
		return e.constValues(d)
	}
	return e.text(d)
}

// standIn is an operand of type t that mentions nothing but the type.
func (e *emitter) standIn(t types.Type, pos token.Pos) string {
	text := e.c.typeText(e.co.src, t, pos)
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return text + "{}"
	}
	return "(" + text + ")(" + e.c.zero(e.co.src, t, pos) + ")"
}

// needsFunction reports whether n mentions a variable or a constant of a function.
func (c *compiler) needsFunction(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			found = found || c.ofFunction(c.pkg.Info.Uses[id])
		}
		return !found
	})
	return found
}

// outerConsts are the declarations of constants of enclosing functions that a literal uses: its Resume has copies of them.
// A declaration comes after those that it mentions.
func (c *compiler) outerConsts(co *coroutine) []ast.Node {
	if co.lit == nil {
		return nil
	}
	var list []ast.Node
	done := map[*ast.GenDecl]bool{}
	var need func(n ast.Node)
	need = func(n ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			if !ok {
				return true
			}
			k, ok := c.pkg.Info.Uses[id].(*types.Const)
			if !ok || !c.isLocalConst(k) || within(co.lit, k.Pos()) {
				return true
			}
			if d := c.declOf(co.src, k.Pos()); d != nil && !done[d] {
				done[d] = true
				need(d)
				list = append(list, d)
			}
			return true
		})
	}
	need(co.body)
	return list
}

// declOf finds the constant declaration around a position.
func (c *compiler) declOf(s *Source, pos token.Pos) *ast.GenDecl {
	var found *ast.GenDecl
	ast.Inspect(s.Syntax, func(n ast.Node) bool {
		if n == nil || !within(n, pos) {
			return false
		}
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			found = d
		}
		return true
	})
	return found
}

// constDecl moves constants to the top of Resume: they may be used in any block.
func (b *builder) constDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			obj := b.c.pkg.Info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			b.g.rename[obj] = b.claim(obj)
		}
	}
	b.g.decls = append(b.g.decls, d)
	b.skipComments(d.End())
}

// changesMeaning reports whether an expression that is repeated, as iota * 10 for c, has a name in it that means something else by
// then:
//
//	const (
//		a    = iota
//		iota = iota * 10
//		c
//	)
func changesMeaning(d *ast.GenDecl) bool {
	var repeated, since []string // names in the expressions, and those declared since
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		if len(spec.Values) == 0 && slices.ContainsFunc(since, func(name string) bool { return slices.Contains(repeated, name) }) {
			return true
		}
		if len(spec.Values) > 0 {
			repeated, since = nil, nil
			for _, x := range spec.Values {
				ast.Inspect(x, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						repeated = append(repeated, id.Name)
					}
					return true
				})
			}
		}
		for _, id := range spec.Names {
			since = append(since, id.Name)
		}
	}
	return false
}

// constValues declares constants by their values.
func (e *emitter) constValues(d *ast.GenDecl) string {
	var lines []string
	for _, spec := range d.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			k, ok := e.c.pkg.Info.Defs[id].(*types.Const)
			if !ok || id.Name == "_" {
				continue
			}
			typ := ""
			if b, basic := k.Type().(*types.Basic); !basic || b.Info()&types.IsUntyped == 0 {
				typ = " " + e.c.typeText(e.co.src, k.Type(), id.Pos())
			}
			lines = append(lines, "const "+e.otherName(id)+typ+" = "+e.c.constantText(e.co.src, k))
		}
	}
	return strings.Join(lines, "\n")
}

// constantText is the value of a constant, of the kind that it has if it is untyped.
func (c *compiler) constantText(s *Source, k *types.Const) string {
	v, kind := k.Val(), types.Invalid
	if b, ok := k.Type().(*types.Basic); ok {
		kind = b.Kind()
	}
	switch v.Kind() {
	case constant.Bool:
		return c.predeclared(s, v.ExactString())
	case constant.Complex:
		return "(" + floatText(constant.Real(v)) + ") + (" + floatText(constant.Imag(v)) + ") * 1i"
	}
	switch kind {
	case types.UntypedRune:
		n, exact := constant.Int64Val(v)
		if exact && strconv.QuoteRune(rune(n)) != strconv.QuoteRune(utf8.RuneError) && int64(rune(n)) == n {
			return strconv.QuoteRune(rune(n))
		}
		return "'\\x00' + " + v.ExactString()
	case types.UntypedFloat:
		return floatText(v)
	case types.UntypedComplex:
		return floatText(v) + " + 0i"
	}
	if v.Kind() == constant.Float {
		return floatText(v)
	}
	return v.ExactString()
}

// floatText is a number as a floating-point constant.
func floatText(v constant.Value) string {
	num, denom := constant.Num(v), constant.Denom(v)
	if num.Kind() == constant.Unknown { // too large for a fraction
		return constant.ToFloat(v).ExactString()
	}
	text := num.ExactString() + ".0"
	if denom.ExactString() != "1" {
		text += " / " + denom.ExactString()
	}
	return text
}
