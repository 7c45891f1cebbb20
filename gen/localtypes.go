package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// findLocalTypes gives the local types of async functions their names.
func (c *compiler) findLocalTypes() {
	for _, co := range c.cos {
		inspectOwn(co.body, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				return true
			}
			for _, spec := range d.Specs {
				spec := spec.(*ast.TypeSpec)
				obj, ok := c.pkg.Info.Defs[spec.Name].(*types.TypeName)
				if !ok || spec.Name.Name == "_" {
					continue
				}
				t := &localType{co: co, spec: spec, decl: d, obj: obj, plain: spec.Name.Name}
				if c.typeOwners[t.plain] != spec || c.takenAtTop(t.plain) {
					t.plain = c.names.fresh(lowerFirst(strings.ReplaceAll(co.name, ".", "")) + upperFirst(t.plain))
				}
				t.name = t.plain + c.paramNames(co)
				for _, other := range c.localTypes[co] {
					if other.spec.Name.Name == spec.Name.Name { // the top of Resume has room for one
						t.moved, other.moved = true, true
					}
				}
				c.localTypes[co] = append(c.localTypes[co], t)
				c.typeNames[obj] = t
			}
			return false
		})
	}
}

// takenAtTop reports whether a name means something at package level or in a file.
func (c *compiler) takenAtTop(name string) bool {
	return slices.ContainsFunc(c.pkg.Files, func(s *Source) bool { return c.meansElsewhere(s, name) })
}

// moveTypes finds out which local types must move to package level. Afterwards nothing marks any more.
func (c *compiler) moveTypes() {
	for _, list := range c.localTypes {
		for _, t := range list {
			if t.moved {
				t.moved = false
				c.moveType(t)
			}
		}
	}
	for _, co := range c.cos {
		c.frameFields(co)
		c.beginMethod(co, nil)
		if co.lit != nil {
			c.moveMentioned(co.lit, co)
			for _, d := range co.graph.decls {
				if !within(co.lit, d.Pos()) { // of the function around it
					c.moveMentioned(d, co)
					c.newEmitter(co).hoist(d)
				}
			}
		}
	}
	c.settledTypes = true
}

// moveMentioned moves the local types of other functions that n mentions.
func (c *compiler) moveMentioned(n ast.Node, co *coroutine) {
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if obj, ok := c.pkg.Info.Uses[id].(*types.TypeName); ok {
				if t := c.typeNames[obj]; t != nil && t.co != co {
					c.moveType(t)
				}
			}
		}
		return true
	})
}

// moveType moves a type, and the local types that it mentions.
func (c *compiler) moveType(t *localType) {
	if t.moved || c.settledTypes || t.param() != nil {
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

// stays are the types of a declaration that do not move to package level, without other names for type parameters.
func (c *compiler) stays(d *ast.GenDecl) []*ast.TypeSpec {
	var list []*ast.TypeSpec
	for _, spec := range d.Specs {
		spec := spec.(*ast.TypeSpec)
		obj, _ := c.pkg.Info.Defs[spec.Name].(*types.TypeName)
		if t := c.typeNames[obj]; t == nil || !t.moved && t.param() == nil {
			list = append(list, spec)
		}
	}
	return list
}

// typeDecl writes those types of a declaration that stay in the function.
func (e *emitter) typeDecl(d *ast.GenDecl) string {
	list := e.c.stays(d)
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
		fmt.Fprintf(&w, "type %s%s %s%s", t.plain, params, equals, e.text(t.spec.Type))
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
	return t.plain + outer + ", " + e.span(indices[0].Pos(), indices[len(indices)-1].End(), indices...) + "]", true
}
