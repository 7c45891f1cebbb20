package gen

import (
	"go/ast"
	"go/types"
	"slices"
)

// check refuses what asyncgen cannot compile and what cannot work. It looks at the whole package, so
// that all mistakes of a run are reported at once.
func (c *compiler) check() {
	c.elsewhere = c.declaredElsewhere()
	for _, s := range c.pkg.Files {
		if !s.Annotated {
			continue
		}
		if c.hasAsync(s) || s.Tagged {
			c.diags = append(c.diags, tagProblems(s, c.opts.Overlay)...)
		}
		for _, d := range s.Syntax.Decls {
			c.checkDecl(s, d)
		}
		c.checkDirectives(s)
	}
}

// checkDirectives refuses directives that belong to no function.
func (c *compiler) checkDirectives(s *Source) {
	heard := map[*ast.Comment]bool{}
	for _, d := range s.Syntax.Decls {
		doc := &ast.CommentGroup{}
		switch d := d.(type) {
		case *ast.FuncDecl:
			doc = d.Doc
		case *ast.GenDecl: // checkDecl has refused it
			doc = d.Doc
		}
		if doc != nil {
			for _, cm := range doc.List {
				heard[cm] = true
			}
		}
	}
	for lit, co := range c.byLit {
		if co.src == s {
			heard[s.commentAbove(c.pkg.Fset, lit.Pos())] = true
		}
	}
	for _, g := range s.Syntax.Comments {
		for _, cm := range g.List {
			if isDirective(cm.Text) && !heard[cm] {
				c.refuse(codeDirectivePlace, cm, "this //async:func belongs to no function that can be async").
					hint("put it right above one that returns rt.Coro[T] or rt.Stream[T], without an empty line between")
			}
		}
	}
}

func (c *compiler) hasAsync(s *Source) bool {
	for _, co := range c.cos {
		if co.src == s {
			return true
		}
	}
	return false
}

// unknownResult reports whether a result of a function has no type because of what is wrong with it.
func (c *compiler) unknownResult(typ *ast.FuncType) bool {
	return typ.Results != nil && slices.ContainsFunc(typ.Results.List, func(f *ast.Field) bool {
		return unknown(c.pkg.Info.TypeOf(f.Type))
	})
}

func (c *compiler) checkDecl(s *Source, d ast.Decl) {
	fn, isFunc := d.(*ast.FuncDecl)
	if !isFunc {
		if g := d.(*ast.GenDecl); hasDirective(g.Doc) {
			c.refuse(codeDirectivePlace, g, "//async:func stands above a declaration that is not a function")
		}
		c.checkCode(d, &place{src: s})
		return
	}
	var co *coroutine
	if obj, ok := c.pkg.Info.Defs[fn.Name].(*types.Func); ok {
		co = c.byFunc[obj]
	}
	if co == nil && hasDirective(fn.Doc) {
		switch {
		case c.isEntry(s, fn):
			c.refuseEntry(s, fn)
		case fn.Body == nil:
			c.refuse(codeNoBody, fn, "async function %s has no body", fn.Name.Name)
		case c.unknownResult(fn.Type): // said already
		default:
			c.refuse(codeResult, fn.Type, "async function %s must return rt.Coro[T] or rt.Stream[T], and nothing else", fn.Name.Name).
				hint("%s", c.asyncHead(s, fn)).wants(fn.Type, c.declResult(s, fn))
		}
		return // the rest would be consequences
	}
	if co != nil && c.isEntry(s, fn) {
		c.refuseEntry(s, fn)
	}
	if near := commentThat(fn.Doc, isNearDirective); co == nil && near != nil {
		c.misspelled(near)
		return
	}
	if fn.Body == nil {
		return
	}
	at := &place{src: s, co: co, decl: fn}
	if f, ok := c.pkg.Info.Defs[fn.Name].(*types.Func); ok && co == nil {
		at.elsewhere = c.calledElsewhere(fn, f)
	}
	c.checkCode(fn.Body, at)
}

// refuseEntry refuses the directive above a function that Go itself calls.
func (c *compiler) refuseEntry(s *Source, fn *ast.FuncDecl) {
	name := fn.Name.Name
	c.refuse(codeResult, fn.Name, "%s cannot be async, since Go itself calls it: rename it, and run it from %s", name, name).
		hint("%s", c.entryHint(s, fn))
}

// A place is the function that code belongs to itself, or package level.
type place struct {
	src  *Source
	co   *coroutine    // if it is async
	decl *ast.FuncDecl // the declaration, which may stand around it
	lit  *ast.FuncLit  // if it is a literal that is not async
	runs ast.Stmt      // the go or defer statement of async code that calls the literal
	told bool          // that it should be async: said once, for it is one mistake

	elsewhere string // what calls the code on another goroutine; "": nothing is known to
}

