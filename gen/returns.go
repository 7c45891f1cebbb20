package gen

import "go/ast"

// A returnKind says what a return statement of an async function does.
type returnKind uint8

const (
	returnValue returnKind = iota // rt.Return(v)
	returnNil                     // nil: the zero value
	returnFail                    // rt.Fail[T](err)
	returnNamed                   // nothing, or the named result: ends as that ends
	returnAwait                   // any other coroutine: ends as it ends
)

// returnKind classifies a return statement of co; the call is that of rt.Return or rt.Fail.
func (c *compiler) returnKind(co *coroutine, r *ast.ReturnStmt) (returnKind, *ast.CallExpr) {
	if len(r.Results) == 0 {
		return returnNamed, nil
	}
	e := ast.Unparen(r.Results[0])
	if c.pkg.Info.Types[e].IsNil() {
		return returnNil, nil
	}
	if v := c.localVar(e); v != nil && v == co.sig.Results().At(0) {
		return returnNamed, nil
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

// endsAs is the named result that a function with deferred calls ends as, nil if it has none. Nobody reads that of a
// stream but its own code.
func (g *graph) endsAs() *variable {
	if g.co.stream {
		return nil
	}
	return g.result
}
