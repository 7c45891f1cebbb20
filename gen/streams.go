package gen

import (
	"fmt"
	"go/ast"
	"go/types"
)

// A stream's frame suspends at a Yield as at an await, except that Resume returns Done: whoever reads
// the stream goes on, and resumes the frame for the next value. A loop over a stream has a frame
// field of its own for it, since the stream lives on while the body awaits other things.

// yield lowers rt.Yield(v).
func (b *builder) yield(call *ast.CallExpr) {
	v := call.Args[0]
	b.spill(v, false)
	a := &await{line: b.line(call.Pos()), node: call, elem: b.co.elem, uses: b.usesOf(v), source: b.sourceLine(call)}
	a.setup = func(e *emitter) string { return b.g.frame + ".Value = " + e.text(v) }
	if b.g.exit == nil {
		a.mode = catchAwait // there is nothing to run when the stream is closed: it cannot fail here
	}
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
}

// rangeStream lowers for v := range rt.AwaitEach(s).
func (b *builder) rangeStream(s *ast.RangeStmt, call *ast.CallExpr, label types.Object) {
	operand := ast.Unparen(call.Args[0])
	b.spill(operand, false)
	a := &await{line: b.line(s.Pos()), node: s, source: b.sourceLine(s)}
	begin := b.beginStream(a, operand)
	begun := b.code(begin, operand)

	head, body, done, end := b.newBlock("each"), b.newBlock("body"), b.newBlock("done"), b.newBlock("end")
	t := target{label: label, brk: end, cont: head, stmt: s}
	closes := b.c.closes(b.co, operand)
	if closes {
		t.brk = b.newBlock("leave")
		t.leave = func() { b.closeStream(call) }
	}
	if !closes || a.slot.callee == nil {
		a.uses = []*variable{b.holdStream(a.slot)}
		begun.kills = append(begun.kills, a.uses...)
	}
	b.jumpTo(head)
	b.enter(head)
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
	field := b.g.slotField(a.slot)
	b.terminate(&branch{word: "for", node: s, cond: func(*emitter) string { return field + ".More()" }, uses: a.uses, yes: body, no: done})
	b.enter(body)
	if !blank(s.Key) {
		b.bindText(s.Key, s.Tok.String() == ":=", a.uses, func(*emitter) string { return field + ".Value" })
	}
	b.targets = append(b.targets, t)
	b.scope(s.Body)
	b.targets = b.targets[:len(b.targets)-1]
	b.jumpTo(head)
	if closes {
		b.enter(t.brk)
		t.leave()
		b.jumpTo(end)
	}
	b.enter(done)
	if a.mode == catchAwait {
		b.leaveOnFailure(a)
	}
	if closes {
		b.code(func(*emitter) string { return b.deferred() + ".Leave()" })
	}
	b.jumpTo(end)
	b.enter(end)
}

// beginStream decides where the loop finds the stream: in a frame of its own, or behind an rt.StreamLoop. It
// gives the code that begins the loop.
func (b *builder) beginStream(a *await, operand ast.Expr) func(*emitter) string {
	f, x, q := b.g.frame, b.g.exec, b.c.rtQual(b.co.src)
	if k := b.c.held(b.co, operand); k != nil {
		k.callee.begun = true
		a.mode = catchAwait // one that has failed has ended, so that only then somebody has to look
		a.slot = b.ownSlot(k.callee.frame+b.c.typeArgs(b.co.src, k.targs), slotName(k.callee))
		a.slot.callee = k.callee
		field := f + "." + a.slot.name
		a.begin = func(*emitter) string { return field + ".Resume(" + x + ")" }
		enter := ""
		if k.callee.deferred {
			enter = fmt.Sprintf("\n%s.Enter(&%s)", b.deferred(), field)
		}
		return func(e *emitter) string { return e.beginCall(a.slot, k) + enter }
	}
	elem := streamElem(b.c.pkg.Info.TypeOf(operand))
	if b.c.namesStaying(elem) {
		a.slot = b.ownSlot("", "each")
		a.slot.values = elem
	} else {
		a.slot = b.ownSlot(q+"StreamLoop["+b.c.typeText(b.co.src, elem, operand.Pos())+"]", "each")
	}
	a.linked = true
	old, replaced := b.g.subst[operand]
	field := b.g.slotField(a.slot)
	a.begin = func(*emitter) string { return fmt.Sprintf("%s.Next(%s, %s)", field, x, f) }
	return func(e *emitter) string {
		return fmt.Sprintf("%s.Begin(&%s, %s)", field, b.deferred(), e.operandOf(operand, replaced, old))
	}
}

// closeStream closes the stream of the innermost loop, and waits for its deferred calls.
func (b *builder) closeStream(call *ast.CallExpr) {
	a := &await{line: b.line(call.Pos()), node: call, linked: true, source: b.sourceLine(call) + " is left"}
	a.begin = func(*emitter) string {
		return fmt.Sprintf("%s.CloseLast(%s, %s)", b.deferred(), b.g.exec, b.g.frame)
	}
	a.closed = fmt.Sprintf("%s.Closed(%s)\n", b.deferred(), b.g.exec)
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
}

// deferred is the field of the deferred calls.
func (b *builder) deferred() string { return b.g.frame + "." + b.g.defers }

// ownSlot gives a frame field that nothing else shares.
func (b *builder) ownSlot(typeText, name string) *slot {
	s := b.newSlot(typeText, name)
	s.own = true
	return s
}
