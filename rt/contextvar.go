package rt

import (
	"sync"
	"sync/atomic"
)

// Var is a context variable: contextvars.ContextVar. Each task has values of its own, which it begins
// with as a copy of those of who creates it; a callback (CallSoon, CallLater, AddDoneCallback …) runs
// with a copy of those of who asked for it. NewVar makes one, as a rule in a package-level variable.
//
// Get, Set and Reset are for async functions, and for the functions and callbacks that run on the loop's goroutine; code that
// holds a loop which does not run uses GetOn and SetOn.
type Var[T any] struct {
	name string
	def  T
}

// NewVar makes a variable that has the value def where none was set.
func NewVar[T any](name string, def T) *Var[T] { return &Var[T]{name, def} }

// Name is what was given to NewVar.
func (v *Var[T]) Name() string { return v.name }

// Get is the value in the running task: ContextVar.get.
func (v *Var[T]) Get() T { return v.GetIn(here("Var.Get", "Var.GetOn")) }

// Set sets the value in the running task, and gives a token with which Reset restores the one before:
// ContextVar.set. Other tasks do not see it, except those that this one creates from now on.
func (v *Var[T]) Set(value T) *Token[T] { return v.SetIn(here("Var.Set", "Var.SetOn"), value) }

// Reset gives the variable the value it had before the Set that gave t: ContextVar.reset. It panics
// when t was used already, or belongs to another variable or another task.
func (v *Var[T]) Reset(t *Token[T]) { v.ResetIn(here("Var.Reset", ""), t) }

// GetOn is the value in the task or callback that l runs; when it runs none, in the main tasks to
// come.
func (v *Var[T]) GetOn(l *Loop) T { return v.GetIn(&l.behind().exec) }

// SetOn is Set in the task or callback that l runs; when it runs none, in the main tasks to come.
func (v *Var[T]) SetOn(l *Loop, value T) *Token[T] { return v.SetIn(&l.behind().exec, value) }

// GetIn is what v.Get() becomes in async code.
func (v *Var[T]) GetIn(x *Exec) T {
	if b := x.vars().find(v); b != nil {
		return b.value.(T)
	}
	return v.def
}

// SetIn is what v.Set(value) becomes in async code.
func (v *Var[T]) SetIn(x *Exec, value T) *Token[T] {
	anyVars.Store(true)
	in := x.ownVars()
	t := &Token[T]{of: v, in: in, before: in.find(v)}
	in.set(v, &binding{key: v, value: value})
	return t
}

// ResetIn is what v.Reset(t) becomes in async code.
func (v *Var[T]) ResetIn(x *Exec, t *Token[T]) {
	in := x.vars()
	switch {
	case t.used:
		panic("rt: Var.Reset: the token of " + v.name + " was used already")
	case t.of != v:
		panic("rt: Var.Reset: the token belongs to the variable " + t.of.name + ", not to " + v.name)
	case t.in != in:
		panic("rt: Var.Reset: the token of " + v.name + " comes from another task or callback")
	}
	t.used = true
	in.set(v, t.before)
}

// Token is what Set gives: Reset takes it once. It is contextvars.Token.
type Token[T any] struct {
	of     *Var[T]
	in     *vars
	before *binding // nil: no value was set
	used   bool
}

// vars is the values of the context variables of a task or callback: contextvars.Context. It holds a
// list that is never changed, only replaced, so that to copy it is to copy the pointer.
type vars struct{ first *binding }

// binding is a variable with its value.
type binding struct {
	key   any // the *Var
	value any
	next  *binding
}

// find gives the binding of a variable, nil where there is none.
func (c *vars) find(key any) *binding {
	if c != nil {
		for b := c.first; b != nil; b = b.next {
			if b.key == key {
				return b
			}
		}
	}
	return nil
}

// set replaces the binding of a variable; with nil it has none.
func (c *vars) set(key any, to *binding) {
	rest := c.first.without(key)
	if to != nil {
		rest = &binding{to.key, to.value, rest}
	}
	c.first = rest
}

// without is the list from b on without the binding of a variable. It copies what stands before that.
func (b *binding) without(key any) *binding {
	switch {
	case b == nil:
		return nil
	case b.key == key:
		return b.next
	}
	if next := b.next.without(key); next != b.next {
		return &binding{b.key, b.value, next}
	}
	return b
}

// vars is those of the running task or callback; nil when none was ever set.
func (x *Exec) vars() *vars {
	n := x.task
	if n == nil {
		n = x.call
	}
	if n == nil || !x.loop.running {
		return &x.loop.vars
	}
	return n.vars()
}

// ownVars is vars, made when there are none.
func (x *Exec) ownVars() *vars {
	if c := x.vars(); c != nil {
		return c
	}
	n := x.task
	if n == nil {
		n = x.call
	}
	v := new(vars)
	n.setVars(v)
	return v
}

// copyVars is what a new task or callback begins with: a copy of vars.
func (x *Exec) copyVars() *vars {
	if c := x.vars(); c != nil && c.first != nil {
		return &vars{c.first}
	}
	return nil
}

// anyVars says that a context variable was set in this process. As long as none was, nobody has to find out on which
// goroutine he is.
var anyVars atomic.Bool

// threadVars is the context variables of functions of ToThread, by goroutine: those of the task that waits for it.
var threadVars sync.Map // of uint64 to *vars

// varsOfGoroutine is a copy of the context variables of what runs on this goroutine: a step or callback of a loop, or a
// function of ToThread.
func varsOfGoroutine() *vars {
	if !anyVars.Load() {
		return nil
	}
	g := goroutineID()
	if l := loopOf(g); l != nil {
		return l.exec.copyVars()
	}
	if v, ok := threadVars.Load(g); ok {
		return &vars{v.(*vars).first}
	}
	return nil
}

// lendVars makes v, if there are any, the context variables of this goroutine, on which a function of ToThread runs.
func lendVars(v *vars) (over func()) {
	if v == nil {
		return func() {}
	}
	g := goroutineID()
	threadVars.Store(g, v)
	return func() { threadVars.Delete(g) }
}
