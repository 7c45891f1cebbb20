package gen

import (
	"fmt"
	"go/ast"
	"go/types"
)

// The calls of rt that programs await most are frames as well, and a caller's frame can hold them.

// An rtFrame says which frame of rt a call makes, and what begins it. A bare one only notes that the caller waits, and
// gives no value.
type rtFrame struct {
	name, begin string
	bare        bool
}

// rtFrames is the functions and methods of rt whose frames can be held.
var rtFrames = map[string]rtFrame{
	"Lock.Acquire":             {name: "LockAcquire", begin: "Begin"},
	"Event.Wait":               {name: "EventWait", begin: "Begin", bare: true},
	"Condition.Acquire":        {name: "LockAcquire", begin: "BeginCondition"},
	"Condition.Wait":           {name: "ConditionWait", begin: "Begin"},
	"Condition.WaitFor":        {name: "ConditionWaitFor", begin: "Begin"},
	"Semaphore.Acquire":        {name: "SemaphoreAcquire", begin: "Begin"},
	"BoundedSemaphore.Acquire": {name: "SemaphoreAcquire", begin: "BeginBounded"},
	"Barrier.Wait":             {name: "BarrierWait", begin: "Begin"},
	"Queue.Put":                {name: "QueuePut", begin: "Begin"},
	"Queue.Get":                {name: "QueueGet", begin: "Begin"},
	"Queue.Join":               {name: "QueueJoin", begin: "Begin"},
	"Next":                     {name: "StreamNext", begin: "Begin"},
	"WaitFor":                  {name: "TimedCall", begin: "Begin"},
}

// An rtCall is a call of one of them.
type rtCall struct {
	rtFrame
	call  *ast.CallExpr
	recv  ast.Expr // of a method
	addr  bool     // the method takes the receiver's address
	targs []types.Type
}

// rtCallOf gives the call of rt that an operand is, or nil.
func (c *compiler) rtCallOf(operand ast.Expr) *rtCall {
	call, ok := ast.Unparen(operand).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if fn := c.rtRef(call.Fun); fn != nil {
		frame, ok := rtFrames[fn.Name()]
		if !ok || c.spreads(call) {
			return nil
		}
		k := &rtCall{rtFrame: frame, call: call}
		for t := range c.pkg.Info.Instances[calleeIdent(call.Fun)].TypeArgs.Types() {
			k.targs = append(k.targs, t)
		}
		return k
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	s := c.pkg.Info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || len(s.Index()) != 1 || !isRT(s.Obj().Pkg()) {
		return nil
	}
	ptr, isPtr := types.Unalias(s.Recv()).(*types.Pointer)
	t := s.Recv()
	if isPtr {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	frame, ok := rtFrames[named.Obj().Name()+"."+s.Obj().Name()]
	if !ok || c.spreads(call) {
		return nil
	}
	k := &rtCall{rtFrame: frame, call: call, recv: sel.X, addr: !isPtr}
	for t := range named.TypeArgs().Types() {
		k.targs = append(k.targs, t)
	}
	return k
}

// beginRTCall begins such a call in the frame of a slot.
func (e *emitter) beginRTCall(s *slot, k *rtCall) string {
	args := e.g.exec
	if k.bare {
		args += ", " + e.g.frame
	}
	switch {
	case k.addr:
		args += ", " + e.address(k.recv)
	case k.recv != nil:
		args += ", " + e.text(k.recv)
	}
	if len(k.call.Args) > 0 {
		args += ", " + e.span(k.call.Lparen+1, k.call.Rparen, k.call.Args...)
	}
	return fmt.Sprintf("%s.%s.%s(%s)", e.g.frame, s.name, k.begin, args)
}
