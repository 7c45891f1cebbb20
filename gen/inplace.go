package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Literals whose Resume stays in place.
//
// Before: every local type has its name.
// After: every local type knows whether it stays in its function, and every async literal whether its Resume does.
//
// A local type keeps its name wherever %T, reflection or an embedded field shows it. If that name is taken at package level,
// the type stays in its function, and the Resume of each literal that mentions it must stay with it, as a function
// that the frame holds. What the frame itself cannot name is kept apart (keep.go) or a type parameter of the frame.
//
//	type T struct{ a int }             type T struct{ a int }
//	f := func(v T) rt.Coro[T] {        f := func(v T) rt.Coro[T] {
//		rt.Await(g())                      type givenVars struct{ v T }
//		return rt.Return(v)                return rt.New(&func1Frame[T]{given: &givenVars{v: v}, resume: func(f *func1Frame[T], x *rt.Exec) rt.Status {
//	}                                          given := f.given.(*givenVars)
//	                                           …
//	                                       }})
//	                                   }
//
//	                                   func (f *func1Frame[R]) Resume(x *rt.Exec) rt.Status { return f.resume(f, x) }

// settleTypes decides which local types stay in their functions, and which literals have their Resume in place.
func (c *compiler) settleTypes() {
	for _, list := range c.localTypes {
		for _, t := range list {
			t.stays = t.param() == nil && (t.stays || c.homonyms(t) > 1)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, list := range c.localTypes {
			for _, t := range list {
				if !t.stays && t.param() == nil && c.mentionsStaying(t.spec) {
					t.stays, changed = true, true
				}
			}
		}
	}
	for _, co := range c.cos {
		if co.lit == nil {
			continue
		}
		if co.inPlace = c.needsPlace(co.lit); co.inPlace && c.namesStaying(co.elem) {
			co.elemParam = c.names.inner().fresh("R")
		}
	}
}

// homonyms is how many types in the text of its own of t's function have the name of t. At package level one would be hidden
// in Resume by the last of the others.
func (c *compiler) homonyms(t *localType) int {
	n := 0
	for _, other := range c.localTypes[t.co] {
		if !other.ordinary && other.obj.Name() == t.obj.Name() {
			n++
		}
	}
	return n
}

// mentionsStaying reports whether the text of a declaration mentions a type that stays in its function.
func (c *compiler) mentionsStaying(spec *ast.TypeSpec) bool {
	found := false
	ast.Inspect(spec, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			t := c.typeNames[c.pkg.Info.Uses[id]]
			found = found || t != nil && t.stays
		}
		return !found
	})
	return found
}

// needsPlace reports whether a literal has to do with types that stay in functions around it.
func (c *compiler) needsPlace(lit *ast.FuncLit) bool {
	return c.hasToDoWith(lit, func(t *localType) bool { return t.stays && !within(lit, t.obj.Pos()) })
}

// hasToDoWith reports whether an expression in a literal has one of certain types, or a type made of it.
func (c *compiler) hasToDoWith(lit *ast.FuncLit, is func(*localType) bool) bool {
	found := false
	ast.Inspect(lit, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			found = c.namesLocal(c.pkg.Info.TypeOf(x), is)
		}
		return !found
	})
	return found
}

// renameInView renames what ordinary text declares around a Resume in place, if that could not see over it. In async functions
// that is the builder's business: see renameHiding.
func (c *compiler) renameInView() {
	c.inView = map[token.Pos]string{}
	for _, co := range c.cos {
		if !co.inPlace || co.outer != nil {
			continue
		}
		needed, names := c.neededBy(co), c.ordinaryNames(declAround(co.src, co.body.Pos()))
		for _, obj := range names {
			if needed[obj.Name()] && c.inView[obj.Pos()] == "" && hidesFrom(co.lit, obj) {
				c.inView[obj.Pos()] = c.names.fresh(obj.Name())
			}
		}
		for _, obj := range names {
			if as := c.inView[obj.Pos()]; as != "" {
				c.renamed[obj] = as
			}
		}
	}
}

// ordinaryNames are the variables and constants that the ordinary text of a declaration declares. That of a type switch is
// one for each clause, all at one place.
func (c *compiler) ordinaryNames(d ast.Decl) []types.Object {
	var list []types.Object
	add := func(obj types.Object) {
		if c.ofFunction(obj) {
			list = append(list, obj)
		}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return !c.isAsyncBody(n)
		case *ast.CaseClause:
			add(c.pkg.Info.Implicits[n])
		case *ast.Ident:
			add(c.pkg.Info.Defs[n])
		}
		return true
	})
	return list
}

