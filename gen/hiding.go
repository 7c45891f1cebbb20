package gen

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Types that a local one hides.
//
// Before: every local type is known.
// After: every type outside that the output may have to name where a local one has its name has another name there.
//
// A local type stands at the top of Resume, where it hides a type of the package, or Go's own, of the same name for the whole function.
// %T shows the local type's name, and so does a field that embeds it. Therefore the other one is called by an alias:
//
//	var a T                        type outerT = T
//	{
//		type T struct{ n int }     var a outerT
//		rt.Await(g(T{1}))          type T struct{ n int }
//	}                              …
//
// If that one is generic, so is its alias. Where it is embedded, or is no type at all, the local type is renamed instead: see claim.

// nameHidden gives those types that local ones of a declaration hide their other names.
func (c *compiler) nameHidden(s *Source, d ast.Decl, owned []*coroutine) {
	names := map[types.Object]string{}
	for _, co := range owned {
		for _, t := range c.localTypes[co] {
			obj := c.outsideOf(s, t.obj.Name())
			switch {
			case obj == nil || names[obj] != "" || t.param() != nil || c.embedded(d, obj):
			case obj.Pkg() == nil:
				names[obj] = c.rtQual(s) + "Go" + upperFirst(obj.Name())
			default:
				names[obj] = c.names.fresh("outer" + upperFirst(obj.Name()))
			}
		}
	}
	if len(names) > 0 {
		c.hidden[d] = names
	}
}

// outsideOf gives the type that a name means in a file outside of functions, if it is one that can have an alias.
func (c *compiler) outsideOf(s *Source, name string) *types.TypeName {
	_, obj := c.pkg.Info.Scopes[s.Syntax].LookupParent(name, s.Syntax.End())
	t, ok := obj.(*types.TypeName)
	if !ok || obj.Pkg() == nil && c.redeclared(s, name) || obj.Pkg() == nil && name == "comparable" {
		return nil
	}
	if paramsOf(t).Len() > 0 && !c.languageAtLeast(s, 24) { // generic aliases are younger than generic types
		return nil
	}
	return t
}

// paramsOf are the type parameters of a type.
func paramsOf(t types.Object) *types.TypeParamList {
	if generic, ok := t.Type().(interface{ TypeParams() *types.TypeParamList }); ok {
		return generic.TypeParams()
	}
	return nil
}

// embedded reports whether a struct in n embeds a type.
func (c *compiler) embedded(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if s, ok := m.(*ast.StructType); ok {
			found = found || slices.ContainsFunc(embeddings(s), func(id *ast.Ident) bool { return c.pkg.Info.Uses[id] == obj })
		}
		return !found
	})
	return found
}

// embeddings are the names of the types that a struct embeds.
func embeddings(s *ast.StructType) []*ast.Ident {
	var list []*ast.Ident
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			t := ast.Unparen(f.Type)
			if star, ok := t.(*ast.StarExpr); ok {
				t = star.X
			}
			list = append(list, calleeIdent(t))
		}
	}
	return list
}

// hiddenAs is what the function that is being compiled calls a type that one of its own hides, "" if none does.
func (c *compiler) hiddenAs(obj types.Object) string {
	if len(c.hidden) == 0 || c.working == nil {
		return ""
	}
	return c.hidden[declAround(c.working.src, c.working.body.Pos())][obj]
}

// writeHidden is hiddenAs for text that needs the name.
func (c *compiler) writeHidden(obj types.Object) string {
	name := c.hiddenAs(obj)
	if name != "" {
		c.wroteHidden[obj] = true
	}
	return name
}

// hiddenDecls declares those aliases that the text of a declaration needs.
func (c *compiler) hiddenDecls(s *Source, d ast.Decl) string {
	var lines []string
	for obj, name := range c.hidden[d] {
		if obj.Pkg() != nil && c.wroteHidden[obj] {
			params, args := c.aliasParams(s, d, obj)
			lines = append(lines, "\n\ntype "+name+params+" = "+obj.Name()+args)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// aliasParams are the type parameters of an alias for a type, and the arguments that it has for the type. Their names hide nothing
// that their constraints mention.
func (c *compiler) aliasParams(s *Source, d ast.Decl, obj types.Object) (params, args string) {
	list := paramsOf(obj)
	if list.Len() == 0 {
		return "", ""
	}
	names, typeNames := c.names.inner(), make([]string, list.Len())
	c.renamedParams = map[*types.TypeParam]string{}
	for i := range list.Len() {
		typeNames[i] = names.fresh("P")
		c.renamedParams[list.At(i)] = typeNames[i]
	}
	args = "[" + strings.Join(typeNames, ", ") + "]"
	params = c.paramList(s, slices.Collect(list.TypeParams()), d.Pos())
	c.renamedParams = nil
	return params, args
}

// checkEmbedded refuses embedded fields whose type has another name in the output: it would be the field's.
func (e *emitter) checkEmbedded(s *ast.StructType) {
	for _, id := range embeddings(s) {
		if obj, ok := e.c.pkg.Info.Uses[id].(*types.TypeName); ok && e.c.typeNames[obj] != nil {
			if name, _, _ := strings.Cut(e.otherName(id), "["); name != id.Name {
				e.c.refuse(codeTypeName, id, "the local type %[1]s is embedded, and cannot keep its name in generated code, where %[1]s is something else that this function mentions: rename the type %[1]s", id.Name)
			}
		}
	}
}
