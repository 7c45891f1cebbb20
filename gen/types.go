package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"
)

// rtName is what a file calls package rt: "rt", another name, or "." for a dot import.
func (c *compiler) rtName(s *Source) string { return c.importName(s, rtPath, "rt") }

// rtQual is rtName as a qualifier: "rt.", or nothing for a dot import.
func (c *compiler) rtQual(s *Source) string {
	if name := c.rtName(s); name != "." {
		return name + "."
	}
	return ""
}

// importedAs is the name under which a file imports a package, "" if it does not.
func (c *compiler) importedAs(s *Source, pkgPath, name string) string {
	for _, spec := range s.Syntax.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p != pkgPath || spec.Name != nil && spec.Name.Name == "_" {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		if obj, ok := c.pkg.Info.Implicits[spec].(*types.PkgName); ok {
			return obj.Name()
		}
		return name
	}
	return ""
}

// importName is what a file calls a package; a package that it does not import is added to its imports.
func (c *compiler) importName(s *Source, pkgPath, name string) string {
	if as := c.importedAs(s, pkgPath, name); as != "" {
		return as
	}
	if c.adds[s] == nil {
		c.adds[s], c.addNames[s] = map[string]string{}, c.names.inner()
	}
	if c.adds[s][pkgPath] == "" {
		c.adds[s][pkgPath] = c.addNames[s].fresh(name, path.Base(pkgPath)+"pkg")
	}
	return c.adds[s][pkgPath]
}

// typeText writes a type as a file may write it at package level. A type that has no name there is
// refused at pos.
func (c *compiler) typeText(s *Source, t types.Type, pos token.Pos) string {
	if !c.mustName(t, pos) {
		return "any"
	}
	w := &typeWriter{c: c, src: s}
	w.write(types.Default(t))
	return w.String()
}

// mustName refuses a type, at pos, that has no name at package level.
func (c *compiler) mustName(t types.Type, pos token.Pos) bool {
	if !c.canName(t) {
		c.refuse(codeTypeName, point(pos), "a value of type %s is needed after an await, but generated code cannot name that type, which is unexported in another package: keep the value in a variable of an exported or interface type", types.TypeString(t, types.RelativeTo(c.pkg.Types)))
		return false
	}
	return true
}

