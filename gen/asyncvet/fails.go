package asyncvet

import (
	"go/ast"

	"github.com/asyncgen/asyncgen/gen"
)

// fails is the fact that an async function can be seen to fail, by other means than a cancellation.
type fails struct{}

func (*fails) AFact()         {}
func (*fails) String() string { return "fails" }

// failures is the async functions of a package that can fail: those that throw, return rt.Fail, or
// await or return something that can.
type failures struct {
	*check
	known map[*gen.AsyncFunc]bool
}

// newFailures looks at the functions until nothing new is found: they call each other.
func (c *check) newFailures() *failures {
	fs := &failures{c, map[*gen.AsyncFunc]bool{}}
	for before := -1; len(fs.known) > before; {
		before = len(fs.known)
		for _, f := range c.funcs {
			if !fs.known[f] && fs.function(f) {
				fs.known[f] = true
			}
		}
	}
	return fs
}

func (fs *failures) exportFacts() {
	for _, f := range fs.funcs {
		if f.Func != nil && fs.known[f] {
			fs.pass.ExportObjectFact(f.Func, new(fails))
		}
	}
}

// function reports whether an async function can fail, as far as is known.
func (fs *failures) function(f *gen.AsyncFunc) bool {
	return contains(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			return len(n.Results) == 1 && fs.coroutine(n.Results[0])
		case *ast.CallExpr:
			switch fs.rtName(n) {
			case "Throw":
				return !fs.rethrows(n.Args[0])
			case "Await":
				return fs.coroutine(n.Args[0])
			}
		}
		return false
	})
}

// rethrows reports whether an error was caught from something that cannot be seen to fail: it is a
// cancellation, passed on.
func (fs *failures) rethrows(err ast.Expr) bool {
	v := fs.variable(err)
	if v == nil || fs.inits[v] == nil {
		return false
	}
	_, caught := fs.catches(fs.inits[v])
	return caught && !fs.coroutine(ast.Unparen(fs.inits[v]).(*ast.CallExpr).Args[0])
}

// coroutine reports whether an expression is a coroutine that can be seen to fail.
func (fs *failures) coroutine(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch fs.rtName(call) {
	case "Fail", "WaitFor", "ToThread":
		return true
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && fs.byLit[lit] != nil {
		return fs.known[fs.byLit[lit]]
	}
	f := fs.callee(call)
	switch {
	case f == nil:
		return false
	case f.Pkg() != fs.pass.Pkg:
		return fs.pass.ImportObjectFact(f, new(fails))
	}
	return fs.known[fs.byFunc[f]]
}
