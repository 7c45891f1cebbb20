package gen

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Functions that another goroutine calls: after go, in rt.ToThread, in a timer, as a handler of net/http. The code that hands over
// a literal, a declared function or a method may be async and know its loop, but that loop runs on another goroutine, so what
// needs it must not be called there. Go's types do not say who calls a function; this file knows the functions, types and fields that do.

// onOtherGoroutines is what calls a function on another goroutine: functions and methods by full name, and struct fields.
var onOtherGoroutines = wordSet(`
	time.AfterFunc context.AfterFunc runtime.SetFinalizer runtime.AddCleanup
	(*sync.WaitGroup).Go (*golang.org/x/sync/errgroup.Group).Go (*golang.org/x/sync/errgroup.Group).TryGo
	net/http.HandleFunc (*net/http.ServeMux).HandleFunc
	(*testing.T).Run (*testing.B).Run (*testing.B).RunParallel (*testing.F).Fuzz
	os/exec.Cmd.Cancel net/http.Server.BaseContext net/http.Server.ConnContext net/http.Server.ConnState
	net/http.Transport.DialContext net/http.Transport.DialTLSContext net/http.Transport.Proxy
	net/http/httputil.ReverseProxy.Rewrite net/http/httputil.ReverseProxy.Director
	net/http/httputil.ReverseProxy.ModifyResponse net/http/httputil.ReverseProxy.ErrorHandler
	net/http.HandlerFunc expvar.Func`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// callerElsewhere says what calls a literal on another goroutine; "" where nothing is known to. parents lead to the literal.
func (c *compiler) callerElsewhere(lit *ast.FuncLit, parents []ast.Node) string {
	if isHandler(c.pkg.Info.TypeOf(lit)) {
		return "net/http"
	}
	return c.userElsewhere(lit, parents, true)
}

// declaredElsewhere says what calls the declared functions of the package on another goroutine: those that it is given, as values.
func (c *compiler) declaredElsewhere() map[*types.Func]string {
	found := map[*types.Func]string{}
	for _, s := range c.pkg.Files {
		ast.PreorderStack(s.Syntax, nil, func(n ast.Node, parents []ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			f, ok := c.pkg.Info.Uses[id].(*types.Func)
			if !ok || f.Pkg() != c.pkg.Types || found[f.Origin()] != "" {
				return true
			}
			e, parents := wholeName(id, parents)
			by := c.userElsewhere(e, parents, true)
			if call, _ := Called(e, parents); call == nil && by == "" && isHandler(c.pkg.Info.TypeOf(e)) {
				by = "net/http"
			}
			if by != "" {
				found[f.Origin()] = by
			}
			return true
		})
	}
	return found
}

// calledElsewhere says what calls an ordinary declared function on another goroutine; "" where nothing is known to.
func (c *compiler) calledElsewhere(fn *ast.FuncDecl, f *types.Func) string {
	if fn.Recv != nil && fn.Name.Name == "ServeHTTP" && isHandler(f.Type()) {
		return "net/http"
	}
	return c.elsewhere[f]
}

// wholeName gives the expression that names a function at its last identifier: of another type, instantiated.
func wholeName(id *ast.Ident, parents []ast.Node) (ast.Expr, []ast.Node) {
	e := ast.Expr(id)
	for len(parents) > 0 {
		switch p := parents[len(parents)-1].(type) {
		case *ast.SelectorExpr:
			if p.Sel != id {
				return e, parents
			}
			e = p
		case *ast.IndexExpr:
			if p.X != e {
				return e, parents
			}
			e = p
		case *ast.IndexListExpr:
			e = p
		default:
			return e, parents
		}
		parents = parents[:len(parents)-1]
	}
	return e, parents
}

// runsOnLoop reports whether a literal is an argument of a function of rt, which calls it on a loop, or in async code.
func (c *compiler) runsOnLoop(lit *ast.FuncLit, parents []ast.Node) bool {
	call, ok := parentOf(parents).(*ast.CallExpr)
	if !ok || ast.Unparen(call.Fun) == ast.Expr(lit) {
		return false
	}
	f, ok := c.pkg.Info.Uses[calleeIdent(call.Fun)].(*types.Func)
	return ok && isRT(f.Pkg())
}

// user is what uses an expression: the parents of it and of the parentheses around it, which then are the child.
func user(e ast.Expr, parents []ast.Node) (child ast.Node, outer []ast.Node) {
	outer = withoutParens(parents)
	if len(outer) < len(parents) {
		return parents[len(outer)], outer
	}
	return e, outer
}

// Called gives the call whose function an expression is, if it is called where it stands, parentheses aside, and whether go runs
// the call. parents lead to the expression.
func Called(e ast.Expr, parents []ast.Node) (call *ast.CallExpr, goes bool) {
	child, outer := user(e, parents)
	if len(outer) == 0 {
		return nil, false
	}
	call, ok := outer[len(outer)-1].(*ast.CallExpr)
	if !ok || call.Fun != child {
		return nil, false
	}
	return call, afterGo(outer)
}

// afterGo reports whether the last of a node's parents is a call that go runs.
func afterGo(parents []ast.Node) bool {
	if len(parents) < 2 {
		return false
	}
	_, goes := parents[len(parents)-2].(*ast.GoStmt)
	return goes
}

// userElsewhere says what has a function called on another goroutine by what it does with the expression below the parents.
// A variable that the expression is assigned to is followed as well.
func (c *compiler) userElsewhere(e ast.Expr, parents []ast.Node, follow bool) string {
	if call, goes := Called(e, parents); call != nil {
		if goes {
			return "go"
		}
		return ""
	}
	child, outer := user(e, parents)
	if len(outer) == 0 {
		return ""
	}
	switch p := outer[len(outer)-1].(type) {
	case *ast.CallExpr:
		return c.argumentElsewhere(p)
	case *ast.KeyValueExpr:
		if key, ok := p.Key.(*ast.Ident); ok && len(outer) > 1 {
			return c.fieldElsewhere(c.pkg.Info.TypeOf(outer[len(outer)-2].(ast.Expr)), key.Name)
		}
	case *ast.AssignStmt:
		return c.assignedElsewhere(assignedTo(p.Lhs, p.Rhs, child), follow)
	case *ast.ValueSpec:
		return c.assignedElsewhere(assignedTo(p.Names, p.Values, child), follow)
	}
	return ""
}

// assignedTo is what a value is assigned to; nil where that is not plain to see.
func assignedTo[E ast.Expr](to []E, values []ast.Expr, value ast.Node) ast.Expr {
	i := slices.IndexFunc(values, func(v ast.Expr) bool { return v == value })
	if i < 0 || len(to) != len(values) {
		return nil
	}
	return to[i]
}

// argumentElsewhere is about a function that a call is given.
func (c *compiler) argumentElsewhere(call *ast.CallExpr) string {
	if name := c.rtFunc(call); isThreadForm(name) || name == "Blocking" {
		return "rt." + name
	}
	name := ""
	switch obj := c.pkg.Info.Uses[calleeIdent(call.Fun)].(type) {
	case *types.Func:
		name = obj.Origin().FullName()
	case *types.TypeName: // a conversion
		if obj.Pkg() != nil {
			name = obj.Pkg().Path() + "." + obj.Name()
		}
	}
	if onOtherGoroutines[name] {
		return name
	}
	return ""
}

// fieldElsewhere is about a function in a field of a struct.
func (c *compiler) fieldElsewhere(t types.Type, field string) string {
	if p, ok := underlying(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		if name := named.Obj().Pkg().Path() + "." + named.Obj().Name() + "." + field; onOtherGoroutines[name] {
			return name
		}
	}
	return ""
}

// assignedElsewhere is about a function that is assigned to something.
func (c *compiler) assignedElsewhere(to ast.Expr, follow bool) string {
	switch to := ast.Unparen(to).(type) {
	case *ast.SelectorExpr:
		return c.fieldElsewhere(c.pkg.Info.TypeOf(to.X), to.Sel.Name)
	case *ast.Ident:
		if v, ok := c.pkg.Info.ObjectOf(to).(*types.Var); ok && follow {
			return c.variableElsewhere(v)
		}
	}
	return ""
}

// variableElsewhere is about a function in a variable, whose uses say who calls it.
func (c *compiler) variableElsewhere(v *types.Var) (by string) {
	for _, s := range c.pkg.Files {
		if pos := v.Pos(); pos < s.Syntax.FileStart || pos >= s.Syntax.FileEnd {
			continue
		}
		ast.PreorderStack(s.Syntax, nil, func(n ast.Node, parents []ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && by == "" && c.pkg.Info.Uses[id] == v {
				by = c.userElsewhere(id, parents, false)
			}
			return by == ""
		})
	}
	return by
}

// checkElsewhere refuses a call that needs the running loop, where it runs on another goroutine.
func (c *compiler) checkElsewhere(call *ast.CallExpr, at *place) {
	if at.elsewhere != "" && c.needsLoop(call) {
		c.refuseElsewhere(call, call, at.elsewhere, at)
	}
}

// refuseElsewhere refuses a call that something has called on another goroutine.
func (c *compiler) refuseElsewhere(n span, call *ast.CallExpr, by string, at *place) {
	q, name, text := c.qualifier(at.src), c.rtFunc(call), c.short(at.src, call)
	shown := "rt." + name
	if sel := c.varMethod(call); sel != nil {
		shown = "rt.Var." + sel.Sel.Name
	}
	where := "which " + by + " calls on another goroutine"
	switch by {
	case "go":
		where = "which go runs on another goroutine"
	case "net/http":
		where = "which a server of net/http calls on another goroutine"
	}
	in := "a function literal"
	if at.lit == nil {
		in = at.decl.Name.Name + ","
	}
	d := c.refuse(codeGoroutine, n, "%s in %s %s: no loop runs there", shown, in, where)
	loop := "loop := " + q + "RunningLoop() // " + at.before()
	before := func(name string) { d.hint("%s := %s // %s", name, text, at.before()) }
	switch name {
	case "CreateTask":
		coroutine := "…"
		if len(call.Args) > 0 {
			coroutine = c.short(at.src, call.Args[0])
		}
		d.hint("%s\n%sSubmit(loop, %s)", loop, q, coroutine)
	case "RunningLoop":
		d.hint("%s", loop)
	case "Context":
		before("ctx")
	case "CurrentTask":
		before("task")
	case "AllTasks":
		before("tasks")
	case "NewFuture":
		d.hint("future := %s // %s\nloop.CallSoonThreadsafe(func() { future.SetResult(…) })", text, at.before())
	case "":
		before("value")
	default:
		d.hint("%s\n%sSubmit(loop, …) // an async function that calls %s", loop, q, shown)
	}
}

// before says where what a function needs of the loop comes from.
func (at *place) before() string {
	if at.lit == nil {
		return "where the loop runs, and kept for " + at.decl.Name.Name
	}
	return "before this function literal"
}

// awaitsElsewhere refuses a marker in a function literal that something calls on another goroutine.
func (c *compiler) awaitsElsewhere(call *ast.CallExpr, name string, at *place) {
	d := c.refuse(codeMarkerInLiteral, call, "rt.%s in a function literal that %s calls on another goroutine, where no loop runs", name, at.elsewhere)
	c.hintWaiting(d, call, at, c.pkg.Info.TypeOf(at.lit), at.before())
}

// hintWaiting says how a function that runs on another goroutine waits for a coroutine, and where its loop comes from.
func (c *compiler) hintWaiting(d *Diagnostic, call *ast.CallExpr, at *place, t types.Type, where string) {
	if _, awaits := c.awaitMode(call); !awaits || len(call.Args) != 1 || coroElem(c.pkg.Info.TypeOf(call.Args[0])) == nil {
		return
	}
	ctx := "ctx"
	if isHandler(t) {
		if request := t.(*types.Signature).Params().At(1).Name(); request != "" && request != "_" {
			ctx = request + ".Context()"
		}
	}
	q := c.qualifier(at.src)
	d.hint("loop := %sRunningLoop() // %s\nvalue, err := %sSubmit(loop, %s).Wait(%s)", q, where, q, c.short(at.src, call.Args[0]), ctx)
}

// goesElsewhere refuses a call after go of what needs the running loop.
func (c *compiler) goesElsewhere(s *ast.GoStmt, at *place) {
	if c.needsLoop(s.Call) {
		c.refuse(codeGoroutine, s, "go calls %s on another goroutine: no loop runs there", c.text(at.src, s.Call.Fun.Pos(), s.Call.Fun.End())).
			hint("%s", c.short(at.src, s.Call))
	}
}
