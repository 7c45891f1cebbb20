package gen

import (
	"go/types"
	"iter"
	"slices"
	"strings"
)

// Variables that are kept apart.
//
// Before: every variable has its home.
// After: the fields of those whose types have to stay in their function are in a struct of their own.
//
// A local type that moves to package level would get another name if its own is taken there, by another local type or something
// of the package, and %T, reflection, panics and embedded fields would show that. So it stays, and with it a struct for the
// variables that mention it, to which the frame has a pointer of type any:
//
//	type T struct{ a int }          type T struct{ a int }
//	v := T{1}                       type keptVars struct{ v T }
//	rt.Await(g())                   kept, made := f.kept.(*keptVars)
//	fmt.Printf("%T", v)             if !made {
//	                                    kept = new(keptVars)
//	                                    f.kept = kept
//	                                }
//	                                …
//	                                kept.v = T{1}

// nameKept gives names to what the function may need to keep variables apart.
func (b *builder) nameKept() {
	staying := func(t *localType) bool { return t.stays && !t.ordinary }
	if b.co.inPlace || slices.ContainsFunc(b.c.localTypes[b.co], staying) {
		b.g.kept, b.g.keptType, b.g.keptMade = b.freshName("kept"), b.freshName("keptVars"), b.freshName("made")
	}
	if b.co.inPlace {
		b.g.given, b.g.givenType = b.freshName("given"), b.freshName("givenVars")
	}
}

// keepApart decides which variables are kept apart.
func (c *compiler) keepApart(co *coroutine) {
	if co.graph.kept == "" {
		return
	}
	for _, v := range co.graph.vars {
		v.kept = co.graph.field(v) && slices.ContainsFunc(append(slices.Clone(v.made.parts), v.typ), c.namesStaying)
	}
}

// namesStaying reports whether the text of a type names one that has to stay in its function.
func (c *compiler) namesStaying(t types.Type) bool {
	return c.namesLocal(t, func(t *localType) bool { return t.stays })
}

// namesLocal reports whether the text of a type names a local one of which is is true.
func (c *compiler) namesLocal(t types.Type, is func(*localType) bool) bool {
	any := func(list iter.Seq[types.Type]) bool {
		for t := range list {
			if c.namesLocal(t, is) {
				return true
			}
		}
		return false
	}
	named := func(obj types.Object, args *types.TypeList) bool {
		t := c.typeNames[obj]
		return t != nil && is(t) || any(args.Types())
	}
	switch t := t.(type) {
	case *types.Alias:
		return named(t.Obj(), t.TypeArgs())
	case *types.Named:
		return named(t.Obj(), t.TypeArgs())
	case *types.Map:
		return c.namesLocal(t.Key(), is) || c.namesLocal(t.Elem(), is)
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		return c.namesLocal(t.Elem(), is)
	case *types.Signature:
		return c.namesLocal(t.Params(), is) || c.namesLocal(t.Results(), is)
	case *types.Tuple:
		return any(typesOf(t.Variables()))
	case *types.Struct:
		return any(typesOf(t.Fields()))
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if c.namesLocal(m.Type(), is) {
				return true
			}
		}
		return any(t.EmbeddedTypes())
	}
	return false
}

// typesOf are the types of variables.
func typesOf(list iter.Seq[*types.Var]) iter.Seq[types.Type] {
	return func(yield func(types.Type) bool) {
		for v := range list {
			if !yield(v.Type()) {
				return
			}
		}
	}
}

// isGiven reports whether a variable begins with a value from outside of the function.
func (v *variable) isGiven() bool { return v.param || v.capture }

// keptVars are the variables that are kept apart and have fields of their own: those that are given, or the others.
func (g *graph) keptVars(given bool) []*variable {
	var list []*variable
	for _, v := range g.vars {
		if v.kept && v.field == nil && v.isGiven() == given {
			list = append(list, v)
		}
	}
	return list
}

// keptSlots are the slots that are kept apart.
func (g *graph) keptSlots() []*slot {
	var list []*slot
	for _, s := range g.slots {
		if s.kept() {
			list = append(list, s)
		}
	}
	return list
}

// keptFields are the fields of the frame for what is kept apart.
func (g *graph) keptFields() []string {
	var list []string
	if len(g.keptVars(true)) > 0 {
		list = append(list, g.given)
	}
	if len(g.keptVars(false))+len(g.keptSlots()) > 0 {
		list = append(list, g.kept)
	}
	return list
}

// keptStruct declares a struct for variables.
func (e *emitter) keptStruct(name string, vars []*variable, slots []*slot) string {
	var fields strings.Builder
	for _, v := range vars {
		star := ""
		if v.home == boxed {
			star = "*"
		}
		fields.WriteString(v.name + " " + star + e.typeOf(v) + "\n")
	}
	for _, s := range slots {
		fields.WriteString(s.name + " " + e.slotType(s) + "\n")
	}
	return "type " + name + " struct {\n" + fields.String() + "}"
}

// slotType is the type of a slot's field.
func (e *emitter) slotType(s *slot) string {
	if s.kept() {
		return e.q + "StreamLoop[" + e.c.typeText(e.co.src, s.values, e.co.body.Pos()) + "]"
	}
	return s.typeText
}

// keptDecls is the text at the top of Resume for what is kept apart.
func (e *emitter) keptDecls() []string {
	var list []string
	g := e.g
	for _, field := range g.keptFields() {
		place := g.frame + "." + field
		if field == g.given { // made with the frame
			list = append(list, g.given+" := "+place+".(*"+g.givenType+")")
			continue
		}
		list = append(list, e.keptStruct(g.keptType, g.keptVars(false), g.keptSlots()),
			g.kept+", "+g.keptMade+" := "+place+".(*"+g.keptType+")\n"+
				"if !"+g.keptMade+" {\n"+g.kept+" = "+e.c.newOf(e.co.src, g.keptType)+"\n"+place+" = "+g.kept+"\n}")
	}
	return list
}
