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
// Where that one is generic or embedded, or is no type at all, the local type is renamed instead: see claim.

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

// outsideOf gives the type that a name means in a file outside of functions, if it is one without type parameters.
func (c *compiler) outsideOf(s *Source, name string) *types.TypeName {
	_, obj := c.pkg.Info.Scopes[s.Syntax].LookupParent(name, s.Syntax.End())
	t, ok := obj.(*types.TypeName)
	if !ok || obj.Pkg() == nil && c.redeclared(s, name) || obj.Pkg() == nil && name == "comparable" {
		return nil
	}
	if generic, ok := t.Type().(interface{ TypeParams() *types.TypeParamList }); ok && generic.TypeParams().Len() > 0 {
		return nil
	}
	return t
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
func (c *compiler) hiddenDecls(d ast.Decl) string {
	var lines []string
	for obj, name := range c.hidden[d] {
		if obj.Pkg() != nil && c.wroteHidden[obj] {
			lines = append(lines, "\n\ntype "+name+" = "+obj.Name())
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
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
