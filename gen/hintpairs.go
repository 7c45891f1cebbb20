package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Hints about pairs of a value and an error, which Go's functions return and async functions do not: where a pair is assigned,
// and where one is returned.

// hintAssigned is about an assignment with more or fewer variables than values; at is where its right side begins.
func (c *compiler) hintAssigned(s *Source, at token.Pos) string {
	var left []ast.Expr
	var from, to token.Pos
	var right []ast.Expr
	var declaration *ast.GenDecl
	for _, n := range c.nodesAt(s, at) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			left, right, from, to = n.Lhs, n.Rhs, n.Pos(), n.TokPos+token.Pos(len(n.Tok.String()))
		case *ast.GenDecl:
			declaration = n
		case *ast.ValueSpec:
			left, right, from = nil, n.Values, n.Pos()
			if !declaration.Lparen.IsValid() {
				from = declaration.Pos()
			}
			for _, id := range n.Names {
				left = append(left, id)
			}
			if len(right) > 0 {
				to = right[0].Pos()
			}
		}
	}
	if len(right) != 1 || len(left) == 0 || len(left) > 2 {
		return ""
	}
	e := ast.Unparen(right[0])
	call, isCall := e.(*ast.CallExpr)
	name := ""
	if isCall {
		name = c.rtFunc(call)
	}
	if len(left) == 1 {
		switch name {
		case "TryAwait", "CatchAwait", "Run", "RunOn":
			return c.pairOf(s, left[0]) + strings.TrimSpace(c.sourceText(s, left[0].End(), to)) + " " + c.short(s, e)
		}
		return ""
	}
	head := c.text(s, from, to) + " "
	q := c.qualifier(s)
	t := c.pkg.Info.TypeOf(e)
	switch {
	case name == "Await" && len(call.Args) == 1:
		if recv, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok && !c.isErrorName(left[1]) {
			switch c.rtFunc(recv) {
			case "Recv":
				return fmt.Sprintf("item := %sAwait(%sRecvOK(%s)) // item.Value, item.OK", q, q, c.short(s, recv.Args[0]))
			case "Gather":
				return "values := " + c.short(s, e)
			}
		}
		if inner, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok && c.ordinary(inner) {
			return "" // the message about the argument has the hint
		}
		return head + q + "TryAwait(" + c.short(s, call.Args[0]) + ")"
	case unknown(t):
	case isAwaitable(t) && c.isAsyncAt(s, at):
		return head + q + "TryAwait(" + c.short(s, e) + ")"
	case coroElem(t) != nil:
		return head + q + "Run(" + c.short(s, e) + ")"
	}
	return ""
}

// pairOf is what should stand on the left side of a pair of a value and an error where one variable does.
func (c *compiler) pairOf(s *Source, left ast.Expr) string {
	text := c.short(s, left)
	if c.isErrorName(left) {
		return "_, " + text + " "
	}
	return text + ", err "
}

// isErrorName reports whether a variable is meant for an error.
func (c *compiler) isErrorName(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return isError(c.pkg.Info.TypeOf(e))
	}
	name := strings.ToLower(id.Name)
	if name == "e" || strings.HasPrefix(name, "err") || strings.HasSuffix(name, "err") {
		return true
	}
	obj := c.pkg.Info.ObjectOf(id)
	return obj != nil && isError(obj.Type())
}

// isAsyncAt reports whether the innermost function around a position gives a coroutine or stream.
func (c *compiler) isAsyncAt(s *Source, at token.Pos) bool {
	typ := c.functionAround(s, at)
	return typ != nil && c.givesAwaitable(typ)
}

// hintErrorWanted is about an await that gives no value, used as if it gave the error.
func (c *compiler) hintErrorWanted(s *Source, at token.Pos) string {
	nodes := c.nodesAt(s, at)
	for i := len(nodes) - 1; i >= 0; i-- {
		switch n := nodes[i].(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && len(n.Rhs) == 1 && c.isErrorName(n.Lhs[0]) {
				if call, ok := ast.Unparen(n.Rhs[0]).(*ast.CallExpr); ok && c.rtFunc(call) == "Await" && len(call.Args) == 1 {
					return fmt.Sprintf("_, %s %s %sTryAwait(%s)", c.short(s, n.Lhs[0]), n.Tok, c.qualifier(s), c.short(s, call.Args[0]))
				}
			}
		case *ast.IfStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok && at >= n.Cond.Pos() && at < n.Cond.End() {
				return c.hintErrorWanted(s, init.TokPos)
			}
		}
	}
	return ""
}

