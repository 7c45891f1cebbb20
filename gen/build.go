package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Building turns the body of an async function into a graph of basic blocks.
//
// Before: the syntax tree, checked.
// After: every await ends a block. Control flow is split only where it contains an await, a label
// that is jumped to, or nothing smaller would do; every other statement is opaque: it is carried
// whole, with its jumps out of it redirected. User code is only pointed to, never changed.

// builder builds one graph.
type builder struct {
	c        *compiler
	co       *coroutine
	g        *graph
	names    *namer          // identifiers of the function
	fields   *namer          // names of frame fields
	consts   []ast.Node      // declarations of functions around it that its Resume has copies of
	outside  map[string]bool // names that a declaration at the top of Resume cannot have
	cur      *block          // where code goes
	detours  []*block
	targets  []target
	labels   map[types.Object]*block
	splitAt  map[types.Object]bool // labels that some goto names
	comments []*ast.CommentGroup
	susp     map[ast.Node]bool
	fallTo   *block   // the next clause of the switch around
	stmtAt   ast.Stmt // the statement being lowered, for comments on awaits
	at       int      // the line of the innermost one
}

// A target is a statement that break or continue may name.
type target struct {
	label     types.Object
	brk, cont *block   // cont is nil for switch and select
	leave     func()   // for a range over a function or a stream: emits what leaving it takes
	stmt      ast.Node // that range
}

// build makes the graph of co.
func (c *compiler) build(co *coroutine) *graph {
	g := &graph{co: co, byObj: map[*types.Var]*variable{}, subst: map[ast.Node]replacement{},
		jumps: map[*ast.BranchStmt]*block{}, rename: map[types.Object]string{}, bound: map[*ast.Ident]string{}, throwSites: map[*ast.CallExpr]int{}, namedReturns: map[*ast.ReturnStmt]replacement{}, tasks: map[*ast.CallExpr]*slot{}}
	b := &builder{c: c, co: co, g: g, labels: map[types.Object]*block{}, splitAt: map[types.Object]bool{}, susp: map[ast.Node]bool{},
		consts: c.outerConsts(co)}
	var root ast.Node = co.lit
	if co.decl != nil {
		root = co.decl
	}
	b.names, b.fields = newNamer(slices.Concat([]ast.Node{root}, b.consts)...), newNamer()
	b.names.reserve(types.Universe.Names()...)
	b.fields.reserve(c.frameMembers()...)
	if co.helper {
		b.fields.reserve(helperField, "resume")
	}
	b.lookAround()
	b.renameHiding()
	if co.outer == nil {
		c.nameParameters(b)
	}
	b.nameKept()
	g.frame, g.exec = b.names.fresh("f", "frame"), b.names.fresh("x", "exec")
	if co.inPlace {
		g.resume = b.fields.fresh("resume")
	}
	g.entry = b.newBlock("entry")
	b.enter(g.entry)
	if co.deferred {
		g.exit = &block{kind: "exit", exit: true}
		g.defers = b.fields.fresh("defers")
	}
	b.parameters()
	b.holdTasks()
	for _, d := range b.consts {
		b.constDecl(d.(*ast.GenDecl))
	}
	for _, cg := range co.src.Syntax.Comments {
		if cg.Pos() > co.body.Lbrace && cg.Pos() < co.body.Rbrace {
			b.comments = append(b.comments, cg)
		}
	}
	b.stmts(co.body.List)
	b.flushComments(co.body.Rbrace)
	b.giveHandles()
	if b.cur.term == nil {
		b.cur.term = stop{}
	}
	if g.exit != nil {
		if g.exit.term = (stop{}); g.endsAs() != nil {
			g.exit.code = append(g.exit.code, &instr{uses: []*variable{g.endsAs()}, emit: func(*emitter) string { return "" }})
		}
	}
	b.place()
	return g
}

// place gives the blocks that stand behind the others their places, and all their numbers.
func (b *builder) place() {
	g := b.g
	g.blocks = append(g.blocks, b.detours...)
	if g.exit != nil {
		g.blocks = append(g.blocks, g.exit)
	}
	for i, blk := range g.blocks {
		blk.id = i
	}
}

