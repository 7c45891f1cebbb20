package gen

import (
	"go/ast"
	"go/types"
)

// Coroutines that would never run: called as a statement, after go, after defer. Python warns of them when they are
// collected; here they are mistakes. With _ = f() one says that it is meant.

// checkDropped refuses a coroutine that is called as a statement.
func (c *compiler) checkDropped(e ast.Expr, at *place) {
	call := c.dropped(e)
	if call == nil {
		return
	}
	if d := c.neverAwaited(call, at); at.co != nil {
		c.wrapFix(d, at.src, call, call, "Await")
	}
}

// dropped gives the call of e if it makes a coroutine, which nobody will await.
func (c *compiler) dropped(e ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || coroElem(c.pkg.Info.TypeOf(call)) == nil {
		return nil
	}
	if _, ok := c.awaitMode(call); ok {
		return nil
	}
	return call
}

func (c *compiler) neverAwaited(call *ast.CallExpr, at *place) *Diagnostic {
	name := c.sourceText(at.src, call.Fun.Pos(), call.Fun.End())
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		name = "of this function literal"
	}
	d := c.refuse(codeNeverAwaited, call, "coroutine %s is never awaited, so it never runs", name)
	q, text := c.qualifier(at.src), c.short(at.src, call)
	if at.co != nil || c.couldAwait(at) {
		return d.hint("%[1]sAwait(%[2]s)\n%[1]sCreateTask(%[2]s) // to run it concurrently", q, text)
	}
	return d.hint("%[1]sMain(%[2]s)\n%[1]sRun(%[2]s) // to get its result and its error", q, text)
}

// couldAwait says whether code that is not async becomes so by an await: the innermost function around it gives a coroutine.
func (c *compiler) couldAwait(at *place) bool {
	switch {
	case at.lit != nil:
		sig, ok := underlying(c.pkg.Info.TypeOf(at.lit)).(*types.Signature)
		if !ok || sig.Results().Len() != 1 {
			return false
		}
		elem, _ := asyncElem(sig)
		return elem != nil
	case at.decl != nil:
		return c.givesCoroutine(at.decl)
	}
	return false
}

// checkGo refuses async functions after go.
func (c *compiler) checkGo(s *ast.GoStmt, at *place) {
	call, q := s.Call, c.qualifier(at.src)
	var d *Diagnostic
	var coroutine ast.Expr = call
	_, awaits := c.awaitMode(call)
	switch {
	case awaits:
		coroutine = call.Args[0]
		d = c.refuse(codeAfterGo, s, "go cannot await")
	case c.rtFunc(call) == "Go":
		c.refuse(codeGoDeferGroup, s, "rt.Go cannot stand after go: it is what begins the task").hint("%s", c.short(at.src, call))
		return
	case c.makesCoroutine(call):
		d = c.refuse(codeAfterGo, s, "an async function after go never runs")
	default:
		return
	}
	text := c.short(at.src, coroutine)
	if at.co == nil {
		d.hint("%sCreateTaskOn(loop, %s)", q, text)
		return
	}
	d.hint("%sCreateTask(%s)", q, text)
	c.wrapFix(d, at.src, s, coroutine, "CreateTask")
}

// checkDefer refuses async functions after defer that are not awaited, or in a way that defer cannot have.
func (c *compiler) checkDefer(s *ast.DeferStmt, at *place) {
	call, q := s.Call, c.qualifier(at.src)
	m, awaits := c.awaitMode(call)
	switch {
	case awaits && at.co != nil && m != plainAwait:
		c.refuse(codeDeferMode, call, "a deferred call must await with rt.Await; to ignore its error, await it in an async function literal with rt.TryAwait").
			hint("defer %[1]sAwait(func() %[1]sCoro[%[1]sNone] {\n\t_, _ = %[2]s\n\treturn nil\n}())", q, c.short(at.src, call))
	case awaits:
	case c.rtFunc(call) == "Go":
		c.refuse(codeGoDeferGroup, call, "rt.Go cannot stand after defer: write it in an async function that is awaited").
			hint("defer %[1]sAwait(func() %[1]sCoro[%[1]sNone] {\n\t%[2]s\n\treturn nil\n}())", q, c.short(at.src, call))
	case c.makesCoroutine(call):
		d := c.refuse(codeAfterDefer, call, "an async function after defer never runs")
		if at.co == nil {
			d.hint("defer %sRun(%s)", q, c.short(at.src, call))
			return
		}
		d.hint("defer %sAwait(%s)", q, c.short(at.src, call))
		c.wrapFix(d, at.src, call, call, "Await")
	}
}

// makesCoroutine reports whether a call gives a coroutine, and is none that only converts one.
func (c *compiler) makesCoroutine(call *ast.CallExpr) bool {
	return coroElem(c.pkg.Info.TypeOf(call)) != nil && !c.isConversion(call)
}
