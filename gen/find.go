package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// find finds the async functions of the package. Afterwards every coroutine knows its name, its
// result type and the variables that it captures.
func (c *compiler) find() {
	c.facts = map[*types.Var]*varFacts{}
	c.lookAtNames()
	for _, s := range c.pkg.Files {
		for _, d := range s.Syntax.Decls {
			before := len(c.cos)
			switch d := d.(type) {
			case *ast.FuncDecl:
				c.findDecl(s, d)
			case *ast.GenDecl:
				c.findLiterals(s, d, nil, nil)
			}
			if len(c.cos) > before { // what stands around an async literal may change its variables
				c.factsIn(s, d, nil)
			}
		}
	}
	for _, co := range c.cos {
		c.nameParams(co)
	}
	c.findLocalTypes()
}

// overFunc reports whether a range statement ranges over a function.
func (c *compiler) overFunc(s *ast.RangeStmt) bool {
	_, ok := coreAs[*types.Signature](c.pkg.Info.TypeOf(s.X))
	return ok
}

func (c *compiler) findDecl(s *Source, d *ast.FuncDecl) {
	var co *coroutine
	if hasDirective(d.Doc) {
		obj, _ := c.pkg.Info.Defs[d.Name].(*types.Func)
		if obj != nil && d.Body != nil && obj.Signature().Results().Len() == 1 {
			if elem, stream := asyncElem(obj.Signature()); elem != nil {
				co = &coroutine{src: s, decl: d, top: d, declNames: c.declNames[d], sig: obj.Signature(), typ: d.Type, body: d.Body, elem: elem, stream: stream}
				c.byFunc[obj] = co
				c.add(co)
			}
		}
	}
	if d.Body != nil {
		c.findLiterals(s, d.Body, d, co)
	}
}

func (c *compiler) add(co *coroutine) {
	inspectOwn(co.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			co.deferred = true
		case *ast.CallExpr:
			co.helper = co.helper || !co.stream && c.isHelperCall(n)
		case *ast.RangeStmt: // the iterator function must be left properly, however the function ends
			if c.overStream(n) == nil && c.overFunc(n) && c.usesMarker(n) {
				co.deferred = true
			}
		}
		return true
	})
	c.cos = append(c.cos, co)
}

// findLiterals finds the async literals below n. outer is the async function that n belongs to.
func (c *compiler) findLiterals(s *Source, n ast.Node, top *ast.FuncDecl, outer *coroutine) {
	ast.Inspect(n, func(m ast.Node) bool {
		lit, ok := m.(*ast.FuncLit)
		if !ok {
			return true
		}
		in := outer
		sig, _ := c.pkg.Info.TypeOf(lit).(*types.Signature)
		if sig != nil && sig.Results().Len() == 1 {
			if elem, stream := asyncElem(sig); elem != nil && (c.usesMarker(lit.Body) || s.directiveAbove(c.pkg.Fset, lit.Pos())) {
				in = &coroutine{src: s, lit: lit, top: top, outer: outer, declNames: c.declNames[lit], sig: sig, typ: lit.Type, body: lit.Body, elem: elem, stream: stream}
				in.captures = c.captured(lit)
				if top != nil {
					in.topSig = c.pkg.Info.Defs[top.Name].(*types.Func).Signature()
				}
				c.byLit[lit] = in
				c.add(in)
			}
		}
		c.findLiterals(s, lit.Body, top, in)
		return false
	})
}

// directiveAbove reports whether the line above pos is the directive.
func (s *Source) directiveAbove(fset *token.FileSet, pos token.Pos) bool {
	c := s.commentAbove(fset, pos)
	return c != nil && isDirective(c.Text)
}

// commentAbove is the comment that begins on the line above pos.
func (s *Source) commentAbove(fset *token.FileSet, pos token.Pos) *ast.Comment {
	line := fset.PositionFor(pos, false).Line
	for _, g := range s.Syntax.Comments {
		for _, c := range g.List {
			if fset.PositionFor(c.Pos(), false).Line == line-1 {
				return c
			}
		}
	}
	return nil
}

// FuncNames gives the names of a file's functions that are marked //async:func, as tracebacks have them: fetch,
// Client.Get. A file that does not parse has those that do.
func FuncNames(text []byte) []string {
	f, _ := parser.ParseFile(token.NewFileSet(), "", text, parser.ParseComments|parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	var names []string
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		switch {
		case !ok || !hasDirective(fn.Doc):
		case fn.Recv != nil && len(fn.Recv.List) == 1:
			names = append(names, recvName(fn.Recv.List[0].Type)+"."+fn.Name.Name)
		default:
			names = append(names, fn.Name.Name)
		}
	}
	return names
}

// asyncElem gives T of the rt.Coro[T] or rt.Stream[T] that a function returns, and which it is.
func asyncElem(sig *types.Signature) (elem types.Type, stream bool) {
	t := sig.Results().At(0).Type()
	if elem := streamElem(t); elem != nil {
		return elem, true
	}
	return coroElem(t), false
}

// overStream gives the call of rt.AwaitEach that a range statement ranges over, or nil.
func (c *compiler) overStream(s *ast.RangeStmt) *ast.CallExpr {
	if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok && c.rtFunc(call) == "AwaitEach" {
		return call
	}
	return nil
}