// parameters declares receiver, parameters, named result and captured variables.
func (b *builder) parameters() {
	sig := b.co.sig
	if b.co.decl != nil && sig.Recv() != nil {
		b.parameter(sig.Recv())
	}
	for v := range sig.Params().Variables() {
		b.parameter(v)
	}
	for _, v := range b.co.captures {
		cv := b.variable(v)
		cv.capture, cv.shared = true, true
	}
	if res := sig.Results().At(0); res.Name() != "" {
		v := b.variable(res)
		v.result = true
		b.g.result = v
		b.cur.code = append(b.cur.code, &instr{kills: []*variable{v}, declares: []*variable{v},
			emit: func(e *emitter) string { return e.declareZero(v) }})
	}
}

func (b *builder) parameter(v *types.Var) {
	if v.Name() != "" && v.Name() != "_" {
		b.variable(v).param = true
	}
}

// variable takes a variable of the source into the graph.
func (b *builder) variable(obj *types.Var) *variable {
	if v := b.g.byObj[obj]; v != nil {
		return v
	}
	f := b.c.fact(obj)
	v := &variable{obj: obj, typ: obj.Type(), base: obj.Name(), name: b.claim(obj), shared: f.shared, assigned: f.assigned}
	b.g.byObj[obj] = v
	b.g.vars = append(b.g.vars, v)
	return v
}

// freshName gives a name that is free as an identifier and as a field.
func (b *builder) freshName(base string) string {
	for {
		name := b.names.fresh(base)
		if !b.fields.used[name] {
			return name
		}
	}
}

// temp makes a temporary.
func (b *builder) temp(t types.Type, base string) *variable {
	if t != nil {
		t = types.Default(t)
	}
	v := &variable{typ: t, base: base, name: b.freshName(base), assigned: true, of: b.stmtAt}
	b.fields.reserve(v.name)
	b.g.vars = append(b.g.vars, v)
	return v
}

// madeType is a type of rt for a temporary, whose parts generated code must be able to name.
func (b *builder) madeType(at token.Pos, format string, parts ...types.Type) madeType {
	for _, t := range parts {
		b.c.mustName(t, at)
	}
	return madeType{format, parts}
}

func (b *builder) newBlock(kind string) *block { return &block{kind: kind} }

// enter makes blk the block where code goes. The block before must have been terminated.
func (b *builder) enter(blk *block) {
	b.g.blocks = append(b.g.blocks, blk)
	b.cur = blk
}

// terminate ends the current block, unless it has ended already.
func (b *builder) terminate(t terminator) {
	if b.cur.term == nil {
		b.cur.term, b.cur.line = t, b.at
	}
}

func (b *builder) jumpTo(to *block) { b.terminate(jump{to: to}) }

// open makes sure that code can be added: what follows a jump begins a block that nothing reaches.
func (b *builder) open() {
	if b.cur == nil || b.cur.term != nil {
		b.cur = nil
		b.enter(b.newBlock("unreachable"))
	}
}

// code appends an instruction in which the user's code of the nodes stands.
func (b *builder) code(emit func(*emitter) string, nodes ...ast.Node) *instr {
	b.open()
	in := &instr{emit: emit, line: b.at}
	for _, n := range nodes {
		if n == nil {
			continue
		}
		in.node = n
		in.uses = append(in.uses, b.usesOf(n)...)
		in.exits = append(in.exits, b.redirect(n)...)
	}
	b.cur.code = append(b.cur.code, in)
	return in
}

// usesOf gives the variables of the graph that a node mentions, where they are not only assigned to.
func (b *builder) usesOf(n ast.Node) []*variable { return b.usesIn(n, false) }

