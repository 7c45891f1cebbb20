package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Among variables that do not need each other Go takes the files by name, and for functions called init as well. An
// output has another name than its source: main.go stands before main2.go, and main_async.go behind it. A build without
// asyncgen then does things in another order. That is refused where it can be seen, which takes two initializers, in two
// files, that do more than make a value.

// compareFileOrder refuses files whose outputs Go would take in another order.
func (c *compiler) compareFileOrder(outputs []output) {
	files := inGoOrder(c.pkg.Files)
	named := inGoOrder(slices.SortedStableFunc(slices.Values(files), func(a, b *Source) int {
		return strings.Compare(builtAs(a), builtAs(b))
	}))
	if c.opts.Overlay || slices.Equal(files, named) {
		return
	}
	info := &types.Info{}
	if _, _, err := c.typecheck(outputs, named, info); err != nil {
		c.mistake(outputs, err)
		return
	}
	sourceOf := map[string]string{}
	for _, out := range outputs {
		sourceOf[out.Path] = out.Source
	}
	loud := c.loudInitializers()
	isQuiet := func(in initialized) bool { return !loud[in.name] }
	want := slices.DeleteFunc(c.initNames(c.pkg.Info.InitOrder, nil), isQuiet)
	got := slices.DeleteFunc(c.initNames(info.InitOrder, sourceOf), isQuiet)
	want, got = append(want, c.initFuncs(files)...), append(got, c.initFuncs(named)...)
	for i := range want {
		if want[i].name != got[i].name {
			c.otherwiseNamed(want[i], got[i])
			return
		}
	}
}

// otherwiseNamed says that the output has second before first.
func (c *compiler) otherwiseNamed(first, second initialized) {
	c.diags = append(c.diags, Diagnostic{Pos: first.pos, Code: codeFileOrder, Message: fmt.Sprintf(
		"a build without asyncgen would initialize %s (%s) first, because the outputs of the two files sort differently from the files themselves: rename one of them",
		second.name, base(second.pos.Filename))})
}

// builtAs is the path of the file that a build without asyncgen has.
func builtAs(s *Source) string {
	if s.Annotated {
		return outputPath(s.Path)
	}
	return s.Path
}

// initFuncs gives the functions called init of the files.
func (c *compiler) initFuncs(files []*Source) []initialized {
	var list []initialized
	for _, s := range files {
		for _, d := range s.Syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == "init" {
				list = append(list, initialized{"func init of " + base(s.Path), c.pkg.Fset.PositionFor(d.Name.Pos(), false)})
			}
		}
	}
	return list
}

// loudInitializers gives the names of the declarations whose initializers do more than make a value.
func (c *compiler) loudInitializers() map[string]bool {
	r := c.references()
	loud := map[string]bool{}
	for i, in := range c.initNames(c.pkg.Info.InitOrder, nil) {
		l := listener{references: r, heard: map[types.Object]bool{}}
		loud[in.name] = l.loud(c.pkg.Info.InitOrder[i].Rhs)
	}
	return loud
}

// A listener looks for what others can see in code that runs: output, assignments to package variables, calls of unknown functions.
type listener struct {
	*references
	heard map[types.Object]bool
}

// loud reports whether running n does something of the kind. A literal runs only if it is called where it stands.
func (l listener) loud(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || l.loudCall(m)
		case *ast.UnaryExpr:
			found = found || m.Op == token.ARROW
		case *ast.SendStmt, *ast.GoStmt, *ast.SelectStmt:
			found = true
		case *ast.AssignStmt:
			found = found || m.Tok != token.DEFINE && slices.ContainsFunc(m.Lhs, l.isShared)
		case *ast.IncDecStmt:
			found = found || l.isShared(m.X)
		}
		return !found
	})
	return found
}

// loudCall is loud for a call, without its arguments.
func (l listener) loudCall(call *ast.CallExpr) bool {
	info := l.c.pkg.Info
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return l.loud(lit.Body)
	}
	if t := info.Types[call.Fun]; t.IsType() {
		return false
	}
	switch f := info.Uses[calleeIdent(call.Fun)].(type) {
	case *types.Builtin:
		return slices.Contains([]string{"panic", "print", "println", "close"}, f.Name())
	case *types.Func:
		if f.Pkg() != l.c.pkg.Types {
			return f.Pkg() == nil || !onlyMakes(f)
		}
		texts, known := l.texts[f.Origin()]
		if known && !l.heard[f.Origin()] {
			l.heard[f.Origin()] = true
			return slices.ContainsFunc(texts, l.loud)
		}
		return !known // a method of an interface
	}
	return true
}

// isShared reports whether an operand is a package variable, or a part of one.
func (l listener) isShared(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, ok := l.c.pkg.Info.Uses[x].(*types.Var)
		return ok && !l.c.isLocal(v)
	case *ast.SelectorExpr:
		return l.isShared(x.Sel) && l.c.pkg.Info.Selections[x] == nil || l.isShared(x.X)
	case *ast.IndexExpr:
		return l.isShared(x.X)
	case *ast.StarExpr:
		return l.isShared(x.X)
	}
	return false
}

// makers are packages of Go whose functions make values, and do nothing that others can see.
var makers = set("bytes cmp context errors flag html/template maps math math/big math/bits net/url path path/filepath reflect regexp slices sort " +
	"strconv strings sync text/template time unicode unicode/utf8")

// onlyMakes reports whether a function of another package does nothing but make a value.
func onlyMakes(f *types.Func) bool {
	name := f.Name()
	switch path := f.Pkg().Path(); path {
	case "fmt":
		return strings.HasPrefix(name, "S") && !strings.HasPrefix(name, "Sscan") || name == "Errorf"
	case rtPath:
		return strings.HasPrefix(name, "New")
	default:
		return makers[path]
	}
}