// hintReturned is about a return statement of a function that gives a coroutine or stream: of an error, of a value and an
// error, of nothing. It gives "" for others.
func (c *compiler) hintReturned(s *Source, at token.Pos) string {
	var r *ast.ReturnStmt
	for _, n := range c.nodesAt(s, at) {
		if n, ok := n.(*ast.ReturnStmt); ok {
			r = n
		}
	}
	typ := c.functionAround(s, at)
	if r == nil || typ == nil || !c.givesAwaitable(typ) {
		return ""
	}
	t := c.pkg.Info.TypeOf(typ.Results.List[0].Type)
	w := &wrongReturn{compiler: c, src: s, q: c.qualifier(s), elem: coroElem(t), stream: streamElem(t)}
	switch len(r.Results) {
	case 0:
		return "return nil"
	case 1:
		return w.one(r.Results[0])
	case 2:
		return w.pair(r.Results[0], r.Results[1])
	}
	return ""
}

// A wrongReturn is a return statement of what an async function cannot return.
type wrongReturn struct {
	*compiler
	src          *Source
	q            string
	elem, stream types.Type // of what the function gives; one is nil
}

// fail is the statement with which the function fails.
func (w *wrongReturn) fail(err string) string {
	if w.stream != nil {
		return w.q + "Throw(" + err + ")"
	}
	elem := w.typeString(w.src, w.elem)
	if isNone(w.elem) {
		elem = w.q + "None"
	}
	return "return " + w.q + "Fail[" + elem + "](" + err + ")"
}

// give is the statement with which it gives a value; "" if the value is of another type.
func (w *wrongReturn) give(e ast.Expr) string {
	text := w.short(w.src, e)
	switch t := w.pkg.Info.TypeOf(e); {
	case unknown(t) || text == "…":
	case w.stream != nil && types.AssignableTo(t, w.stream):
		return w.q + "Yield(" + text + ")"
	case w.elem != nil && (isNone(w.elem) || w.pkg.Info.Types[e].IsNil()) && types.AssignableTo(t, w.elem):
		return "return nil"
	case w.elem != nil && types.AssignableTo(t, w.elem):
		if !types.Identical(types.Default(t), w.elem) { // else T comes from the argument
			return "return " + w.q + "Return[" + w.typeString(w.src, w.elem) + "](" + text + ")"
		}
		return "return " + w.q + "Return(" + text + ")"
	}
	return ""
}

func (w *wrongReturn) one(e ast.Expr) string {
	t := w.pkg.Info.TypeOf(e)
	if tuple, ok := t.(*types.Tuple); ok {
		if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && w.elem != nil && tuple.Len() == 2 && isError(tuple.At(1).Type()) {
			text := w.short(w.src, e)
			if _, awaits := w.awaitMode(call); awaits {
				return "return " + w.q + "Return(" + w.q + "Await(" + w.short(w.src, call.Args[0]) + "))"
			}
			return fmt.Sprintf("value, err := %s\nif err != nil {\n\t%s\n}\nreturn %sReturn(value)", text, w.fail("err"), w.q)
		}
		return ""
	}
	if text := w.give(e); text != "" {
		return text
	}
	if isError(t) {
		return w.fail(w.short(w.src, e))
	}
	return ""
}

// pair is about a value and an error, of which only one means something.
func (w *wrongReturn) pair(value, err ast.Expr) string {
	t := w.pkg.Info.TypeOf(err)
	switch {
	case w.pkg.Info.Types[err].IsNil():
		return w.give(value)
	case !isError(t):
		return ""
	case w.isZero(value):
		return w.fail(w.short(w.src, err))
	}
	give := w.give(value)
	if give == "" {
		return w.fail(w.short(w.src, err))
	}
	return fmt.Sprintf("if %s != nil {\n\t%s\n}\n%s", w.short(w.src, err), w.fail(w.short(w.src, err)), give)
}

// isZero reports whether an expression is written as the zero value of its type.
func (w *wrongReturn) isZero(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return e.Value == "0" || e.Value == `""` || e.Value == "``"
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "false"
	}
	return false
}

// hintOneValue is about an await that gives a pair, where one value is wanted.
func (c *compiler) hintOneValue(s *Source, at token.Pos) string {
	call, ok := c.expressionAt(s, at).(*ast.CallExpr)
	if !ok {
		return ""
	}
	if _, awaits := c.awaitMode(call); !awaits || len(call.Args) != 1 {
		return ""
	}
	return c.qualifier(s) + "Await(" + c.short(s, call.Args[0]) + ")"
}
