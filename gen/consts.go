package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Constants and types of an async function may be used in any block: they stand at the top of Resume, in the order of
// the source, for a type may need a constant, and a constant a type. Variables are not known there, but a constant can
// be made from one, whose value does not matter. Another operand of its type stands for it:
//
//	var a [7]int         const n = len([7]int{})
//	const n = len(a)

// hoisted is the text of what stands at the top of Resume.
func (e *emitter) hoisted() []string {
	var list []string
	for _, d := range e.g.decls {
		if text := e.hoist(d); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// hoist is the text of one declaration at the top of Resume, "" if nothing of it stays in the function.
func (e *emitter) hoist(d *ast.GenDecl) string {
	e.at = topOfResume
	defer func() { e.at = inPlace }()
	if d.Tok == token.TYPE {
		return e.typeDecl(d)
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
			switch obj := c.pkg.Info.Uses[id].(type) {
			case *types.Var:
				found = found || c.isLocal(obj)
			case *types.Const:
				found = found || obj.Pkg() == c.pkg.Types && obj.Parent() != c.pkg.Types.Scope()
			}
		}
		return !found
	})
	return found
}

// outerConsts copies the constants of enclosing functions that a literal uses into its Resume.
func (b *builder) outerConsts() {
	info := b.c.pkg.Info
	done := map[*ast.GenDecl]bool{}
	var need func(n ast.Node)
	need = func(n ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			if !ok {
				return true
			}
			k, ok := info.Uses[id].(*types.Const)
			if !ok || k.Pkg() != b.c.pkg.Types || k.Parent() == b.c.pkg.Types.Scope() || within(b.co.lit, k.Pos()) {
				return true
			}
			if d := b.c.declOf(b.co.src, k.Pos()); d != nil && !done[d] {
				done[d] = true
				need(d)
				b.constDecl(d)
			}
			return true
		})
	}
	comments := b.comments
	need(b.co.body)
	b.comments = comments
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
			if name := id.Name; b.outside[name] || b.fields.used[name] {
				b.g.rename[obj] = b.freshName(name)
			} else {
				b.fields.reserve(name)
			}
		}
	}
	b.g.decls = append(b.g.decls, d)
	b.skipComments(d.End())
}
