package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Local types.
//
// Before: every async function is known.
// After: every type that a function around an await declares is known, and whether it may move to package level.
//
// A type moves if a frame or another async function has to name it: a type of the function itself, of the function or
// ordinary literal around an async literal, or of an ordinary literal around one. It keeps its name and gets the type
// parameters of the function. One whose name is taken there stays in its function, with all that mentions it, so that %T
// prints what it should: see keep.go and inplace.go.

// findLocalTypes gives the local types of functions with awaits in them their names.
func (c *compiler) findLocalTypes() {
	c.typesAround, c.hidden, c.wroteHidden = map[ast.Decl]*coroutine{}, map[ast.Decl]map[types.Object]string{}, map[types.Object]bool{}
	done := map[ast.Decl]bool{}
	for _, co := range c.cos {
		d := declAround(co.src, co.body.Pos())
		if done[d] {
			continue
		}
		done[d] = true
		if fn, ok := d.(*ast.FuncDecl); ok && co.decl == fn {
			c.typesIn(co.body, co, false)
			continue
		}
		c.typesAround[d] = c.ordinaryOwner(co.src, d)
		c.typesIn(d, c.typesAround[d], true)
	}
	for _, co := range c.cos {
		d := declAround(co.src, co.body.Pos())
		if done[d] {
			done[d] = false
			c.nameHidden(co.src, d, append(c.within(d), c.typesAround[d]))
		}
	}
	c.settleTypes()
	c.renameInView()
}

// within gives the async functions in a declaration.
func (c *compiler) within(d ast.Decl) []*coroutine {
	var list []*coroutine
	for _, co := range c.cos {
		if within(d, co.body.Pos()) {
			list = append(list, co)
		}
	}
	return list
}

// declAround is the declaration of a file around a position.
func declAround(s *Source, pos token.Pos) ast.Decl {
	i := slices.IndexFunc(s.Syntax.Decls, func(d ast.Decl) bool { return within(d, pos) })
	return s.Syntax.Decls[i]
}

// ordinaryOwner stands for an ordinary declaration, as the owner of the types in it.
func (c *compiler) ordinaryOwner(s *Source, d ast.Decl) *coroutine {
	co := &coroutine{src: s, graph: &graph{}, body: &ast.BlockStmt{Lbrace: d.Pos(), Rbrace: d.End()}}
	switch d := d.(type) {
	case *ast.FuncDecl:
		co.top, co.sig, co.declNames = d, c.pkg.Info.Defs[d.Name].(*types.Func).Signature(), &declNames{name: declName(d)}
	case *ast.GenDecl:
		co.declNames = &declNames{name: globName(d)}
	}
	return co
}

// typesIn finds the types that co declares below n. ordinary says that it is not its own text, which may move to the top
// of its Resume, but that of ordinary functions.
func (c *compiler) typesIn(n ast.Node, co *coroutine, ordinary bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			if async := c.byLit[m]; async != nil {
				c.typesIn(m.Body, async, false)
			} else {
				c.typesIn(m.Body, co, true)
			}
			return false
		case *ast.GenDecl:
			for _, spec := range m.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.Name != "_" {
					c.localType(&localType{co: co, spec: spec, decl: m, obj: c.pkg.Info.Defs[spec.Name], ordinary: ordinary})
				}
			}
		}
		return true
	})
}

// localType notes a local type, and whether something else has its name at package level.
func (c *compiler) localType(t *localType) {
	name := t.obj.Name()
	t.name = name + c.paramNames(t.co)
	t.stays = name == "init" || c.typeOwners[name] != t.spec || c.takenAtTop(name) || t.ordinary && hides(t.obj)
	c.localTypes[t.co] = append(c.localTypes[t.co], t)
	c.typeNames[t.obj] = t
}

