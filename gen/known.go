package gen

import (
	"go/ast"
	"go/types"
	"slices"
)

// known gives the statically known callee of an operand, or nil.
func (c *compiler) known(operand ast.Expr) *knownCall {
	call, ok := ast.Unparen(operand).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		if co := c.byLit[lit]; co != nil && !co.inPlace && !(c.spreads(call) && len(co.captures) > 0) {
			return &knownCall{callee: co, call: call, targs: typeParamTypes(co)}
		}
		return nil
	}
	id := calleeIdent(call.Fun)
	fn, _ := c.pkg.Info.Uses[id].(*types.Func)
	if fn == nil || c.byFunc[fn.Origin()] == nil {
		return nil
	}
	k := &knownCall{callee: c.byFunc[fn.Origin()], call: call}
	if fn.Signature().Recv() == nil {
		inst := c.pkg.Info.Instances[id]
		if n := k.callee.sig.TypeParams().Len(); n > 0 {
			if inst.TypeArgs.Len() != n {
				return nil
			}
			for t := range inst.TypeArgs.Types() {
				k.targs = append(k.targs, t)
			}
		}
		return k
	}
	sel, _ := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if sel == nil || c.spreads(call) {
		return nil
	}
	s := c.pkg.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || len(s.Index()) != 1 {
		return nil
	}
	t := s.Recv()
	ptr, isPtr := types.Unalias(t).(*types.Pointer)
	if isPtr {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	for t := range named.TypeArgs().Types() {
		k.targs = append(k.targs, t)
	}
	_, wantsPtr := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	k.recv, k.addr, k.deref = sel.X, wantsPtr && !isPtr, !wantsPtr && isPtr
	return k
}

// spreads reports whether a call passes on the several results of another one: f(g()).
func (c *compiler) spreads(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	_, tuple := c.pkg.Info.TypeOf(call.Args[0]).(*types.Tuple)
	return tuple
}

// collectCalls finds the callees of each async function.
func (c *compiler) collectCalls() {
	for _, co := range c.cos {
		for _, k := range co.handles {
			co.addCall(k)
		}
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if c.onlyMeasures(n) {
					return false
				}
				if _, ok := c.awaitMode(n); ok || c.rtFunc(n) == "AwaitEach" {
					co.addCall(c.known(n.Args[0]))
				}
			case *ast.ReturnStmt:
				if kind, _ := c.returnKind(co, n); kind == returnAwait {
					co.addCall(c.known(n.Results[0]))
				}
			}
			return true
		})
	}
}

func (co *coroutine) addCall(k *knownCall) {
	if k == nil {
		return
	}
	for _, x := range co.calls {
		if x == k.callee {
			return
		}
	}
	co.calls = append(co.calls, k.callee)
}

// components numbers the strongly connected components of the graph of calls (Tarjan), callees first, and says which
// hold tasks.
func (c *compiler) components() {
	index, low, on := map[*coroutine]int{}, map[*coroutine]int{}, map[*coroutine]bool{}
	var stack []*coroutine
	count := 0
	var visit func(co *coroutine)
	visit = func(co *coroutine) {
		count++
		index[co], low[co], on[co] = count, count, true
		at := len(stack)
		stack = append(stack, co)
		for _, d := range co.calls {
			if index[d] == 0 {
				visit(d)
				low[co] = min(low[co], low[d])
			} else if on[d] {
				low[co] = min(low[co], index[d])
			}
		}
		if low[co] == index[co] {
			members := stack[at:]
			stack = stack[:at]
			holds := slices.ContainsFunc(members, (*coroutine).callsHolder)
			for _, d := range members {
				on[d] = false
				d.scc, d.holdsTasks = index[co], holds
			}
		}
	}
	for _, co := range c.cos {
		if index[co] == 0 {
			visit(co)
		}
	}
}

// callsHolder reports whether co makes tasks that are part of its frame, or one of its callees is known to hold some.
func (co *coroutine) callsHolder() bool {
	return len(co.handles) > 0 || slices.ContainsFunc(co.calls, func(d *coroutine) bool { return d.holdsTasks })
}

// embeds reports whether the frame of co can hold the callee's.
func (co *coroutine) embeds(k *knownCall) bool {
	return k != nil && k.callee.scc != co.scc && !co.apart[k.callee]
}

// held gives the callee of an operand whose frame is to be part of co's, or nil.
func (c *compiler) held(co *coroutine, operand ast.Expr) *knownCall {
	k := c.known(operand)
	if !co.embeds(k) {
		return nil
	}
	if !c.nameable(k.targs) {
		return nil
	}
	return k
}

// passed gives the captured variables that a literal's frame has fields for.
func (co *coroutine) passed() []*types.Var {
	var list []*types.Var
	for _, v := range co.captures {
		if co.graph.field(co.graph.byObj[v]) {
			list = append(list, v)
		}
	}
	return list
}

// recvName is the name of a method's receiver; "" when it has none or is not a method.
func (co *coroutine) recvName() string {
	if co.decl == nil || co.sig.Recv() == nil || co.sig.Recv().Name() == "_" {
		return ""
	}
	return co.sig.Recv().Name()
}