// coroElem gives T of rt.Coro[T], also behind an alias or a named type, and nil for other types.
func coroElem(t types.Type) types.Type { return rtMethodParam(t, "room") }

// streamElem gives T of rt.Stream[T], or nil.
func streamElem(t types.Type) types.Type {
	iface, ok := types.Unalias(t).Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	if _, isParam := types.Unalias(t).(*types.TypeParam); isParam {
		return nil
	}
	for m := range iface.Methods() {
		if isRT(m.Pkg()) && m.Name() == "stream" {
			return m.Signature().Params().At(0).Type()
		}
	}
	return nil
}

// isNone reports whether t is rt.None: struct{}.
func isNone(t types.Type) bool {
	s, ok := types.Unalias(t).(*types.Struct)
	return ok && s.NumFields() == 0
}

// rtMethodParam gives the parameter type of rt's awaitable method for interfaces that have the method mark too.
func rtMethodParam(t types.Type, mark string) types.Type {
	if t == nil {
		return nil
	}
	if _, isParam := types.Unalias(t).(*types.TypeParam); isParam {
		return nil
	}
	iface, ok := types.Unalias(t).Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var elem types.Type
	marked := false
	for m := range iface.Methods() {
		if isRT(m.Pkg()) {
			if m.Name() == "awaitable" {
				elem = m.Signature().Params().At(0).Type()
			}
			marked = marked || m.Name() == mark
		}
	}
	if !marked {
		return nil
	}
	return elem
}

func isRT(p *types.Package) bool { return p != nil && p.Path() == rtPath }

// rtFunc gives the name of the function of package rt that a call calls, or "".
func (c *compiler) rtFunc(call *ast.CallExpr) string {
	if f := c.rtRef(call.Fun); f != nil {
		return f.Name()
	}
	return ""
}

// rtRef gives the function of package rt that an expression names, or nil.
func (c *compiler) rtRef(e ast.Expr) *types.Func {
	f, _ := c.pkg.Info.Uses[calleeIdent(e)].(*types.Func)
	if f != nil && isRT(f.Pkg()) && f.Signature().Recv() == nil {
		return f
	}
	return nil
}

// markers are the functions of rt that only the rewriting of an async function gives a meaning.
var markers = map[string]bool{"Await": true, "TryAwait": true, "CatchAwait": true, "Throw": true, "Yield": true, "AwaitEach": true, "Go": true}

// needLoop are the functions of rt that are rewritten to use the running loop. Those that are true
// become rt.NameIn(x, …).
var needLoop = map[string]bool{
	"CreateTask": true, "NewFuture": true, "Gather": true, "GatherResults": true, "Shield": true, "AsCompleted": true, "AsCompletedWithin": true,
	"CurrentTask": false, "RunningLoop": false, "AllTasks": false, "Context": false,
}

// needsLoop reports whether a call needs the running loop: of a function of rt, or of a method of rt.Var.
func (c *compiler) needsLoop(call *ast.CallExpr) bool {
	_, ok := needLoop[c.rtFunc(call)]
	return ok || c.varMethod(call) != nil
}

// varMethod gives v.Get of a call of v.Get(), v.Set(x) or v.Reset(token) of an rt.Var, or nil.
func (c *compiler) varMethod(call *ast.CallExpr) *ast.SelectorExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f, ok := c.pkg.Info.Uses[sel.Sel].(*types.Func)
	if !ok || !isRT(f.Pkg()) || f.Signature().Recv() == nil {
		return nil
	}
	recv := f.Signature().Recv().Type()
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = p.Elem()
	}
	named, ok := types.Unalias(recv).(*types.Named)
	if !ok || named.Obj().Name() != "Var" {
		return nil
	}
	switch f.Name() {
	case "Get", "Set", "Reset":
		return sel
	}
	return nil
}

// awaitMode says which of the awaiting markers a call is.
func (c *compiler) awaitMode(call *ast.CallExpr) (mode, bool) {
	switch c.rtFunc(call) {
	case "Await":
		return plainAwait, true
	case "TryAwait":
		return tryAwait, true
	case "CatchAwait":
		return catchAwait, true
	}
	return 0, false
}

// usesMarker reports whether a literal's own body, or a part of one, uses a marker, or a call that needs the running loop.
func (c *compiler) usesMarker(body ast.Node) bool {
	found := false
	inspectOwn(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && (markers[c.rtFunc(call)] || c.needsLoop(call)) {
			found = true
		}
		return !found
	})
	return found
}

// typeParams gives the type parameters of a coroutine's frame: those of the declaration around it.
func (co *coroutine) typeParams() []*types.TypeParam {
	var list []*types.TypeParam
	if co.top == nil {
		return nil
	}
	sig := co.sig
	if co.lit != nil {
		sig = co.topSig
	}
	for t := range sig.RecvTypeParams().TypeParams() {
		list = append(list, t)
	}
	for t := range sig.TypeParams().TypeParams() {
		list = append(list, t)
	}
	return list
}

func typeParamTypes(co *coroutine) []types.Type {
	var list []types.Type
	for _, t := range co.typeParams() {
		list = append(list, t)
	}
	return list
}
