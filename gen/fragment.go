package gen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// User code is carried as source text with replacements: variables by where they live now, awaits by
// their results, spilled operands by their temporaries, jumps and returns by what they mean in the
// state machine. Comments and layout survive, because nobody touches them.

// A change replaces a range of the source.
type change struct {
	from, to token.Pos
	text     string
}

// sourceText is the text between two positions; its lines end in \n.
func (c *compiler) sourceText(s *Source, from, to token.Pos) string {
	f := c.pkg.Fset.File(s.Syntax.FileStart)
	return string(withLF(s.Text[f.Offset(from):f.Offset(to)]))
}

// commentText is the text of a group of comments.
func (c *compiler) commentText(s *Source, cg *ast.CommentGroup) string {
	last := cg.List[len(cg.List)-1].Pos()
	rest := s.Text[c.pkg.Fset.File(s.Syntax.FileStart).Offset(last):]
	return c.sourceText(s, cg.Pos(), last+token.Pos(commentLen(rest)))
}

// lineText is a line of the source, without the space around it.
func (c *compiler) lineText(s *Source, line int) string {
	from := c.pkg.Fset.File(s.Syntax.FileStart).Offset(c.lineStart(s, line))
	rest := s.Text[from:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return string(bytes.TrimSpace(rest))
}

// text is a node of the source as it stands in the generated code.
func (e *emitter) text(n ast.Node) string { return e.spanNodes(n.Pos(), n.End(), n) }

// own is like text, but nothing stands for the node itself.
func (e *emitter) own(n ast.Expr) string {
	e.skip = n
	return e.text(n)
}

// operandOf is the text of an operand for which something else may stand by now: its own, or what
// stood for it before.
func (e *emitter) operandOf(n ast.Expr, replaced bool, old replacement) string {
	if replaced {
		return e.replaced(old)
	}
	return e.own(n)
}

// span is the text of a range that holds expressions.
func (e *emitter) span(from, to token.Pos, nodes ...ast.Expr) string {
	list := make([]ast.Node, len(nodes))
	for i, n := range nodes {
		list[i] = n
	}
	return e.spanNodes(from, to, list...)
}

// spanNodes is the text of a range with the replacements in the given nodes.
func (e *emitter) spanNodes(from, to token.Pos, nodes ...ast.Node) string {
	var changes []change
	for _, n := range nodes {
		changes = append(changes, e.changes(n)...)
	}
	sort.SliceStable(changes, func(i, j int) bool { return changes[i].from < changes[j].from })
	var w strings.Builder
	at := from
	for _, ch := range changes {
		if ch.from < at || ch.to > to {
			continue
		}
		w.WriteString(e.c.sourceText(e.co.src, at, ch.from))
		w.WriteString(ch.text)
		at = ch.to
	}
	w.WriteString(e.c.sourceText(e.co.src, at, to))
	return w.String()
}

// changes collects the replacements below n.
func (e *emitter) changes(n ast.Node) []change {
	var list []change
	ast.PreorderStack(n, nil, func(m ast.Node, parents []ast.Node) bool {
		var parent ast.Node
		if len(parents) > 0 {
			parent = parents[len(parents)-1]
		}
		if text, ok := e.replace(m, parent); ok {
			list = append(list, change{m.Pos(), m.End(), text})
			return false
		}
		return true
	})
	return list
}

// replace gives the text that stands for a node, if it is not its own.
func (e *emitter) replace(n, parent ast.Node) (string, bool) {
	text, ok := e.replacement(n, parent)
	if ok && e.c.opts.Overlay && !e.c.keepsLines(n, text) {
		text += e.c.inlineDirective(n.End())
	}
	return text, ok
}

func (e *emitter) replacement(n, parent ast.Node) (string, bool) {
	if n == e.skip {
		e.skip = nil
	} else if r, ok := e.g.subst[n]; ok {
		return e.replaced(r), true
	}
	if a, ok := parent.(*ast.ArrayType); ok && n == a.Len && e.at == packageLevel && e.c.needsFunction(n) {
		return e.c.pkg.Info.Types[a.Len].Value.ExactString(), true
	}
	switch n := n.(type) {
	case *ast.Ident:
		return e.ident(n, parent)
	case *ast.StructType:
		e.checkEmbedded(n)
	case *ast.IndexExpr:
		return e.instance(n.X, []ast.Expr{n.Index})
	case *ast.IndexListExpr:
		return e.instance(n.X, n.Indices)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			if id, ok := ast.Unparen(n.X).(*ast.Ident); ok {
				if v := e.varOf(id); v != nil && v.home == boxed {
					return v.name, true
				}
			}
		}
	case *ast.DeclStmt:
		if d := n.Decl.(*ast.GenDecl); d.Tok == token.TYPE {
			return e.typeDecl(d), true
		}
	case *ast.FuncLit:
		if e.at == topOfResume {
			return e.standIn(e.c.pkg.Info.TypeOf(n), n.Pos()), true
		}
		return e.literal(n), true
	case *ast.CallExpr:
		return e.call(n)
	case *ast.ReturnStmt:
		if e.inLit == 0 {
			return e.returnStmt(n), true
		}
	case *ast.BranchStmt:
		if to, ok := e.g.jumps[n]; ok && e.inLit == 0 {
			return "goto " + e.label(to), true
		}
	case *ast.DeferStmt:
		if e.inLit == 0 {
			return e.deferStmt(n), true
		}
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok && e.inLit == 0 {
			return e.callStmt(call)
		}
	}
	return "", false
}

