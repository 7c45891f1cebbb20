package gen

import (
	"go/ast"
	"go/types"
)

// check refuses what asyncgen cannot compile and what cannot work. It looks at the whole package, so
// that all mistakes of a run are reported at once.
func (c *compiler) check() {
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

func (c *compiler) checkDecl(s *Source, d ast.Decl) {
	fn, isFunc := d.(*ast.FuncDecl)
	if !isFunc {
		if g := d.(*ast.GenDecl); hasDirective(g.Doc) {
			c.refuse(g.Pos(), "//async:func stands above a declaration that is not a function")
		}
		c.checkCode(d, nil, nil)
		return
	}
	var co *coroutine
	if obj, ok := c.pkg.Info.Defs[fn.Name].(*types.Func); ok {
		co = c.byFunc[obj]
	}
	if co == nil && hasDirective(fn.Doc) {
		switch {
		case fn.Body == nil:
			c.refuse(fn.Pos(), "async function %s has no body", fn.Name.Name)
		default:
			c.refuse(fn.Pos(), "async function %s must return rt.Coro[T] or rt.Stream[T], and nothing else", fn.Name.Name)
		}
		return
	}
	if fn.Body != nil {
		c.checkCode(fn.Body, co, fn)
	}
}

// checkCode looks at everything below n, which belongs to the async function co, or to ordinary code
// when co is nil. where is the function declaration around it, if any.
func (c *compiler) checkCode(n ast.Node, co *coroutine, where *ast.FuncDecl) {
	inLit := false
	if lit, ok := n.(*ast.FuncLit); ok {
		n, inLit = lit.Body, co == nil
	}
	ast.PreorderStack(n, nil, func(m ast.Node, parents []ast.Node) bool {
		var parent ast.Node
		if len(parents) > 0 {
			parent = parents[len(parents)-1]
		}
		if lit, ok := m.(*ast.FuncLit); ok {
			c.checkCode(lit, c.byLit[lit], where)
			return false
		}
		switch m := m.(type) {
		case *ast.CallExpr:
			c.checkCall(m, parent, co, where, inLit)
		case *ast.ExprStmt:
			c.checkDropped(m.X, co)
		case *ast.AssignStmt:
			c.checkBlank(m, co)
		case *ast.ReturnStmt:
			c.checkStreamReturn(m, co)
		case *ast.GoStmt:
			c.checkGoDefer("go", m.Call)
		case *ast.DeferStmt:
			c.checkGoDefer("defer", m.Call)
		case *ast.Ident:
			c.checkReference(m, parents, co)
		}
		return true
	})
}

// checkCall refuses markers outside of async functions.
func (c *compiler) checkCall(call *ast.CallExpr, parent ast.Node, co *coroutine, where *ast.FuncDecl, inLit bool) {
	name := c.rtFunc(call)
	if !markers[name] {
		return
	}
	switch {
	case co == nil && inLit:
		c.refuse(call.Pos(), "rt.%s in a function literal that is not async: give the literal the single result rt.Coro[T], and await or return what it gives", name)
	case co == nil && where != nil:
		c.refuse(call.Pos(), "rt.%s outside of an async function: mark %s with //async:func and let it return rt.Coro[T], or run the coroutine with rt.Run", name, where.Name.Name)
	case co == nil:
		c.refuse(call.Pos(), "rt.%s outside of an async function: run the coroutine with rt.Run", name)
	case name == "Yield":
		c.checkYield(call, parent, co)
	case name == "AwaitEach":
		if r, ok := parent.(*ast.RangeStmt); !ok || r.X != ast.Expr(call) {
			c.refuse(call.Pos(), "rt.AwaitEach must stand behind range: for v := range rt.AwaitEach(s)")
		}
	case name == "Throw":
		if _, ok := parent.(*ast.ExprStmt); !ok {
			c.refuse(call.Pos(), "rt.Throw must be a statement of its own; to fail from a deferred call write defer rt.Await(rt.Fail[rt.None](err))")
		}
	}
}

// checkYield refuses a Yield that is not a statement of a stream.
func (c *compiler) checkYield(call *ast.CallExpr, parent ast.Node, co *coroutine) {
	if _, ok := parent.(*ast.ExprStmt); !ok {
		c.refuse(call.Pos(), "rt.Yield must be a statement of its own")
	}
	t := c.pkg.Info.TypeOf(call.Args[0])
	switch {
	case !co.stream:
		c.refuse(call.Pos(), "rt.Yield in an async function that is no stream: let it return rt.Stream[%s]", t)
	case !types.AssignableTo(t, co.elem):
		c.refuse(call.Args[0].Pos(), "cannot use a value of type %s as %s, which the stream yields", t, co.elem)
	}
}

// checkStreamReturn refuses streams that end otherwise than with return nil.
func (c *compiler) checkStreamReturn(r *ast.ReturnStmt, co *coroutine) {
	if co != nil && co.stream {
		if kind, _ := c.returnKind(r); kind != returnNil {
			c.refuse(r.Pos(), "a stream ends with return nil, or fails with rt.Throw")
		}
	}
}

// checkDropped refuses a coroutine that is called as a statement.
func (c *compiler) checkDropped(e ast.Expr, co *coroutine) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || coroElem(c.pkg.Info.TypeOf(call)) == nil {
		return
	}
	if _, ok := c.awaitMode(call); ok {
		return
	}
	c.neverAwaited(call, co)
}

