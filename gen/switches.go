package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (b *builder) switchStmt(s *ast.SwitchStmt, label types.Object) {
	if s.Init != nil {
		b.stmt(s.Init, nil)
	}
	caseAwaits := false
	for _, cl := range s.Body.List {
		for _, e := range cl.(*ast.CaseClause).List {
			caseAwaits = caseAwaits || b.suspends(e)
		}
	}
	if s.Tag != nil {
		b.at = b.line(s.Tag.Pos())
		b.spill(s.Tag, false)
	}
	if !caseAwaits && !b.suspends(s.Body) {
		b.restOfSwitch(s, label, s.Tag, s.Body)
		return
	}
	end := b.newBlock("end")
	blocks := make([]*block, len(s.Body.List))
	for i := range blocks {
		blocks[i] = b.newBlock("case")
	}
	if caseAwaits {
		b.caseByCase(s, blocks, end)
	} else {
		b.dispatchSwitch(s, blocks, end)
	}
	b.targets = append(b.targets, target{label: label, brk: end})
	outer := b.fallTo
	for i, cl := range s.Body.List {
		if i+1 < len(blocks) {
			b.fallTo = blocks[i+1]
		}
		b.enter(blocks[i])
		b.stmts(cl.(*ast.CaseClause).Body)
		b.jumpTo(end)
	}
	b.fallTo = outer
	b.targets = b.targets[:len(b.targets)-1]
	b.flushComments(s.Body.Rbrace)
	b.enter(end)
}

// restOfSwitch carries a switch whose init and tag have been lowered.
func (b *builder) restOfSwitch(s ast.Stmt, label types.Object, tag ast.Expr, body *ast.BlockStmt) {
	prefix := b.labelPrefix(s, label)
	if tag == nil {
		b.rest(s, prefix, "switch ", body.Pos(), body)
		return
	}
	b.rest(s, prefix, "switch ", tag.Pos(), tag, body)
}

// dispatchSwitch lets Go choose the clause: a switch whose clauses only jump.
func (b *builder) dispatchSwitch(s *ast.SwitchStmt, blocks []*block, end *block) {
	d := &dispatch{node: s, targets: blocks, next: end}
	if s.Tag != nil {
		d.uses = b.usesOf(s.Tag)
	}
	for _, cl := range s.Body.List {
		cl := cl.(*ast.CaseClause)
		for _, e := range cl.List {
			d.uses = append(d.uses, b.usesOf(e)...)
		}
		if cl.List == nil {
			d.next = nil
		}
	}
	d.emit = func(e *emitter) string {
		var w strings.Builder
		w.WriteString("switch ")
		if s.Tag != nil {
			w.WriteString(e.text(s.Tag))
		}
		w.WriteString(" {\n")
		for i, cl := range s.Body.List {
			w.WriteString(e.caseClause(cl.(*ast.CaseClause)) + "goto " + e.label(blocks[i]) + "\n")
		}
		w.WriteString("}")
		return w.String()
	}
	b.open()
	b.terminate(d)
}

// caseByCase compares one case after the other, as awaits in the case expressions demand.
func (b *builder) caseByCase(s *ast.SwitchStmt, blocks []*block, end *block) {
	var tag *variable
	if s.Tag != nil {
		tag = b.temp(b.c.pkg.Info.TypeOf(s.Tag), "tag")
		b.let(s.Tag, true, tag)
	}
	def := end
	for i, cl := range s.Body.List {
		cl := cl.(*ast.CaseClause)
		if cl.List == nil {
			def = blocks[i]
		}
		for _, e := range cl.List {
			b.at = b.line(e.Pos())
			b.spill(e, false)
			no := b.newBlock("next")
			b.open()
			uses := b.usesOf(e)
			cond := func(em *emitter) string { return em.text(e) }
			if tag != nil {
				uses = append(uses, tag)
				cond = func(em *emitter) string { return em.ref(tag) + " == " + em.operand(e) }
			}
			b.terminate(&branch{word: "case", node: e, cond: cond, uses: uses, yes: blocks[i], no: no})
			b.enter(no)
		}
	}
	b.jumpTo(def)
}

