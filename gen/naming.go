package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Names at package level.
//
// Before: the files of the package, and those of its folder that this build leaves out.
// After: every function that can be async has the names of what it becomes, every local type knows whether it may keep its
// own if it moves, and every type parameter has a name that hides nothing.
//
// A file for another system, without the tag asyncgen, or of tests, is compiled together with outputs that this run writes.
// Names are therefore chosen among all that the files of the folder mention, in the order of all these files: they collide
// nowhere, and come out the same on every system. Of a file that is compiled with outputs only, what it declares counts and not
// what it mentions, which may be theirs.

// lookAtNames names everything that stands at package level.
func (c *compiler) lookAtNames() {
	files := slices.Concat(c.pkg.Files, c.pkg.Others)
	slices.SortFunc(files, func(a, b *Source) int { return strings.Compare(a.Path, b.Path) })
	var roots []ast.Node
	c.atTop = map[string]bool{}
	for _, s := range files {
		if besideOutputs(s.Text) { // it may mention what these declare
			for _, spec := range s.Syntax.Imports {
				roots = append(roots, spec)
			}
		} else {
			roots = append(roots, s.Syntax)
		}
		for _, d := range s.Syntax.Decls {
			c.declares(d)
		}
	}
	for _, imported := range c.pkg.Types.Imports() {
		if c.dotImported(imported.Path()) {
			for _, name := range imported.Scope().Names() {
				if token.IsExported(name) {
					c.atTop[name] = true
				}
			}
		}
	}
	c.names = newNamer(roots...)
	c.names.reserve(types.Universe.Names()...)
	for name := range c.atTop {
		c.names.reserve(name)
	}
	c.declNames, c.typeOwners = map[ast.Node]*declNames{}, map[string]*ast.TypeSpec{}
	byKey := map[string]*declNames{}
	for _, s := range files {
		for _, d := range s.Syntax.Decls {
			eachFunction(d, func(n ast.Node, name string) { c.nameFunction(byKey, s, n, name) })
		}
	}
	for _, first := range []func(n ast.Node, spec *ast.TypeSpec) bool{usedInLiteral, nil} {
		for _, s := range files {
			for _, d := range s.Syntax.Decls {
				eachFunction(d, func(n ast.Node, _ string) { c.ownTypes(n, first) })
			}
		}
	}
	for _, s := range files { // after those of functions that can be async
		for _, d := range s.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				c.ownTypes(fn, nil)
			}
		}
	}
}

// declares notes what a declaration declares at package level.
func (c *compiler) declares(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			c.atTop[d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				c.atTop[spec.Name.Name] = true
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					c.atTop[id.Name] = true
				}
			}
		}
	}
}

// dotImported reports whether a file of the package has import . "path".
func (c *compiler) dotImported(path string) bool {
	return slices.ContainsFunc(c.pkg.Files, func(s *Source) bool {
		return slices.ContainsFunc(s.Syntax.Imports, func(spec *ast.ImportSpec) bool {
			p, _ := strconv.Unquote(spec.Path.Value)
			return p == path && spec.Name != nil && spec.Name.Name == "."
		})
	})
}

// eachFunction visits the functions of a declaration that can be async: itself with the directive, and all literals, an
// outer one before those in it.
func eachFunction(d ast.Decl, visit func(n ast.Node, name string)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := declName(d)
		if hasDirective(d.Doc) {
			visit(d, name)
		}
		if d.Body != nil {
			eachLiteral(d.Body, name, visit)
		}
	case *ast.GenDecl:
		eachLiteral(d, globName(d), visit)
	}
}

// declName is the name of a function or method, as Python's __qualname__.
func declName(d *ast.FuncDecl) string {
	if d.Recv != nil && len(d.Recv.List) > 0 {
		return recvName(d.Recv.List[0].Type) + "." + d.Name.Name
	}
	return d.Name.Name
}

func eachLiteral(n ast.Node, name string, visit func(n ast.Node, name string)) {
	count := 0
	ast.Inspect(n, func(m ast.Node) bool {
		lit, ok := m.(*ast.FuncLit)
		if !ok {
			return true
		}
		count++
		inner := name + ".func" + strconv.Itoa(count)
		visit(lit, inner)
		eachLiteral(lit.Body, inner, visit)
		return false
	})
}

// nameFunction gives a function its names: those that it has in other files, for other systems, too. Functions that are
// different ones under the same name, like init, have their own.
func (c *compiler) nameFunction(byKey map[string]*declNames, s *Source, n ast.Node, name string) {
	key := name
	switch top, _, _ := strings.Cut(name, "."); top {
	case "init", "_", "glob":
		key = fmt.Sprint(s.Path, ":", n.Pos()-s.Syntax.FileStart)
	}
	names := byKey[key]
	if names == nil {
		names = c.freshNames(name)
		byKey[key] = names
	}
	c.declNames[n] = names
}

// ownTypes notes which local types of a function are the first of their names: of those of which is is true, unless it is nil.
func (c *compiler) ownTypes(n ast.Node, is func(n ast.Node, spec *ast.TypeSpec) bool) {
	inspectOwn(n, func(m ast.Node) bool {
		if spec, ok := m.(*ast.TypeSpec); ok && c.typeOwners[spec.Name.Name] == nil && (is == nil || is(n, spec)) {
			c.typeOwners[spec.Name.Name] = spec
		}
		return true
	})
}

