package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Weights say which callees a frame holds. It holds them with what they hold themselves, one frame for each place that
// needs it, so that a program of n functions that call the next one twice would have frames of 2ⁿ parts: what a frame
// holds is bounded.
//
// Before: the calls of each async function, and the components.
// After: apart says which callees a function does not hold, though they are not recursive. It has pointers to their
// frames, and makes their tasks and streams anew. It is known as well whether a function has streams to close (closing.go).
//
// Frames are only made when variables have their homes, for which it must be known what is held. Therefore weights
// are estimates, of 64-bit machines whatever this one is: a local variable counts if an await stands between its
// declaration and what mentions it last.

// maxHeld is how many bytes of callees a frame holds: Go's allocator has size classes up to there.
const maxHeld = 32 << 10

// About what the parts of a frame take that rt defines.
const (
	headSize   = 24  // rt.Frame without the value
	defersSize = 120 // rt.Defers
	taskSize   = 56  // rt.Room
)

// A holding is a call whose frame a caller can hold.
type holding struct {
	callee *coroutine
	task   bool // with room for its task
}

// holdings finds them, in the order of co.calls: tasks and loops over streams have one each, the awaits of one function share one.
func (c *compiler) holdings(co *coroutine) []holding {
	var list []holding
	for _, k := range co.handles {
		list = append(list, holding{k.callee, true})
	}
	seen := map[string]bool{}
	awaited := func(k *knownCall) {
		if k == nil {
			return
		}
		if key := fmt.Sprint(k.callee.frame, k.targs); !seen[key] {
			seen[key] = true
			list = append(list, holding{callee: k.callee})
		}
	}
	late := map[*ast.CallExpr]bool{} // a deferred await holds nothing: it has a coroutine
	inspectOwn(co.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			late[n.Call] = true
		case *ast.CallExpr:
			if _, ok := c.awaitMode(n); ok && !late[n] {
				awaited(c.known(n.Args[0]))
			} else if k := c.streamOf(n); k != nil {
				list = append(list, holding{callee: k.callee})
			}
		case *ast.ReturnStmt:
			if kind, _ := c.returnKind(co, n); kind == returnAwait {
				awaited(c.known(n.Results[0]))
			}
		}
		return true
	})
	return list
}

// streamOf is the known stream that call, an rt.AwaitEach, reads, or nil.
func (c *compiler) streamOf(call *ast.CallExpr) *knownCall {
	if c.rtFunc(call) != "AwaitEach" {
		return nil
	}
	return c.known(call.Args[0])
}

// scales weighs frames.
type scales struct {
	c      *compiler
	sizes  *measure
	weight map[*coroutine]int64
}

func newScales(c *compiler) *scales {
	return &scales{c, newMeasure(sizes), map[*coroutine]int64{}}
}

// weigh decides for every function which callees it holds, those of another component first.
func (c *compiler) weigh() {
	s := newScales(c)
	for _, co := range c.cos {
		s.of(co)
	}
}

// of is the weight of the frame of co, in bytes, with what it holds.
func (s *scales) of(co *coroutine) int64 {
	if w, ok := s.weight[co]; ok {
		return w
	}
	cost := map[*coroutine]int64{}
	for _, p := range s.c.holdings(co) {
		if p.callee.scc == co.scc {
			continue
		}
		cost[p.callee] += s.of(p.callee)
		if p.task {
			cost[p.callee] += taskSize
		}
	}
	held := int64(0)
	co.apart = map[*coroutine]bool{}
	for _, callee := range co.calls {
		if held+cost[callee] > maxHeld {
			co.apart[callee] = true
		} else {
			held += cost[callee]
		}
	}
	s.c.findClosing(co)
	s.weight[co] = s.own(co) + held
	return s.weight[co]
}

// own is what the frame of co has without its callees.
func (s *scales) own(co *coroutine) int64 {
	n := headSize + s.size(co.elem)
	if co.deferred {
		n += defersSize
	}
	if recv := co.sig.Recv(); recv != nil {
		n += s.field(recv)
	}
	for v := range co.sig.Params().Variables() {
		n += s.field(v)
	}
	for _, v := range co.captures {
		n += s.field(v)
	}
	return n + s.locals(co)
}

// locals is what the local variables take that may live across a suspension. Those of one name and type can share a field.
func (s *scales) locals(co *coroutine) int64 {
	l := lives{c: s.c, until: map[*types.Var]token.Pos{}}
	inspectOwn(co.body, l.look)
	n, seen := int64(0), map[string]bool{}
	for v, until := range l.until {
		next, _ := slices.BinarySearch(l.awaits, v.Pos())
		key := fmt.Sprint(v.Name(), v.Type())
		if next < len(l.awaits) && l.awaits[next] < until && !seen[key] {
			seen[key] = true
			n += s.field(v)
		}
	}
	return n
}

// lives finds out how long the local variables of a function live, as far as one can tell without a graph.
type lives struct {
	c      *compiler
	until  map[*types.Var]token.Pos // the end of what mentions it last
	awaits []token.Pos
	loops  []ast.Node // around what is looked at
}

func (l *lives) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		l.loops = append(l.loops, n)
	case *ast.CallExpr:
		if markers[l.c.rtFunc(n)] {
			l.awaits = append(l.awaits, n.Pos())
		}
	case *ast.Ident:
		info := l.c.pkg.Info
		if v, ok := info.Defs[n].(*types.Var); ok && !v.IsField() && v.Parent() != nil {
			l.until[v] = v.Pos()
			if l.c.fact(v).shared {
				l.until[v] = v.Parent().End()
			}
		} else if v, ok := info.Uses[n].(*types.Var); ok && l.until[v] != 0 {
			l.until[v] = max(l.until[v], l.end(n, v))
		}
	}
	return true
}

// end is where a mention of v ends: what is mentioned in a loop and declared outside lives as long as the loop.
func (l *lives) end(mention *ast.Ident, v *types.Var) token.Pos {
	for len(l.loops) > 0 && l.loops[len(l.loops)-1].End() <= mention.Pos() {
		l.loops = l.loops[:len(l.loops)-1]
	}
	for _, loop := range l.loops {
		if v.Pos() < loop.Pos() {
			return loop.End()
		}
	}
	return mention.End()
}

// field is the size of a variable's field.
func (s *scales) field(v *types.Var) int64 {
	if f := s.c.fact(v); f.shared && f.assigned {
		return wordSize
	}
	return s.size(v.Type())
}

// size is that of a value; where it depends on type parameters, that of a small one.
func (s *scales) size(t types.Type) int64 {
	if !sized(t) {
		return 2 * wordSize
	}
	return s.sizes.sizeof(t)
}
