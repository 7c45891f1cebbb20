package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// What a name means.
//
// In the output every name means what was meant by it: one in the user's text the same as in the source, one in generated
// text something of the package, an import, or Go's own. Go's scopes would spoil that in two ways. Resume declares at its top
// what the source declares in inner scopes; and generated text stands where the source has declared something, or names types
// that the source only has values of. Therefore
//
//   - what moves to the top of Resume (variables, constants, types) is renamed if its name is used in the function for
//     something outside (outside), if generated code may need it (needed), or if it is not the first of its name;
//   - a type outside that a local type would hide has another name instead (hiding.go);
//   - what stays where it is, however deep, is renamed only if generated code may need its name;
//   - type parameters are renamed if their name means something outside of functions (nameParams);
//   - what the file itself has redeclared is called otherwise by generated code (predeclared.go).

// lookAround collects the names that mean something outside of the function, and labels that gotos name.
func (b *builder) lookAround() {
	info := b.c.pkg.Info
	b.outside, b.g.needed = map[string]bool{}, b.c.neededBy(b.co)
	for _, root := range slices.Concat(b.consts, []ast.Node{b.co.body}) {
		ast.Inspect(root, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && b.c.isOutside(b.co, info.Uses[id]) && !b.renamedOutside(info.Uses[id]) {
				b.outside[id.Name] = true
			}
			return true
		})
	}
	for name := range b.g.needed {
		b.outside[name] = true
		b.names.reserve(name)
	}
	inspectOwn(b.co.body, func(n ast.Node) bool {
		if br, ok := n.(*ast.BranchStmt); ok && br.Tok == token.GOTO {
			b.splitAt[info.Uses[br.Label]] = true
		}
		return true
	})
}

// renamedOutside reports whether the text of the function has another name for something outside: a type that a local one hides, a
// type parameter, which keeps its name only in the sight of a signature.
func (b *builder) renamedOutside(obj types.Object) bool {
	name, _ := obj.(*types.TypeName)
	if name == nil {
		return false
	}
	p, _ := name.Type().(*types.TypeParam)
	return b.c.hiddenAs(obj) != "" || p != nil && !b.co.inPlace && b.c.paramName(p) != obj.Name()
}

// isOutside reports whether an object is not declared by the function, nor a member of something, nor a variable
// or a constant of a function around it.
func (c *compiler) isOutside(co *coroutine, obj types.Object) bool {
	switch o := obj.(type) {
	case nil, *types.Label:
		return false
	case *types.Var:
		if o.IsField() {
			return false
		}
	case *types.Func:
		if o.Signature().Recv() != nil {
			return false
		}
	}
	return !c.ofFunction(obj) && !within(co.body, obj.Pos())
}

// neededBy gives the names that the generated code of a function may have to mention: package rt, or what it has if it is
// imported with a dot, Go's types, nil and the like, and the types of whatever is in the function.
func (c *compiler) neededBy(co *coroutine) map[string]bool {
	needed := map[string]bool{"new": true, "len": true}
	for _, name := range types.Universe.Names() {
		obj := types.Universe.Lookup(name)
		if _, function := obj.(*types.Builtin); !function && name != "iota" && c.hiddenAs(obj) == "" {
			needed[name] = true
		}
	}
	if name := c.rtName(co.src); name != "." {
		needed[name] = true
	} else {
		for _, name := range c.rt().Scope().Names() {
			if token.IsExported(name) {
				needed[name] = true
			}
		}
	}
	for _, p := range co.typeParams() {
		needed[c.paramName(p)] = true
	}
	w := nameWalker{c: c, co: co, names: needed, seen: map[types.Type]bool{}}
	w.walk(co.sig)
	info := c.pkg.Info
	ast.Inspect(co.body, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok {
			w.walk(info.TypeOf(x))
		}
		if id, ok := n.(*ast.Ident); ok {
			for t := range info.Instances[id].TypeArgs.Types() {
				w.walk(t)
			}
		}
		return true
	})
	return needed
}

// A nameWalker collects the names by which a file writes types, and what they are made of.
type nameWalker struct {
	c     *compiler
	co    *coroutine
	names map[string]bool
	seen  map[types.Type]bool
}

