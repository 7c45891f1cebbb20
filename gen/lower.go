package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// stmts lowers a list of statements.
func (b *builder) stmts(list []ast.Stmt) {
	at := b.at
	for _, s := range list {
		b.flushComments(s.Pos())
		b.open()
		b.stmtAt = s
		b.stmt(s, nil)
	}
	b.at = at
}

// scope lowers a block: its statements, then the comments before its end.
func (b *builder) scope(blk *ast.BlockStmt) {
	b.stmts(blk.List)
	b.flushComments(blk.Rbrace)
}

// stmt lowers one statement. label is its label, if it has one.
func (b *builder) stmt(s ast.Stmt, label types.Object) {
	b.at = b.line(s.Pos())
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return
	case *ast.LabeledStmt:
		b.labeled(s)
		return
	case *ast.BranchStmt:
		b.branchStmt(s)
		return
	case *ast.DeclStmt:
		b.declStmt(s)
		return
	case *ast.BlockStmt:
		if b.suspends(s) {
			b.scope(s)
			return
		}
	}
	if !b.suspends(s) {
		b.simple(s)
		return
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		b.exprStmt(s)
	case *ast.SendStmt:
		b.spillAll(false, s.Chan, s.Value)
		b.opaque(s)
	case *ast.IncDecStmt:
		b.spill(s.X, false)
		b.opaque(s)
	case *ast.AssignStmt:
		b.assignStmt(s)
	case *ast.GoStmt:
		b.spillAll(false, append([]ast.Expr{s.Call.Fun}, s.Call.Args...)...)
		b.opaque(s)
	case *ast.DeferStmt:
		if call := b.deferredAwait(s); call != nil {
			b.spill(call.Args[0], false)
		} else {
			b.spillAll(false, append([]ast.Expr{s.Call.Fun}, s.Call.Args...)...)
		}
		b.opaque(s)
	case *ast.ReturnStmt:
		b.returnStmt(s)
	case *ast.IfStmt:
		b.ifStmt(s)
	case *ast.ForStmt:
		b.forStmt(s, label)
	case *ast.RangeStmt:
		b.rangeStmt(s, label)
	case *ast.SwitchStmt:
		b.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		b.typeSwitch(s, label)
	case *ast.SelectStmt:
		b.selectStmt(s, label)
	default:
		b.c.refuse(CodeBug, s, "an await cannot stand in this statement")
	}
}

// opaque carries a statement whole.
func (b *builder) opaque(s ast.Stmt) *instr {
	in := b.code(nil, s)
	tail := b.trailing(s.End())
	in.emit = func(e *emitter) string { return e.stmt(s) + tail }
	b.effects(in, s)
	if b.c.terminates(s) {
		b.terminate(stop{})
	}
	return in
}

// effects says which variables of the graph a simple statement gives a new value.
func (b *builder) effects(in *instr, s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
			return
		}
		for _, l := range s.Lhs {
			if v := b.plainVar(l); v != nil && !v.shared {
				in.kills = append(in.kills, v)
			}
		}
	}
}

func (b *builder) exprStmt(s *ast.ExprStmt) {
	if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
		if m, ok := b.c.awaitMode(call); ok {
			b.awaitOperand(call, call.Args[0], m, m != plainAwait)
			if m == plainAwait {
				b.carryTrailing(s.End())
				return
			}
			b.opaque(s)
			return
		}
		if b.c.rtFunc(call) == "Go" {
			b.spillGo(call, false)
			b.carryTrailing(s.End())
			return
		}
		if b.c.rtFunc(call) == "Yield" {
			b.yield(call)
			b.carryTrailing(s.End())
			return
		}
	}
	b.spill(s.X, false)
	b.opaque(s)
}

// carryTrailing keeps the comment behind a statement of which nothing else is left.
func (b *builder) carryTrailing(end token.Pos) {
	if t := strings.TrimSpace(b.trailing(end)); t != "" {
		b.cur.code = append(b.cur.code, &instr{emit: func(*emitter) string { return t }})
	}
}

