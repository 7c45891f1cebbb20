package asyncvet

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/cfg"
)

// LockHeld finds awaits while a mutex is held.
var LockHeld = &analysis.Analyzer{
	Name: "lockheld",
	Doc: `find awaits while a sync.Mutex is held

While a function that holds a mutex is suspended, another task that wants it blocks the event loop,
which then can never resume the first: a deadlock. Reported is an await before which the mutex is
locked on every path. rt.Lock may be held across awaits.`,
	URL:      docs + "lockheld",
	Requires: []*analysis.Analyzer{sources},
	Run:      runLockHeld,
}

func runLockHeld(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.funcs {
		if contains(f.Body, func(n ast.Node) bool { return c.mutexCall(n) != nil }) {
			c.checkLocks(f.Body)
		}
	}
	return nil, nil
}

// held is the mutexes that are locked, by their paths, with the calls that lock them.
type held map[string]*ast.SelectorExpr

// checkLocks solves: locked before a block is what is locked after each of the blocks before it.
func (c *check) checkLocks(body *ast.BlockStmt) {
	g := c.graph(body)
	before := map[*cfg.Block]held{g.Blocks[0]: {}}
	work := []*cfg.Block{g.Blocks[0]}
	for len(work) > 0 {
		b := work[0]
		work = work[1:]
		end := maps.Clone(before[b])
		for _, n := range b.Nodes {
			c.lockStep(n, end, nil)
		}
		for _, s := range b.Succs {
			old, seen := before[s]
			if !seen {
				before[s] = maps.Clone(end)
				work = append(work, s)
				continue
			}
			size := len(old)
			maps.DeleteFunc(old, func(m string, _ *ast.SelectorExpr) bool { _, ok := end[m]; return !ok })
			if len(old) < size {
				work = append(work, s)
			}
		}
	}
	for _, b := range g.Blocks {
		if locks, ok := before[b]; ok {
			for _, n := range b.Nodes {
				c.lockStep(n, locks, c.reportHeld)
			}
		}
	}
}

// lockStep changes locks as a node does, and calls suspended for what suspends while there are some.
// Deferred calls come later: a deferred Unlock does not unlock before.
func (c *check) lockStep(n ast.Node, locks held, suspended func(n ast.Node, locks held)) {
	if _, ok := n.(*ast.DeferStmt); ok {
		return
	}
	inspectOwn(n, func(m ast.Node) bool {
		if lit, ok := m.(*ast.FuncLit); ok {
			c.unlockIn(lit, locks)
			return false
		}
		if call := c.mutexCall(m); call != nil {
			c.lock(call, locks)
		}
		if suspended != nil && len(locks) > 0 && (c.suspends(m) || c.endsAs(m)) {
			suspended(m, locks)
		}
		return true
	})
}

// endsAs reports whether a node is a return that awaits: return g().
func (c *check) endsAs(n ast.Node) bool {
	r, ok := n.(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 || c.Info.Types[r.Results[0]].IsNil() || !c.isCoro(r.Results[0]) {
		return false
	}
	name := c.rtName(r.Results[0])
	return name != "Return" && name != "Fail"
}

// mutexCall gives the call of a method of sync's mutexes that a node is, or nil.
func (c *check) mutexCall(n ast.Node) *ast.SelectorExpr {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f := c.callee(call)
	if f == nil {
		return nil
	}
	switch fullName(f) {
	case "(*sync.Mutex).Lock", "(*sync.Mutex).Unlock", "(*sync.RWMutex).Lock", "(*sync.RWMutex).Unlock",
		"(*sync.RWMutex).RLock", "(*sync.RWMutex).RUnlock", "(sync.Locker).Lock", "(sync.Locker).Unlock":
		return sel
	}
	return nil
}

// lock does what a call of a mutex does.
func (c *check) lock(sel *ast.SelectorExpr, locks held) {
	path, ok := c.path(sel.X)
	if !ok {
		return
	}
	name, unlocks := strings.CutSuffix(sel.Sel.Name, "Unlock")
	if unlocks {
		delete(locks, path+" "+name+"Lock")
	} else {
		locks[path+" "+sel.Sel.Name] = sel
	}
}

// unlockIn takes for unlocked what a literal may unlock, whenever it runs.
func (c *check) unlockIn(lit *ast.FuncLit, locks held) {
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if call := c.mutexCall(n); call != nil && strings.HasSuffix(call.Sel.Name, "Unlock") {
			c.lock(call, locks)
		}
		return true
	})
}

// path names a variable or a field of one: the same text is the same mutex. The declaration's place
// tells variables of the same name apart.
func (c *check) path(e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := c.Info.ObjectOf(e)
		if _, ok := obj.(*types.Var); !ok {
			return "", false
		}
		return fmt.Sprint(e.Name, "@", obj.Pos()), true
	case *ast.SelectorExpr:
		if v, ok := c.Info.Uses[e.Sel].(*types.Var); ok && !v.IsField() {
			return v.Pkg().Path() + "." + v.Name(), true // another package's
		}
		x, ok := c.path(e.X)
		return x + "." + e.Sel.Name, ok
	case *ast.StarExpr:
		return c.path(e.X)
	case *ast.UnaryExpr:
		return c.path(e.X)
	}
	return "", false
}

// reportHeld reports what suspends while mutexes are held.
func (c *check) reportHeld(n ast.Node, locks held) {
	first := slices.MinFunc(slices.Collect(maps.Values(locks)), func(a, b *ast.SelectorExpr) int { return cmp.Compare(a.Pos(), b.Pos()) })
	what := "this return awaits"
	if call, ok := n.(*ast.CallExpr); ok {
		what = "rt." + c.rtName(call) + " suspends"
	}
	c.reportAt(n, fmt.Sprintf("%s while %s is locked (line %d): a task that locks it meanwhile blocks the event loop for good: unlock before, or make it an rt.Lock",
		what, c.text(first.X), c.Fset.PositionFor(first.Pos(), false).Line))
}
