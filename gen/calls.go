package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A returnKind says what a return statement of an async function does.
type returnKind uint8

const (
	returnValue returnKind = iota // rt.Return(v)
	returnNil                     // nil: the zero value
	returnFail                    // rt.Fail[T](err)
	returnNamed                   // nothing: ends as the named result ends
	returnAwait                   // any other coroutine: ends as it ends
)

// returnKind classifies a return statement; the call is that of rt.Return or rt.Fail.
func (c *compiler) returnKind(r *ast.ReturnStmt) (returnKind, *ast.CallExpr) {
	if len(r.Results) == 0 {
		return returnNamed, nil
	}
	e := ast.Unparen(r.Results[0])
	if c.pkg.Info.Types[e].IsNil() {
		return returnNil, nil
	}
	if call, ok := e.(*ast.CallExpr); ok {
		switch c.rtFunc(call) {
		case "Return":
			return returnValue, call
		case "Fail":
			return returnFail, call
		}
	}
	return returnAwait, nil
}

// A knownCall is a call of an async function of the package whose frame the caller can hold.
type knownCall struct {
	callee *coroutine
	recv   ast.Expr // the receiver of a method call
	addr   bool     // the method takes the receiver's address
	deref  bool     // the method takes what the receiver points to
	call   *ast.CallExpr
	targs  []types.Type // type arguments of the callee's frame
}

// known gives the statically known callee of an operand, or nil.
func (c *compiler) known(operand ast.Expr) *knownCall {
	call, ok := ast.Unparen(operand).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		if co := c.byLit[lit]; co != nil && !(c.spreads(call) && len(co.captures) > 0) {
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

// typeParams gives the type parameters of a coroutine's frame: those of the declaration around it.
func (co *coroutine) typeParams() []*types.TypeParam {
	var list []*types.TypeParam
	if co.top == nil {
		return nil
	}
	sig := co.sig
	if co.lit != nil {
		sig = co.topSig
	}
	for t := range sig.RecvTypeParams().TypeParams() {
		list = append(list, t)
	}
	for t := range sig.TypeParams().TypeParams() {
		list = append(list, t)
	}
	return list
}

func typeParamTypes(co *coroutine) []types.Type {
	var list []types.Type
	for _, t := range co.typeParams() {
		list = append(list, t)
	}
	return list
}

// maxEmbedded bounds how many frames may be part of one: chains stay free of allocations, while a
// wide call graph does not multiply itself out.
const maxEmbedded = 512

// collectCalls finds out which frames may hold which: not their own, however indirectly.
func (c *compiler) collectCalls() {
	for _, co := range c.cos {
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if _, ok := c.awaitMode(n); ok {
					co.addCall(c.known(n.Args[0]))
				}
			case *ast.ReturnStmt:
				if kind, _ := c.returnKind(n); kind == returnAwait {
					co.addCall(c.known(n.Results[0]))
				}
			}
			return true
		})
	}
	c.components()
	weight := map[*coroutine]int{}
	var weigh func(co *coroutine) int
	weigh = func(co *coroutine) int {
		if w, ok := weight[co]; ok {
			return w
		}
		w := 1
		weight[co] = w
		for _, callee := range co.calls {
			if callee.scc != co.scc {
				w += weigh(callee)
			}
		}
		weight[co] = w
		co.heavy = w > maxEmbedded
		if co.heavy {
			weight[co] = 1
		}
		return weight[co]
	}
	for _, co := range c.cos {
		weigh(co)
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

// components numbers the strongly connected components of the graph of calls (Tarjan).
func (c *compiler) components() {
	index, low, on := map[*coroutine]int{}, map[*coroutine]int{}, map[*coroutine]bool{}
	var stack []*coroutine
	count := 0
	var visit func(co *coroutine)
	visit = func(co *coroutine) {
		count++
		index[co], low[co], on[co] = count, count, true
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
			for {
				d := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				on[d] = false
				d.scc = index[co]
				if d == co {
					return
				}
			}
		}
	}
	for _, co := range c.cos {
		if index[co] == 0 {
			visit(co)
		}
	}
}

// embeds reports whether the frame of co can hold the callee's.
func (co *coroutine) embeds(k *knownCall) bool {
	return k != nil && k.callee.scc != co.scc && !k.callee.heavy
}