func (b *builder) assignStmt(s *ast.AssignStmt) {
	var parts []ast.Expr
	if s.Tok != token.DEFINE {
		for _, l := range s.Lhs {
			if b.plainVar(l) == nil {
				parts = append(parts, l)
			}
		}
	}
	b.spillAll(false, append(parts, s.Rhs...)...)
	b.simple(s)
}

// simple carries a simple statement whose awaits have been spilled, declarations included.
func (b *builder) simple(s ast.Stmt) {
	if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		b.define(a)
		return
	}
	b.opaque(s)
}

// define lowers x := v at the level of the graph.
func (b *builder) define(s *ast.AssignStmt) {
	var declared []*variable
	for _, l := range s.Lhs {
		if obj, ok := b.c.pkg.Info.Defs[l.(*ast.Ident)].(*types.Var); ok && obj.Name() != "_" {
			declared = append(declared, b.variable(obj))
		}
	}
	in := b.opaque(s)
	in.declares = declared
	in.kills = append(in.kills, declared...)
}

func (b *builder) declStmt(s *ast.DeclStmt) {
	d := s.Decl.(*ast.GenDecl)
	switch d.Tok {
	case token.CONST:
		b.constDecl(d)
	case token.VAR:
		for _, spec := range d.Specs {
			b.flushComments(spec.Pos())
			b.varSpec(spec.(*ast.ValueSpec))
		}
		b.flushComments(s.End())
	case token.TYPE:
		b.typeDecl(d)
		b.skipComments(s.End())
	}
}

func (b *builder) varSpec(s *ast.ValueSpec) {
	b.spillAll(false, s.Values...)
	if s.Type != nil {
		b.lengths(s.Type)
	}
	var declared []*variable
	for _, id := range s.Names {
		if obj, ok := b.c.pkg.Info.Defs[id].(*types.Var); ok && id.Name != "_" {
			declared = append(declared, b.variable(obj))
		}
	}
	var nodes []ast.Node
	for _, v := range s.Values {
		nodes = append(nodes, v)
	}
	in := b.code(nil, nodes...)
	tail := b.trailing(s.End())
	in.node = s
	in.emit = func(e *emitter) string { return e.varSpec(s) + tail }
	in.declares, in.kills = declared, declared
}

// lengths puts the values of those lengths of arrays in a type that mention variables. That alone keeps none of them alive:
//
//	var b [len(a) + 1]int        var b [4]int
func (b *builder) lengths(typ ast.Expr) {
	ast.Inspect(typ, func(n ast.Node) bool {
		a, ok := n.(*ast.ArrayType)
		if ok && a.Len != nil && len(b.c.countUses(a.Len, b.c.isLocal)) > 0 {
			b.g.subst[a.Len] = replacement{text: b.c.pkg.Info.Types[a.Len].Value.ExactString()}
		}
		return true
	})
}

func (b *builder) labeled(s *ast.LabeledStmt) {
	label := b.c.pkg.Info.Defs[s.Label]
	if b.splitAt[label] {
		blk := b.labelBlock(label)
		b.jumpTo(blk)
		b.enter(blk)
	}
	switch s.Stmt.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.BlockStmt:
		if !b.suspends(s.Stmt) && b.labelUsedInside(s.Stmt, label) {
			if !b.splitAt[label] {
				b.opaque(s)
				return
			}
			b.susp[s.Stmt] = true // both goto and break or continue name it: split it too
		}
	}
	b.stmt(s.Stmt, label)
}

// labelUsedInside reports whether break or continue inside s names its label.
func (b *builder) labelUsedInside(s ast.Stmt, label types.Object) bool {
	used := false
	inspectOwn(s, func(n ast.Node) bool {
		if br, ok := n.(*ast.BranchStmt); ok && br.Label != nil && b.c.pkg.Info.Uses[br.Label] == label {
			used = used || br.Tok != token.GOTO
		}
		return true
	})
	return used
}

// labelPrefix is the label of a statement that is carried without its beginning.
func (b *builder) labelPrefix(s ast.Stmt, label types.Object) string {
	if label == nil || !b.labelUsedInside(s, label) {
		return ""
	}
	return label.Name() + ":\n"
}

