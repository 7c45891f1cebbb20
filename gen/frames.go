package gen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"
)

// declarations writes what an async function becomes beside itself: its frame, and the methods that
// rt and the callers call.
func (c *compiler) declarations(co *coroutine) string {
	e := c.newEmitter(co)
	g, q := co.graph, e.q
	var resume *jen.Statement
	recv := jen.Id(g.frame).Op("*").Id(c.frameType(co))
	if co.inPlace {
		resume = c.resumeInPlace(co, recv.Clone())
	} else {
		resume = c.resumeMethod(co, e, recv.Clone())
	}

	parts := []*jen.Statement{
		jen.Comment(fmt.Sprintf("%s is a call of %s: what it needs after a suspension.", co.frame, co.name)).Line().
			Type().Id(co.frame + c.frameParams(co)).Struct(c.frameFields(co)...),
		jen.Var().Id(co.info).Op("=").Id(q + "FuncInfo").Values(c.funcInfo(co)...),
		jen.Comment("Info describes the function to tracebacks.").Line().
			Func().Params(recv).Id("Info").Params().Op("*").Id(q + "FuncInfo").Block(jen.Return(jen.Op("&").Id(co.info))),
	}
	if g.exit != nil {
		parts = append(parts, jen.Comment("Deferred gives the deferred calls to those that recover.").Line().
			Func().Params(recv.Clone()).Id("Deferred").Params().Op("*").Id(q+"Defers").Block(jen.Return(jen.Op("&").Id(g.frame).Dot(g.defers))))
	}
	if co.ends() {
		parts = append(parts, c.endMethod(co, recv.Clone()))
	}
	if co.begun {
		parts = append(parts, c.beginMethod(co, recv.Clone()))
	}
	parts = append(parts, c.taskDeclarations(co)...)
	if co.helper {
		parts = append(parts, c.resumeHelper(co, recv.Clone()))
	}
	parts = append(parts, resume)

	if co.usesName != "" {
		parts = append(parts, c.usesFunc(co))
	}

	var w strings.Builder
	for _, p := range parts {
		text, err := c.render(co.src, p)
		if err != nil {
			c.broken(co, err)
			return ""
		}
		w.WriteString("\n\n" + text)
	}
	return w.String()
}

// render is the text of a declaration. It is not formatted if the whole output will be.
func (c *compiler) render(s *Source, decl *jen.Statement) (string, error) {
	const head = "package p\n\n"
	file := jen.NewFile("p")
	file.NoFormat = c.formatted(s)
	file.Add(decl)
	var buf bytes.Buffer
	err := file.Render(&buf)
	return strings.TrimSpace(strings.TrimPrefix(buf.String(), head)), err
}

// frameFields are the fields of the frame: variables, then frames of callees; at the end what is smaller than
// a word, the larger ones first, so that nothing is lost to alignment.
func (c *compiler) frameFields(co *coroutine) []jen.Code {
	g, q := co.graph, c.rtQual(co.src)
	fields := []jen.Code{jen.Id(q + c.baseFrame(co))}
	if g.exit != nil {
		fields = append(fields, jen.Id(g.defers).Id(q+"Defers"))
	}
	em := &emitter{c: c, co: co, g: g}
	small := map[int64][]jen.Code{} // by alignment
	for _, v := range g.vars {
		if !g.field(v) || v.field != nil || v.kept {
			continue
		}
		t := em.typeOf(v)
		if v.home == boxed {
			t = "*" + t
		}
		field := jen.Id(v.name).Id(t)
		if n := alignment(v); n < wordSize {
			small[n] = append(small[n], field)
		} else {
			fields = append(fields, field)
		}
	}
	for _, s := range g.slots {
		if !s.kept() {
			fields = append(fields, jen.Id(s.name).Id(s.typeText))
		}
	}
	for _, name := range g.keptFields() {
		fields = append(fields, jen.Id(name).Id(c.predeclared(co.src, "any")))
	}
	if co.inPlace {
		fields = append(fields, jen.Id(g.resume).Id(c.resumeField(co)))
	}
	for n := int64(wordSize / 2); n > 0; n /= 2 {
		fields = append(fields, small[n]...)
	}
	if co.helper {
		fields = append(fields, jen.Id(helperField).Id(q+"Helper"))
	}
	return fields
}

