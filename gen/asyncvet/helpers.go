package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// blocks is the fact that an ordinary function blocks.
type blocks struct {
	Calls []string // what it calls, what that calls, down to the one that blocks
}

func (*blocks) AFact() {}

func (b *blocks) String() string { return "blocks: " + strings.Join(b.Calls, " → ") }

// isStandard reports whether a package belongs to the standard library, whose functions are judged by
// blockers alone: nearly everything there could block in some case.
func isStandard(pass *analysis.Pass) bool {
	first, _, _ := strings.Cut(pass.Pkg.Path(), "/")
	return (pass.Module == nil || pass.Module.Path == "") && !strings.Contains(first, ".") && first != "command-line-arguments"
}

// helpers finds out which ordinary functions of a package block.
//
// One does if an operation on its main path does: not below an if, a case or the right side of && or
// ||. A function that receives only when something is missing from its cache is not reported at
// every call. Waiting for a mutex does not count either: it takes a moment, if the function is well made.
// And what waits at a channel or a sync.WaitGroup of its own waits for goroutines that it has started: it
// computes something in parallel.
type helpers struct {
	*check
	decls []helper
	known map[*types.Func]*blocks
}

type helper struct {
	f    *types.Func
	body *ast.BlockStmt
}

// newHelpers looks at the functions until nothing new is found: they call each other.
func (c *check) newHelpers() *helpers {
	h := &helpers{check: c, known: map[*types.Func]*blocks{}}
	for _, file := range c.Files {
		for _, d := range file.Syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				if f, ok := c.Info.Defs[d.Name].(*types.Func); ok && c.byFunc[f] == nil {
					h.decls = append(h.decls, helper{f, d.Body})
				}
			}
		}
	}
	for before := -1; len(h.known) > before; {
		before = len(h.known)
		for _, d := range h.decls {
			if h.known[d.f] == nil {
				h.look(d)
			}
		}
	}
	return h
}

// exportFacts tells other packages.
func (h *helpers) exportFacts() {
	for _, d := range h.decls {
		if b := h.known[d.f]; b != nil {
			h.pass.ExportObjectFact(d.f, b)
		}
	}
}

// look finds out whether a function blocks, as far as is known.
func (h *helpers) look(d helper) {
	for _, r := range h.regions(d.body, false) {
		h.inRegion(r.body, func(n ast.Node, parents []ast.Node) {
			if h.known[d.f] != nil || !onMainPath(n, parents) || h.joins(n, d.body) || h.ignore.has(h.Fset, n.Pos(), h.pass.Analyzer.Name) {
				return
			}
			if b := h.reason(n, parents); b != nil {
				h.known[d.f] = b
			}
		})
	}
}

// blocks says how a function blocks, or gives nil.
func (h *helpers) blocks(f *types.Func) *blocks {
	var b blocks
	if f.Pkg() != nil && f.Pkg() != h.pass.Pkg && h.pass.ImportObjectFact(f, &b) {
		return &b
	}
	return h.known[f]
}

// reason says why a function blocks that executes n, or gives nil.
func (h *helpers) reason(n ast.Node, parents []ast.Node) *blocks {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		if b := h.channelBlock(n, parents); b != nil {
			return &blocks{[]string{b.what}}
		}
		return nil
	}
	if b := h.knownBlock(call); b != nil {
		if strings.HasPrefix(b.what, "sync.") && strings.HasSuffix(b.what, "Lock") {
			return nil
		}
		return &blocks{[]string{b.what}}
	}
	f := h.callee(call)
	if f == nil {
		return nil
	}
	if b := h.blocks(f); b != nil {
		return &blocks{append([]string{h.nameOf(f)}, b.Calls...)}
	}
	return nil
}

// joins reports whether a node waits at a channel or a sync.WaitGroup that the function has declared.
func (h *helpers) joins(n ast.Node, body *ast.BlockStmt) bool {
	var at ast.Expr
	switch n := n.(type) {
	case *ast.UnaryExpr:
		at = n.X
	case *ast.SendStmt:
		at = n.Chan
	case *ast.RangeStmt:
		at = n.X
	case *ast.CallExpr:
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && h.isFunc(n, "(*sync.WaitGroup).Wait") {
			at = sel.X
		}
	}
	if at == nil {
		return false
	}
	v := h.variable(at)
	return v != nil && within(body, v.Pos()) && !h.isAlias(v)
}

// isAlias reports whether a variable was declared with what something else gave: done := ctx.Done().
func (h *helpers) isAlias(v *types.Var) bool {
	call, ok := h.inits[v].(*ast.CallExpr)
	if !ok {
		return h.inits[v] != nil && !isLiteral(h.inits[v])
	}
	b, ok := h.Info.Uses[calleeName(call)].(*types.Builtin)
	return !ok || b.Name() != "make" && b.Name() != "new"
}

// isLiteral reports whether an expression is a composite literal or the address of one.
func isLiteral(e ast.Expr) bool {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	_, ok := ast.Unparen(e).(*ast.CompositeLit)
	return ok
}

// onMainPath reports whether a node is executed whenever the code around it is.
func onMainPath(n ast.Node, parents []ast.Node) bool {
	child := n
	for i := len(parents) - 1; i >= 0; i-- {
		switch p := parents[i].(type) {
		case *ast.IfStmt:
			if child == p.Body || child == p.Else {
				return false
			}
		case *ast.CaseClause, *ast.CommClause:
			return false
		case *ast.BinaryExpr:
			if child == p.Y && (p.Op == token.LAND || p.Op == token.LOR) {
				return false
			}
		}
		child = parents[i]
	}
	return true
}

// blockAt says how a node blocks, or gives nil.
func (h *helpers) blockAt(n ast.Node, parents []ast.Node) *block {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return h.channelBlock(n, parents)
	}
	if b := h.knownBlock(call); b != nil {
		return b
	}
	f := h.callee(call)
	if f == nil || gen.IsRT(f.Pkg()) {
		return nil
	}
	b := h.blocks(f)
	if b == nil {
		return nil
	}
	why := "it calls " + strings.Join(b.Calls, ", which calls ")
	if last := b.Calls[len(b.Calls)-1]; strings.HasPrefix(last, "a ") {
		why = strings.TrimSuffix(why, "calls "+last) + "does " + last
	}
	return &block{h.nameOf(f), why + "; " + inThread}
}

// nameOf names a function as this package does.
func (h *helpers) nameOf(f *types.Func) string {
	if f.Pkg() != h.pass.Pkg {
		return display(f)
	}
	return strings.TrimPrefix(display(f), f.Pkg().Name()+".")
}