func (b *builder) typeSwitch(s *ast.TypeSwitchStmt, label types.Object) {
	if s.Init != nil {
		b.stmt(s.Init, nil)
	}
	guard := guardExpr(s)
	b.at = b.line(guard.Pos())
	b.spill(guard.X, false)
	if !b.suspends(s.Body) {
		b.rest(s, b.labelPrefix(s, label), "switch ", s.Assign.Pos(), s.Assign, s.Body)
		return
	}
	end := b.newBlock("end")
	blocks := make([]*block, len(s.Body.List))
	bound := make([]*variable, len(s.Body.List))
	d := &dispatch{node: s, targets: blocks, next: end, uses: b.usesOf(guard.X)}
	for i, cl := range s.Body.List {
		blocks[i] = b.newBlock("case")
		if cl.(*ast.CaseClause).List == nil {
			d.next = nil
		}
		if obj, ok := b.c.pkg.Info.Implicits[cl].(*types.Var); ok && b.mentions(cl, obj) {
			bound[i] = b.variable(obj)
			d.kills = append(d.kills, bound[i])
		}
	}
	name := b.names.fresh("v")
	d.emit = func(e *emitter) string { return e.typeDispatch(s, guard, name, blocks, bound) }
	b.open()
	b.terminate(d)
	b.targets = append(b.targets, target{label: label, brk: end})
	for i, cl := range s.Body.List {
		b.enter(blocks[i])
		b.stmts(cl.(*ast.CaseClause).Body)
		b.jumpTo(end)
	}
	b.targets = b.targets[:len(b.targets)-1]
	b.flushComments(s.Body.Rbrace)
	b.enter(end)
}

// guardExpr is x.(type) of a type switch.
func guardExpr(s *ast.TypeSwitchStmt) *ast.TypeAssertExpr {
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		return ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr)
	case *ast.ExprStmt:
		return ast.Unparen(a.X).(*ast.TypeAssertExpr)
	}
	panic("gen: a type switch without a guard")
}

// mentions reports whether obj is used below n.
func (b *builder) mentions(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok && b.c.pkg.Info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// selectStmt evaluates the operands of all clauses in order, then lets Go choose.
func (b *builder) selectStmt(s *ast.SelectStmt, label types.Object) {
	end := b.newBlock("end")
	d := &dispatch{node: s}
	var operands []ast.Expr
	for _, cl := range s.Body.List {
		switch comm := cl.(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt:
			operands = append(operands, comm.Chan, comm.Value)
		case *ast.ExprStmt:
			operands = append(operands, ast.Unparen(comm.X).(*ast.UnaryExpr).X)
		case *ast.AssignStmt:
			operands = append(operands, ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr).X)
		}
	}
	for i, o := range operands {
		later := false
		for _, l := range operands[i+1:] {
			later = later || b.suspends(l)
		}
		b.spill(o, later)
		if later && !b.isReplaced(o) && !b.c.pkg.Info.Types[o].IsNil() {
			b.keep(o) // even a variable is read before the next operand
		}
	}
	for _, o := range operands {
		d.uses = append(d.uses, b.usesOf(o)...)
	}
	received := make([][]*variable, len(s.Body.List))
	for i, cl := range s.Body.List {
		d.targets = append(d.targets, b.newBlock("case"))
		if a, ok := cl.(*ast.CommClause).Comm.(*ast.AssignStmt); ok {
			ch, _ := coreAs[*types.Chan](b.c.pkg.Info.TypeOf(ast.Unparen(a.Rhs[0]).(*ast.UnaryExpr).X))
			received[i] = []*variable{b.temp(ch.Elem(), "received")}
			if len(a.Lhs) == 2 {
				received[i] = append(received[i], b.temp(types.Typ[types.Bool], "ok"))
			}
			d.kills = append(d.kills, received[i]...)
		}
	}
	d.emit = func(e *emitter) string { return e.selectDispatch(s, d.targets, received) }
	b.open()
	b.terminate(d)
	b.targets = append(b.targets, target{label: label, brk: end})
	for i, cl := range s.Body.List {
		cl := cl.(*ast.CommClause)
		b.enter(d.targets[i])
		if a, ok := cl.Comm.(*ast.AssignStmt); ok {
			b.bind(a.Lhs, a.Tok == token.DEFINE, received[i]...)
		}
		b.stmts(cl.Body)
		b.jumpTo(end)
	}
	b.targets = b.targets[:len(b.targets)-1]
	b.flushComments(s.Body.Rbrace)
	b.enter(end)
}

// bind assigns temporaries to the left side of a receive or a range clause.
func (b *builder) bind(lhs []ast.Expr, declare bool, values ...*variable) {
	for i, l := range lhs {
		if l == nil {
			continue
		}
		if id, ok := l.(*ast.Ident); ok && id.Name == "_" {
			continue
		}
		value := values[i]
		b.bindText(l, declare, []*variable{value}, func(e *emitter) string { return e.ref(value) })
	}
}

// bindText assigns an expression of our own to an operand of the source, or declares it.
func (b *builder) bindText(l ast.Expr, declare bool, uses []*variable, value func(*emitter) string) {
	if id, ok := l.(*ast.Ident); ok && id.Name == "_" {
		return
	}
	if declare {
		v := b.variable(b.c.pkg.Info.Defs[l.(*ast.Ident)].(*types.Var))
		in := b.code(func(e *emitter) string { return e.declare(v, value(e)) })
		in.uses, in.kills, in.declares = uses, []*variable{v}, []*variable{v}
		return
	}
	b.spill(l, false)
	in := b.code(func(e *emitter) string { return e.text(l) + " = " + value(e) })
	in.uses = append(b.usesOf(l), uses...)
}