// checkCode looks at everything below n, which stands in a place.
func (c *compiler) checkCode(n ast.Node, at *place) {
	ast.PreorderStack(n, nil, func(m ast.Node, parents []ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			inner := &place{src: at.src, co: c.byLit[m], decl: at.decl}
			if inner.co == nil {
				inner.lit, inner.elsewhere = m, at.elsewhere
				if by := c.callerElsewhere(m, parents); by != "" {
					inner.elsewhere = by
				} else if c.runsOnLoop(m, parents) {
					inner.elsewhere = ""
				}
				if cm := at.src.commentAbove(c.pkg.Fset, m.Pos()); cm != nil && isNearDirective(cm.Text) {
					c.misspelled(cm)
					return false
				}
			}
			if at.co != nil {
				inner.runs = runsLiteral(parents)
			}
			c.checkCode(m.Body, inner)
			return false
		case *ast.CallExpr:
			c.checkCall(m, parentOf(parents), at)
			c.checkElsewhere(m, at)
		case *ast.ExprStmt:
			c.checkDropped(m.X, at)
		case *ast.ReturnStmt:
			c.checkStreamReturn(m, at.co)
		case *ast.GoStmt:
			c.checkGo(m, at)
			c.goesElsewhere(m, at)
		case *ast.DeferStmt:
			c.checkDefer(m, at)
		case *ast.Ident:
			c.checkReference(m, parents, at.co)
		}
		return true
	})
}

// parentOf is the innermost of a node's parents, parentheses aside.
func parentOf(parents []ast.Node) ast.Node {
	if parents = withoutParens(parents); len(parents) > 0 {
		return parents[len(parents)-1]
	}
	return nil
}

// withoutParens leaves out the parentheses right around the node that the parents are those of.
func withoutParens(parents []ast.Node) []ast.Node {
	for len(parents) > 0 {
		if _, paren := parents[len(parents)-1].(*ast.ParenExpr); !paren {
			break
		}
		parents = parents[:len(parents)-1]
	}
	return parents
}

// checkCall refuses markers outside of async functions, and those that stand where they mean nothing.
func (c *compiler) checkCall(call *ast.CallExpr, parent ast.Node, at *place) {
	name := c.rtFunc(call)
	if !markers[name] || c.toldByStatement(parent, call) {
		return
	}
	_, alone := parent.(*ast.ExprStmt)
	switch {
	case at.co == nil:
		c.outside(call, name, at)
	case name == "Yield":
		c.checkYield(call, alone, at)
	case name == "AwaitEach":
		if r, ok := parent.(*ast.RangeStmt); !ok || ast.Unparen(r.X) != ast.Expr(call) {
			c.refuse(codeAwaitEach, call, "rt.AwaitEach must stand behind range").hint("for v := range %s {", c.short(at.src, call))
		}
	case name == "Throw" && !alone:
		d := c.refuse(codeStatement, call, "rt.Throw must be a statement of its own")
		if _, deferred := parent.(*ast.DeferStmt); deferred {
			d.hint("defer %[1]sAwait(%[1]sFail[%[1]sNone](%s))", c.qualifier(at.src), c.short(at.src, call.Args[0]))
		}
	}
}

// toldByStatement reports whether checkGo or checkDefer has refused a marker.
func (c *compiler) toldByStatement(parent ast.Node, call *ast.CallExpr) bool {
	switch parent.(type) {
	case *ast.GoStmt:
		_, awaits := c.awaitMode(call)
		return awaits || c.rtFunc(call) == "Go"
	case *ast.DeferStmt:
		return c.rtFunc(call) == "Go"
	}
	return false
}

// outside refuses a marker in code that is not async.
func (c *compiler) outside(call *ast.CallExpr, name string, at *place) {
	if at.told {
		return
	}
	at.told = true
	if at.lit != nil && at.elsewhere != "" && at.elsewhere != "go" {
		c.awaitsElsewhere(call, name, at)
		return
	}
	if at.lit != nil {
		if c.unknownResult(at.lit.Type) { // it may be async
			return
		}
		result := c.resultFor(call, name, at.src, at.lit.Type)
		head := c.text(at.src, at.lit.Pos(), at.lit.Type.Params.End()) + " " + result
		d := c.refuse(codeMarkerInLiteral, call, "rt.%s in a function literal that is not async: make the literal return only rt.Coro[T], then await or return the coroutine", name)
		switch q := c.qualifier(at.src); at.runs.(type) {
		case *ast.GoStmt:
			d.hint("%sCreateTask(%s {", q, head)
		case *ast.DeferStmt:
			d.hint("defer %sAwait(%s {", q, head)
		default:
			d.hint("%s", head).wants(at.lit.Type, result)
		}
		return
	}
	d := c.refuse(codeMarkerOutside, call, "rt.%s outside of an async function", name)
	switch {
	case at.decl == nil || c.isEntry(at.src, at.decl):
		if _, awaits := c.awaitMode(call); awaits {
			c.hintRun(d, call.Args[0], at)
		}
	case at.elsewhere != "" && at.elsewhere != "go", isHandler(c.pkg.Info.TypeOf(at.decl.Name)) && at.decl.Type.Results == nil:
		c.hintWaiting(d, call, at, c.pkg.Info.TypeOf(at.decl.Name), at.before())
	default:
		result := c.resultFor(call, name, at.src, at.decl.Type)
		d.hint("%s\n%s %s", directive, c.text(at.src, at.decl.Pos(), at.decl.Type.Params.End()), result).wants(at.decl.Type, result)
		if c.givesCoroutine(at.decl) {
			d.fix("add "+directive+" above "+at.decl.Name.Name, c.directiveFix(at.decl))
		}
	}
}

