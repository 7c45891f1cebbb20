package gen

import (
	"fmt"
	"go/ast"
	"go/types"
)

// What is awaited and has no frame in the caller's waits in a slot of its static type, for which rt
// has functions that Go inlines:
//
//	rt.Await(task)     f.awaited = task
//	                   if rt.BeginTask(x, f, f.awaited) == rt.Suspended { … }
//	                   … rt.TaskValue(f.awaited) …
//
// The slot is there for the value. A variable that never changes is its own slot, and an await whose
// value nobody wants has none: the running task knows what it waits for.

// A wait is how a static type is awaited.
type wait struct {
	slot              string // a format of the slot's type: package rt; then it is one of T
	begin, value, try string // functions of rt
}

var (
	waitTask   = wait{"*%sTask[%%s]", "BeginTask", "TaskValue", "TryTask"}
	waitFuture = wait{"*%sFuture[%%s]", "BeginFuture", "FutureValue", "TryFuture"}
	waitCoro   = wait{"%sCoro[%%s]", "BeginCoro", "CoroValue", "TryCoro"}
	waitAny    = wait{"%sAwaitable[%%s]", "Begin", "Value", "Try"}
)

// waitOf says how an operand of type t is awaited.
func waitOf(t types.Type) wait {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		if named, ok := types.Unalias(ptr.Elem()).(*types.Named); ok && isRT(named.Obj().Pkg()) {
			switch named.Obj().Name() {
			case "Task":
				return waitTask
			case "Future":
				return waitFuture
			}
		}
	}
	if coroElem(t) != nil {
		return waitCoro
	}
	return waitAny
}

// waitFor makes a an await of operand through rt, and gives what stands for the result.
func (b *builder) waitFor(a *await, operand ast.Expr) replacement {
	w := waitOf(b.c.pkg.Info.TypeOf(operand))
	old, replaced := b.g.subst[operand]
	a.uses = b.usesOf(operand)
	value := func(e *emitter) string { return e.operandOf(operand, replaced, old) }
	if (a.unused || isNone(a.elem)) && !b.c.pkg.Info.Types[operand].IsNil() {
		a.keeps = b.resultOf(operand)
		b.beginWait(a, w, value)
		return b.nothing(a)
	}
	if v := b.plainVar(operand); v != nil && !v.assigned { // it is there as long as a copy would be
		b.beginWait(a, w, value)
		return b.waited(a, w, v)
	}
	slot := b.newAwaited(a, w, operand)
	slot.task = b.resultOf(operand)
	return b.waitAs(a, w, slot, value)
}

// beginWait begins an await of value.
func (b *builder) beginWait(a *await, w wait, value func(*emitter) string) {
	a.linked = true
	a.begin = func(e *emitter) string {
		return fmt.Sprintf("%s%s(%s, %s, %s)", e.q, w.begin, b.g.exec, b.g.frame, value(e))
	}
}

// newAwaited makes a slot.
func (b *builder) newAwaited(a *await, w wait, at ast.Node) *variable {
	v := b.temp(nil, "awaited")
	v.made = b.madeType(at.Pos(), fmt.Sprintf(w.slot, b.c.rtQual(b.co.src)), a.elem)
	return v
}

// waitAs begins an await of value, which slot keeps for the result.
func (b *builder) waitAs(a *await, w wait, slot *variable, value func(*emitter) string) replacement {
	a.keeps = slot
	a.setup = func(e *emitter) string { return e.declare(slot, value(e)) }
	b.beginWait(a, w, func(e *emitter) string { return e.ref(slot) })
	return b.waited(a, w, slot)
}

// waited is the result of an await of what v holds.
func (b *builder) waited(a *await, w wait, v *variable) replacement {
	q := b.c.rtQual(b.co.src)
	if a.mode == plainAwait {
		return replacement{v: v, text: fmt.Sprintf("%s%s(%%s)", q, w.value)}
	}
	return replacement{v: v, text: fmt.Sprintf("%s%s(%s, %%s)", q, w.try, b.g.exec)}
}