// baseFrame is the type of rt that the frame embeds.
func (c *compiler) baseFrame(co *coroutine) string {
	elem := "[" + co.elemParam + "]"
	if co.elemParam == "" {
		elem = "[" + c.typeText(co.src, co.elem, co.body.Pos()) + "]"
	}
	switch {
	case co.stream:
		return "StreamFrame" + elem
	case isNone(co.elem):
		return "NoneFrame"
	}
	return "Frame" + elem
}

// alignment is that of a variable's field: of a number or bool its own.
func alignment(v *variable) int64 {
	if v.typ != nil && v.home != boxed {
		if t, ok := v.typ.Underlying().(*types.Basic); ok {
			return sizes.Alignof(t)
		}
	}
	return wordSize
}

// funcInfo says the function's name, its file, and the lines of its declaration and its sites.
func (c *compiler) funcInfo(co *coroutine) []jen.Code {
	pos := co.body.Lbrace
	if co.decl != nil {
		pos = co.decl.Pos()
	} else if co.lit != nil {
		pos = co.lit.Pos()
	}
	numbers := []int{c.lineOf(pos)}
	for _, a := range co.graph.awaits {
		numbers = append(numbers, a.line)
	}
	file, numbers := c.placesFor(co.src, append(numbers, co.graph.throws...))
	var lines []jen.Code
	for _, n := range numbers {
		lines = append(lines, jen.Lit(n))
	}
	values := []jen.Code{
		jen.Id("Name").Op(":").Lit(co.name),
		jen.Id("File").Op(":").Lit(file),
		jen.Id("Lines").Op(":").Index().Id(c.predeclared(co.src, "int")).Values(lines...),
	}
	if co.graph.exit != nil {
		values = append(values, jen.Id("Defers").Op(":").Id(c.predeclared(co.src, "true")))
	}
	if co.takesRoots {
		values = append(values, jen.Id("Tasks").Op(":").Op("&").Id(co.freeTasks))
	}
	return values
}

// beginMethod makes a frame that is part of another one a new call.
func (c *compiler) beginMethod(co *coroutine, recv *jen.Statement) *jen.Statement {
	lines := []jen.Code{jen.Id(co.graph.frame).Dot("State").Op("=").Id(c.rtQual(co.src) + "Start")}
	if co.helper {
		lines = append(lines, jen.Id(co.graph.frame).Dot(helperField).Dot("Call").Call())
	}
	var params []string
	c.eachBeginParam(co, func(v *variable, name, typ string) {
		params = append(params, name+" "+typ)
		if name != "_" {
			lines = append(lines, jen.Id(co.graph.frame).Dot(v.name).Op("=").Id(boxedParam(v, name)))
		}
	})
	return jen.Comment("begin makes the frame a call that has not begun.").Line().
		Func().Params(recv).Id("begin").Params(jen.Id(strings.Join(params, ", "))).Block(lines...)
}

// boxedParam is the value of the field for v that begins with a parameter.
func boxedParam(v *variable, name string) string {
	if v.home == boxed && !v.capture {
		return "&" + name
	}
	return name
}

