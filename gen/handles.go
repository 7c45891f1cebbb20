package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A task whose handle nobody else can have is part of the frame that makes it, as its callees are:
//
//	t := rt.CreateTask(fetch(url))     t := rt.CreateTaskIn(x, f.fetchTask.again(url))
//	…                                  …
//	rt.Await(t)                        …
//
// The handle is private if it is only awaited and asked, there and then: when the statement runs again, the
// former handle is out of reach, and its task's memory is free as soon as that has ended. rt knows whether it
// has, and whether the task has shown itself to somebody (rt.CurrentTask, rt.AllTasks); then again allocates.

// findHandles finds the calls that become tasks with private handles.
func (c *compiler) findHandles() {
	for _, co := range c.cos {
		late := map[*ast.CallExpr]bool{} // what defer and go call keeps its operands
		uses := map[*types.Var]int{}     // of a handle, there and then
		made := map[*types.Var]*knownCall{}
		var found []*knownCall
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.DeferStmt:
				late[n.Call] = true
			case *ast.GoStmt:
				late[n.Call] = true
			case *ast.CallExpr:
				if late[n] {
					break
				}
				if _, ok := c.awaitMode(n); ok {
					if k := c.madeTask(n.Args[0]); k != nil {
						found = append(found, k)
					} else if v := c.localVar(n.Args[0]); v != nil {
						uses[v]++
					}
				} else if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name != "AddDoneCallback" {
					if v := c.localVar(sel.X); v != nil {
						uses[v]++
					}
				}
			case *ast.AssignStmt:
				if n.Tok == token.DEFINE && len(n.Lhs) == 1 && len(n.Rhs) == 1 {
					v, _ := c.pkg.Info.Defs[n.Lhs[0].(*ast.Ident)].(*types.Var)
					if k := c.madeTask(n.Rhs[0]); k != nil && v != nil {
						made[v] = k
						found = append(found, k)
					}
				}
			}
			return true
		})
		all := c.countUses(co.body, func(v *types.Var) bool { return made[v] != nil })
		escapes := map[*knownCall]bool{}
		for v, k := range made {
			k.handle = v
			escapes[k] = all[v] != uses[v] || c.fact(v).shared
		}
		for _, k := range found {
			if !escapes[k] {
				co.handles = append(co.handles, k)
			}
		}
	}
}

// madeTask gives the call of a known function that an rt.CreateTask makes a task of, or nil.
func (c *compiler) madeTask(e ast.Expr) *knownCall {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || c.rtFunc(call) != "CreateTask" || len(call.Args) == 0 {
		return nil
	}
	if k := c.known(call.Args[0]); k != nil && c.canBeTask(k) {
		return k
	}
	return nil
}

// giveHandles tells the handles what their tasks keep.
func (b *builder) giveHandles() {
	for _, k := range b.co.handles {
		if s, v := b.g.tasks[k.call], b.g.byObj[k.handle]; s != nil && v != nil {
			v.task = s.keeps
		}
	}
}

// resultOf is what the task keeps that an operand makes, if it has a private handle.
func (b *builder) resultOf(operand ast.Expr) *variable {
	if k := b.c.madeTask(operand); k != nil && b.g.tasks[k.call] != nil {
		return b.g.tasks[k.call].keeps
	}
	return nil
}

// holdTasks makes slots for the tasks with private handles.
func (b *builder) holdTasks() {
	for _, k := range b.co.handles {
		if b.co.embeds(k) {
			k.callee.again = true
			name := k.callee.task
			s := b.ownSlot(name+b.c.typeArgs(b.co.src, k.targs), lowerFirst(name))
			s.task = true
			b.holdResult(s, coroElem(b.c.pkg.Info.TypeOf(k.call)))
			b.g.tasks[k.call] = s
		}
	}
}