// resultFor is what a function should return that calls a marker.
func (c *compiler) resultFor(call *ast.CallExpr, name string, s *Source, typ *ast.FuncType) string {
	if name == "Yield" && len(call.Args) == 1 && !unknown(c.pkg.Info.TypeOf(call.Args[0])) {
		return c.streamResult(s, c.pkg.Info.TypeOf(call.Args[0]))
	}
	return c.asyncResult(s, typ)
}

// streamResult is what a function returns that yields values of a type.
func (c *compiler) streamResult(s *Source, elem types.Type) string {
	return c.qualifier(s) + "Stream[" + c.typeString(s, types.Default(elem)) + "]"
}

// hintRun says how ordinary code runs a coroutine.
func (c *compiler) hintRun(d *Diagnostic, coroutine ast.Expr, at *place) {
	elem := coroElem(c.pkg.Info.TypeOf(coroutine))
	q, text := c.qualifier(at.src), c.short(at.src, coroutine)
	switch {
	case elem == nil:
	case !isNone(elem) && at.decl != nil:
		d.hint("value, err := %sRun(%s)", q, text)
	case at.decl != nil && at.decl.Name.Name == "main":
		d.hint("%sMain(%s)", q, text)
	default:
		d.hint("%sRun(%s)", q, text)
	}
}

// runsLiteral gives the go or defer statement that calls the literal below the parents, or nil.
func runsLiteral(parents []ast.Node) ast.Stmt {
	parents = withoutParens(parents)
	if len(parents) < 2 {
		return nil
	}
	if call, ok := parents[len(parents)-1].(*ast.CallExpr); !ok || len(call.Args) > 0 {
		return nil
	}
	switch s := parents[len(parents)-2].(type) {
	case *ast.GoStmt:
		return s
	case *ast.DeferStmt:
		return s
	}
	return nil
}

// checkYield refuses a Yield that is not a statement of a stream.
func (c *compiler) checkYield(call *ast.CallExpr, alone bool, at *place) {
	t := c.pkg.Info.TypeOf(call.Args[0])
	switch {
	case t == nil: // the source has type errors
	case !at.co.stream:
		d := c.refuse(codeNoStream, call, "rt.Yield in an async function that is no stream: let it return rt.Stream[%s]", t)
		result := c.streamResult(at.src, t)
		if d.wants(at.co.typ, result); at.co.decl != nil {
			d.hint("%s %s", c.text(at.src, at.co.decl.Pos(), at.co.typ.Params.End()), result)
		}
	case !alone:
		c.refuse(codeStatement, call, "rt.Yield must be a statement of its own")
	case !types.AssignableTo(t, at.co.elem):
		c.refuse(codeYieldType, call.Args[0], "cannot use a value of type %s as %s, which the stream yields", t, at.co.elem)
	}
}

// checkStreamReturn refuses streams that end otherwise than with return nil.
func (c *compiler) checkStreamReturn(r *ast.ReturnStmt, co *coroutine) {
	if co != nil && co.stream {
		if kind, _ := c.returnKind(co, r); kind != returnNil {
			c.refuse(codeStreamReturn, r, "a stream ends with return nil, or fails with rt.Throw").hint("return nil")
		}
	}
}

// meansMore reports whether asyncgen gives calls of a function of rt a meaning.
func (c *compiler) meansMore(name string, co *coroutine) bool {
	_, loop := needLoop[name]
	return markers[name] || loop && co != nil
}

// checkReference refuses markers, and functions that need the running loop, that are not called.
func (c *compiler) checkReference(id *ast.Ident, parents []ast.Node, co *coroutine) {
	f, ok := c.pkg.Info.Uses[id].(*types.Func)
	if !ok || !isRT(f.Pkg()) || f.Signature().Recv() != nil || !c.meansMore(f.Name(), co) {
		return
	}
	child := ast.Node(id)
	for i := len(parents) - 1; i >= 0; i-- {
		switch p := parents[i].(type) {
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr, *ast.ParenExpr:
			child = p
			continue
		case *ast.CallExpr:
			if p.Fun == child {
				return
			}
		}
		break
	}
	c.refuse(codeNotCalled, id, "rt.%s must be called: it is not a function value, asyncgen gives its calls a meaning", f.Name())
}
