package gen

import (
	"go/ast"
	"go/types"
	"iter"
	"slices"
	"strings"
)

// Variables that are kept apart.
//
// Before: every variable has its home.
// After: the fields of those whose types have to stay in Resume are in a struct of their own.
//
// A local type that moves to package level gets another name if its own is taken there, by another local type or something
// of the package, and %T, reflection and panics would show that. Nobody but Resume has to name such a type unless an async
// literal uses it. So it stays, and with it a struct for the variables that mention it, to which the frame has a pointer
// of type any:
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

// nameTypes sees to the names that the types of the function may need. Of several of one name none may take it to package
// level, where the last would hide it in Resume, unless it has moved already.
func (b *builder) nameTypes() {
	taken := false
	for _, t := range b.c.localTypes[b.co] {
		if t.plain == t.obj.Name() && !t.moved && b.c.homonyms(t) > 1 {
			b.c.giveName(t)
		}
		taken = taken || b.c.stays(t)
	}
	if taken {
		b.g.kept, b.g.keptType, b.g.keptMade = b.freshName("kept"), b.freshName("keptVars"), b.freshName("made")
	}
}

// homonyms is how many types in the text of its own of t's function have the name of t.
func (c *compiler) homonyms(t *localType) int {
	n := 0
	for _, other := range c.localTypes[t.co] {
		if !other.ordinary && other.obj.Name() == t.obj.Name() {
			n++
		}
	}
	return n
}

// keepApart decides which variables are kept apart.
func (c *compiler) keepApart(co *coroutine) {
	if co.graph.kept == "" {
		return
	}
	for _, v := range co.graph.vars {
		v.kept = co.graph.field(v) && !v.param && !v.capture && c.anyNamesStaying(slices.Values(append(slices.Clone(v.made.parts), v.typ)))
	}
}

// stays reports whether a type has to stay in Resume: if it moved, it or one that it mentions would have another name.
func (c *compiler) stays(t *localType) bool {
	if t.moved || t.renamed || t.ordinary {
		return false
	}
	if t.plain != t.obj.Name() || c.homonyms(t) > 1 {
		return true
	}
	found := false
	ast.Inspect(t.spec, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if other := c.typeNames[c.pkg.Info.Uses[id]]; other != nil && other != t {
				found = found || c.stays(other)
			}
		}
		return !found
	})
	return found
}

// namesStaying reports whether the text of a type names one that has to stay in Resume.
func (c *compiler) namesStaying(t types.Type) bool {
	switch t := t.(type) {
	case *types.Alias:
		return c.objStays(t.Obj()) || c.anyNamesStaying(t.TypeArgs().Types())
	case *types.Named:
		return c.objStays(t.Obj()) || c.anyNamesStaying(t.TypeArgs().Types())
	case *types.Map:
		return c.namesStaying(t.Key()) || c.namesStaying(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		return c.namesStaying(t.Elem())
	case *types.Signature:
		return c.namesStaying(t.Params()) || c.namesStaying(t.Results())
	case *types.Tuple:
		return c.varsNameStaying(t.Variables())
	case *types.Struct:
		return c.varsNameStaying(t.Fields())
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if c.namesStaying(m.Type()) {
				return true
			}
		}
		return c.anyNamesStaying(t.EmbeddedTypes())
	}
	return false
}

func (c *compiler) objStays(obj types.Object) bool {
	t := c.typeNames[obj]
	return t != nil && c.stays(t)
}

func (c *compiler) anyNamesStaying(list iter.Seq[types.Type]) bool {
	for t := range list {
		if c.namesStaying(t) {
			return true
		}
	}
	return false
}

func (c *compiler) varsNameStaying(list iter.Seq[*types.Var]) bool {
	for v := range list {
		if c.namesStaying(v.Type()) {
			return true
		}
	}
	return false
}

// keptVars are the variables that are kept apart and have fields of their own.
func (g *graph) keptVars() []*variable {
	var list []*variable
	for _, v := range g.vars {
		if v.kept && v.field == nil {
			list = append(list, v)
		}
	}
	return list
}

// keptDecls is the text at the top of Resume for the variables that are kept apart.
func (e *emitter) keptDecls() []string {
	vars := e.g.keptVars()
	if len(vars) == 0 {
		return nil
	}
	var fields strings.Builder
	for _, v := range vars {
		star := ""
		if v.home == boxed {
			star = "*"
		}
		fields.WriteString(v.name + " " + star + e.typeOf(v) + "\n")
	}
	name, typ, made, frame := e.g.kept, e.g.keptType, e.g.keptMade, e.g.frame+"."+e.g.kept
	return []string{
		"type " + typ + " struct {\n" + fields.String() + "}",
		name + ", " + made + " := " + frame + ".(*" + typ + ")\n" +
			"if !" + made + " {\n" + name + " = " + e.c.newOf(e.co.src, typ) + "\n" + frame + " = " + name + "\n}",
	}
}
