package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// The source that a block runs, line by line.

// lines gives the source of a block: what its instructions carry, and how it branches.
func (d *drafter) lines(b *block) []SourceLine {
	var list []SourceLine
	for _, in := range b.code {
		if in.node != nil && !d.shownElsewhere(b, in.node) {
			list = merged(list, d.sourceLines(in.node))
		}
	}
	return merged(list, d.head(b.term))
}

// shownElsewhere reports whether code is only the preparation of what else is shown: an operand without effect,
// the condition of the branch behind it, or what is left of an await whose result nobody wants.
func (d *drafter) shownElsewhere(b *block, n ast.Node) bool {
	switch n := n.(type) {
	case ast.Expr:
		t, branches := b.term.(*branch)
		return !d.f.c.hasEffect(n) || branches && t.node == ast.Node(n) || b.await != nil && b.await.node == ast.Node(n)
	case *ast.ExprStmt:
		return b.await != nil && b.await.node == ast.Node(ast.Unparen(n.X))
	case *ast.ReturnStmt:
		return b.await != nil && (b.await.node == ast.Node(n) || len(n.Results) == 1 && b.await.node == ast.Node(n.Results[0]))
	}
	return false
}

// sourceLines is a part of the source as it stands there, with the indentation of its first line taken away.
func (d *drafter) sourceLines(n ast.Node) []SourceLine {
	text := d.f.c.sourceText(d.f.co.src, n.Pos(), n.End())
	if spec, ok := n.(*ast.ValueSpec); ok && spec != nil {
		text = "var " + text
	}
	first := d.f.line(n.Pos())
	indent := d.f.indentation(first)
	var list []SourceLine
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(strings.TrimPrefix(line, indent), " \t\r")
		list = append(list, SourceLine{first + i, strings.ReplaceAll(line, "\t", "    ")})
	}
	return list
}

// indentation is the space at the beginning of a line.
func (f *Function) indentation(line int) string {
	file := f.c.pkg.Fset.File(f.co.src.Syntax.FileStart)
	rest := string(f.co.src.Text[file.Offset(file.LineStart(line)):])
	return rest[:len(rest)-len(strings.TrimLeft(rest, " \t"))]
}

// head is how a block branches, as far as it stands in the source.
func (d *drafter) head(t terminator) []SourceLine {
	at := func(n ast.Node, text string) []SourceLine { return []SourceLine{{d.f.line(n.Pos()), text}} }
	source := func(from, to token.Pos) string { return strings.TrimSpace(d.f.sourceOf(from, to)) }
	switch t := t.(type) {
	case jump:
		if t.node != nil {
			return at(t.node, source(t.node.Pos(), t.node.End()))
		}
	case *branch:
		if s, ok := t.node.(*ast.RangeStmt); ok {
			return at(s, source(s.For, s.X.End()))
		}
		cond := source(t.node.Pos(), t.node.End())
		if t.word == "&&" || t.word == "||" {
			return at(t.node, cond+" "+t.word+" …")
		}
		return at(t.node, t.word+" "+cond)
	case *dispatch:
		switch s := t.node.(type) {
		case *ast.SwitchStmt:
			if s.Tag == nil {
				return at(s, "switch")
			}
			return at(s, "switch "+source(s.Tag.Pos(), s.Tag.End()))
		case *ast.TypeSwitchStmt:
			return at(s, "switch "+source(s.Assign.Pos(), s.Assign.End()))
		case *ast.SelectStmt:
			return at(s, "select")
		}
	}
	return nil
}

// graphOf numbers the states that are left.
func (f *Function) graphOf(drafts []*draft) *Graph {
	pos := f.c.pkg.Fset.PositionFor(f.co.syntax().Pos(), false)
	g := &Graph{Func: f.Name, Signature: f.signature(), File: f.co.src.Rel, Line: pos.Line}
	code := 0
	for _, s := range drafts {
		if s.gone {
			continue
		}
		switch s.Kind {
		case StateCode:
			code++
			s.ID = fmt.Sprint("code", code)
		case StateAwait:
			s.ID = fmt.Sprint("await", s.Number)
		default:
			s.ID = string(s.Kind)
		}
		g.States = append(g.States, s.State)
	}
	for _, s := range drafts {
		if s.gone {
			continue
		}
		for _, e := range s.out {
			g.Edges = append(g.Edges, Edge{s.ID, e.to.ID, e.kind, e.label})
		}
	}
	return g
}
