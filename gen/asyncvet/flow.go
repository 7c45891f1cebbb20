package asyncvet

import (
	"go/ast"

	"golang.org/x/tools/go/cfg"
)

// graph is the control flow of a function.
func (c *check) graph(body *ast.BlockStmt) *cfg.CFG {
	return cfg.New(body, func(call *ast.CallExpr) bool { return !c.ends(call) })
}

// after walks what can be executed after a node, once each, until stop says that a path ends.
func after(g *cfg.CFG, n ast.Node, stop func(ast.Node) bool) {
	seen := map[*cfg.Block]bool{}
	var walk func(nodes []ast.Node, b *cfg.Block)
	walk = func(nodes []ast.Node, b *cfg.Block) {
		for _, n := range nodes {
			if stop(n) {
				return
			}
		}
		for _, s := range b.Succs {
			if !seen[s] {
				seen[s] = true
				walk(s.Nodes, s)
			}
		}
	}
	for _, b := range g.Blocks {
		for i, m := range b.Nodes {
			if within(m, n.Pos()) {
				walk(b.Nodes[i+1:], b)
				return
			}
		}
	}
}
