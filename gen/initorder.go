package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Go initializes a package variable after the variables that its initializer mentions, and those that the functions
// mention which it mentions, and so on. Only the text counts: code that never runs counts, and so does len(v), but a
// call through an interface does not, nor does a method of a generic type, nor what a constant of the package mentions.
//
// When the body of an async function moves to Resume, the function that its callers mention loses these references,
// and parts of the text are left out altogether. So every async function that the initializer of a package variable
// reaches mentions a function of its own that has them all. It is never called, and costs nothing: the compiler drops
// such an if before it looks at anything else.
//
//	var result = run(load())       func load() rt.Coro[int] {
//	                                   if false {
//	                                       loadUses()
//	                                   }
//	                                   return rt.New(&loadFrame{})
//	                               }
//
//	                               // loadUses mentions what Go has to initialize before load can run.
//	                               func loadUses() {
//	                                   _ = &table
//	                               }
//
// The references are those of the source, followed through its functions: then it does not matter what the generated
// code mentions.

// findUses finds the async functions that need such a function, and what it mentions.
func (c *compiler) findUses() {
	c.never = c.findNever()
	r := c.references()
	reached := r.reached()
	for _, co := range c.cos {
		if co.outer != nil || co.top != nil && !reached[c.pkg.Info.Defs[co.top.Name]] {
			continue // the function around a literal has its references, too
		}
		if co.uses = r.needs(co.src, co.body); len(co.uses) > 0 {
			co.usesName = co.mentions
		}
	}
}

// references knows what the declarations of a package mention.
type references struct {
	c           *compiler
	texts       map[types.Object][]ast.Node // the parts of their declarations whose references count
	initialized map[types.Object]bool       // variables with an initializer
	limited     map[types.Object]*Source    // those that some builds of the package leave out, and their files
}

func (c *compiler) references() *references {
	r := &references{c: c, texts: map[types.Object][]ast.Node{}, initialized: map[types.Object]bool{}, limited: map[types.Object]*Source{}}
	for _, s := range c.pkg.Files {
		for _, d := range s.Syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				r.declareFunc(s, d)
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					r.declareVars(s, d)
				}
			}
		}
	}
	return r
}

func (r *references) declare(s *Source, name *ast.Ident, texts ...ast.Node) {
	obj := r.c.pkg.Info.Defs[name]
	r.texts[obj] = texts
	if s.limited() {
		r.limited[obj] = s
	}
}

// declareFunc takes a function or method in: its body counts, its signature does not.
func (r *references) declareFunc(s *Source, d *ast.FuncDecl) {
	if d.Body == nil {
		r.declare(s, d.Name)
		return
	}
	r.declare(s, d.Name, d.Body)
}

// declareVars takes variables in.
func (r *references) declareVars(s *Source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			var texts []ast.Node
			if spec.Type != nil {
				texts = append(texts, spec.Type)
			}
			if n := len(spec.Values); n > 0 {
				texts = append(texts, spec.Values[min(i, n-1)]) // one call can give them all
				r.initialized[r.c.pkg.Info.Defs[name]] = true
			}
			r.declare(s, name, texts...)
		}
	}
}

// mentions calls f for what the text of n mentions, in order. The methods of an instantiated type are objects of their
// own, which nothing declares: Go overlooks them, and so does this.
func (r *references) mentions(n ast.Node, f func(types.Object)) {
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if obj := r.c.pkg.Info.Uses[id]; obj != nil {
				if _, declared := r.texts[obj]; declared {
					f(obj)
				}
			}
		}
		return true
	})
}

// reached gives everything that the declarations of package variables mention, directly or not, in this build or in another one.
func (r *references) reached() map[types.Object]bool {
	reached, elsewhere := map[types.Object]bool{}, r.elsewhere()
	byName := map[string][]types.Object{}
	for obj := range r.texts {
		byName[obj.Name()] = append(byName[obj.Name()], obj)
	}
	seen := map[string]bool{} // names in files that some builds leave out
	var reach func(obj types.Object)
	var reachName func(name string)
	reach = func(obj types.Object) {
		if reached[obj] {
			return
		}
		reached[obj] = true
		for _, n := range r.texts[obj] {
			r.mentions(n, reach)
		}
		reachName(obj.Name())
	}
	reachName = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, n := range elsewhere.texts[name] {
			ast.Inspect(n, func(m ast.Node) bool {
				if id, ok := m.(*ast.Ident); ok {
					for _, obj := range byName[id.Name] {
						reach(obj)
					}
					reachName(id.Name)
				}
				return true
			})
		}
	}
	for obj := range r.texts {
		if _, ok := obj.(*types.Var); ok {
			reach(obj)
		}
	}
	for _, name := range elsewhere.vars {
		reachName(name)
	}
	return reached
}

