package asyncvet

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Abandoned finds waits for threads that end before the threads do.
var Abandoned = &analysis.Analyzer{
	Name: "abandoned",
	Doc: `find timeouts and cancellations around rt.ToThread whose function cannot be stopped

A timeout or a cancellation ends the wait for a function of rt.ToThread, not the function: it goes on in its goroutine, takes
the next line from the reader, and what it gives is lost. rt.Blocking gives the function a context that ends then, and waits until
it has returned. A function that uses a context, or something made with one, is not reported.`,
	URL:      docs + "abandoned",
	Requires: []*analysis.Analyzer{sources},
	Run:      runAbandoned,
}

func runAbandoned(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.annotated() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				c.checkAbandoned(call)
			}
			return true
		})
	}
	return nil, nil
}

// checkAbandoned reports a call that ends the wait for what cannot be stopped.
func (c *check) checkAbandoned(call *ast.CallExpr) {
	var what string
	var awaited ast.Expr
	switch name := c.rtName(call); {
	case name == "WaitFor" && len(call.Args) == 2:
		what, awaited = "the timeout", call.Args[0]
	case (name == "WithTimeout" || name == "WithDeadline") && len(call.Args) == 2:
		what, awaited = "the timeout", call.Args[1]
	default:
		what, awaited = "Cancel", c.canceled(call)
	}
	if awaited == nil {
		return
	}
	if thread := c.unstoppable(awaited, map[ast.Node]bool{}); thread != "" {
		c.reportAt(call, what+" ends the wait for "+thread+" and not the function itself, whose result is then lost: give it a context with rt.Blocking")
	}
}

// canceled gives the coroutine of the task that a call of Cancel cancels, if its variable has no other, or nil.
func (c *check) canceled(call *ast.CallExpr) ast.Expr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Cancel" {
		return nil
	}
	v := c.variable(sel.X)
	if v == nil || c.inits[v] == nil {
		return nil
	}
	made, ok := ast.Unparen(c.inits[v]).(*ast.CallExpr)
	if !ok {
		return nil
	}
	switch name := c.rtName(made); {
	case name == "CreateTask" && len(made.Args) > 0:
		return made.Args[0]
	case name == "Go" && len(made.Args) > 1:
		return made.Args[1]
	}
	return nil
}

// unstoppable gives the call of rt.ToThread whose function cannot be stopped, in what e awaits: itself, or an async function of
// this package that it calls. seen has the functions that were looked at.
func (c *check) unstoppable(e ast.Expr, seen map[ast.Node]bool) string {
	e = ast.Unparen(e)
	lit, _ := e.(*ast.FuncLit)
	if call, ok := e.(*ast.CallExpr); ok {
		if strings.HasPrefix(c.rtName(call), "ToThread") && len(call.Args) == 1 && !c.heedsContext(call.Args[0]) {
			return c.short(call)
		}
		lit, _ = ast.Unparen(call.Fun).(*ast.FuncLit)
		if f := c.callee(call); f != nil && c.byFunc[f.Origin()] != nil {
			return c.unstoppableIn(c.byFunc[f.Origin()].Body, seen)
		}
	}
	if lit == nil {
		return ""
	}
	return c.unstoppableIn(lit.Body, seen)
}

// unstoppableIn is unstoppable for what the body of a function awaits or returns.
func (c *check) unstoppableIn(body *ast.BlockStmt, seen map[ast.Node]bool) (thread string) {
	if seen[body] {
		return ""
	}
	seen[body] = true
	inspectOwn(body, func(n ast.Node) bool {
		var awaited []ast.Expr
		switch n := n.(type) {
		case *ast.ReturnStmt:
			awaited = n.Results
		case *ast.CallExpr:
			switch c.rtName(n) {
			case "Await", "TryAwait", "CatchAwait":
				awaited = n.Args
			}
		}
		for _, e := range awaited {
			if thread == "" {
				thread = c.unstoppable(e, seen)
			}
		}
		return thread == ""
	})
	return thread
}

// heedsContext reports whether a function mentions a context, or what was made with one, a command or a request above all.
func (c *check) heedsContext(f ast.Expr) bool {
	heeds := false
	ast.Inspect(f, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !heeds {
			heeds = c.hasContext(e)
			if v := c.variable(e); v != nil && c.inits[v] != nil {
				ast.Inspect(c.inits[v], func(n ast.Node) bool {
					e, ok := n.(ast.Expr)
					heeds = heeds || ok && c.hasContext(e)
					return !heeds
				})
			}
		}
		return !heeds
	})
	return heeds
}

// hasContext reports whether an expression is a context or has one.
func (c *check) hasContext(e ast.Expr) bool {
	t := c.Info.TypeOf(e)
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t.String() {
	case "context.Context", "os/exec.Cmd", "net/http.Request":
		return true
	}
	return false
}
