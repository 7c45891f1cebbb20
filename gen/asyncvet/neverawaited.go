package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// NeverAwaited finds coroutines that are kept and never run.
var NeverAwaited = &analysis.Analyzer{
	Name: "neverawaited",
	Doc: `find coroutines that are kept or printed, and never awaited

A call of an async function runs nothing before it is awaited or made a task. Reported is a coroutine in
a variable that no path awaits, passes on or returns before it is overwritten or forgotten; one in a
slice, map, or unexported field or package variable that nobody reads; and one that is printed where its
value was meant. One that only some paths await is fine. (asyncgen itself refuses a call whose result is
dropped; _ = f() says that it is meant.)`,
	URL:      docs + "neverawaited",
	Requires: []*analysis.Analyzer{sources},
	Run:      runNeverAwaited,
}

func runNeverAwaited(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	uses := c.coroUses()
	for _, v := range uses.order {
		list := uses.of[v]
		switch {
		case !isLocal(v, c.Types):
			c.checkUnread(v, list)
		case gen.IsCoro(v.Type()):
			c.checkKept(v, list)
		default:
			c.checkUnread(v, list)
		}
	}
	for _, f := range c.funcs {
		inspectOwn(f.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				c.checkPrinted(call)
			}
			return true
		})
	}
	return nil, nil
}

// A use is a place that mentions a variable which holds coroutines.
type use struct {
	id       *ast.Ident
	reads    bool     // it may pass a coroutine on, or await it
	shared   bool     // it is in another function than the variable
	puts     ast.Expr // the call whose coroutine it puts into the variable, if any
	assigns  bool     // it gives the variable a new value
	function ast.Node // around it
}

// variables is the variables that hold coroutines, in order of appearance, with their uses.
type variables struct {
	order []*types.Var
	of    map[*types.Var][]use
}

// coroUses finds the variables that nobody outside of the package can read.
func (c *check) coroUses() *variables {
	list := &variables{of: map[*types.Var][]use{}}
	for _, f := range c.annotated() {
		ast.PreorderStack(f.Syntax, nil, func(n ast.Node, parents []ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			v, ok := c.Info.ObjectOf(id).(*types.Var)
			if !ok || v.Pkg() != c.Types || !holdsCoros(v.Type()) || !isLocal(v, c.Types) && v.Exported() {
				return true
			}
			v = v.Origin()
			if list.of[v] == nil {
				list.order = append(list.order, v)
			}
			list.of[v] = append(list.of[v], c.useOf(id, v, parents))
			return true
		})
	}
	return list
}

// isLocal reports whether a variable is one of a function.
func isLocal(v *types.Var, pkg *types.Package) bool {
	return !v.IsField() && v.Parent() != pkg.Scope()
}

// holdsCoros reports whether a type is rt.Coro or a container of it.
func holdsCoros(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return gen.IsCoro(u.Elem())
	case *types.Array:
		return gen.IsCoro(u.Elem())
	case *types.Map:
		return gen.IsCoro(u.Elem())
	}
	return gen.IsCoro(t)
}

// useOf says what a place does with a variable.
func (c *check) useOf(id *ast.Ident, v *types.Var, parents []ast.Node) use {
	u := use{id: id}
	for _, p := range parents {
		switch p := p.(type) {
		case *ast.FuncDecl:
			u.function = p
		case *ast.FuncLit:
			u.function = p
			u.shared = u.shared || !within(p, v.Pos())
		}
	}
	child := ast.Node(id)
	for i := len(parents) - 1; i >= 0; i-- {
		switch p := parents[i].(type) {
		case *ast.SelectorExpr: // x.field, where the field is meant
			if p.Sel != child {
				u.reads = true
				return u
			}
		case *ast.ParenExpr:
		case *ast.IndexExpr: // m[k] = …
			if p.X != child || !assignsTo(p, parents[i-1]) {
				u.reads = true
				return u
			}
		case *ast.AssignStmt:
			c.useInAssign(&u, p, child)
			return u
		case *ast.ValueSpec:
			for j, name := range p.Names {
				if name == child && len(p.Values) == len(p.Names) {
					u.assigns, u.puts = true, c.put(p.Values[j])
				}
			}
			return u
		case *ast.KeyValueExpr:
			u.reads = p.Key != child
			u.puts = c.put(p.Value)
			return u
		case *ast.Field: // its declaration
			list, ok := parents[i-1].(*ast.FieldList)
			fn, isFunc := parents[max(i-2, 0)].(*ast.FuncType)
			u.reads = ok && isFunc && fn.Results == list // the caller has it
			return u
		case *ast.BinaryExpr:
			u.reads = !c.Info.Types[p.X].IsNil() && !c.Info.Types[p.Y].IsNil()
			return u
		case *ast.CallExpr:
			u.reads = !c.keeps(p, v, parents[:i]) && !c.prints(p)
			return u
		default:
			u.reads = true
			return u
		}
		child = parents[i]
	}
	return u
}

