package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A list of coroutines is private if only a Gather ever gets what is in it, once:
//
//	var list []rt.Awaitable[string]
//	for _, url := range urls {
//		list = append(list, fetch(url))
//	}
//	pages := rt.Await(rt.Gather(list...))
//
// It is a local variable, that is only filled, measured and given to that one call, and there is another list each
// time that the call runs: nobody can await the same coroutines once more.

// gathers reports whether a function of rt is one that nobody gets the tasks of.
func gathers(name string) bool { return name == "Gather" || name == "GatherResults" }

// privateLists gives the variables of co that are private lists.
func (c *compiler) privateLists(co *coroutine) map[*types.Var]bool {
	u := listUses{c: c, made: map[*types.Var]token.Pos{}, gathered: map[*types.Var][]token.Pos{}, uses: map[*types.Var]int{}}
	inspectOwn(co.body, u.look)
	if len(u.gathered) == 0 || u.jumps {
		return nil
	}
	all := c.countUses(co.body, func(v *types.Var) bool { return u.gathered[v] != nil })
	private := map[*types.Var]bool{}
	for v, calls := range u.gathered {
		made, ok := u.made[v]
		private[v] = ok && len(calls) == 1 && u.loopAt(made) == u.loopAt(calls[0]) && u.uses[v] == all[v]
	}
	return private
}

// listUses is how a function uses its local variables, as far as private lists are concerned.
type listUses struct {
	c        *compiler
	made     map[*types.Var]token.Pos   // the declaration, with a list that nobody else has
	gathered map[*types.Var][]token.Pos // the calls of Gather that get it
	uses     map[*types.Var]int         // those that do not give it away
	loops    []extent                   // what runs again, outer ones first
	jumps    bool                       // there are gotos, and so other loops
}

type extent struct{ from, to token.Pos }

// loopAt is the number of the innermost loop around a place; -1: none.
func (u *listUses) loopAt(pos token.Pos) int {
	for i, loop := range slices.Backward(u.loops) {
		if loop.from <= pos && pos < loop.to {
			return i
		}
	}
	return -1
}

func (u *listUses) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BranchStmt:
		u.jumps = u.jumps || n.Tok == token.GOTO
	case *ast.ForStmt:
		again := n.For
		if n.Init != nil {
			again = n.Init.End()
		}
		u.loops = append(u.loops, extent{again, n.End()})
	case *ast.RangeStmt:
		u.loops = append(u.loops, extent{n.Body.Pos(), n.Body.End()})
		if n.Value == nil {
			u.uses[u.c.localVar(n.X)]++
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 && (len(n.Values) == 0 || u.isNew(n.Values[0])) {
			u.made[u.c.localVar(n.Names[0])] = n.Pos()
		}
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
			u.assigned(n.Tok, ast.Unparen(n.Lhs[0]), ast.Unparen(n.Rhs[0]))
		}
	case *ast.CallExpr:
		u.called(n)
	}
	return true
}

// assigned looks at lhs = rhs.
func (u *listUses) assigned(tok token.Token, lhs, rhs ast.Expr) {
	if at, ok := lhs.(*ast.IndexExpr); ok {
		u.uses[u.c.localVar(at.X)]++
		return
	}
	v := u.c.localVar(lhs)
	switch from, ok := rhs.(*ast.CallExpr); {
	case v == nil:
	case tok == token.DEFINE:
		if u.isNew(rhs) {
			u.made[v] = lhs.Pos()
		}
	case u.isNew(rhs):
		u.uses[v]++
	case ok && u.c.builtin(from) == "append" && u.c.localVar(from.Args[0]) == v:
		u.uses[v] += 2
	}
}

// isNew reports whether an expression is a list that nothing else can be a part of.
func (u *listUses) isNew(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		return u.c.builtin(e) == "make"
	}
	return u.c.pkg.Info.Types[e].IsNil()
}

// called looks at a call that may get a list.
func (u *listUses) called(call *ast.CallExpr) {
	if len(call.Args) != 1 {
		return
	}
	v := u.c.localVar(call.Args[0])
	switch {
	case v == nil:
	case u.c.builtin(call) == "len", u.c.builtin(call) == "cap":
		u.uses[v]++
	case call.Ellipsis.IsValid() && gathers(u.c.rtFunc(call)):
		u.uses[v]++
		u.gathered[v] = append(u.gathered[v], call.Pos())
	}
}