func (e *emitter) replaced(r replacement) string {
	switch {
	case r.v == nil, r.asIs:
		return r.text
	case r.text == "":
		return e.ref(r.v)
	}
	return fmt.Sprintf(r.text, e.ref(r.v))
}

func (e *emitter) varOf(id *ast.Ident) *variable { return e.g.varOf(e.c.pkg.Info, id) }

// ident gives the name of a variable or constant in the generated code.
func (e *emitter) ident(id *ast.Ident, parent ast.Node) (string, bool) {
	if e.at == topOfResume {
		if v, ok := e.c.pkg.Info.Uses[id].(*types.Var); ok && e.c.isLocal(v) {
			return e.standIn(v.Type(), id.Pos()), true
		}
	}
	v := e.varOf(id)
	if v == nil {
		name := e.otherName(id)
		return name, name != id.Name
	}
	if v.home != boxed {
		return e.ref(v), true
	}
	switch p := parent.(type) {
	case *ast.SelectorExpr:
		if _, ok := v.typ.Underlying().(*types.Struct); ok {
			return v.name, true
		}
		return "(*" + v.name + ")", true
	case *ast.IndexExpr:
		if p.X == id {
			return "(*" + v.name + ")", true
		}
	case *ast.SliceExpr:
		if p.X == id {
			return "(*" + v.name + ")", true
		}
	case *ast.CallExpr:
		if p.Fun == id {
			return "(*" + v.name + ")", true
		}
	case *ast.TypeAssertExpr:
		return "(*" + v.name + ")", true
	case *ast.BinaryExpr:
		if p.Y == id && p.Op == token.QUO {
			return "(*" + v.name + ")", true
		}
	}
	return "*" + v.name, true
}

// otherName is what the generated code calls something that is no variable of the graph.
func (e *emitter) otherName(id *ast.Ident) string {
	obj := e.c.pkg.Info.Uses[id]
	if obj == nil {
		obj = e.c.pkg.Info.Defs[id]
	}
	switch o := obj.(type) {
	case nil:
		if name := e.g.bound[id]; name != "" {
			return name
		}
		return id.Name
	case *types.TypeName:
		if t := e.c.typeNames[o]; t != nil && t.co == e.co && t.hidden && !t.moved && e.at == topOfResume && !e.behind[t] {
			return o.Name()
		}
		if name, local := e.c.typeName(o); local {
			return name
		}
		if p, ok := o.Type().(*types.TypeParam); ok {
			return e.c.paramName(p)
		}
		if as := e.c.writeHidden(o); as != "" {
			return as
		}
	case *types.Const:
		if name := e.g.rename[o]; name != "" {
			return name
		}
	}
	if name := e.c.renamed[obj]; name != "" {
		return name
	}
	return id.Name
}

// ref names a variable where a value is wanted or assigned.
func (e *emitter) ref(v *variable) string {
	switch v.home {
	case framed:
		if e.locals[v] {
			return v.name
		}
		return e.place(v)
	case boxed:
		return "*" + v.name
	}
	return v.name
}

// place is the field of a variable.
func (e *emitter) place(v *variable) string {
	switch {
	case v.kept && v.isGiven():
		return e.g.given + "." + v.fieldName()
	case v.kept:
		return e.g.kept + "." + v.fieldName()
	}
	return e.g.frame + "." + v.fieldName()
}

// operand is an expression's text, in parentheses where it could bind too loosely.
func (e *emitter) operand(x ast.Expr) string {
	t := e.text(x)
	if strings.HasPrefix(t, "*") { // a boxed variable
		return "(" + t + ")"
	}
	switch ast.Unparen(x).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.FuncLit, *ast.CompositeLit:
		if _, paren := x.(*ast.ParenExpr); !paren {
			return "(" + t + ")"
		}
	}
	return t
}

// address is the address of an operand.
func (e *emitter) address(x ast.Expr) string {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if v := e.varOf(id); v != nil && v.home == boxed {
			return v.name
		}
	}
	if star, ok := ast.Unparen(x).(*ast.StarExpr); ok {
		return e.text(star.X)
	}
	return "&" + e.text(x)
}

