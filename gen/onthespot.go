package gen

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// An ordinary function literal of an async function can have the loop that the function around it has in a variable, at no cost. That is right
// only if nothing else calls the literal than this loop's goroutine: the code around it, a callback of the loop, a package of Go
// that calls what it is given before it returns. Of all others (given to an unknown function, stored, returned) nobody knows who
// calls them: there, calls that need the loop stay as they are written, and look for the loop of the goroutine that they run on (see here.go of rt).

// findSpots finds them. It looks at nothing if no literal of an async function needs the loop.
func (c *compiler) findSpots() {
	c.spots = &spots{c: c, literals: map[*ast.FuncLit]use{}, uses: map[*types.Var][]use{}, known: map[*ast.FuncLit]bool{}}
	for _, s := range c.pkg.Files {
		if c.hasAsync(s) {
			for _, d := range s.Syntax.Decls {
				c.spots.look(d)
			}
		}
	}
}

// look notes what stands below a declaration.
func (s *spots) look(d ast.Decl) {
	needed := false
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		needed = needed || ok && s.c.needsLoop(call)
		return !needed
	})
	if !needed {
		return
	}
	ast.PreorderStack(d, nil, func(n ast.Node, parents []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			s.literals[n] = use{n, slices.Clone(parents)}
		case *ast.Ident:
			if v, ok := s.c.pkg.Info.Uses[n].(*types.Var); ok && s.c.isLocal(v) && holdsFunc(v) {
				s.uses[v] = append(s.uses[v], use{n, slices.Clone(parents)})
			}
		}
		return true
	})
}

// holdsFunc reports whether a variable can hold a function.
func holdsFunc(v *types.Var) bool {
	_, ok := coreAs[*types.Signature](v.Type())
	return ok
}

// onTheSpot reports whether only the goroutine of the loop around it calls an ordinary literal of an async function.
func (s *spots) onTheSpot(lit *ast.FuncLit) bool {
	if here, ok := s.known[lit]; ok {
		return here
	}
	s.known[lit] = true // a literal that calls itself is called where it is called otherwise
	at, ok := s.literals[lit]
	here := ok && s.calledHere(at, true) && s.within(at.parents, nil)
	if !here { // what was found out with the assumption that it is may be wrong
		maps.DeleteFunc(s.known, func(_ *ast.FuncLit, here bool) bool { return here })
	}
	s.known[lit] = here
	return here
}

// within reports whether what the parents lead to runs on the goroutine of the function that declares v; v is nil for the innermost async function.
func (s *spots) within(parents []ast.Node, v *types.Var) bool {
	for _, p := range slices.Backward(parents) {
		lit, ok := p.(*ast.FuncLit)
		switch {
		case !ok:
		case v != nil && lit.Pos() <= v.Pos() && v.Pos() < lit.End():
			return true
		case s.c.byLit[lit] != nil:
			return v == nil
		default:
			if !s.onTheSpot(lit) {
				return false
			}
		}
	}
	return true
}

// calledHere reports whether a function that is used so is called at once, if at all, or by the loop. A variable that it is
// assigned to may be followed.
func (s *spots) calledHere(u use, follow bool) bool {
	if call, goes := Called(u.expr, u.parents); call != nil {
		return !goes
	}
	child, outer := user(u.expr, u.parents)
	if len(outer) == 0 {
		return false
	}
	switch p := outer[len(outer)-1].(type) {
	case *ast.CallExpr:
		if s.c.isConversion(p) {
			return s.calledHere(use{p, outer[:len(outer)-1]}, follow)
		}
		return !afterGo(outer) && s.c.callsAtOnce(p, child)
	case *ast.RangeStmt:
		return p.X == child
	case *ast.AssignStmt:
		return follow && s.variableCalledHere(assignedTo(p.Lhs, p.Rhs, child))
	case *ast.ValueSpec:
		return follow && s.variableCalledHere(assignedTo(p.Names, p.Values, child))
	}
	return false
}

// variableCalledHere is calledHere for what a variable holds, by all uses of the variable.
func (s *spots) variableCalledHere(to ast.Expr) bool {
	id, ok := to.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := s.c.pkg.Info.ObjectOf(id).(*types.Var)
	return ok && s.c.isLocal(v) && !slices.ContainsFunc(s.uses[v], func(u use) bool { return !s.assignsOrCalls(u) || !s.within(u.parents, v) })
}

// assignsOrCalls reports whether a use of a variable assigns to it, or calls it here.
func (s *spots) assignsOrCalls(u use) bool {
	if p, ok := parentOf(u.parents).(*ast.AssignStmt); ok {
		return slices.ContainsFunc(p.Lhs, func(e ast.Expr) bool { return ast.Unparen(e) == u.expr })
	}
	return s.calledHere(u, false)
}

// callers is packages of Go whose functions call what they are given before they return, or at least only when the code around asks
// them to.
var callers = set("bytes container/ring go/ast io/fs iter maps math/rand math/rand/v2 path/filepath regexp slices sort strings")

// callersOf is functions of other packages that do.
var callersOf = set("(*sync.Once).Do (*sync.Map).Range os.Expand testing.AllocsPerRun")

// callsAtOnce reports whether a call calls the function that is its argument at once, or has the loop call it.
func (c *compiler) callsAtOnce(call *ast.CallExpr, arg ast.Node) bool {
	f, ok := c.pkg.Info.Uses[calleeIdent(call.Fun)].(*types.Func)
	if !ok || f.Pkg() == nil || !takesFunc(f.Origin().Signature(), slices.IndexFunc(call.Args, func(a ast.Expr) bool { return a == arg })) {
		return false
	}
	if isRT(f.Pkg()) {
		return f.Name() != "CallSoonThreadsafe" // which is for another loop as well
	}
	return callers[f.Pkg().Path()] || callersOf[f.Origin().FullName()]
}

// takesFunc reports whether a parameter is for a function, and not for a value of any type.
func takesFunc(sig *types.Signature, i int) bool {
	if i < 0 || i >= sig.Params().Len() {
		return false
	}
	_, ok := sig.Params().At(i).Type().Underlying().(*types.Signature)
	return ok
}
