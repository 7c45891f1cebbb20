package gen

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"

	"golang.org/x/tools/go/cfg"
)

// A local of a loop (loops.go) is loaded only if the loop may read what the field holds. This is liveness once more (live.go),
// on the statements of the loop, which the graph carries whole:
//
//	for i = 0; i < n; i++ {       n := f.n
//	}                             var i int
//	                              for i = 0; i < n; i++ {
//	                              }
//	                              f.i = i

// readFirst gives the variables that a loop, or the stores behind it, may read before the loop assigns them.
func (e *emitter) readFirst(loop ast.Stmt, stored varSet) varSet {
	l := firstReads{e: e, stores: &ast.ReturnStmt{}, stored: stored, heads: map[ast.Node][]ast.Expr{}, skip: map[ast.Node]bool{}}
	ast.Inspect(loop, l.head)
	flow := cfg.New(&ast.BlockStmt{List: []ast.Stmt{loop, l.stores}}, func(call *ast.CallExpr) bool {
		return !e.c.terminates(&ast.ExprStmt{X: call})
	})
	in := map[*cfg.Block]varSet{}
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(flow.Blocks) {
			live := l.liveIn(b, in)
			changed = changed || len(live) > len(in[b])
			in[b] = live
		}
	}
	return in[flow.Blocks[0]]
}

// firstReads is what readFirst knows about a loop.
type firstReads struct {
	e      *emitter
	stores ast.Stmt // stands for the stores behind the loop
	stored varSet
	heads  map[ast.Node][]ast.Expr // range statements and clauses of selects: what they assign before their bodies
	skip   map[ast.Node]bool       // these assignments, which package cfg has before the statement as well
}

// head notes what a range statement or a clause of a select assigns.
func (l *firstReads) head(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			l.heads[n] = rangeVars(n)
		}
	case *ast.CommClause:
		if a, ok := n.Comm.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			l.heads[n], l.skip[a] = a.Lhs, true
		}
	}
	for _, x := range l.heads[n] {
		if l.variable(x) != nil {
			l.skip[x] = true
		}
	}
	return true
}

// liveIn gives the variables that may be read in a block, or behind it, before they are assigned.
func (l *firstReads) liveIn(b *cfg.Block, in map[*cfg.Block]varSet) varSet {
	live := varSet{}
	for _, s := range b.Succs {
		maps.Copy(live, in[s])
	}
	for _, n := range slices.Backward(b.Nodes) {
		l.node(n, live)
	}
	if b.Kind == cfg.KindRangeBody || b.Kind == cfg.KindSelectCaseBody {
		l.assign(l.heads[b.Stmt], live)
	}
	return live
}

// node goes backwards through a statement or an expression.
func (l *firstReads) node(n ast.Node, live varSet) {
	a, assigns := n.(*ast.AssignStmt)
	switch {
	case n == l.stores:
		maps.Copy(live, l.stored)
	case assigns && a.Tok == token.ASSIGN:
		if !l.skip[a] {
			l.assign(a.Lhs, live)
		}
		for _, x := range slices.Concat(a.Lhs, a.Rhs) {
			if l.variable(x) == nil || slices.Contains(a.Rhs, x) {
				l.read(x, live)
			}
		}
	case !l.skip[n]:
		l.read(n, live)
	}
}

func (l *firstReads) read(n ast.Node, live varSet) { l.e.mentionedIn(n, live, varSet{}) }

func (l *firstReads) assign(left []ast.Expr, live varSet) {
	for _, x := range left {
		delete(live, l.variable(x))
	}
}

// variable gives the variable that an expression is; nil if it is anything else.
func (l *firstReads) variable(x ast.Expr) *variable {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		return l.e.varOf(id)
	}
	return nil
}