// captured is what a literal's frame gets of a variable: a copy, or a pointer.
func (e *emitter) captured(obj *types.Var) string {
	v := e.g.byObj[obj]
	if !e.c.fact(obj).assigned {
		if v == nil {
			return e.c.nameOf(obj)
		}
		return e.ref(v)
	}
	switch {
	case v == nil:
		return "&" + e.c.nameOf(obj)
	case v.home == boxed:
		return v.name
	}
	return "&" + e.ref(v)
}

// call rewrites calls that mean something else inside an async function.
func (e *emitter) call(call *ast.CallExpr) (string, bool) {
	if s := e.g.tasks[call]; s != nil {
		return e.g.frame + "." + s.name + ".again(" + e.arguments(e.c.known(call)) + ")", true
	}
	if e.c.tasks[call] != 0 {
		return e.newTask(e.c.known(call)), true
	}
	if e.away > 0 { // it looks for the loop itself
		return "", false
	}
	name := e.c.rtFunc(call)
	q, x := e.c.rtQual(e.co.src), e.g.exec
	args := func(first string) string {
		if len(call.Args) == 0 {
			return first
		}
		return first + ", " + e.span(call.Lparen+1, call.Rparen, call.Args...)
	}
	switch name {
	case "Go":
		return q + "GoIn" + e.typeArgsOf(call.Fun) + "(" + args(x) + ")", true
	case "CurrentTask":
		return x + ".CurrentTask()", true
	case "RunningLoop":
		return x + ".Loop()", true
	case "AllTasks", "Context":
		return x + "." + name + "()", true
	}
	if needLoop[name] {
		return q + name + "In" + e.typeArgsOf(call.Fun) + "(" + args(x) + ")", true
	}
	if sel := e.c.varMethod(call); sel != nil {
		return e.operand(sel.X) + "." + sel.Sel.Name + "In(" + args(x) + ")", true
	}
	if e.inLit == 0 && e.c.builtin(call) == "recover" {
		return x + ".Recover(" + e.g.frame + ")", true
	}
	return "", false
}

// callStmt rewrites statements that mean something else inside an async function.
func (e *emitter) callStmt(call *ast.CallExpr) (string, bool) {
	switch {
	case e.c.rtFunc(call) == "Throw":
		return e.throw(call), true
	case e.co.helper && e.c.isHelperCall(call):
		return e.helperStmt(call), true
	}
	return "", false
}

// typeArgsOf is the text of explicit type arguments.
func (e *emitter) typeArgsOf(fun ast.Expr) string {
	switch f := ast.Unparen(fun).(type) {
	case *ast.IndexExpr:
		return "[" + e.text(f.Index) + "]"
	case *ast.IndexListExpr:
		return "[" + e.span(f.Indices[0].Pos(), f.Indices[len(f.Indices)-1].End(), f.Indices...) + "]"
	}
	return ""
}

// literal is a function literal: an async one makes its frame, another one is carried.
func (e *emitter) literal(lit *ast.FuncLit) string {
	if co := e.c.byLit[lit]; co != nil {
		made := e.madeFrom(e.c.lineOf(lit.Body.Lbrace))
		return e.spanNodes(lit.Pos(), lit.Body.Lbrace, lit.Type) + "{\n" + made + e.construct(co, e.c.typeArgs(co.src, typeParamTypes(co))) + "\n" + e.madeFrom(e.c.lineOf(lit.Body.Rbrace)) + "}"
	}
	defer func(inLit, away int) { e.inLit, e.away = inLit, away }(e.inLit, e.away)
	e.inLit++
	if !e.c.spots.onTheSpot(lit) {
		e.away++
	}
	return e.spanNodes(lit.Pos(), lit.End(), lit.Type, lit.Body)
}

// construct is the code that makes a frame with type arguments and returns it.
func (e *emitter) construct(co *coroutine, typeArgs string) string {
	var fields, given []string
	for _, v := range co.graph.vars {
		if !co.graph.field(v) {
			continue
		}
		value := ""
		switch {
		case v.capture:
			value = e.captured(v.obj)
		case v.param && v.home == boxed:
			value = "&" + e.c.nameOf(v.obj)
		case v.param:
			value = e.c.nameOf(v.obj)
		default:
			continue
		}
		if v.kept {
			given = append(given, v.name+": "+value)
		} else {
			fields = append(fields, v.name+": "+value)
		}
	}
	if co.inPlace {
		return e.c.constructInPlace(co, typeArgs, fields, given)
	}
	return "return " + e.c.watched(co, "&"+co.frame+typeArgs+"{"+strings.Join(fields, ", ")+"}")
}

// watched is a new frame as a value: rt.New watches it in debug mode, since a coroutine should be awaited. Python says nothing of an
// async generator that is never read.
func (c *compiler) watched(co *coroutine, frame string) string {
	if co.stream {
		return frame
	}
	return c.rtQual(co.src) + "New(" + frame + ")"
}
