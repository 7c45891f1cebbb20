package gen

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// prepare decides how an await begins: by a direct call of a known function, as a sleep, or through
// rt. The frame of a known function that cannot be part of the caller's is made at the first await of it, and
// used again for the next one, when it has ended: nothing else has ever seen it. It gives what stands for the result.
func (b *builder) prepare(a *await, operand ast.Expr) replacement {
	f, x := b.g.frame, b.g.exec
	if call, ok := operand.(*ast.CallExpr); ok && b.c.rtFunc(call) == "Sleep" && len(call.Args) == 1 && !b.isReplaced(operand) {
		a.always = true
		a.uses = b.usesOf(call.Args[0])
		a.begin = func(e *emitter) string { return fmt.Sprintf("%s.Sleep(%s, %s)", x, f, e.text(call.Args[0])) }
		if v := b.c.pkg.Info.Types[call.Args[0]].Value; v != nil && constant.Sign(v) == 0 {
			a.begin = func(*emitter) string { return fmt.Sprintf("%s.Yield(%s)", x, f) }
		}
		return b.nothing(a)
	}
	if k := b.c.known(operand); k != nil && !b.isReplaced(operand) && b.c.nameable(k.targs) {
		k.callee.begun = true
		a.uses = b.usesOf(k.call)
		typ := k.callee.frame + b.c.typeArgs(b.co.src, k.targs)
		if b.co.embeds(k) {
			s := b.slotFor(typ, slotName(k.callee), k.callee)
			a.setup = func(e *emitter) string { return e.beginCall(s, k) }
			return b.awaitKnown(a, s, k)
		}
		s := b.slotFor("*"+typ, slotName(k.callee), k.callee)
		a.setup = func(e *emitter) string {
			return fmt.Sprintf("if %[1]s.%[2]s == %[3]s {\n%[1]s.%[2]s = %[4]s\n}\n", f, s.name, e.c.null(e.co.src, "*"+typ), e.c.newOf(e.co.src, typ)) + e.beginCall(s, k)
		}
		return b.awaitKnown(a, s, k)
	}
	if k := b.c.rtCallOf(operand); k != nil && !b.isReplaced(operand) && b.c.nameable(k.targs) {
		return b.awaitRTCall(a, k)
	}
	return b.waitFor(a, operand)
}

// awaitRTCall makes a an await of such a call.
func (b *builder) awaitRTCall(a *await, k *rtCall) replacement {
	s := b.slotFor(b.c.rtQual(b.co.src)+k.name+b.c.typeArgs(b.co.src, k.targs), lowerFirst(k.name), nil)
	a.uses = b.usesOf(k.call)
	result := b.held(a, s)
	a.begin = func(e *emitter) string { return e.beginRTCall(s, k) }
	if k.rest == asFrame {
		return result
	}
	a.inLine = true
	field := b.g.frame + "." + s.name
	switch k.rest {
	case withTurn:
		a.rest = field + ".Turn(" + b.g.exec + ")"
	case withAgain:
		a.again = func(e *emitter) string {
			return fmt.Sprintf("if %s.Again(%s) == %[3]sSuspended {\nreturn %[3]sSuspended\n}", field, e.g.exec, e.q)
		}
	}
	switch {
	case isNone(a.elem):
		return b.nothing(a)
	case a.mode != plainAwait:
		return replacement{v: a.keeps, text: fmt.Sprintf("%s.Try(%s)", field, b.g.exec), asIs: true}
	}
	return result
}

// nothing is the result of an await that gives none.
func (b *builder) nothing(a *await) replacement {
	if a.mode == plainAwait {
		return replacement{text: b.c.rtQual(b.co.src) + "None{}"}
	}
	return replacement{text: b.g.exec + ".Slept()"}
}

// awaitKnown makes an await a direct call of the frame of k in a slot.
func (b *builder) awaitKnown(a *await, s *slot, k *knownCall) replacement {
	result := b.held(a, s)
	if k.callee.helper {
		b.awaitHelper(a, s)
	}
	return result
}

// held makes an await a direct call of the frame in a slot.
func (b *builder) held(a *await, s *slot) replacement {
	f, x := b.g.frame, b.g.exec
	a.slot, a.keeps = s, b.holdResult(s, a.elem)
	a.begin = func(*emitter) string { return fmt.Sprintf("%s.%s.Resume(%s)", f, s.name, x) }
	if a.mode == plainAwait {
		return replacement{v: a.keeps, text: fmt.Sprintf("%s.%s.Value", f, s.name), asIs: true}
	}
	return replacement{v: a.keeps, text: fmt.Sprintf("%sTryCoro(%s, %s)", b.c.rtQual(b.co.src), x, s.pointer(f)), asIs: true}
}

// beginCall makes the frame in a slot a call of a known function.
func (e *emitter) beginCall(s *slot, k *knownCall) string {
	begin := fmt.Sprintf("%s.%s.begin(%s)", e.g.frame, s.name, e.arguments(k))
	if k.recv != nil && k.callee.recvName() == "" {
		return "_ = " + e.receiver(k) + "\n" + begin // evaluated, though nobody wants it
	}
	return begin
}

// isReplaced reports whether something stands for the operand already (an await in an await).
func (b *builder) isReplaced(e ast.Expr) bool {
	_, ok := b.g.subst[e]
	return ok
}

// nameable reports whether types can be written at package level, by names that print as they should.
func (c *compiler) nameable(list []types.Type) bool {
	for _, t := range list {
		if !c.canName(t) || c.namesStaying(t) {
			return false
		}
	}
	return true
}

// slotName is the name of a field for calls of an async function.
func slotName(callee *coroutine) string {
	name := lowerFirst(callee.name[strings.LastIndexByte(callee.name, '.')+1:])
	if token.IsKeyword(name) {
		name += "_"
	}
	return name
}

// slotFor gives the frame field for awaited things of one type.
func (b *builder) slotFor(typeText, name string, callee *coroutine) *slot {
	for _, s := range b.g.slots {
		if s.typeText == typeText && !s.own {
			return s
		}
	}
	s := b.newSlot(typeText, name)
	s.callee = callee
	return s
}

func (b *builder) newSlot(typeText, name string) *slot {
	s := &slot{name: b.fields.fresh(name), typeText: typeText}
	b.g.slots = append(b.g.slots, s)
	return s
}

// arguments is the argument list of begin: captured variables, receiver, arguments.
func (e *emitter) arguments(k *knownCall) string {
	var args []string
	for _, v := range k.callee.passed() {
		args = append(args, e.captured(v))
	}
	if k.recv != nil && k.callee.recvName() != "" {
		args = append(args, e.receiver(k))
	}
	if len(k.call.Args) > 0 {
		args = append(args, e.span(k.call.Lparen+1, k.call.Rparen, k.call.Args...))
	}
	return strings.Join(args, ", ")
}

// receiver is the receiver of a method call, as the method wants it.
func (e *emitter) receiver(k *knownCall) string {
	switch {
	case k.addr:
		return e.address(k.recv)
	case k.deref:
		return "*" + e.operand(k.recv)
	}
	return e.text(k.recv)
}

// awaitResult awaits the named result, which a return without operands ends with.
func (b *builder) awaitResult(s *ast.ReturnStmt) {
	a := &await{line: b.line(s.Pos()), node: s, source: "return", elem: b.co.elem, passes: !isNone(b.co.elem)}
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	a.uses = []*variable{b.g.result}
	result := b.waitAs(a, waitCoro, b.newAwaited(a, waitCoro, s), func(e *emitter) string { return e.ref(b.g.result) })
	b.suspendAt(a)
	b.g.namedReturns[s] = result
}
