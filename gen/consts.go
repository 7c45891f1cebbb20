package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Constants of an async function may be used in any block: they stand at the top of Resume.

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
	b.g.consts = append(b.g.consts, d)
	b.skipComments(d.End())
}
