package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Jumps out of opaque statements lead to blocks of the graph.

// redirect finds where the code of n may jump to from its inside: to blocks of the graph, and to the exit.
func (b *builder) redirect(n ast.Node) []*block {
	var exits []*block
	inspectOwn(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if b.g.exit != nil {
				exits = append(exits, b.g.exit)
			}
			if kind, call := b.c.returnKind(b.co, m); kind == returnFail {
				b.throwSite(call)
			}
		case *ast.CallExpr:
			if b.c.rtFunc(m) == "Throw" {
				b.throwSite(m)
				if b.g.exit != nil {
					exits = append(exits, b.g.exit)
				}
			}
		}
		return true
	})
	b.walkBranches(n, n, func(br *ast.BranchStmt, to *block) {
		b.g.jumps[br] = to
		exits = append(exits, to)
	})
	return exits
}

// throwSite gives a place where the function fails by itself its number.
func (b *builder) throwSite(call *ast.CallExpr) {
	if _, ok := b.g.throwSites[call]; !ok {
		b.g.throws = append(b.g.throws, b.line(call.Pos()))
		b.g.throwSites[call] = len(b.g.throws)
	}
}

// walkBranches calls f for each jump inside n that leaves it for a block of the graph.
func (b *builder) walkBranches(root, n ast.Node, f func(*ast.BranchStmt, *block)) {
	info := b.c.pkg.Info
	var walk func(n ast.Node, brk, cont bool)
	walk = func(n ast.Node, brk, cont bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == nil || m == n {
				return m != nil
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt:
				walk(m, true, true)
				return false
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				walk(m, true, cont)
				return false
			case *ast.BranchStmt:
				b.branchIn(root, m, brk, cont, info, f)
			}
			return true
		})
	}
	switch n := n.(type) {
	case *ast.BranchStmt:
		b.branchIn(root, n, false, false, info, f)
	case *ast.ForStmt, *ast.RangeStmt:
		walk(n, true, true)
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		walk(n, true, false)
	default:
		walk(n, false, false)
	}
}

func (b *builder) branchIn(root ast.Node, br *ast.BranchStmt, brk, cont bool, info *types.Info, f func(*ast.BranchStmt, *block)) {
	if br.Label != nil {
		b.labeledBranch(root, br, info.Uses[br.Label], f)
		return
	}
	var left []func()
	for _, t := range slices.Backward(b.targets) {
		if br.Tok == token.BREAK && !brk {
			f(br, b.detour(t.brk, left))
			return
		}
		if br.Tok == token.CONTINUE && !cont && t.cont != nil {
			f(br, b.detour(t.cont, left))
			return
		}
		if t.leave != nil {
			left = append(left, t.leave)
		}
	}
}

// detour is a block that leaves ranges over functions and streams on the way to another block. It stands behind
// everything else: whatever is being lowered goes on as if there were no detour.
func (b *builder) detour(to *block, left []func()) *block {
	if len(left) == 0 {
		return to
	}
	cur, blocks := b.cur, b.g.blocks
	b.g.blocks = nil
	blk := b.newBlock("leave")
	b.enter(blk)
	for _, leave := range left {
		leave()
	}
	b.jumpTo(to)
	b.detours = append(b.detours, b.g.blocks...)
	b.cur, b.g.blocks = cur, blocks
	return blk
}

// labeledBranch calls f for a jump to a label outside of root.
func (b *builder) labeledBranch(root ast.Node, br *ast.BranchStmt, label types.Object, f func(*ast.BranchStmt, *block)) {
	if label == nil || within(root, label.Pos()) {
		return
	}
	var left []func()
	for _, t := range slices.Backward(b.targets) {
		switch {
		case br.Tok == token.BREAK && t.label == label:
			f(br, b.detour(t.brk, left))
			return
		case br.Tok == token.CONTINUE && t.label == label:
			f(br, b.detour(t.cont, left))
			return
		case br.Tok == token.GOTO && t.leave != nil && within(t.stmt, label.Pos()):
			f(br, b.detour(b.labelBlock(label), left))
			return
		}
		if t.leave != nil {
			left = append(left, t.leave)
		}
	}
	if br.Tok == token.GOTO {
		f(br, b.detour(b.labelBlock(label), left))
	}
}

func (b *builder) labelBlock(label types.Object) *block {
	blk := b.labels[label]
	if blk == nil {
		blk = b.newBlock(label.Name())
		b.labels[label] = blk
	}
	return blk
}