// usedInLiteral reports whether a literal in a function that returns a coroutine or stream mentions the name of a type that
// the function declares before it. If it is async, the type has to move, while others of its name can stay.
func usedInLiteral(n ast.Node, spec *ast.TypeSpec) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if lit, ok := m.(*ast.FuncLit); ok && lit.Pos() > spec.Pos() && lit.Type.Results != nil {
			found = found || (mentions(lit.Type.Results, "Coro") || mentions(lit.Type.Results, "Stream")) && mentions(lit, spec.Name.Name)
		}
		return !found
	})
	return found
}

// mentions reports whether there is an identifier of a name in n.
func mentions(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		id, ok := m.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

func (c *compiler) freshNames(name string) *declNames {
	base := lowerFirst(strings.ReplaceAll(name, "func", "Func"))
	if recv, rest, ok := strings.Cut(name, "."); ok {
		base = lowerFirst(recv) + upperFirst(strings.ReplaceAll(rest, ".", ""))
	}
	fresh := c.names.fresh
	n := &declNames{name: name, frame: fresh(base + "Frame"), info: fresh(base + "Info")}
	base = strings.TrimSuffix(n.frame, "Frame")
	n.task, n.freeTasks = fresh(base+"Task"), fresh(base+"Tasks")
	n.newTask, n.takeOne = fresh("new"+upperFirst(n.task)), fresh("take"+upperFirst(n.task))
	n.mentions = fresh(base + "Uses")
	return n
}

// rt is package rt, which the outputs import also where the sources have its types from elsewhere.
func (c *compiler) rt() *types.Package {
	p, err := c.pkg.Deps.Import(rtPath)
	if err != nil {
		return types.NewPackage(rtPath, "rt") // about which verify complains
	}
	return p
}

// frameMembers are the names that a field of a frame cannot have: those of the fields and methods that come with package
// rt's frames and its room for a task, and those of the methods of generated code.
func (c *compiler) frameMembers() []string {
	if c.members != nil {
		return c.members
	}
	c.members = []string{"Resume", "Info", "begin", "Deferred", "Cleared", "End"}
	for _, name := range []string{"Frame", "NoneFrame", "StreamFrame", "Room"} {
		c.members = append(c.members, name)
		if obj := c.rt().Scope().Lookup(name); obj != nil {
			c.addMembers(obj.Type())
		}
	}
	return c.members
}

// addMembers adds the exported members of a struct of rt; others are not in sight.
func (c *compiler) addMembers(t types.Type) {
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if m.Obj().Exported() {
			c.members = append(c.members, m.Obj().Name())
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() {
				c.members = append(c.members, f.Name())
			}
			if f.Embedded() {
				c.addMembers(f.Type())
			}
		}
	}
}

// nameParams gives those type parameters of a frame other names that have none, or hide what the frame may have to mention.
func (c *compiler) nameParams(co *coroutine) {
	names := c.names.inner()
	for _, p := range co.typeParams() {
		name := p.Obj().Name()
		switch {
		case c.paramAs[p] != "":
		case name == "_":
			c.paramAs[p] = names.fresh("T")
		case c.meansElsewhere(co.src, name) || c.typeOwners[name] != nil:
			c.paramAs[p] = names.fresh(name)
		}
	}
}

// meansElsewhere reports whether a name means something outside of functions.
func (c *compiler) meansElsewhere(s *Source, name string) bool {
	return c.atTop[name] || c.imports(s)[name] || types.Universe.Lookup(name) != nil
}

// imports are the names under which a file imports packages.
func (c *compiler) imports(s *Source) map[string]bool {
	if names, ok := c.importNames[s]; ok {
		return names
	}
	names := map[string]bool{}
	for _, spec := range s.Syntax.Imports {
		if spec.Name != nil {
			names[spec.Name.Name] = true
		} else if obj := c.pkg.Info.Implicits[spec]; obj != nil {
			names[obj.Name()] = true
		}
	}
	c.importNames[s] = names
	return names
}

func globName(d *ast.GenDecl) string {
	for _, s := range d.Specs {
		if v, ok := s.(*ast.ValueSpec); ok && v.Names[0].Name != "_" {
			return v.Names[0].Name
		}
	}
	return "glob"
}

// recvName is the name of a receiver's type.
func recvName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return recvName(t.X)
	case *ast.ParenExpr:
		return recvName(t.X)
	case *ast.IndexExpr:
		return recvName(t.X)
	case *ast.IndexListExpr:
		return recvName(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "_"
}

func hasDirective(doc *ast.CommentGroup) bool { return commentThat(doc, isDirective) != nil }

// commentThat is the first comment of a group of which is is true.
func commentThat(doc *ast.CommentGroup, is func(text string) bool) *ast.Comment {
	if doc == nil {
		return nil
	}
	for _, c := range doc.List {
		if is(c.Text) {
			return c
		}
	}
	return nil
}