// hides reports whether a type hides something else that a function declares.
func hides(obj types.Object) bool {
	_, other := obj.Parent().Parent().LookupParent(obj.Name(), obj.Pos())
	return other != nil && other.Pkg() != nil && other.Parent() != other.Pkg().Scope()
}

// takenAtTop reports whether a name means something at package level or in a file.
func (c *compiler) takenAtTop(name string) bool {
	return slices.ContainsFunc(c.pkg.Files, func(s *Source) bool { return c.meansElsewhere(s, name) })
}

// moveNamed moves the local types that what stands at package level for co has to name.
func (c *compiler) moveNamed(co *coroutine) {
	c.frameFields(co)
	if !co.inPlace {
		c.beginMethod(co, nil)
	}
	if co.lit == nil {
		return
	}
	c.moveMentioned(co.lit, co)
	for _, d := range co.graph.decls {
		if !within(co.lit, d.Pos()) { // of the function around it
			c.moveMentioned(d, co)
		}
		c.newEmitter(co).hoist(d) // a constant may be the length of a variable
	}
}

// moveMentioned moves the local types of other functions that n mentions.
func (c *compiler) moveMentioned(n ast.Node, co *coroutine) {
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if t := c.typeNames[c.pkg.Info.Uses[id]]; t != nil && t.co != co {
				c.moveType(t)
			}
		}
		return true
	})
}

// moveType moves a type, and the local types that it mentions.
func (c *compiler) moveType(t *localType) {
	if t.moved || t.stays || c.settledTypes || t.param() != nil {
		return
	}
	t.moved = true
	c.moveMentioned(t.spec, nil)
}

// typeName is how the generated code writes a local type, and whether it is one.
func (c *compiler) typeName(o *types.TypeName) (string, bool) {
	t := c.typeNames[o]
	switch {
	case t == nil:
		return "", false
	case t.param() != nil:
		return c.paramName(t.param()), true
	case t.moved:
		return t.name, true
	}
	return c.nameOf(o), true
}

// param is the type parameter that the type is another name for, or nil. Go refuses such a name at package level;
// therefore the output writes the parameter everywhere.
func (t *localType) param() *types.TypeParam {
	p, _ := types.Unalias(t.obj.Type()).(*types.TypeParam)
	return p
}

