package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// spillAll spills expressions that are evaluated one after the other. more says that an await of
// the same statement follows.
func (b *builder) spillAll(more bool, list ...ast.Expr) {
	for i, e := range list {
		if e == nil {
			continue
		}
		later := more
		for _, l := range list[i+1:] {
			later = later || l != nil && b.suspends(l)
		}
		b.spill(e, later)
	}
}

// spill takes the awaits out of e. more says that an await of the same statement follows e, so that
// e's effects must happen now.
func (b *builder) spill(e ast.Expr, more bool) {
	if !b.suspends(e) {
		if more {
			b.spillEffects(e)
		}
		return
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		b.spill(e.X, more)
	case *ast.CallExpr:
		b.spillCall(e, more)
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			b.spillLogical(e, more)
		} else {
			b.spillAll(more, e.X, e.Y)
		}
	case *ast.UnaryExpr:
		b.spill(e.X, more && e.Op != token.ARROW)
		if more && e.Op == token.ARROW {
			b.keep(e)
		}
	case *ast.StarExpr:
		b.spill(e.X, more)
	case *ast.SelectorExpr:
		b.spill(e.X, more)
	case *ast.IndexExpr:
		b.spillAll(more, e.X, e.Index)
	case *ast.IndexListExpr:
		b.spillAll(more, append([]ast.Expr{e.X}, e.Indices...)...)
	case *ast.SliceExpr:
		b.spillAll(more, e.X, e.Low, e.High, e.Max)
	case *ast.TypeAssertExpr:
		b.spill(e.X, more)
	case *ast.CompositeLit:
		var parts []ast.Expr
		for _, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				if b.isFieldKey(e, kv) {
					parts = append(parts, kv.Value)
				} else {
					parts = append(parts, kv.Key, kv.Value)
				}
			} else {
				parts = append(parts, el)
			}
		}
		b.spillAll(more, parts...)
	default:
		b.c.refuse(CodeBug, e, "an await cannot stand in this expression")
	}
}

// isFieldKey reports whether kv names a field of a struct literal.
func (b *builder) isFieldKey(lit *ast.CompositeLit, kv *ast.KeyValueExpr) bool {
	t := b.c.pkg.Info.TypeOf(lit)
	if p, ok := coreAs[*types.Pointer](t); ok {
		t = p.Elem()
	}
	_, ok := coreAs[*types.Struct](t)
	return ok
}

func (b *builder) spillCall(e *ast.CallExpr, more bool) {
	if m, ok := b.c.awaitMode(e); ok {
		b.awaitOperand(e, e.Args[0], m, true)
		if more {
			b.keep(e)
		}
		return
	}
	if b.c.rtFunc(e) == "Go" {
		b.spillGo(e, true)
		return
	}
	inner := more && b.c.isConversion(e) // it has no effect of its own
	b.spillAll(inner, append([]ast.Expr{e.Fun}, e.Args...)...)
	if name := b.c.builtin(e); name == "len" || name == "cap" {
		b.evaluateArray(e.Args[0])
	}
	if more && !inner {
		b.keep(e)
	}
}

// spillGo calls rt.Go, which does not suspend, but may fail as an await does.
func (b *builder) spillGo(e *ast.CallExpr, wanted bool) {
	b.spillAll(false, e.Args...)
	if wanted {
		b.keep(e)
	} else {
		b.code(func(em *emitter) string { return em.own(e) }, e)
	}
	b.throwSite(e)
	in := b.code(func(em *emitter) string {
		return em.failIf(em.failed(), len(em.g.awaits)+em.g.throwSites[e])
	})
	in.fails = true
	if b.g.exit != nil {
		in.exits = []*block{b.g.exit}
	}
}

// evaluateArray evaluates an operand of which Go would only take the length, when an await in it has
// been spilled: len(*rt.Await(f())) looks at the pointer, len(*p) does not.
func (b *builder) evaluateArray(e ast.Expr) {
	if !b.suspends(e) && !b.c.hasEffect(e) {
		return // Go does not evaluate it either
	}
	if mayBeArray(b.c.pkg.Info.TypeOf(e)) {
		b.code(func(em *emitter) string { return "_ = " + em.text(e) }, e)
	}
}