// prepare decides how an await begins: by a direct call of a known function, as a sleep, or through
// rt. It gives the text of the result.
func (b *builder) prepare(a *await, operand ast.Expr) string {
	f, x, q := b.g.frame, b.g.exec, b.c.rtQual(b.co.src)
	if call, ok := operand.(*ast.CallExpr); ok && b.c.rtFunc(call) == "Sleep" && len(call.Args) == 1 && !b.isReplaced(operand) {
		a.linked = true
		a.uses = b.usesOf(call.Args[0])
		a.begin = func(e *emitter) string { return fmt.Sprintf("%s.Sleep(%s, %s)", x, f, e.text(call.Args[0])) }
		if a.mode == plainAwait {
			return q + "None{}"
		}
		return x + ".Slept()"
	}
	if k := b.c.known(operand); b.co.embeds(k) && !b.isReplaced(operand) && b.nameable(k.targs) {
		s := b.slotFor(k.callee.frameName+b.c.typeArgs(b.co.src, k.targs), k.callee)
		k.callee.begun = true
		a.slot = s
		a.uses = b.usesOf(k.call)
		a.setup = func(e *emitter) string {
			begin := fmt.Sprintf("%s.%s.begin(%s)", f, s.name, e.arguments(k))
			if k.recv != nil && k.callee.recvName() == "" {
				return "_ = " + e.receiver(k) + "\n" + begin // evaluated, though nobody wants it
			}
			return begin
		}
		a.begin = func(e *emitter) string { return fmt.Sprintf("%s.%s.Resume(%s)", f, s.name, x) }
		if a.mode == plainAwait {
			return fmt.Sprintf("%s.%s.Value", f, s.name)
		}
		return fmt.Sprintf("%s.%s.Try(%s)", f, s.name, x)
	}
	kind := "Awaitable"
	if coroElem(b.c.pkg.Info.TypeOf(operand)) != nil {
		kind = "Coro"
	}
	old, replaced := b.g.subst[operand]
	s := b.slotFor(q+kind+"["+b.c.typeText(b.co.src, a.elem, operand.Pos())+"]", nil)
	a.slot, a.linked = s, true
	a.uses = b.usesOf(operand)
	a.setup = func(e *emitter) string {
		return fmt.Sprintf("%s.%s = %s", f, s.name, e.operandOf(operand, replaced, old))
	}
	a.begin = func(e *emitter) string { return fmt.Sprintf("%sBegin(%s, %s, %s.%s)", q, x, f, f, s.name) }
	if a.mode == plainAwait {
		return fmt.Sprintf("%sValue(%s.%s)", q, f, s.name)
	}
	return fmt.Sprintf("%sTry(%s, %s.%s)", q, x, f, s.name)
}

// isReplaced reports whether something stands for the operand already (an await in an await).
func (b *builder) isReplaced(e ast.Expr) bool {
	_, ok := b.g.subst[e]
	return ok
}

func (b *builder) nameable(list []types.Type) bool {
	for _, t := range list {
		if !b.c.canName(t) {
			return false
		}
	}
	return true
}

// slotFor gives the frame field for awaited things of one type.
func (b *builder) slotFor(typeText string, callee *coroutine) *slot {
	for _, s := range b.g.slots {
		if s.typeText == typeText {
			return s
		}
	}
	name := "awaited"
	if callee != nil {
		name = callee.name[strings.LastIndexByte(callee.name, '.')+1:]
		name = lowerFirst(name)
		if token.IsKeyword(name) {
			name += "_"
		}
	}
	s := &slot{name: b.fields.fresh(name), typeText: typeText, callee: callee}
	b.g.slots = append(b.g.slots, s)
	return s
}

// arguments is the argument list of begin: captured variables, receiver, arguments.
func (e *emitter) arguments(k *knownCall) string {
	var args []string
	for _, v := range k.callee.passed() {
		args = append(args, e.captured(v))
	}
	if k.recv != nil && k.callee.recvName() != "" {
		args = append(args, e.receiver(k))
	}
	if len(k.call.Args) > 0 {
		args = append(args, e.span(k.call.Lparen+1, k.call.Rparen, k.call.Args...))
	}
	return strings.Join(args, ", ")
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

// receiver is the receiver of a method call, as the method wants it.
func (e *emitter) receiver(k *knownCall) string {
	switch {
	case k.addr:
		return e.address(k.recv)
	case k.deref:
		return "*" + e.operand(k.recv)
	}
	return e.text(k.recv)
}

// recvName is the name of a method's receiver; "" when it has none or is not a method.
func (co *coroutine) recvName() string {
	if co.decl == nil || co.sig.Recv() == nil || co.sig.Recv().Name() == "_" {
		return ""
	}
	return co.sig.Recv().Name()
}

// awaitResult awaits the named result, which a return without operands ends with.
func (b *builder) awaitResult(s *ast.ReturnStmt) {
	a := &await{line: b.line(s.Pos()), source: "return", elem: b.co.elem, linked: true}
	b.g.awaits = append(b.g.awaits, a)
	a.site = len(b.g.awaits)
	f, x, q := b.g.frame, b.g.exec, b.c.rtQual(b.co.src)
	a.slot = b.slotFor(q+"Coro["+b.c.typeText(b.co.src, a.elem, s.Pos())+"]", nil)
	a.uses = []*variable{b.g.result}
	a.setup = func(e *emitter) string { return fmt.Sprintf("%s.%s = %s", f, a.slot.name, e.ref(b.g.result)) }
	a.begin = func(*emitter) string { return fmt.Sprintf("%sBegin(%s, %s, %s.%s)", q, x, f, f, a.slot.name) }
	b.suspendAt(a)
	b.g.namedReturns[s] = fmt.Sprintf("%sValue(%s.%s)", q, f, a.slot.name)
}