// calledInView is what ordinary text calls an identifier's object because of a Resume in place, "" if it has the name of the source.
func (c *compiler) calledInView(id *ast.Ident) string {
	if obj := c.pkg.Info.Uses[id]; obj != nil {
		return c.inView[obj.Pos()]
	}
	return c.inView[id.Pos()]
}

// frameParams declares the type parameters of the frame.
func (c *compiler) frameParams(co *coroutine) string {
	return withParam(c.typeParamDecl(co), co.elemParam, c.predeclared(co.src, "any"))
}

// frameType is the frame as its own methods write it.
func (c *compiler) frameType(co *coroutine) string {
	return co.frame + withParam(c.typeArgs(co.src, typeParamTypes(co)), co.elemParam, "")
}

// zeroElem is the zero value of a function's result, at package level.
func (c *compiler) zeroElem(co *coroutine) string {
	if co.elemParam != "" {
		return "*" + c.newOf(co.src, co.elemParam)
	}
	return c.zero(co.src, co.elem, co.body.Pos())
}

// withParam puts a type parameter behind those in brackets, if there is one.
func withParam(params, name, constraint string) string {
	if name == "" {
		return params
	}
	before, _ := strings.CutSuffix(params, "]")
	if before == "" {
		before = "["
	} else {
		before += ", "
	}
	return before + strings.TrimSpace(name+" "+constraint) + "]"
}

// resumeField is the type of the field for the function that stays in place.
func (c *compiler) resumeField(co *coroutine) string {
	q := c.rtQual(co.src)
	return "func(" + co.graph.frame + " *" + c.frameType(co) + ", " + co.graph.exec + " *" + q + "Exec) " + q + "Status"
}

// constructInPlace is the body of a literal with its Resume in it. typeArgs are those of the function around it, fields and
// given what the frame has of parameters and captured variables, itself and in the struct of those that are kept apart.
func (c *compiler) constructInPlace(co *coroutine, typeArgs string, fields, given []string) string {
	e, g := c.newEmitter(co), co.graph
	elem := ""
	if co.elemParam != "" {
		elem = c.typeText(co.src, co.elem, co.body.Pos())
	}
	frame := co.frame + withParam(typeArgs, elem, "")
	decl := ""
	if vars := g.keptVars(true); len(vars) > 0 {
		decl = e.keptStruct(g.givenType, vars, nil) + "\n"
		fields = append(fields, g.given+": &"+g.givenType+"{"+strings.Join(given, ", ")+"}")
	}
	fields = append(fields, g.resume+": "+c.inlineResume(co, e, frame))
	return decl + "return " + c.watched(co, "&"+frame+"{"+strings.Join(fields, ", ")+"}")
}

// inlineResume is the function for the field, for a frame with type arguments.
func (c *compiler) inlineResume(co *coroutine, e *emitter, frame string) string {
	recv := jen.Id(co.graph.frame).Op("*").Id(frame)
	name := c.names.inner().fresh("Resume")
	text, err := c.render(co.src, jen.Func().Id(name).Add(c.stateMachine(co, e, recv)))
	if err != nil {
		c.broken(co, err)
		return ""
	}
	if c.opts.Overlay {
		text = c.pinned(co.src, c.lineOf(co.body.Pos()), c.lineOf(co.body.Pos()), text)
	}
	_, rest, _ := strings.Cut(text, "func "+name)
	return "func" + rest
}

// resumeInPlace is the method that calls the function in the field.
func (c *compiler) resumeInPlace(co *coroutine, recv *jen.Statement) *jen.Statement {
	g, q := co.graph, c.rtQual(co.src)
	name := co.resumeName()
	return jen.Comment(fmt.Sprintf("%s goes on with %s, in the scope of the types that it mentions.", name, co.name)).Line().
		Func().Params(recv).Id(name).Params(jen.Id(g.exec).Op("*").Id(q + "Exec")).Id(q + "Status").
		Block(jen.Return(jen.Id(g.frame).Dot(g.resume).Call(jen.Id(g.frame), jen.Id(g.exec))))
}
