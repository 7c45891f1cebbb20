package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/asyncgen/asyncgen/gen"
)

// callee gives the declared function or method that a call calls, or nil.
func (s *source) callee(call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(s.Info, call).(*types.Func)
	if f == nil {
		return nil
	}
	return f.Origin()
}

// fullName is the name by which the tables know a function: (*sync.Mutex).Lock, without type parameters.
func fullName(f *types.Func) string {
	name := f.FullName()
	before, rest, generic := strings.Cut(name, "[")
	if _, after, ok := strings.Cut(rest, "]"); generic && ok {
		return before + after
	}
	return name
}

// rtName gives the name of the function of rt that an expression calls, or "".
func (s *source) rtName(e ast.Expr) string {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return ""
	}
	if f := s.callee(call); f != nil && gen.IsRT(f.Pkg()) && f.Signature().Recv() == nil {
		return f.Name()
	}
	return ""
}

// suspends reports whether a node is a call at which an async function may suspend.
func (s *source) suspends(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	switch name := s.rtName(call); name {
	case "Await", "TryAwait", "CatchAwait":
		inner := s.rtName(call.Args[0])
		return inner != "Return" && inner != "Fail"
	case "Yield", "AwaitEach":
		return true
	}
	return false
}

// catches reports whether a call is of rt.TryAwait or rt.CatchAwait.
func (s *source) catches(e ast.Expr) (name string, ok bool) {
	name = s.rtName(e)
	return name, name == "TryAwait" || name == "CatchAwait"
}

// isCoro reports whether an expression is a coroutine.
func (s *source) isCoro(e ast.Expr) bool {
	t := s.Info.TypeOf(e)
	return t != nil && gen.IsCoro(t)
}

// variable gives the variable that an expression names, or nil.
func (s *source) variable(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := s.Info.ObjectOf(id).(*types.Var)
	return v
}

// ends reports whether a call does not come back.
func (s *source) ends(call *ast.CallExpr) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := s.Info.Uses[id].(*types.Builtin); ok && b.Name() == "panic" {
			return true
		}
	}
	f := s.callee(call)
	if f == nil {
		return false
	}
	switch fullName(f) {
	case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln",
		"(*testing.common).FailNow", "(*testing.common).Fatal", "(*testing.common).Fatalf",
		"(*testing.common).SkipNow", "(*testing.common).Skip", "(*testing.common).Skipf":
		return true
	}
	return s.rtName(call) == "Throw"
}

// inspectOwn walks what belongs to a function itself. Literals in it are shown and not entered.
func inspectOwn(n ast.Node, f func(ast.Node) bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil {
			return false
		}
		if lit, ok := m.(*ast.FuncLit); ok && ast.Node(lit) != n {
			f(m)
			return false
		}
		return f(m)
	})
}

// contains reports whether something that belongs to a function itself is as pred says.
func contains(n ast.Node, pred func(ast.Node) bool) bool {
	found := false
	inspectOwn(n, func(m ast.Node) bool {
		found = found || pred(m)
		return !found
	})
	return found
}

// region is code that runs as part of a function: its body, or the body of an ordinary literal that is
// called where it stands, or deferred.
type region struct {
	body *ast.BlockStmt
	own  bool // a marker may stand in it
}

// regions gives the body of a function and the literals that run with it.
func (s *source) regions(body *ast.BlockStmt, own bool) []region {
	list := []region{{body, own}}
	ast.PreorderStack(body, nil, func(n ast.Node, parents []ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if !ok {
			return true
		}
		if s.byLit[lit] == nil && runsHere(lit, parents) {
			list = append(list, s.regions(lit.Body, false)...)
		}
		return false
	})
	return list
}

// runsHere reports whether a literal is called where it stands, and not by another goroutine.
func runsHere(lit *ast.FuncLit, parents []ast.Node) bool {
	call, goes := gen.Called(lit, parents)
	return call != nil && !goes
}

// rtNameIn gives the name of package rt in a file with the dot behind it, or false if it is not imported.
func rtNameIn(f *ast.File) (string, bool) { return nameIn(f, gen.RTPath) }

// nameIn is rtNameIn for any package whose name ends its path.
func nameIn(f *ast.File, of string) (string, bool) {
	for _, imp := range f.Imports {
		importPath, err := strconv.Unquote(imp.Path.Value)
		switch {
		case err != nil || importPath != of:
		case imp.Name == nil:
			return path.Base(of) + ".", true
		case imp.Name.Name == ".":
			return "", true
		case imp.Name.Name != "_":
			return imp.Name.Name + ".", true
		}
	}
	return "", false
}

// within reports whether a position belongs to a node.
func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
