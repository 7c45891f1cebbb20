package gen

import (
	"go/ast"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// A namer makes names that nobody uses yet. It must know every used name before it is asked.
type namer struct {
	used  map[string]bool
	last  map[string]int // the last number behind a wish: all before it are used
	outer *namer         // knows more used names; nil if there are no more
}

// newNamer knows the names of all identifiers below the nodes.
func newNamer(nodes ...ast.Node) *namer {
	n := (*namer)(nil).inner()
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

// inner is a namer for a scope of its own: what it gives away stays free in n.
func (n *namer) inner() *namer {
	return &namer{used: map[string]bool{}, last: map[string]int{}, outer: n}
}

// taken reports whether somebody uses a name.
func (n *namer) taken(name string) bool {
	return n.used[name] || n.outer != nil && n.outer.taken(name)
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
		if !n.taken(w) {
			n.used[w] = true
			return w
		}
	}
	wish := wishes[0]
	for i := max(2, n.last[wish]+1); ; i++ {
		if name := wish + strconv.Itoa(i); !n.taken(name) {
			n.used[name], n.last[wish] = true, i
			return name
		}
	}
}

func lowerFirst(s string) string { return mapFirst(s, unicode.ToLower) }
func upperFirst(s string) string { return mapFirst(s, unicode.ToUpper) }

// mapFirst changes the first letter of a name, which need not be a single byte.
func mapFirst(s string, f func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(f(first)) + s[size:]
}

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

// statements are those that n is a list of: a block or a clause, but not the body of a switch, which is a list of clauses.
func statements(n ast.Node) []ast.Stmt {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	if len(list) > 0 {
		switch list[0].(type) {
		case *ast.CaseClause, *ast.CommClause:
			return nil
		}
	}
	return list
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