func (b *builder) branchStmt(s *ast.BranchStmt) {
	if s.Tok == token.FALLTHROUGH {
		b.terminate(jump{b.fallTo, s})
		return
	}
	b.branchIn(s, s, false, false, b.c.pkg.Info, func(_ *ast.BranchStmt, to *block) {
		b.terminate(jump{to, s})
	})
	b.carryTrailing(s.End())
}

func (b *builder) returnStmt(s *ast.ReturnStmt) {
	kind, call := b.c.returnKind(b.co, s)
	switch kind {
	case returnValue, returnFail:
		b.spill(call.Args[0], false)
	case returnAwait:
		b.awaitOperand(s.Results[0], s.Results[0], plainAwait, true)
	case returnNamed:
		b.awaitResult(s)
	}
	b.opaque(s)
}

func (b *builder) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		b.stmt(s.Init, nil)
	}
	b.spill(s.Cond, false)
	if !b.suspends(s.Body) && (s.Else == nil || !b.suspends(s.Else)) {
		nodes := []ast.Node{s.Cond, s.Body}
		if s.Else != nil {
			nodes = append(nodes, s.Else)
		}
		b.rest(s, "", "if ", s.Cond.Pos(), nodes...)
		return
	}
	yes, no, end := b.newBlock("then"), b.newBlock("else"), b.newBlock("endif")
	if s.Else == nil {
		no = end
	}
	b.branchOn("if", s.Cond, yes, no)
	b.enter(yes)
	b.scope(s.Body)
	b.jumpTo(end)
	if s.Else != nil {
		b.enter(no)
		b.flushComments(s.Else.Pos())
		b.stmt(s.Else, nil)
		b.jumpTo(end)
	}
	b.enter(end)
}

// rest carries what is left of a statement when its beginning has been lowered: after its label and its keyword, what stands
// in the source from a position on.
func (b *builder) rest(s ast.Stmt, label, keyword string, from token.Pos, nodes ...ast.Node) {
	in := b.code(nil)
	for _, n := range nodes {
		in.uses = append(in.uses, b.usesOf(n)...)
	}
	in.node, in.from, in.exits = s, from, b.redirect(s)
	tail := b.trailing(s.End())
	in.emit = func(e *emitter) string {
		text := keyword + e.spanNodes(from, s.End(), nodes...) + tail
		if label != "" {
			return label + e.lineDirective(from) + text
		}
		return text
	}
	if b.c.terminates(s) {
		b.terminate(stop{})
	}
}

// branchOn ends the block with a branch on a condition of the source.
func (b *builder) branchOn(word string, cond ast.Expr, yes, no *block) {
	b.open()
	b.terminate(&branch{word: word, node: cond, cond: func(e *emitter) string { return e.text(cond) }, uses: b.usesOf(cond), yes: yes, no: no})
}

func (b *builder) forStmt(s *ast.ForStmt, label types.Object) {
	if s.Init != nil {
		b.stmt(s.Init, nil)
	}
	head, body, post, end := b.newBlock("loop"), b.newBlock("body"), b.newBlock("next"), b.newBlock("end")
	b.jumpTo(head)
	b.enter(head)
	if s.Cond != nil {
		b.spill(s.Cond, false)
		b.branchOn("for", s.Cond, body, end)
	} else {
		b.jumpTo(body)
	}
	b.enter(body)
	b.targets = append(b.targets, target{label: label, brk: end, cont: post})
	b.scope(s.Body)
	b.targets = b.targets[:len(b.targets)-1]
	b.jumpTo(post)
	b.enter(post)
	b.copyPerIteration(s)
	if s.Post != nil {
		b.stmt(s.Post, nil)
	}
	b.jumpTo(head)
	b.enter(end)
}

// copyPerIteration gives the variables of a for statement a fresh copy for the next iteration, where
// somebody can tell the difference.
func (b *builder) copyPerIteration(s *ast.ForStmt) {
	a, ok := s.Init.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || !b.c.perIteration(b.co.src) {
		return
	}
	for _, l := range a.Lhs {
		if v := b.plainVar(l); v != nil && v.shared {
			in := b.code(func(e *emitter) string { return e.copyBox(v) })
			in.uses, in.kills, in.declares = []*variable{v}, []*variable{v}, []*variable{v}
		}
	}
}