func (w *nameWalker) walk(t types.Type) {
	if t == nil || w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		w.named(t.Obj(), t.TypeArgs())
		w.walk(t.Rhs())
	case *types.Named:
		w.named(t.Obj(), t.TypeArgs())
		switch u := t.Underlying().(type) {
		case *types.Struct, *types.Interface: // nobody writes what is in them
		default:
			w.walk(u)
		}
	case *types.TypeParam: // nobody writes those of other functions
		if core := coreType(t); core != nil {
			w.walk(core)
		}
	case *types.Map:
		w.walk(t.Key())
		w.walk(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		w.walk(t.Elem())
	case *types.Signature:
		w.walk(t.Params())
		w.walk(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			w.walk(v.Type())
		}
	case *types.Struct:
		for f := range t.Fields() {
			w.walk(f.Type())
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			w.walk(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			w.walk(e)
		}
	}
}

func (w *nameWalker) named(o *types.TypeName, args *types.TypeList) {
	switch local := w.c.typeNames[o]; {
	case o.Pkg() == nil:
	case local != nil:
		if !within(w.co.body, o.Pos()) || local.moved { // nobody sees those of literals in the function
			w.names[o.Name()] = true
		}
	case o.Pkg() != w.c.pkg.Types:
		switch name := w.c.importedAs(w.co.src, o.Pkg().Path(), o.Pkg().Name()); {
		case name != "" && name != ".":
			w.names[name] = true
		case name == "." && w.c.hiddenAs(o) == "":
			w.names[o.Name()] = true
		}
	case o.Parent() == o.Pkg().Scope() && w.c.hiddenAs(o) == "":
		w.names[o.Name()] = true
	}
	for t := range args.Types() {
		w.walk(t)
	}
}

// renameHiding renames what the function declares in statements that are carried whole, and its literals as parameters, if
// generated code could not see over it.
func (b *builder) renameHiding() {
	info := b.c.pkg.Info
	ast.Inspect(b.co.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if co := b.c.byLit[n]; co != nil {
				b.renameIn(n.Type)
				return false
			}
		case *ast.TypeSwitchStmt:
			if a, ok := n.Assign.(*ast.AssignStmt); ok {
				b.renameBound(n, a.Lhs[0].(*ast.Ident))
			}
		case *ast.Ident:
			b.rename(info.Defs[n])
		}
		return true
	})
}

// renameIn renames what a part of the source declares.
func (b *builder) renameIn(n ast.Node) {
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			b.rename(b.c.pkg.Info.Defs[id])
		}
		return true
	})
}

func (b *builder) rename(obj types.Object) {
	switch o := obj.(type) {
	case *types.Var:
		if o.IsField() {
			return
		}
	case *types.Const, *types.TypeName:
	default:
		return
	}
	if (b.g.needed[obj.Name()] || b.hidesStaying(obj)) && b.c.renamed[obj] == "" {
		b.c.renamed[obj] = b.names.fresh(obj.Name())
	}
}

// hidesStaying reports whether obj hides another type of the function from a Resume in place that has to do with it. Types at the
// top of Resume see to that themselves: see claimType.
func (b *builder) hidesStaying(obj types.Object) bool {
	if own := b.c.typeNames[obj]; own != nil && !own.ordinary {
		return false
	}
	return slices.ContainsFunc(b.c.localTypes[b.co], func(t *localType) bool {
		return t.stays && t.obj != obj && t.obj.Name() == obj.Name() && slices.ContainsFunc(b.c.cos, func(co *coroutine) bool {
			return co.inPlace && within(b.co.body, co.lit.Pos()) && hidesFrom(co.lit, obj) && b.c.hasToDoWith(co.lit, func(other *localType) bool { return other == t })
		})
	})
}