// namedTexts is the declarations in files of which today's build has no types, by name.
type namedTexts struct {
	texts map[string][]ast.Node
	vars  []string
}

// elsewhere gives the declarations in files that some builds of the package leave out. They are followed by name, also where this
// build has the file: so the outputs are the same on every system.
func (r *references) elsewhere() *namedTexts {
	t := &namedTexts{texts: map[string][]ast.Node{}}
	for _, s := range slices.Concat(r.c.pkg.Files, r.c.pkg.Others) {
		if !s.limited() && !slices.Contains(r.c.pkg.Others, s) {
			continue
		}
		for _, d := range s.Syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					t.texts[d.Name.Name] = append(t.texts[d.Name.Name], d.Body)
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					t.declareVars(d)
				}
			}
		}
	}
	return t
}

// declareVars takes variables in; those of one specification together.
func (t *namedTexts) declareVars(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		for _, name := range spec.(*ast.ValueSpec).Names {
			t.vars = append(t.vars, name.Name)
			t.texts[name.Name] = append(t.texts[name.Name], spec)
		}
	}
}

// needs gives the initialized variables that n mentions, a text of the file s, directly or through functions. What
// another build may declare with another text is in the list itself.
func (r *references) needs(s *Source, n ast.Node) []types.Object {
	var list []types.Object
	seen := map[types.Object]bool{}
	var need func(obj types.Object)
	need = func(obj types.Object) {
		if seen[obj] {
			return
		}
		seen[obj] = true
		if r.initialized[obj] || r.otherwise(obj, s) {
			list = append(list, obj)
			return
		}
		for _, n := range r.texts[obj] {
			r.mentions(n, need)
		}
	}
	r.mentions(n, need)
	return list
}

// otherwise reports whether a build that has the file s may declare a variable or function with another text. Generic
// functions are left out, because a mention needs type arguments.
func (r *references) otherwise(obj types.Object, s *Source) bool {
	if in := r.limited[obj]; in == nil || in == s {
		return false
	}
	f, ok := obj.(*types.Func)
	return !ok || f.Signature().TypeParams().Len() == 0 && f.Signature().RecvTypeParams().Len() == 0
}

// limited reports whether some builds of the package leave the file out, be they annotated source or not.
func (s *Source) limited() bool {
	stem := strings.TrimSuffix(filepath.Base(s.Path), ".go")
	if strings.TrimSuffix(nameSuffix(stem), "_test") != "" {
		return true
	}
	c, found := findConstraint(s.Text)
	if !found {
		return false
	}
	rest, _ := grant(c.expr)
	return rest != nil
}

// usesFunc writes the function that mentions what co needs.
func (c *compiler) usesFunc(co *coroutine) *jen.Statement {
	var lines []jen.Code
	for _, obj := range co.uses {
		lines = append(lines, jen.Id("_").Op("=").Id(c.mention(obj)))
	}
	return jen.Comment(fmt.Sprintf("%s mentions what Go has to initialize before %s can run.", co.usesName, co.name)).Line().
		Func().Id(co.usesName).Params().Block(lines...)
}

// findNever gives a condition that does not hold: false, if nothing in the package takes that name.
func (c *compiler) findNever() string {
	for id := range c.pkg.Info.Defs {
		if id.Name == "false" {
			return "0 == 1"
		}
	}
	return "false"
}

// mention is an expression that mentions a variable, function or method, and does nothing.
func (c *compiler) mention(obj types.Object) string {
	f, ok := obj.(*types.Func)
	if !ok {
		return "&" + obj.Name() // not its value, which may hold a lock that must not be copied
	}
	recv := f.Signature().Recv()
	if recv == nil {
		return f.Name()
	}
	t := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
	if strings.HasPrefix(t, "*") {
		t = "(" + t + ")"
	}
	return t + "." + f.Name()
}