// canName reports whether a type can be written at package level: neither it nor a part of it is
// declared in a function, or unexported in another package.
func (c *compiler) canName(t types.Type) bool {
	switch t := t.(type) {
	case nil:
		return false
	case *types.Alias:
		if _, ok := types.Unalias(t).(*types.TypeParam); ok { // which is written instead
			return true
		}
		return c.canNameObj(t.Obj()) && c.canNameAll(t.TypeArgs())
	case *types.Named:
		return c.canNameObj(t.Obj()) && c.canNameAll(t.TypeArgs())
	case *types.Pointer:
		return c.canName(t.Elem())
	case *types.Slice:
		return c.canName(t.Elem())
	case *types.Array:
		return c.canName(t.Elem())
	case *types.Chan:
		return c.canName(t.Elem())
	case *types.Map:
		return c.canName(t.Key()) && c.canName(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !c.canName(f.Type()) || !f.Exported() && f.Pkg() != c.pkg.Types {
				return false
			}
		}
	case *types.Signature:
		return c.canName(t.Params()) && c.canName(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if !c.canName(v.Type()) {
				return false
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if !c.canName(m.Type()) {
				return false
			}
		}
		for e := range t.EmbeddedTypes() {
			if !c.canName(e) {
				return false
			}
		}
	}
	return true
}

func (c *compiler) canNameAll(list *types.TypeList) bool {
	for t := range list.Types() {
		if !c.canName(t) {
			return false
		}
	}
	return true
}

func (c *compiler) canNameObj(o *types.TypeName) bool {
	if o.Pkg() == nil || c.typeNames[o] != nil {
		return true
	}
	if o.Parent() != o.Pkg().Scope() {
		return false
	}
	return o.Exported() || o.Pkg() == c.pkg.Types
}

// typeArgs writes a list of type arguments in brackets; nothing for an empty list.
func (c *compiler) typeArgs(s *Source, list []types.Type) string {
	if len(list) == 0 {
		return ""
	}
	var parts []string
	for _, t := range list {
		parts = append(parts, c.typeText(s, t, token.NoPos))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// typeParamDecl writes the type parameters of a frame, with their constraints.
func (c *compiler) typeParamDecl(co *coroutine) string {
	list := co.typeParams()
	if len(list) == 0 {
		return ""
	}
	return c.paramList(co.src, list, co.body.Pos())
}

// paramList declares type parameters.
func (c *compiler) paramList(s *Source, list []*types.TypeParam, pos token.Pos) string {
	var parts []string
	for _, p := range list {
		constraint := c.typeText(s, p.Constraint(), pos)
		if strings.HasPrefix(constraint, "*") { // type frame[P *T] would be an array, of P*T elements
			constraint = "interface{ " + constraint + " }"
		}
		parts = append(parts, c.paramName(p)+" "+constraint)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// perIteration reports whether the file's version of Go gives each iteration of a for statement its
// own variables.
func (c *compiler) perIteration(s *Source) bool { return c.languageAtLeast(s, 22) }

// languageAtLeast reports whether the file's version of Go is 1.minor or later.
func (c *compiler) languageAtLeast(s *Source, minor int) bool {
	v := c.pkg.Info.FileVersions[s.Syntax]
	if v == "" {
		v = c.pkg.GoVersion
	}
	return v == "" || versionAtLeast(v, minor)
}

// versionAtLeast reports whether a version such as go1.21 is Go 1.minor or later.
func versionAtLeast(v string, minor int) bool {
	rest, ok := strings.CutPrefix(v, "go1.")
	if !ok {
		return true
	}
	digits, _, _ := strings.Cut(rest, ".")
	if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = digits[:i]
	}
	n, err := strconv.Atoi(digits)
	return err != nil || n >= minor
}

// terminates reports whether a statement is terminating, as the Go specification says.
func (c *compiler) terminates(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			return c.builtin(call) == "panic" || c.rtFunc(call) == "Throw"
		}
	case *ast.BlockStmt:
		return c.listTerminates(s.List)
	case *ast.IfStmt:
		return s.Else != nil && c.terminates(s.Body) && c.terminates(s.Else)
	case *ast.ForStmt:
		return s.Cond == nil && !breaks(s.Body)
	case *ast.LabeledStmt:
		return c.terminates(s.Stmt) && !breaksLabel(s.Stmt, s.Label.Name)
	case *ast.SwitchStmt:
		return c.clausesTerminate(s.Body)
	case *ast.TypeSwitchStmt:
		return c.clausesTerminate(s.Body)
	case *ast.SelectStmt:
		for _, cl := range s.Body.List {
			if !c.listTerminates(cl.(*ast.CommClause).Body) || breaks(cl) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *compiler) listTerminates(list []ast.Stmt) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if _, empty := list[i].(*ast.EmptyStmt); !empty {
			return c.terminates(list[i])
		}
	}
	return false
}

func (c *compiler) clausesTerminate(body *ast.BlockStmt) bool {
	hasDefault := false
	for _, cl := range body.List {
		cl := cl.(*ast.CaseClause)
		hasDefault = hasDefault || cl.List == nil
		if !c.listTerminates(cl.Body) || breaks(cl) {
			return false
		}
	}
	return hasDefault
}

// breaks reports whether n contains a break without a label that leaves the statement around it.
func breaks(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			return m == n
		case *ast.BranchStmt:
			if m.Tok == token.BREAK && m.Label == nil {
				found = true
			}
		}
		return !found
	})
	return found
}

func breaksLabel(n ast.Node, label string) bool {
	found := false
	inspectOwn(n, func(m ast.Node) bool {
		if br, ok := m.(*ast.BranchStmt); ok && br.Tok == token.BREAK && br.Label != nil && br.Label.Name == label {
			found = true
		}
		return !found
	})
	return found
}
