package asyncvet

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Fixes of what blocks. They are offered where the new code does the same, only that other tasks run
// meanwhile.

// blockFixes gives the fix of a block in an async function's own body, if there is one.
func (c *check) blockFixes(n ast.Node, parents []ast.Node) []analysis.SuggestedFix {
	rt, ok := rtNameIn(c.fileOf(n).Syntax)
	if !ok {
		return nil
	}
	var parent ast.Node
	if len(parents) > 0 {
		parent = parents[len(parents)-1]
	}
	switch n := n.(type) {
	case *ast.UnaryExpr:
		return c.fixReceive(n, parent, rt)
	case *ast.SendStmt:
		return c.fixSend(n, rt)
	case *ast.CallExpr:
		if _, isStmt := parent.(*ast.ExprStmt); isStmt && c.isFunc(n, "time.Sleep") {
			return replace(n, "Await rt.Sleep", fmt.Sprintf("%sAwait(%sSleep(%s))", rt, rt, c.text(n.Args[0])))
		}
		return c.fixWithThread(n, parent, rt)
	}
	return nil
}

// fixSend names the type of the channel's elements if Go could not infer it from two different types.
func (c *check) fixSend(n *ast.SendStmt, rt string) []analysis.SuggestedFix {
	ch, ok := c.Info.TypeOf(n.Chan).Underlying().(*types.Chan)
	if !ok {
		return nil
	}
	arg := ""
	if !types.Identical(ch.Elem(), c.Info.TypeOf(n.Value)) {
		text, ok := c.typeText(ch.Elem(), n)
		if !ok {
			return nil
		}
		arg = "[" + text + "]"
	}
	return replace(n, "Await rt.Send", fmt.Sprintf("%sAwait(%sSend%s(%s, %s))", rt, rt, arg, c.text(n.Chan), c.text(n.Value)))
}

func (c *check) fixReceive(n *ast.UnaryExpr, parent ast.Node, rt string) []analysis.SuggestedFix {
	if t, ok := c.Info.TypeOf(n).(*types.Tuple); ok && t.Len() == 2 {
		return nil // v, ok := <-ch
	}
	_, isStmt := parent.(*ast.ExprStmt)
	if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok && isStmt && c.isFunc(call, "time.After") {
		return replace(n, "Await rt.Sleep", fmt.Sprintf("%sAwait(%sSleep(%s))", rt, rt, c.text(call.Args[0])))
	}
	return replace(n, "Await rt.Recv", fmt.Sprintf("%sAwait(%sRecv(%s))", rt, rt, c.text(n.X)))
}

// fixWithThread moves a call into rt.ToThread: one without results that is a statement, one that gives
// an error, or a value and an error, which are assigned.
func (c *check) fixWithThread(call *ast.CallExpr, parent ast.Node, rt string) []analysis.SuggestedFix {
	f := c.callee(call)
	if b := blockers[fullName(f)]; b != "" && b != inThread || contains(call, c.suspends) {
		return nil
	}
	const title = "Run it with rt.ToThread"
	results := c.Info.TypeOf(call)
	if _, ok := parent.(*ast.ExprStmt); ok {
		if t, ok := results.(*types.Tuple); ok && t.Len() == 0 {
			return replace(call, title, fmt.Sprintf("%sAwait(%sToThread(func() (%sNone, error) { %s; return %sNone{}, nil }))", rt, rt, rt, c.text(call), rt))
		}
		return nil
	}
	assign, ok := parent.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 || assign.Tok != token.DEFINE && assign.Tok != token.ASSIGN {
		return nil
	}
	if isError(results) {
		return []analysis.SuggestedFix{{Message: title, TextEdits: []analysis.TextEdit{
			{Pos: assign.Pos(), End: assign.Pos(), NewText: []byte("_, ")},
			{Pos: call.Pos(), End: call.End(), NewText: fmt.Appendf(nil, "%sTryAwait(%sToThread(func() (%sNone, error) { return %sNone{}, %s }))", rt, rt, rt, rt, c.text(call))},
		}}}
	}
	t, ok := results.(*types.Tuple)
	if !ok || t.Len() != 2 || !isError(t.At(1).Type()) {
		return nil
	}
	value, ok := c.typeText(t.At(0).Type(), call)
	if !ok {
		return nil
	}
	return replace(call, title, fmt.Sprintf("%sTryAwait(%sToThread(func() (%s, error) { return %s }))", rt, rt, value, c.text(call)))
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// typeText writes a type with the names of the file that n stands in, if all of them are imported.
func (c *check) typeText(t types.Type, n ast.Node) (text string, ok bool) {
	scope := c.Info.Scopes[c.fileOf(n).Syntax]
	ok = true
	text = types.TypeString(t, func(p *types.Package) string {
		if p == c.Types {
			return ""
		}
		for _, name := range scope.Names() {
			if imp, isImport := scope.Lookup(name).(*types.PkgName); isImport && imp.Imported() == p {
				return name
			}
		}
		ok = false
		return p.Name()
	})
	return text, ok
}

func (c *check) isFunc(call *ast.CallExpr, name string) bool {
	f := c.callee(call)
	return f != nil && fullName(f) == name
}

// replace is the fix that puts text in the place of a node.
func replace(n ast.Node, title, text string) []analysis.SuggestedFix {
	return []analysis.SuggestedFix{{Message: title, TextEdits: []analysis.TextEdit{{Pos: n.Pos(), End: n.End(), NewText: []byte(text)}}}}
}

// awaitFix puts rt.Await around a coroutine.
func (c *check) awaitFix(e ast.Expr) []analysis.SuggestedFix {
	rt, ok := rtNameIn(c.fileOf(e).Syntax)
	if !ok {
		return nil
	}
	return replace(e, "Await it", rt+"Await("+c.text(e)+")")
}

const rtPath = gen.RTPath
