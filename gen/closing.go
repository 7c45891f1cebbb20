package gen

import "go/ast"

// A loop over a stream that is left early closes the stream: the Yield at which it waits fails. What
// that sets in motion are the stream's deferred calls and the closing of the streams that it reads
// itself. Where there is none of it, nobody can tell a stream that was closed from one that is
// forgotten, provided that nobody else has it, that is when it is part of the reader's frame.
//
// Before: the callees of each async function, those that it holds, and deferred for what its own statements say.
// After: deferred says as well whether one of its loops has to close a stream.

// findClosing finds out whether co has streams to close when it ends. It must be known of those that it holds.
func (c *compiler) findClosing(co *coroutine) {
	inspectOwn(co.body, func(n ast.Node) bool {
		if s, ok := n.(*ast.RangeStmt); ok {
			if call := c.overStream(s); call != nil && c.closes(co, call.Args[0]) {
				co.deferred = true
			}
		}
		return true
	})
}

// closes reports whether a loop of co over a stream has to close it when it is left early.
func (c *compiler) closes(co *coroutine, stream ast.Expr) bool {
	k := c.held(co, stream)
	return k == nil || k.callee.deferred
}
