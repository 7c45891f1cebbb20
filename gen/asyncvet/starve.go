package asyncvet

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Starve finds loops that keep the event loop for themselves.
var Starve = &analysis.Analyzer{
	Name: "starve",
	Doc: `find loops without an await that starve the event loop

Nothing else runs on the loop before an async function suspends. Reported are loops without an await
that cannot end; that wait for what only other tasks can bring about (for !task.Done() {}), or for the
clock; and that poll channels with a select. A loop that computes something is fine, however long.`,
	URL:      docs + "starve",
	Requires: []*analysis.Analyzer{sources},
	Run:      runStarve,
}

func runStarve(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.funcs {
		ast.PreorderStack(f.Body, nil, func(n ast.Node, parents []ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				c.checkLoop(n, labelOf(parents))
			}
			return true
		})
	}
	return nil, nil
}

// labelOf is the label of the statement whose parents these are, or "".
func labelOf(parents []ast.Node) string {
	if len(parents) > 0 {
		if l, ok := parents[len(parents)-1].(*ast.LabeledStmt); ok {
			return l.Label.Name
		}
	}
	return ""
}

func (c *check) checkLoop(s *ast.ForStmt, label string) {
	if contains(s, c.suspends) {
		return
	}
	exits := c.exits(s, label)
	at := analysis.Diagnostic{Pos: s.For, End: s.For + token.Pos(len("for"))}
	switch {
	case s.Cond == nil && len(exits) == 0:
		at.Message = "this loop never ends and never awaits: no other task can run: await in it, rt.Sleep(0) for instance"
	case s.Cond == nil && c.polls(s, exits):
		at.Message = "this loop polls channels without an await: no other task can run meanwhile: await rt.Recv or rt.Send"
	case s.Cond != nil && len(exits) == 0 && c.waitsForOthers(s):
		at.Message = "this loop waits for " + c.short(s.Cond) + " to change without an await: no other task can run meanwhile: await what it waits for"
	default:
		return
	}
	c.report(at)
}

// exits gives the statements and calls that leave a loop.
func (c *check) exits(loop *ast.ForStmt, label string) []ast.Node {
	var list []ast.Node
	ast.PreorderStack(loop.Body, nil, func(n ast.Node, parents []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			list = append(list, n)
		case *ast.CallExpr:
			if c.ends(n) {
				list = append(list, n)
			}
		case *ast.BranchStmt:
			if leavesLoop(n, loop, label, parents) {
				list = append(list, n)
			}
		}
		return true
	})
	return list
}

// leavesLoop reports whether a jump leaves the loop. Of a goto it is assumed.
func leavesLoop(b *ast.BranchStmt, loop *ast.ForStmt, label string, parents []ast.Node) bool {
	switch {
	case b.Tok == token.FALLTHROUGH:
		return false
	case b.Tok == token.GOTO:
		return true
	case b.Label != nil && b.Label.Name == label:
		return b.Tok == token.BREAK
	case b.Label != nil:
		return !labelInside(loop, b.Label.Name)
	case b.Tok == token.CONTINUE:
		return false
	}
	for _, p := range parents {
		switch p.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			return false // it leaves that
		}
	}
	return true
}

func labelInside(loop *ast.ForStmt, name string) bool {
	return contains(loop.Body, func(n ast.Node) bool {
		l, ok := n.(*ast.LabeledStmt)
		return ok && l.Label.Name == name
	})
}

// polls reports whether all ways out of a loop are cases of a select whose default goes on: it waits
// for a channel.
func (c *check) polls(loop *ast.ForStmt, exits []ast.Node) bool {
	var clauses []*ast.CommClause
	inspectOwn(loop.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectStmt); ok && hasDefault(s) {
			for _, cl := range s.Body.List {
				if cl := cl.(*ast.CommClause); cl.Comm != nil {
					clauses = append(clauses, cl)
				}
			}
		}
		return true
	})
	for _, e := range exits {
		inside := false
		for _, cl := range clauses {
			inside = inside || within(cl, e.Pos())
		}
		if !inside {
			return false
		}
	}
	return len(clauses) > 0
}

// waitsForOthers reports whether nothing in a loop changes what its condition reads: the body assigns
// to none of it and calls nothing that could, so that only other tasks or the clock do.
func (c *check) waitsForOthers(loop *ast.ForStmt) bool {
	if loop.Post != nil || !c.onlyReads(loop.Cond) || c.Info.Types[loop.Cond].Value != nil {
		return false
	}
	return !contains(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			return n.Tok != token.DEFINE
		case *ast.IncDecStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt:
			return true
		case *ast.UnaryExpr:
			return n.Op == token.ARROW
		case *ast.RangeStmt:
			return n.Tok == token.ASSIGN || isChannel(c.Info.TypeOf(n.X))
		case *ast.CallExpr:
			return !c.harmless(n)
		}
		return false
	})
}

// onlyReads reports whether an expression has only calls that read: the state of tasks and of what
// synchronizes them, the clock, atomic variables.
func (c *check) onlyReads(e ast.Expr) bool {
	return !contains(e, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok {
			return u.Op == token.ARROW
		}
		call, ok := n.(*ast.CallExpr)
		return ok && !c.reads(call)
	})
}

func (c *check) reads(call *ast.CallExpr) bool {
	if tv := c.Info.Types[call.Fun]; tv.IsType() {
		return true
	}
	if b, ok := c.Info.Uses[calleeName(call)].(*types.Builtin); ok {
		return b.Name() == "len" || b.Name() == "cap"
	}
	f := c.callee(call)
	if f == nil {
		return false
	}
	switch name := fullName(f); {
	case gen.IsRT(f.Pkg()) && f.Signature().Recv() != nil:
		switch f.Name() {
		case "Done", "Canceled", "IsSet", "Locked", "Empty", "Full", "Len", "Time", "Expired":
			return true
		}
		return false
	case strings.HasPrefix(name, "(*sync/atomic.") || strings.HasPrefix(name, "sync/atomic."):
		return strings.HasPrefix(f.Name(), "Load")
	default:
		return harmlessTime[name]
	}
}

var harmlessTime = map[string]bool{
	"time.Now": true, "time.Since": true, "time.Until": true, "(time.Time).Before": true, "(time.Time).After": true,
	"(time.Time).Sub": true, "(time.Time).Add": true, "(time.Time).Equal": true,
}

// harmless reports whether a call changes nothing that a condition could read.
func (c *check) harmless(call *ast.CallExpr) bool {
	if c.reads(call) {
		return true
	}
	f := c.callee(call)
	if f == nil {
		return false
	}
	switch fullName(f) {
	case "time.Sleep", "runtime.Gosched", "fmt.Print", "fmt.Printf", "fmt.Println", "log.Print", "log.Printf", "log.Println":
		return true
	}
	return false
}
