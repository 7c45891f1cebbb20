package gen

import (
	"go/ast"
	"go/types"
	"strings"
)

// Signatures stay as they are, except for names that the constructor, which becomes the body, cannot do with: a type parameter
// called _, another parameter that hides package rt.

// signatureEdits renames in the signature of a function with coroutines in it.
func (c *compiler) signatureEdits(s *Source, d *ast.FuncDecl) []edit {
	edits := c.parameterEdits(s, d.Type)
	if d.Recv != nil {
		edits = append(edits, c.parameterEdits(s, d.Recv)...)
	}
	sig := c.pkg.Info.Defs[d.Name].(*types.Func).Signature()
	name := func(id *ast.Ident, p *types.TypeParam) {
		if id.Name == "_" && c.paramAs[p] != "" {
			edits = append(edits, c.replaceNode(s, id, c.paramName(p)))
		}
	}
	i := 0
	if d.Type.TypeParams != nil {
		for _, f := range d.Type.TypeParams.List {
			for _, id := range f.Names {
				name(id, sig.TypeParams().At(i))
				i++
			}
		}
	}
	if d.Recv == nil {
		return edits
	}
	t := ast.Unparen(d.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	switch t := t.(type) {
	case *ast.IndexExpr:
		name(t.Index.(*ast.Ident), sig.RecvTypeParams().At(0))
	case *ast.IndexListExpr:
		for i, x := range t.Indices {
			name(x.(*ast.Ident), sig.RecvTypeParams().At(i))
		}
	}
	return edits
}

// sourceParams are the type parameters of the function as arguments where its signature is in sight.
func (c *compiler) sourceParams(co *coroutine) string {
	var parts []string
	for _, p := range co.typeParams() {
		parts = append(parts, c.sourceParam(p))
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// sourceParam is what a type parameter is called where the signature is in sight.
func (c *compiler) sourceParam(p *types.TypeParam) string {
	if p.Obj().Name() != "_" {
		return c.nameOf(p.Obj())
	}
	return c.paramName(p)
}

// parameterEdits renames the parameters that n declares, and type parameters.
func (c *compiler) parameterEdits(s *Source, n ast.Node) []edit {
	var edits []edit
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if obj := c.pkg.Info.ObjectOf(id); obj != nil && c.renamed[obj] != "" && c.calledInView(id) == "" {
				edits = append(edits, c.replaceNode(s, id, c.renamed[obj]))
			}
		}
		return true
	})
	return edits
}

// replaceNode writes something else for a node of a source.
func (c *compiler) replaceNode(s *Source, n ast.Node, text string) edit {
	tf := c.pkg.Fset.File(s.Syntax.FileStart)
	return edit{tf.Offset(n.Pos()), tf.Offset(n.End()), text}
}