// checkBlank refuses a coroutine that is assigned to the blank identifier.
func (c *compiler) checkBlank(s *ast.AssignStmt, co *coroutine) {
	if len(s.Lhs) != len(s.Rhs) {
		return
	}
	for i, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name == "_" {
			c.checkDropped(s.Rhs[i], co)
		}
	}
}

func (c *compiler) neverAwaited(call *ast.CallExpr, co *coroutine) {
	name := c.sourceText(c.sourceOf(call), call.Fun.Pos(), call.Fun.End())
	text := c.sourceText(c.sourceOf(call), call.Pos(), call.End())
	if len(text) > 60 || lines(text) > 1 {
		text = name + "(…)"
	}
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		name, text = "of this function literal", "…"
	}
	if co != nil {
		c.refuse(call.Pos(), "coroutine %s is never awaited, so it never runs: write rt.Await(%s), or rt.CreateTask(%s) to let it run beside this function", name, text, text)
		return
	}
	c.refuse(call.Pos(), "coroutine %s is never awaited, so it never runs: write rt.Main(%s) or rt.Run(%s) to run it", name, text, text)
}

func lines(s string) int {
	n := 1
	for _, r := range s {
		if r == '\n' {
			n++
		}
	}
	return n
}

func (c *compiler) sourceOf(n ast.Node) *Source {
	for _, s := range c.pkg.Files {
		if s.Syntax.FileStart <= n.Pos() && n.Pos() < s.Syntax.FileEnd {
			return s
		}
	}
	panic("gen: a node of no file")
}

// checkGoDefer refuses async functions after go and defer.
func (c *compiler) checkGoDefer(keyword string, call *ast.CallExpr) {
	if m, ok := c.awaitMode(call); ok {
		if keyword == "go" {
			c.refuse(call.Pos(), "go cannot await: write rt.CreateTask(%s)", c.sourceText(c.sourceOf(call), call.Args[0].Pos(), call.Args[0].End()))
		} else if m != plainAwait {
			c.refuse(call.Pos(), "a deferred call must await with rt.Await; to ignore its error, await it in an async function literal with rt.TryAwait")
		}
		return
	}
	if name := c.rtFunc(call); name == "Go" {
		c.refuse(call.Pos(), "rt.%s cannot stand after %s: write it in an async function that is awaited", name, keyword)
		return
	}
	if coroElem(c.pkg.Info.TypeOf(call)) == nil || c.isConversion(call) {
		return
	}
	text := c.sourceText(c.sourceOf(call), call.Pos(), call.End())
	if lines(text) > 1 {
		text = "…"
	}
	if keyword == "go" {
		c.refuse(call.Pos(), "an async function after go never runs: write rt.CreateTask(%s)", text)
	} else {
		c.refuse(call.Pos(), "an async function after defer never runs: write defer rt.Await(%s)", text)
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
	c.refuse(id.Pos(), "rt.%s must be called: it is not a function value, asyncgen gives its calls a meaning", f.Name())
}
