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
	a := &await{line: b.line(call.Pos()), elem: b.co.elem, uses: b.usesOf(v), source: b.sourceLine(call)}
	a.setup = func(e *emitter) string { return b.g.frame + ".Value = " + e.text(v) }
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
}

// rangeStream lowers for v := range rt.AwaitEach(s).
func (b *builder) rangeStream(s *ast.RangeStmt, call *ast.CallExpr, label types.Object) {
	operand := ast.Unparen(call.Args[0])
	b.spill(operand, false)
	f, x, q, d := b.g.frame, b.g.exec, b.c.rtQual(b.co.src), b.g.frame+"."+b.g.defers
	a := &await{line: b.line(s.Pos()), elem: streamElem(b.c.pkg.Info.TypeOf(operand)), source: b.sourceLine(s)}
	var more, value, enter string
	var setup func(e *emitter) string
	if k := b.c.known(operand); b.co.embeds(k) && b.nameable(k.targs) && !b.isReplaced(operand) {
		k.callee.begun = true
		a.slot = b.ownSlot(k.callee.frameName+b.c.typeArgs(b.co.src, k.targs), slotName(k.callee))
		setup = func(e *emitter) string { return e.beginCall(a.slot, k) }
		field := f + "." + a.slot.name
		a.begin = func(*emitter) string { return fmt.Sprintf("%s.Resume(%s)", field, x) }
		more, value, enter = field+".More()", field+".Value", fmt.Sprintf("%sEnter(&%s, &%s)", q, d, field)
	} else {
		a.slot, a.linked = b.ownSlot(q+"Stream["+b.c.typeText(b.co.src, a.elem, operand.Pos())+"]", "awaited"), true
		old, replaced := b.g.subst[operand]
		field := f + "." + a.slot.name
		setup = func(e *emitter) string { return field + " = " + e.operandOf(operand, replaced, old) }
		a.begin = func(*emitter) string { return fmt.Sprintf("%sBeginNext(%s, %s, %s)", q, x, f, field) }
		more, value, enter = q+"More("+field+")", q+"Current("+field+")", fmt.Sprintf("%sEnter(&%s, %s)", q, d, field)
	}
	b.code(func(e *emitter) string { return setup(e) + "\n" + enter }, operand)

	head, body, done, leave, end := b.newBlock("each"), b.newBlock("body"), b.newBlock("done"), b.newBlock("leave"), b.newBlock("end")
	b.jumpTo(head)
	b.enter(head)
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
	b.terminate(&branch{cond: func(*emitter) string { return more }, yes: body, no: done})
	b.enter(body)
	if !blank(s.Key) {
		b.bindText(s.Key, s.Tok.String() == ":=", nil, func(*emitter) string { return value })
	}
	closing := func() { b.closeStream(d, call) }
	b.targets = append(b.targets, target{label: label, brk: leave, cont: head, stmt: s, leave: closing})
	b.scope(s.Body)
	b.targets = b.targets[:len(b.targets)-1]
	b.jumpTo(head)
	b.enter(leave)
	closing()
	b.jumpTo(end)
	b.enter(done)
	b.code(func(*emitter) string { return d + ".Leave()" })
	b.jumpTo(end)
	b.enter(end)
}

// closeStream closes the stream of the innermost loop, and waits for its deferred calls.
func (b *builder) closeStream(defers string, call *ast.CallExpr) {
	a := &await{line: b.line(call.Pos()), linked: true, source: b.sourceLine(call) + " is left"}
	a.begin = func(*emitter) string { return fmt.Sprintf("%s.CloseLast(%s, %s)", defers, b.g.exec, b.g.frame) }
	a.closed = fmt.Sprintf("%s.Closed(%s)\n", defers, b.g.exec)
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	b.suspendAt(a)
}

// ownSlot gives a frame field that nothing else shares.
func (b *builder) ownSlot(typeText, name string) *slot {
	s := b.newSlot(typeText, name)
	s.own = true
	return s
}
