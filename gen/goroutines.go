package gen

import (
	"go/ast"
	"go/types"
	"strings"
)

// Function literals that another goroutine calls: after go, in rt.ToThread, in a timer, as a handler of net/http. The code around
// them may be async and know its loop, but that loop runs on another goroutine, so that what needs it must not be called there.
// Go's types do not say who calls a function; this file knows the functions, types and fields that do.

// onOtherGoroutines is what calls a literal on another goroutine: functions and methods by full name, and struct fields.
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

// userElsewhere says what has a function called on another goroutine by what it does with the expression below the parents.
// A variable that the expression is assigned to is followed as well.
func (c *compiler) userElsewhere(e ast.Expr, parents []ast.Node, follow bool) string {
	child := ast.Node(e)
	for i := len(parents) - 1; i >= 0; i-- {
		switch p := parents[i].(type) {
		case *ast.ParenExpr:
			child = p
			continue
		case *ast.CallExpr:
			if p.Fun == child {
				if _, goes := parents[max(i-1, 0)].(*ast.GoStmt); goes {
					return "go"
				}
				return ""
			}
			return c.argumentElsewhere(p)
		case *ast.KeyValueExpr:
			if key, ok := p.Key.(*ast.Ident); ok && i > 0 {
				return c.fieldElsewhere(c.pkg.Info.TypeOf(parents[i-1].(ast.Expr)), key.Name)
			}
		case *ast.AssignStmt:
			for i, r := range p.Rhs {
				if r == child && len(p.Lhs) == len(p.Rhs) {
					return c.assignedElsewhere(p.Lhs[i], follow)
				}
			}
		case *ast.ValueSpec:
			for i, r := range p.Values {
				if r == child && len(p.Names) == len(p.Values) {
					return c.assignedElsewhere(p.Names[i], follow)
				}
			}
		}
		return ""
	}
	return ""
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
	d := c.refuse(codeGoroutine, n, "%s in a function literal %s: no loop runs there", shown, where)
	loop := "loop := " + q + "RunningLoop() // before this function literal"
	before := func(name string) { d.hint("%s := %s // before this function literal", name, text) }
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
		d.hint("future := %s // before this function literal\nloop.CallSoonThreadsafe(func() { future.SetResult(…) })", text)
	case "":
		before("value")
	default:
		d.hint("%s\n%sSubmit(loop, …) // an async function that calls %s", loop, q, shown)
	}
}

// awaitsElsewhere refuses a marker in a function literal that something calls on another goroutine.
func (c *compiler) awaitsElsewhere(call *ast.CallExpr, name string, at *place) {
	d := c.refuse(codeMarkerInLiteral, call, "rt.%s in a function literal that %s calls on another goroutine, where no loop runs", name, at.elsewhere)
	c.hintWaiting(d, call, at, c.pkg.Info.TypeOf(at.lit), "before this function literal")
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