// hidesFrom reports whether a literal could not see over a local object to what has its name outside. Another type of the name
// in between is what it means.
func hidesFrom(lit *ast.FuncLit, obj types.Object) bool {
	for scope := obj.Parent().Innermost(lit.Pos() - 1); scope != nil; scope = scope.Parent() {
		other := scope.Lookup(obj.Name())
		if other == obj {
			return obj.Pos() < lit.Pos()
		}
		if _, isType := other.(*types.TypeName); isType && other.Pos() < lit.Pos() {
			return false
		}
	}
	return false
}

// renameBound renames the variable of a type switch, which is another one in each clause.
func (b *builder) renameBound(s *ast.TypeSwitchStmt, id *ast.Ident) {
	if !b.g.needed[id.Name] {
		return
	}
	name := b.names.fresh(id.Name)
	b.g.bound[id] = name
	for _, cl := range s.Body.List {
		if obj := b.c.pkg.Info.Implicits[cl]; obj != nil {
			b.c.renamed[obj] = name
		}
	}
}

// claim gives what moves to the top of Resume its name there. Types come before variables and constants: one can ask a value for its type's
// name, and a type may move to package level, from where it must be seen.
func (b *builder) claim(obj types.Object) string {
	name := obj.Name()
	_, isType := obj.(*types.TypeName)
	if as := b.c.renamed[obj]; as != "" && !b.fields.used[as] {
		name = as
	} else if b.outside[name] || b.fields.used[name] || name == "_" || !isType && b.c.declaresType(b.co, name) {
		name = b.freshName(name)
	}
	b.fields.reserve(name)
	return name
}

// declaresType reports whether a function declares a type of a name.
func (c *compiler) declaresType(co *coroutine, name string) bool {
	return slices.ContainsFunc(c.localTypes[co], func(t *localType) bool { return !t.ordinary && t.obj.Name() == name })
}

// nameParameters renames those parameters of a function in whose sight its constructor stands, if that could not see over them.
func (c *compiler) nameParameters(b *builder) {
	hides := map[string]bool{c.rtName(b.co.src): true, "New": c.rtName(b.co.src) == ".", "false": true}
	if b.co.lit != nil {
		for _, p := range b.co.typeParams() {
			hides[p.Obj().Name()] = true
		}
	}
	for _, p := range b.co.typeParams() {
		if b.co.lit == nil && hides[p.Obj().Name()] {
			c.renamed[p.Obj()] = b.names.fresh(p.Obj().Name())
		}
	}
	for _, v := range b.co.declared() {
		if hides[v.Name()] {
			c.renamed[v] = b.names.fresh(v.Name())
		}
	}
}

// declared are the receiver, the parameters and the result.
func (co *coroutine) declared() []*types.Var {
	var list []*types.Var
	if recv := co.sig.Recv(); recv != nil {
		list = append(list, recv)
	}
	return slices.AppendSeq(slices.AppendSeq(list, co.sig.Params().Variables()), co.sig.Results().Variables())
}

// nameOf is what the output calls something that a function declares.
func (c *compiler) nameOf(obj types.Object) string {
	if name := c.renamed[obj]; name != "" {
		return name
	}
	return obj.Name()
}

// typeDecl moves types to the top of Resume.
func (b *builder) typeDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if t := b.c.typeNames[b.c.pkg.Info.Defs[spec.(*ast.TypeSpec).Name]]; t != nil && t.param() == nil {
			b.claimType(t)
		}
	}
	b.g.decls = append(b.g.decls, d)
}

// claimType gives a type its name at the top of Resume. Of several that the source calls the same the last one has that
// name, and the others have it until then: see hoisted.
func (b *builder) claimType(t *localType) {
	for _, earlier := range b.c.localTypes[b.co] {
		if earlier.atTop && b.c.nameOf(earlier.obj) == t.obj.Name() && !earlier.hidden && !earlier.moved && earlier.obj.Name() == t.obj.Name() {
			earlier.hidden, t.atTop = true, true
			b.c.renamed[earlier.obj], b.c.renamed[t.obj] = b.claim(earlier.obj), t.obj.Name()
			return
		}
	}
	b.c.renamed[t.obj], t.atTop = b.claim(t.obj), true
	if b.c.renamed[t.obj] != t.obj.Name() { // which is free at package level, if it does not have to stay
		b.c.moveType(t)
	}
}
