package gen

import (
	"go/ast"
	"go/types"
	"strings"
)

// Suspension points end blocks.

// suspends reports whether n contains a suspension point of the function itself.
func (b *builder) suspends(n ast.Node) bool {
	if n == nil {
		return false
	}
	if s, ok := b.susp[n]; ok {
		return s
	}
	found := false
	inspectOwn(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			// The call itself does not happen here, only its operands.
			if call := b.deferredAwait(m); call != nil {
				found = found || b.suspends(call.Args[0])
				return false
			}
		case *ast.CallExpr:
			if b.c.onlyMeasures(m) {
				return false
			}
			if _, ok := b.c.awaitMode(m); ok {
				found = true
			}
			if name := b.c.rtFunc(m); name == "Yield" || name == "AwaitEach" || name == "Go" {
				found = true
			}
		case *ast.ReturnStmt:
			if kind, _ := b.c.returnKind(b.co, m); kind == returnAwait || kind == returnNamed && b.g.exit == nil {
				found = true
			}
		}
		return !found
	})
	b.susp[n] = found
	return found
}

// deferredAwait gives the call of rt.Await in defer rt.Await(c), or nil.
func (b *builder) deferredAwait(d *ast.DeferStmt) *ast.CallExpr {
	if m, ok := b.c.awaitMode(d.Call); ok && m == plainAwait {
		return d.Call
	}
	return nil
}

// awaitOperand makes n, which awaits operand, end the block; what stands for n afterwards is the
// result, which is only there if it is wanted.
func (b *builder) awaitOperand(n ast.Node, operand ast.Expr, m mode, wanted bool) {
	b.spill(operand, false) // it is evaluated right before the await
	a := &await{mode: m, unused: !wanted, line: b.line(n.Pos()), node: n, elem: b.awaitedElem(n, operand)}
	a.source = b.sourceLine(n)
	a.passes = n == ast.Node(operand) && !isNone(a.elem)
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.open()
	result := b.prepare(a, ast.Unparen(operand))
	b.suspendAt(a)
	b.g.subst[n.(ast.Expr)] = result
}

// maxQuoted is how many bytes of a line a comment quotes: each await of a line quotes it.
const maxQuoted = 240

// sourceLine is the line of the source that a state's comment quotes: that of the statement as far as
// it goes, or the line on which the await stands.
func (b *builder) sourceLine(n ast.Node) string {
	s := b.stmtAt
	if s == nil || b.line(s.Pos()) != b.line(n.Pos()) {
		return quoted(b.c.lineText(b.co.src, b.line(n.Pos())))
	}
	end := min(s.End(), s.Pos()+maxQuoted+1)
	text, _, _ := strings.Cut(b.c.sourceText(b.co.src, s.Pos(), end), "\n")
	return quoted(text)
}

// quoted is a line, or what a comment quotes of a long one.
func quoted(line string) string {
	if len(line) <= maxQuoted {
		return line
	}
	return strings.ToValidUTF8(line[:maxQuoted], "") + "…"
}

// suspendAt ends the block with an await; the next one begins by looking at its end.
func (b *builder) suspendAt(a *await) {
	b.open()
	next := b.newBlock("await")
	next.await = a
	b.terminate(&suspend{await: a, next: next})
	b.enter(next)
	if a.mode != catchAwait {
		b.leaveOnFailure(a)
	}
}

// leaveOnFailure ends the function when an await has failed.
func (b *builder) leaveOnFailure(a *await) {
	in := b.code(func(e *emitter) string { return e.checkFailure(a) })
	in.fails, in.ended = true, a
	if b.g.exit != nil {
		in.exits = []*block{b.g.exit}
	}
}

// awaitedElem is T of the awaited Awaitable[T].
func (b *builder) awaitedElem(n ast.Node, operand ast.Expr) types.Type {
	if call, ok := n.(*ast.CallExpr); ok && n != ast.Node(operand) {
		if _, is := b.c.awaitMode(call); is {
			t := b.c.pkg.Info.TypeOf(call)
			if tuple, ok := t.(*types.Tuple); ok {
				return tuple.At(0).Type()
			}
			return t
		}
	}
	return coroElem(b.c.pkg.Info.TypeOf(operand))
}
