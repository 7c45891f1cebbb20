package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// captured gives the local variables of enclosing functions that a literal mentions, in order of appearance.
func (c *compiler) captured(lit *ast.FuncLit) []*types.Var {
	var list []*types.Var
	seen := map[*types.Var]bool{}
	ast.Inspect(lit, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pkg.Info.Uses[id].(*types.Var); ok && c.isLocal(v) && !within(lit, v.Pos()) && !seen[v] {
				seen[v] = true
				list = append(list, v)
			}
		}
		return true
	})
	return list
}

// isLocal reports whether v is a variable of some function of the package, parameters included.
func (c *compiler) isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() == c.pkg.Types && v.Parent() != c.pkg.Types.Scope() && v.Pos().IsValid()
}

// isLocalConst reports whether k is a constant of some function of the package.
func (c *compiler) isLocalConst(k *types.Const) bool {
	return k.Pkg() == c.pkg.Types && k.Parent() != c.pkg.Types.Scope()
}

// ofFunction reports whether an object is a variable or a constant of some function of the package.
func (c *compiler) ofFunction(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		return c.isLocal(obj)
	case *types.Const:
		return c.isLocalConst(obj)
	}
	return false
}

// localVar gives the local variable that an expression is, or nil.
func (c *compiler) localVar(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	if v, ok := c.pkg.Info.ObjectOf(id).(*types.Var); ok && c.isLocal(v) {
		return v
	}
	return nil
}

// countUses counts the uses of variables of a kind below n, in literals as well.
func (c *compiler) countUses(n ast.Node, counts func(*types.Var) bool) map[*types.Var]int {
	uses := map[*types.Var]int{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pkg.Info.Uses[id].(*types.Var); ok && counts(v) {
				uses[v]++
			}
		}
		return true
	})
	return uses
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

func (c *compiler) fact(v *types.Var) *varFacts {
	f := c.facts[v]
	if f == nil {
		f = &varFacts{}
		c.facts[v] = f
	}
	return f
}

// factsIn finds out which variables below n are shared with function literals or by their address, and which are
// assigned to. n is a declaration of s in which there is an async function, or lit, a literal in it.
func (c *compiler) factsIn(s *Source, n ast.Node, lit *ast.FuncLit) {
	info := c.pkg.Info
	share := func(e ast.Expr) {
		if v := c.root(e); v != nil {
			f := c.fact(v)
			f.shared, f.assigned = true, true
			if !f.pointed.IsValid() {
				f.pointed = e.Pos()
			}
		}
	}
	assign := func(e ast.Expr) {
		if v := c.root(e); v != nil {
			c.fact(v).assigned = true
		}
	}
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			if m != lit {
				c.factsIn(s, m, m)
				return false
			}
		case *ast.Ident:
			if v, ok := info.Uses[m].(*types.Var); ok && lit != nil && c.isLocal(v) && !within(lit, v.Pos()) {
				f := c.fact(v)
				f.shared = true
				if !f.captured.IsValid() {
					f.captured = lit.Pos()
				}
			}
		case *ast.UnaryExpr:
			if m.Op == token.AND {
				share(m.X)
			}
		case *ast.SliceExpr:
			if mayBeArray(info.TypeOf(m.X)) {
				share(m.X)
			}
		case *ast.SelectorExpr:
			if sel := info.Selections[m]; sel != nil && sel.Kind() == types.MethodVal && c.takesAddress(sel) {
				share(m.X)
			}
		case *ast.AssignStmt:
			for _, l := range m.Lhs {
				if id, ok := l.(*ast.Ident); ok && info.Defs[id] != nil {
					continue
				}
				assign(l)
			}
		case *ast.IncDecStmt:
			assign(m.X)
		case *ast.RangeStmt:
			if m.Tok == token.ASSIGN || m.Tok == token.DEFINE && !c.perIteration(s) {
				for _, l := range rangeVars(m) {
					assign(l)
				}
			}
		}
		return true
	})
}

// rangeVars are the operands that a range clause gives values, as far as they are there.
func rangeVars(s *ast.RangeStmt) []ast.Expr {
	switch {
	case s.Key == nil:
		return nil
	case s.Value == nil:
		return []ast.Expr{s.Key}
	}
	return []ast.Expr{s.Key, s.Value}
}

// takesAddress reports whether a method selection takes the address of the variable it starts from.
func (c *compiler) takesAddress(sel *types.Selection) bool {
	f := sel.Obj().(*types.Func)
	if _, ptr := f.Signature().Recv().Type().(*types.Pointer); !ptr {
		return false
	}
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			return p == nil // through a pointer: not the variable's own memory
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return false
		}
		t = s.Field(i).Type()
	}
	_, ptr := t.Underlying().(*types.Pointer)
	return !ptr
}

// root gives the local variable whose memory an operand is part of, or nil.
func (c *compiler) root(e ast.Expr) *types.Var {
	info := c.pkg.Info
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.root(e.X)
	case *ast.Ident:
		v, _ := info.Uses[e].(*types.Var)
		if v == nil {
			v, _ = info.Defs[e].(*types.Var)
		}
		if v != nil && c.isLocal(v) {
			return v
		}
	case *ast.SelectorExpr:
		if sel := info.Selections[e]; sel != nil && sel.Kind() == types.FieldVal && !throughPointer(sel) {
			return c.root(e.X)
		}
	case *ast.IndexExpr:
		if mayBeArray(info.TypeOf(e.X)) {
			return c.root(e.X)
		}
	}
	return nil
}

// throughPointer reports whether a field selection follows a pointer on its way.
func throughPointer(sel *types.Selection) bool {
	t := sel.Recv()
	for _, i := range sel.Index() {
		if p, ok := t.Underlying().(*types.Pointer); ok && p != nil {
			return true
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok {
			return true
		}
		t = s.Field(i).Type()
	}
	return false
}
