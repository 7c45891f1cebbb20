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
// The slot is there for the value. An await whose value nobody wants has none: the running task knows
// what it waits for.

// awaitedSlot is the name of a slot.
const awaitedSlot = "awaited"

// A wait is how a static type is awaited.
type wait struct {
	slot              string // a format of the slot's type: package rt, then T
	begin, value, try string // functions of rt
}

var (
	waitTask   = wait{"*%sTask[%s]", "BeginTask", "TaskValue", "TryTask"}
	waitFuture = wait{"*%sFuture[%s]", "BeginFuture", "FutureValue", "TryFuture"}
	waitCoro   = wait{"%sCoro[%s]", "BeginCoro", "CoroValue", "TryCoro"}
	waitAny    = wait{"%sAwaitable[%s]", "Begin", "Value", "Try"}
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

// waitFor makes a an await of operand through rt, and gives the text of the result.
func (b *builder) waitFor(a *await, operand ast.Expr) string {
	x, q := b.g.exec, b.c.rtQual(b.co.src)
	t := b.c.pkg.Info.TypeOf(operand)
	old, replaced := b.g.subst[operand]
	a.uses = b.usesOf(operand)
	value := func(e *emitter) string { return e.operandOf(operand, replaced, old) }
	if (a.unused || isNone(a.elem)) && !b.c.pkg.Info.Types[operand].IsNil() {
		b.beginWait(a, waitOf(t), value)
		if a.mode == plainAwait {
			return q + "None{}"
		}
		return x + ".Slept()"
	}
	return b.waitInSlot(a, waitOf(t), operand, value)
}

// beginWait begins an await of value.
func (b *builder) beginWait(a *await, w wait, value func(*emitter) string) {
	a.linked = true
	a.begin = func(e *emitter) string {
		return fmt.Sprintf("%s%s(%s, %s, %s)", e.q, w.begin, b.g.exec, b.g.frame, value(e))
	}
}

// waitInSlot begins an await of value, which the slot keeps for the result.
func (b *builder) waitInSlot(a *await, w wait, at ast.Node, value func(*emitter) string) string {
	q := b.c.rtQual(b.co.src)
	a.slot = b.slotFor(fmt.Sprintf(w.slot, q, b.c.typeText(b.co.src, a.elem, at.Pos())), awaitedSlot)
	field := b.g.frame + "." + a.slot.name
	a.setup = func(e *emitter) string { return field + " = " + value(e) }
	b.beginWait(a, w, func(*emitter) string { return field })
	if a.mode == plainAwait {
		return fmt.Sprintf("%s%s(%s)", q, w.value, field)
	}
	return fmt.Sprintf("%s%s(%s, %s)", q, w.try, b.g.exec, field)
}