// usesIn is usesOf; inLit says that n is in an ordinary function literal.
func (b *builder) usesIn(n ast.Node, inLit bool) []*variable {
	var list []*variable
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil {
			return false
		}
		if r, ok := b.g.subst[m]; ok {
			if r.v != nil {
				list = append(list, r.v)
			}
			return false
		}
		switch m := m.(type) {
		case *ast.FuncLit:
			if co := b.c.byLit[m]; co != nil {
				b.lengths(m.Type)
				for _, v := range co.passed() {
					if v := b.g.byObj[v]; v != nil {
						list = append(list, v)
					}
				}
				return false
			}
			if m != n {
				list = append(list, b.usesIn(m, true)...)
				return false
			}
			inLit = true
		case *ast.AssignStmt:
			if m == n && (m.Tok == token.ASSIGN || m.Tok == token.DEFINE) {
				for _, l := range m.Lhs {
					if v := b.plainVar(l); v == nil || v.shared {
						list = append(list, b.usesOf(l)...)
					}
				}
				for _, r := range m.Rhs {
					list = append(list, b.usesOf(r)...)
				}
				return false
			}
		case *ast.ReturnStmt:
			if r := b.g.namedReturns[m]; r.v != nil {
				list = append(list, r.v)
			}
			if inLit {
				break
			}
			if b.assignsResult(m) {
				list = append(list, b.g.result)
			}
			if kind, _ := b.c.returnKind(b.co, m); kind == returnNamed {
				return false // the text does not mention it
			}
		case *ast.Ident:
			if v := b.varOf(m); v != nil {
				list = append(list, v)
			}
		}
		return true
	})
	return list
}

// assignsResult reports whether a return statement gives the named result a value, which the deferred calls see.
// Without them nobody does.
func (b *builder) assignsResult(r *ast.ReturnStmt) bool {
	if b.g.result == nil || b.g.exit == nil {
		return false
	}
	kind, _ := b.c.returnKind(b.co, r)
	return kind != returnNamed && kind != returnFail
}

// varOf gives the variable of the graph that an identifier names, or nil.
func (b *builder) varOf(id *ast.Ident) *variable { return b.g.varOf(b.c.pkg.Info, id) }

func (g *graph) varOf(info *types.Info, id *ast.Ident) *variable {
	obj := info.Uses[id]
	if obj == nil {
		obj = info.Defs[id]
	}
	if v, ok := obj.(*types.Var); ok {
		return g.byObj[v]
	}
	return nil
}

// plainVar gives the variable when e is nothing but its name.
func (b *builder) plainVar(e ast.Expr) *variable {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return b.varOf(id)
	}
	return nil
}

// line is the line of a position in the annotated source.
func (b *builder) line(pos token.Pos) int { return b.c.pkg.Fset.PositionFor(pos, false).Line }

// flushComments carries the comments that stand before pos.
func (b *builder) flushComments(pos token.Pos) {
	for len(b.comments) > 0 && b.comments[0].Pos() < pos {
		b.comment(b.comments[0])
		b.comments = b.comments[1:]
	}
}

func (b *builder) comment(cg *ast.CommentGroup) {
	if isDirective(cg.List[0].Text) && len(cg.List) == 1 {
		return
	}
	b.open()
	// With the space before it gofmt indents all its lines alike, and //line does not become a directive.
	indent := b.c.sourceText(b.co.src, b.c.lineStart(b.co.src, b.line(cg.Pos())), cg.Pos())
	if strings.TrimSpace(indent) != "" {
		indent = " "
	}
	text := indent + b.c.commentText(b.co.src, cg)
	b.cur.code = append(b.cur.code, &instr{emit: func(*emitter) string { return text }})
}

// skipComments drops the comments up to pos, which are carried with the code around them.
func (b *builder) skipComments(pos token.Pos) {
	for len(b.comments) > 0 && b.comments[0].Pos() < pos {
		b.comments = b.comments[1:]
	}
}

// trailing gives the comment behind a statement on its line, and takes it.
func (b *builder) trailing(end token.Pos) string {
	b.skipComments(end)
	if len(b.comments) > 0 && b.line(b.comments[0].Pos()) == b.line(end) {
		cg := b.comments[0]
		next := b.c.sourceText(b.co.src, end, cg.Pos())
		for _, r := range next {
			if r != ' ' && r != '\t' && r != ';' {
				return ""
			}
		}
		b.comments = b.comments[1:]
		return " " + b.c.commentText(b.co.src, cg)
	}
	return ""
}
