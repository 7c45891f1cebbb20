package asyncvet

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Blocking finds what blocks the thread in code that runs on the event loop: async functions and the
// loop's callbacks.
var Blocking = &analysis.Analyzer{
	Name: "blocking",
	Doc: `find calls and channel operations that block the event loop

While an async function sleeps in time.Sleep, receives from a channel or reads from the network, no
other task runs. rt has awaitable forms of some (rt.Sleep, rt.Recv, rt.Send, rt.Lock), and
rt.ToThread for the rest. A function that blocks on its main path counts like what it calls.`,
	URL:       docs + "blocking",
	Requires:  []*analysis.Analyzer{sources},
	FactTypes: []analysis.Fact{new(blocks)},
	Run:       runBlocking,
}

func runBlocking(pass *analysis.Pass) (any, error) {
	if isStandard(pass) || gen.IsRT(pass.Pkg) {
		return nil, nil // known by name: blockers.go
	}
	c := newCheck(pass)
	h := c.newHelpers()
	h.exportFacts()
	for _, r := range c.loopCode() {
		c.inRegion(r.body, func(n ast.Node, parents []ast.Node) {
			if b := h.blockAt(n, parents); b != nil {
				c.reportBlock(r, n, parents, b)
			}
		})
	}
	return nil, nil
}

// loopCode gives the code that runs on the event loop.
func (c *check) loopCode() []region {
	var list []region
	for _, f := range c.funcs {
		list = append(list, c.regions(f.Body, true)...)
	}
	for _, f := range c.annotated() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if lit := c.callback(call); lit != nil {
					list = append(list, c.regions(lit.Body, false)...)
				}
			}
			return true
		})
	}
	return list
}

// callback gives the literal that a call asks the loop to call, or nil.
func (c *check) callback(call *ast.CallExpr) *ast.FuncLit {
	f := c.callee(call)
	if f == nil || !gen.IsRT(f.Pkg()) || f.Signature().Recv() == nil || len(call.Args) == 0 {
		return nil
	}
	switch f.Name() {
	case "CallSoon", "CallLater", "CallAt", "CallSoonThreadsafe", "AddDoneCallback", "OnSignal":
		lit, _ := ast.Unparen(call.Args[len(call.Args)-1]).(*ast.FuncLit)
		return lit
	}
	return nil
}

// inRegion walks code that runs where it stands: no literals, and not the calls of go statements.
func (c *check) inRegion(body *ast.BlockStmt, f func(n ast.Node, parents []ast.Node)) {
	ast.PreorderStack(body, nil, func(n ast.Node, parents []ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if len(parents) > 0 {
			if g, ok := parents[len(parents)-1].(*ast.GoStmt); ok && n == g.Call {
				return true // its arguments are evaluated here
			}
		}
		f(n, parents)
		return true
	})
}

// block is something that blocks.
type block struct {
	what   string // time.Sleep
	advice string
}

// reportBlock reports a block in code of the loop, with a fix where one is mechanical.
func (c *check) reportBlock(r region, n ast.Node, parents []ast.Node, b *block) {
	at := n
	switch n := n.(type) {
	case *ast.SelectStmt:
		c.report(analysis.Diagnostic{Pos: n.Pos(), Message: selectMessage})
		return
	case *ast.RangeStmt:
		at = n.X
	}
	message := fmt.Sprintf("%s blocks the event loop and every task on it: %s", b.what, b.advice)
	if b.advice == runsAlready {
		message = b.what + " fails: " + runsAlready
	}
	var fixes []analysis.SuggestedFix
	if r.own {
		fixes = c.blockFixes(n, parents)
	}
	c.reportAt(at, message, fixes...)
}

const selectMessage = "this select blocks the event loop and every task on it, until a case is ready: await rt.Select, give it a default case, or run it with rt.ToThread"

// channelBlock says how a node blocks on a channel, or gives nil.
func (c *check) channelBlock(n ast.Node, parents []ast.Node) *block {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.ARROW && !isComm(n, parents) {
			return &block{"a receive", "await rt.Recv, or rt.RecvOK for v, ok"}
		}
	case *ast.SendStmt:
		if !isComm(n, parents) && !c.hasRoom(n) {
			return &block{"a send", "await rt.Send"}
		}
	case *ast.RangeStmt:
		if isChannel(c.Info.TypeOf(n.X)) {
			return &block{"a range over a channel", "range over rt.AwaitEach(rt.Each(ch))"}
		}
	case *ast.SelectStmt:
		if !hasDefault(n) {
			return &block{"a select without default", ""}
		}
	}
	return nil
}

func isChannel(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

func hasDefault(s *ast.SelectStmt) bool {
	for _, cl := range s.Body.List {
		if cl.(*ast.CommClause).Comm == nil {
			return true
		}
	}
	return false
}

// isComm reports whether a channel operation is that of a select's clause, which the select decides about.
func isComm(n ast.Node, parents []ast.Node) bool {
	child := n
	for i := len(parents) - 1; i >= 0; i-- {
		switch p := parents[i].(type) {
		case *ast.ParenExpr, *ast.ExprStmt:
		case *ast.AssignStmt:
			if p.Rhs[0] != child {
				return false
			}
		case *ast.CommClause:
			return p.Comm == child
		default:
			return false
		}
		child = parents[i]
	}
	return false
}

// hasRoom reports whether a send cannot block: the channel is a local one, made with room for all the
// sends that the function does, none of them in a loop.
func (c *check) hasRoom(s *ast.SendStmt) bool {
	v := c.variable(s.Chan)
	if v == nil {
		return false
	}
	made, ok := c.inits[v].(*ast.CallExpr)
	if !ok || len(made.Args) != 2 || !isChannel(c.Info.TypeOf(made)) {
		return false
	}
	size := c.Info.Types[made.Args[1]].Value
	if size == nil {
		return false
	}
	room, _ := constant.Int64Val(constant.ToInt(size))
	sends, known := int64(0), true
	ast.PreorderStack(c.fileOf(s).Syntax, nil, func(n ast.Node, parents []ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || c.Info.Uses[id] != v {
			return true
		}
		switch p := parents[len(parents)-1].(type) {
		case *ast.SendStmt:
			sends++
			known = known && p.Chan == ast.Expr(id) && !repeats(parents, v.Pos())
		case *ast.UnaryExpr, *ast.RangeStmt:
		case *ast.CallExpr: // len, cap and close do not send; others may
			b, ok := c.Info.Uses[calleeName(p)].(*types.Builtin)
			known = known && ok && b.Name() != "append"
		default:
			known = false
		}
		return true
	})
	return known && sends <= room
}

// repeats reports whether a loop or a literal stands between a variable's declaration and its use.
func repeats(parents []ast.Node, decl token.Pos) bool {
	for _, p := range parents {
		switch p.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			if !within(p, decl) {
				return true
			}
		}
	}
	return false
}

func calleeName(call *ast.CallExpr) *ast.Ident {
	id, _ := ast.Unparen(call.Fun).(*ast.Ident)
	return id
}