// eachBeginParam gives the parameters of begin: captured variables, receiver, parameters. A name is _
// where the frame has no use for the value.
func (c *compiler) eachBeginParam(co *coroutine, f func(v *variable, name, typ string)) {
	g := co.graph
	em := &emitter{c: c, co: co, g: g, at: packageLevel}
	for _, obj := range co.passed() {
		v := g.byObj[obj]
		star := ""
		if v.home == boxed {
			star = "*"
		}
		f(v, v.name, star+em.typeOf(v))
	}
	named := func(v *variable) string {
		if v == nil || !g.field(v) {
			return "_"
		}
		return v.name
	}
	if co.recvName() != "" {
		v := g.byObj[co.sig.Recv()]
		f(v, named(v), em.typeOf(v))
	}
	for _, field := range co.typ.Params.List {
		typ := em.text(field.Type)
		names := field.Names
		if len(names) == 0 {
			names = []*ast.Ident{{Name: "_"}}
		}
		for _, id := range names {
			var v *variable
			if obj, ok := c.pkg.Info.Defs[id].(*types.Var); ok {
				v = g.byObj[obj]
			}
			f(v, named(v), typ)
		}
	}
}

// resumption is how a frame that has waited for an await goes on at the block behind it.
func (e *emitter) resumption(b *block) []jen.Code {
	a, jump := b.await, jen.Goto().Id(e.nameOf(b))
	switch {
	case a.again != nil:
		return []jen.Code{jen.Id(e.madeFrom(a.line) + a.again(e)), jump}
	case a.rest != "":
		return []jen.Code{jen.Id(e.madeFrom(a.line) + a.rest), jump}
	}
	return []jen.Code{jump}
}

// resumeMethod is the state machine.
func (c *compiler) resumeMethod(co *coroutine, e *emitter, recv *jen.Statement) *jen.Statement {
	name := co.resumeName()
	return jen.Comment(fmt.Sprintf("%s goes on with %s.", name, co.name)).Line().
		Func().Params(recv).Id(name).Add(c.stateMachine(co, e))
}

// resumeName is the name of the method; a test helper's Resume calls it.
func (co *coroutine) resumeName() string {
	if co.helper {
		return "resume"
	}
	return "Resume"
}

// stateMachine is the function behind its name. more are parameters before the one for the running task.
func (c *compiler) stateMachine(co *coroutine, e *emitter, more ...jen.Code) *jen.Statement {
	g, q, body := co.graph, e.q, e.body()
	var lines []jen.Code
	result := jen.Id(q + "Status")
	if g.exit != nil {
		status := e.names.inner().fresh("status")
		result = jen.Params(jen.Id(status).Id(q + "Status"))
		lines = append(lines,
			jen.Defer().Id(g.frame).Dot(g.defers).Dot("Catch").Call(jen.Id(g.exec), jen.Id(g.frame), jen.Op("&").Id(status)),
			jen.Id(g.exec).Dot("Reraise").Call(jen.Op("&").Id(status)))
	}
	decls, braces := e.hoisted()
	for _, text := range append(decls, e.keptDecls()...) {
		lines = append(lines, jen.Id(text))
	}
	for _, v := range g.vars {
		if v.home == register && g.mentioned[v] {
			lines = append(lines, jen.Var().Id(v.name).Id(e.typeOf(v)))
		}
	}
	var cases []jen.Code
	if g.exit != nil {
		cases = append(cases, jen.Case(jen.Id(q+"Exit")).Block(jen.Goto().Id(e.nameOf(g.exit))))
	}
	for _, b := range g.blocks {
		if b.await != nil {
			cases = append(cases, jen.Case(jen.Lit(b.await.site)).Block(e.resumption(b)...))
		}
	}
	if len(cases) > 0 {
		lines = append(lines, jen.Switch(jen.Id(g.frame).Dot("State")).Block(cases...))
	}
	if g.exit != nil {
		lines = append(lines, jen.Id(g.frame).Dot(g.defers).Dot("Reset").Call())
		if !isNone(co.elem) && !co.stream {
			lines = append(lines, jen.Id(g.frame).Dot("Value").Op("=").Id(c.zero(co.src, co.elem, co.body.Pos())))
		}
	}
	lines = append(lines, jen.Id(body+strings.Repeat("\n}", braces)))
	return jen.Params(append(more, jen.Id(g.exec).Op("*").Id(q+"Exec"))...).Add(result).Block(lines...)
}
