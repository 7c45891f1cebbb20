package gen

import (
	"go/ast"
	"strconv"
	"strings"
)

// A namer makes names that nobody uses yet. It must know every used name before it is asked.
type namer struct{ used map[string]bool }

// newNamer knows the names of all identifiers below the nodes.
func newNamer(nodes ...ast.Node) *namer {
	n := &namer{used: map[string]bool{}}
	for _, root := range nodes {
		ast.Inspect(root, func(m ast.Node) bool {
			if id, ok := m.(*ast.Ident); ok {
				n.used[id.Name] = true
			}
			return true
		})
	}
	return n
}

// reserve marks names as used.
func (n *namer) reserve(names ...string) {
	for _, name := range names {
		n.used[name] = true
	}
}

// fresh gives the first of the wishes that is free, or the first with a number behind it.
func (n *namer) fresh(wishes ...string) string {
	for _, w := range wishes {
		if !n.used[w] {
			n.used[w] = true
			return w
		}
	}
	for i := 2; ; i++ {
		if name := wishes[0] + strconv.Itoa(i); !n.used[name] {
			n.used[name] = true
			return name
		}
	}
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// inspectOwn walks what belongs to a function itself, not to the literals in it. A literal is
// shown but not entered.
func inspectOwn(n ast.Node, f func(ast.Node) bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil {
			return false
		}
		if lit, ok := m.(*ast.FuncLit); ok && lit != n {
			f(m)
			return false
		}
		return f(m)
	})
}

// calleeIdent gives the identifier that names the function of a call, or nil.
func calleeIdent(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return calleeIdent(e.X)
	case *ast.IndexExpr:
		return calleeIdent(e.X)
	case *ast.IndexListExpr:
		return calleeIdent(e.X)
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.Ident:
		return e
	}
	return nil
}