// spillLogical turns x && y, where y awaits, into control flow.
func (b *builder) spillLogical(e *ast.BinaryExpr, more bool) {
	if !b.suspends(e.Y) {
		b.spill(e.X, more)
		if more {
			b.keep(e)
		}
		return
	}
	b.spill(e.X, false)
	t := b.temp(b.c.pkg.Info.TypeOf(e), "ok")
	b.let(e.X, true, t)
	right, end := b.newBlock("right"), b.newBlock("end")
	cond := func(em *emitter) string { return em.ref(t) }
	if e.Op == token.LAND {
		b.terminate(&branch{word: "&&", node: e.X, cond: cond, uses: []*variable{t}, yes: right, no: end})
	} else {
		b.terminate(&branch{word: "||", node: e.X, cond: cond, uses: []*variable{t}, yes: end, no: right})
	}
	b.enter(right)
	b.spill(e.Y, false)
	b.let(e.Y, false, t)
	b.jumpTo(end)
	b.enter(end)
	b.g.subst[e] = replacement{v: t}
}

// spillEffects moves the effects of an expression without awaits before the next await.
func (b *builder) spillEffects(e ast.Expr) {
	if !b.c.hasEffect(e) {
		return
	}
	if b.c.isEffect(e) {
		b.keep(e)
		return
	}
	var parts []ast.Expr
	ast.Inspect(e, func(n ast.Node) bool {
		if n == e {
			return true
		}
		if x, ok := n.(ast.Expr); ok {
			parts = append(parts, x)
			return false
		}
		return true
	})
	for _, p := range parts {
		b.spillEffects(p)
	}
}

// keep evaluates e now, into a temporary that stands for it.
func (b *builder) keep(e ast.Expr) {
	info := b.c.pkg.Info
	if _, ok := b.g.subst[e]; !ok && info.Types[e].Value != nil {
		return // a constant
	}
	if _, tuple := info.TypeOf(e).(*types.Tuple); tuple {
		return // f(g()): the call of f is kept as a whole
	}
	t := b.temp(info.TypeOf(e), "t")
	b.let(e, true, t)
	b.g.subst[e] = replacement{v: t}
}

// let appends t := e, or t = e.
func (b *builder) let(e ast.Expr, declare bool, t *variable) {
	// Rendered later, when t stands for e: take what stands for it now, or its own text.
	old, replaced := b.g.subst[e]
	emit := func(em *emitter) string {
		value := em.operandOf(e, replaced, old)
		switch {
		case declare && replaced:
			return em.declare(t, value)
		case declare:
			return em.declareFrom(t, e, value)
		}
		return em.ref(t) + " = " + value
	}
	in := b.code(emit, e)
	in.kills = append(in.kills, t)
	if declare {
		in.declares = append(in.declares, t)
	}
}

// isConversion reports whether a call converts to a type.
func (c *compiler) isConversion(call *ast.CallExpr) bool {
	return c.pkg.Info.Types[call.Fun].IsType()
}

// builtin gives the name of the builtin function that a call calls, or "".
func (c *compiler) builtin(call *ast.CallExpr) string {
	if bi, ok := c.pkg.Info.Uses[calleeIdent(call.Fun)].(*types.Builtin); ok {
		return bi.Name()
	}
	return ""
}

// onlyMeasures reports whether a call asks for a size, an alignment or an offset: its operand is not evaluated.
func (c *compiler) onlyMeasures(call *ast.CallExpr) bool {
	switch c.builtin(call) {
	case "Sizeof", "Alignof", "Offsetof":
		return true
	}
	return false
}

// isEffect reports whether e itself is something that Go orders against calls.
func (c *compiler) isEffect(e ast.Expr) bool {
	if c.pkg.Info.Types[e].Value != nil {
		return false
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		return !c.isConversion(e) && !c.onlyMeasures(e)
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	case *ast.BinaryExpr:
		return (e.Op == token.LAND || e.Op == token.LOR) && (c.hasEffect(e.X) || c.hasEffect(e.Y))
	}
	return false
}

// hasEffect reports whether e contains such an effect, function literals aside.
func (c *compiler) hasEffect(e ast.Expr) bool {
	found := false
	inspectOwn(e, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit {
			return false
		}
		switch x := n.(type) {
		case *ast.CallExpr:
			if c.pkg.Info.Types[x].Value != nil || c.onlyMeasures(x) {
				return false
			}
			found = found || c.isEffect(x)
		case *ast.UnaryExpr:
			found = found || c.isEffect(x)
		}
		return !found
	})
	return found
}