// assignsTo reports whether e is on the left side of an assignment.
func assignsTo(e ast.Expr, parent ast.Node) bool {
	s, ok := parent.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, l := range s.Lhs {
		if l == e {
			return true
		}
	}
	return false
}

// useInAssign is useOf in an assignment.
func (c *check) useInAssign(u *use, s *ast.AssignStmt, child ast.Node) {
	for i, l := range s.Lhs {
		if l == child {
			_, isElem := child.(*ast.IndexExpr)
			u.assigns = !isElem
			if len(s.Lhs) == len(s.Rhs) {
				u.puts = c.put(s.Rhs[i])
			}
			return
		}
	}
	for i, r := range s.Rhs {
		if r == child {
			u.reads = len(s.Lhs) != len(s.Rhs) || !isBlank(s.Lhs[i])
			return
		}
	}
}

// put gives the call whose coroutine an expression is or holds, or nil. Finished ones have nothing to run.
func (c *check) put(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if name := c.rtName(e); c.isCoro(e) && name != "Return" && name != "Fail" {
			return e
		}
		if id := calleeName(e); id != nil && id.Name == "append" {
			return c.firstPut(e.Args[1:])
		}
	case *ast.CompositeLit:
		return c.firstPut(e.Elts)
	case *ast.KeyValueExpr:
		return c.put(e.Value)
	}
	return nil
}

func (c *check) firstPut(list []ast.Expr) ast.Expr {
	for _, e := range list {
		if p := c.put(e); p != nil {
			return p
		}
	}
	return nil
}

// keeps reports whether a call with v as an argument passes nothing on: len(v), and append in v = append(v, …).
func (c *check) keeps(call *ast.CallExpr, v *types.Var, parents []ast.Node) bool {
	b, ok := c.Info.Uses[calleeName(call)].(*types.Builtin)
	if !ok {
		return false
	}
	switch b.Name() {
	case "len", "cap":
		return true
	case "append":
		s, ok := parents[len(parents)-1].(*ast.AssignStmt)
		if !ok || len(s.Lhs) != 1 || c.mentionsAny(call.Args[1:], v) {
			return false
		}
		l := ast.Unparen(s.Lhs[0])
		if sel, ok := l.(*ast.SelectorExpr); ok {
			l = sel.Sel
		}
		w := c.variable(l)
		return w != nil && w.Origin() == v
	}
	return false
}

func (c *check) mentionsAny(list []ast.Expr, v *types.Var) bool {
	for _, e := range list {
		if c.mentions(e, v) {
			return true
		}
	}
	return false
}

const neverRuns = "so it never runs: await it, make it a task, or leave the call out"

// checkUnread reports what is put into a variable that nobody reads.
func (c *check) checkUnread(v *types.Var, uses []use) {
	for _, u := range uses {
		if u.reads {
			return
		}
	}
	for _, u := range uses {
		if u.puts != nil {
			c.reportAt(u.puts, "coroutine "+c.short(u.puts)+" is never awaited, for nothing reads "+v.Name()+", "+neverRuns)
		}
	}
}

// checkKept reports each coroutine that is put into a local variable and that no path makes use of.
func (c *check) checkKept(v *types.Var, uses []use) {
	for _, u := range uses {
		if u.shared || u.function == nil || u.reads && isDeclared(c.Info, u.id) {
			return
		}
	}
	for _, u := range uses {
		if u.puts == nil {
			continue
		}
		awaited := false
		after(c.graph(bodyOf(u.function)), u.id, func(n ast.Node) bool {
			ends := false
			for _, other := range uses {
				if within(n, other.id.Pos()) {
					awaited = awaited || other.reads
					ends = ends || other.reads || other.assigns
				}
			}
			return ends
		})
		if !awaited {
			c.reportAt(u.puts, "coroutine "+c.short(u.puts)+" in "+v.Name()+" is never awaited, "+neverRuns)
		}
	}
}

// isDeclared reports whether an identifier stands where its variable is declared.
func isDeclared(info *types.Info, id *ast.Ident) bool { return info.Defs[id] != nil }

func bodyOf(function ast.Node) *ast.BlockStmt {
	if lit, ok := function.(*ast.FuncLit); ok {
		return lit.Body
	}
	return function.(*ast.FuncDecl).Body
}

// prints reports whether a function prints its arguments, or makes text of them.
func (c *check) prints(call *ast.CallExpr) bool {
	f := c.callee(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	switch f.Pkg().Path() {
	case "fmt", "log", "log/slog":
		return true
	}
	return false
}

// checkPrinted reports a coroutine that is printed.
func (c *check) checkPrinted(call *ast.CallExpr) {
	if !c.prints(call) || call.Ellipsis != token.NoPos {
		return
	}
	f := c.callee(call)
	for _, arg := range call.Args {
		inner, ok := ast.Unparen(arg).(*ast.CallExpr)
		if ok && c.isCoro(inner) && !strings.Contains(c.text(call), "%T") {
			c.reportAt(inner, display(f)+" gets the coroutine "+c.short(inner)+", which never runs, not its value: await it", c.awaitFix(inner)...)
		}
	}
}
