package gen

import (
	"fmt"
	"go/ast"
	"go/types"
)

// The calls of rt that programs await most need no memory of their own: a caller's frame can hold them. Some are frames as
// well. Those that wait in line are none: the caller waits itself and, when it is resumed, first goes on with the call.
//
//	case 1:
//		if f.queuePut.Again(x) == rt.Suspended {
//			return rt.Suspended
//		}
//		goto await1

// An rtFrame says what such a call needs in the caller's frame, and what begins it.
type rtFrame struct {
	name, begin string
	rest        rest
}

// rest is what there is to do when the caller is resumed.
type rest uint8

const (
	asFrame   rest = iota // it is not: the call is a frame of its own, which is resumed first
	bare                  // the wait is the whole call
	withTurn              // the method Turn
	withAgain             // the method Again, which may have to wait once more
)

// rtFrames is the functions and methods of rt whose frames can be held.
var rtFrames = map[string]rtFrame{
	"Lock.Acquire":             {name: "LockAcquire", begin: "Begin", rest: withTurn},
	"Event.Wait":               {name: "EventWait", begin: "Begin", rest: bare},
	"Condition.Acquire":        {name: "LockAcquire", begin: "BeginCondition", rest: withTurn},
	"Condition.Wait":           {name: "ConditionWait", begin: "Begin"},
	"Condition.WaitFor":        {name: "ConditionWaitFor", begin: "Begin"},
	"Semaphore.Acquire":        {name: "SemaphoreAcquire", begin: "Begin", rest: withTurn},
	"BoundedSemaphore.Acquire": {name: "SemaphoreAcquire", begin: "BeginBounded", rest: withTurn},
	"Barrier.Wait":             {name: "BarrierWait", begin: "Begin"},
	"Queue.Put":                {name: "QueuePut", begin: "Begin", rest: withAgain},
	"Queue.Get":                {name: "QueueGet", begin: "Begin", rest: withAgain},
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