// paramNames are the type parameters of the function, as arguments.
func (c *compiler) paramNames(co *coroutine) string {
	var parts []string
	for _, p := range co.typeParams() {
		parts = append(parts, c.paramName(p))
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// paramName is what generated code calls a type parameter.
func (c *compiler) paramName(p *types.TypeParam) string {
	if name := c.renamedParams[p]; name != "" {
		return name
	}
	if name := c.paramAs[p]; name != "" {
		return name
	}
	return p.Obj().Name()
}

// stayIn are the types of a declaration that do not move to package level, without other names for type parameters.
func (c *compiler) stayIn(d *ast.GenDecl) []*ast.TypeSpec {
	var list []*ast.TypeSpec
	for _, spec := range d.Specs {
		spec := spec.(*ast.TypeSpec)
		if t := c.typeNames[c.pkg.Info.Defs[spec.Name]]; t == nil || !t.moved && t.param() == nil {
			list = append(list, spec)
		}
	}
	return list
}

// typeDecl writes those types of a declaration that stay in the function.
func (e *emitter) typeDecl(d *ast.GenDecl) string {
	list := e.c.stayIn(d)
	if len(list) == len(d.Specs) {
		return e.spanNodes(d.Pos(), d.End(), specNodes(d)...)
	}
	var lines []string
	for _, spec := range list {
		lines = append(lines, "type "+e.text(spec))
	}
	return strings.Join(lines, "\n")
}

func specNodes(d *ast.GenDecl) []ast.Node {
	var list []ast.Node
	for _, s := range d.Specs {
		list = append(list, s)
	}
	return list
}

// localTypeDecls writes the types that a function declares.
func (c *compiler) localTypeDecls(co *coroutine) string {
	var w strings.Builder
	e := c.newEmitter(co)
	e.at = packageLevel
	for _, t := range c.localTypes[co] {
		if !t.moved {
			continue
		}
		w.WriteString("\n\n")
		if doc := t.decl.Doc; doc != nil {
			w.WriteString(c.commentText(co.src, doc) + "\n")
		}
		if t.spec.TypeParams != nil {
			c.renameParams(co)
		}
		params := c.typeParamDecl(co)
		if own := t.spec.TypeParams; own != nil {
			if params = strings.TrimSuffix(params, "]"); params == "" {
				params = "["
			} else {
				params += ", "
			}
			params += e.span(own.Opening+1, own.Closing, fieldTypes(own)...) + "]"
		}
		equals := ""
		if t.spec.Assign.IsValid() {
			equals = "= "
		}
		fmt.Fprintf(&w, "type %s%s %s%s", t.obj.Name(), params, equals, e.text(t.spec.Type))
		c.renamedParams = nil
	}
	return w.String()
}

// renameParams gives the type parameters of the function other names, because a generic local type may
// have parameters of the same names.
func (c *compiler) renameParams(co *coroutine) {
	c.renamedParams = map[*types.TypeParam]string{}
	for _, p := range co.typeParams() {
		c.renamedParams[p] = c.names.fresh(p.Obj().Name() + "Outer")
	}
}

// fieldTypes are the types in a list of type parameters.
func fieldTypes(list *ast.FieldList) []ast.Expr {
	var types []ast.Expr
	for _, f := range list.List {
		types = append(types, f.Type)
	}
	return types
}

// instance is an instantiation of a generic local type that has moved out of a generic function.
func (e *emitter) instance(x ast.Expr, indices []ast.Expr) (string, bool) {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return "", false
	}
	obj, ok := e.c.pkg.Info.Uses[id].(*types.TypeName)
	if !ok {
		return "", false
	}
	t := e.c.typeNames[obj]
	switch {
	case t == nil:
		return "", false
	case t.param() != nil:
		return e.c.paramName(t.param()), true
	case !t.moved:
		return "", false
	}
	outer := strings.TrimSuffix(e.c.paramNames(t.co), "]")
	if outer == "" {
		return "", false
	}
	return t.obj.Name() + outer + ", " + e.span(indices[0].Pos(), indices[len(indices)-1].End(), indices...) + "]", true
}

// ordinaryEdits takes the types that have moved out of an ordinary declaration, and calls what has another name by that. A
// declaration stays where it is, of the blank name: it may be one of several in parentheses.
func (c *compiler) ordinaryEdits(s *Source, d ast.Decl) []edit {
	var edits []edit
	moved := func(obj types.Object) (name string, ok bool) {
		t := c.typeNames[obj]
		if t == nil || !t.moved {
			return "", false
		}
		return t.obj.Name() + c.sourceParams(t.co), true
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return !c.isAsyncBody(n)
		case *ast.TypeSpec:
			if name, ok := moved(c.pkg.Info.Defs[n.Name]); ok {
				lines := ""
				if c.opts.Overlay { // lines stay where they are
					lines = strings.Repeat("\n", c.lineOf(n.End())-c.lineOf(n.Pos()))
				}
				edits = append(edits, c.replaceNode(s, n, "_ = "+name+lines))
				return false
			}
		case *ast.Ident:
			if name, ok := moved(c.pkg.Info.Uses[n]); ok && name != n.Name {
				edits = append(edits, c.replaceNode(s, n, name))
			} else if name := c.calledInView(n); name != "" {
				edits = append(edits, c.replaceNode(s, n, name))
			}
		}
		return true
	})
	return edits
}

// isAsyncBody reports whether a block is the body of an async function.
func (c *compiler) isAsyncBody(b *ast.BlockStmt) bool {
	return slices.ContainsFunc(c.cos, func(co *coroutine) bool { return co.body == b })
}
