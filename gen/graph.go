package gen

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// The graph of basic blocks, as people draw it.
//
// Before: the graph of a function, its liveness and its homes.
// After: a State for each piece of straight-line source between two suspensions or jumps, and for each
// suspension; blocks without code of the user's are gone, those that can only follow each other are one.

// A Graph is the state machine of an async function, for pictures.
type Graph struct {
	Func      string  `json:"func"`
	Signature string  `json:"signature"`
	File      string  `json:"file"` // relative to the module
	Line      int     `json:"line"`
	States    []State `json:"states"` // in source order: first the start, last the end
	Edges     []Edge  `json:"edges"`  // by the places of their ends in States
}

// StateKind says what happens in a state.
type StateKind string

const (
	StateStart StateKind = "start" // the call has begun
	StateCode  StateKind = "code"  // source runs
	StateAwait StateKind = "await" // it may suspend
	StateExit  StateKind = "exit"  // the deferred calls run, and may suspend
	StateDone  StateKind = "done"  // it has returned or failed
)

// A State is a piece of straight-line source, or a place where the function suspends.
type State struct {
	ID     string       `json:"id"` // start, code2, await1, exit, done
	Kind   StateKind    `json:"kind"`
	Number int          `json:"state"`            // the State of the frame that waits here: 0 at start, 1, 2, …, -1 at exit
	Lines  []SourceLine `json:"lines,omitempty"`  // what runs; of an await what is awaited; of exit what was deferred
	Verb   string       `json:"verb,omitempty"`   // of an await: await, try, catch, yield, next, close or return
	Field  string       `json:"field,omitempty"`  // the field of the frame in which the awaited is, if it is there
	Always bool         `json:"always,omitempty"` // it suspends even if there is nothing to wait for
	Lives  []LiveVar    `json:"lives,omitempty"`  // what lives across the suspension, in the order of the frame
}

// A SourceLine is a line of the source, or the part of it that runs.
type SourceLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// A LiveVar is a variable that is read after a suspension.
type LiveVar struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Field     string `json:"field"`               // of the frame
	Temporary bool   `json:"temporary,omitempty"` // the compiler has made it
}

// EdgeKind says why one state follows another.
type EdgeKind string

const (
	EdgeNext   EdgeKind = "next"   // nothing else can follow
	EdgeBranch EdgeKind = "branch" // under a condition, the label
	EdgeFail   EdgeKind = "fail"   // with an error in flight
)

// An Edge leads from one state to another.
type Edge struct {
	From  string   `json:"from"` // the ID of a state
	To    string   `json:"to"`
	Kind  EdgeKind `json:"kind"`
	Label string   `json:"label,omitempty"`
}

// Graph is the function's state machine.
func (f *Function) Graph() *Graph {
	d := newDrafter(f)
	drafts := d.drafts()
	d.join(drafts)
	return f.graphOf(drafts)
}

// A draft is a state that may still vanish.
type draft struct {
	State
	out  []draftEdge
	gone bool
}

type draftEdge struct {
	to    *draft
	block *block // where to, as long as to is not known; nil: the end
	kind  EdgeKind
	label string
}

// A drafter makes the states of a function.
type drafter struct {
	f          *Function
	g          *graph
	code, wait map[*block]*draft // of a block: its code, and the suspension at its end
	waits      map[*await]*draft
	done       *draft
}

func newDrafter(f *Function) *drafter {
	return &drafter{f: f, g: f.co.graph, code: map[*block]*draft{}, wait: map[*block]*draft{}, waits: map[*await]*draft{},
		done: &draft{State: State{Kind: StateDone}}}
}

// drafts gives all states in the order of the source, with their edges.
func (d *drafter) drafts() []*draft {
	start := &draft{State: State{ID: "start", Kind: StateStart}, out: []draftEdge{{block: d.g.entry, kind: EdgeNext}}}
	list := []*draft{start}
	for _, b := range d.g.blocks {
		d.code[b] = &draft{State: State{Kind: StateCode, Lines: d.lines(b)}}
		list = append(list, d.code[b])
		if s, ok := b.term.(*suspend); ok {
			w := &draft{State: d.suspension(s), out: []draftEdge{{block: s.next, kind: EdgeNext}}}
			d.wait[b], d.waits[s.await] = w, w
			list = append(list, w)
		}
	}
	for _, b := range d.g.blocks {
		d.edges(b)
	}
	if d.g.exit != nil {
		x := d.code[d.g.exit]
		x.State, x.out = d.exit(), []draftEdge{{kind: EdgeNext}}
	}
	list = append(list, d.done)
	for _, s := range list {
		for i := range s.out {
			if s.out[i].to == nil {
				s.out[i].to = d.begin(s.out[i].block)
			}
		}
		s.onceTo()
	}
	return list
}

// suspension is the state at the end of a block that awaits.
func (d *drafter) suspension(s *suspend) State {
	a := s.await
	state := State{Kind: StateAwait, Number: a.site, Verb: d.verb(a), Always: a.always || a.begin == nil, Lives: d.lives(s.next),
		Lines: []SourceLine{{a.line, d.awaited(a)}}}
	if a.slot != nil {
		state.Field = a.slot.name
	} else if a.keeps != nil && a.keeps.home >= framed && a.keeps.held == nil {
		state.Field = a.keeps.fieldName()
	}
	return state
}

// verb says how an await awaits.
func (d *drafter) verb(a *await) string {
	switch n := a.node.(type) {
	case *ast.RangeStmt:
		return "next"
	case *ast.ReturnStmt:
		return "return"
	case *ast.CallExpr:
		switch d.f.c.rtFunc(n) {
		case "Await":
			return "await"
		case "TryAwait":
			return "try"
		case "CatchAwait":
			return "catch"
		case "Yield":
			return "yield"
		case "AwaitEach":
			return "close"
		}
	}
	return "return"
}

// awaited is what an await awaits, as it stands in the source.
func (d *drafter) awaited(a *await) string {
	if s, ok := a.node.(*ast.RangeStmt); ok {
		return d.f.sourceOf(s.For, s.X.End())
	}
	text := d.f.sourceOf(a.node.Pos(), a.node.End())
	if _, stmt := a.node.(*ast.ReturnStmt); !stmt && d.verb(a) == "return" {
		return "return " + text
	}
	return text
}

// lives gives the variables that live across the suspension before a block.
func (d *drafter) lives(b *block) []LiveVar {
	var list []LiveVar
	for _, v := range d.g.vars {
		if b.liveIn.has(v) && d.g.field(v) {
			name := v.base
			if v.obj == nil {
				name = v.fieldName()
			}
			list = append(list, LiveVar{name, d.f.typeOf(v), v.fieldName(), v.obj == nil})
		}
	}
	return list
}

// exit is the state that runs the deferred calls.
func (d *drafter) exit() State {
	s := State{Kind: StateExit, Number: -1, Lives: d.lives(d.g.exit)}
	d.f.deferred(func(n ast.Node, text string) { s.Lines = append(s.Lines, SourceLine{d.f.line(n.Pos()), text}) })
	return s
}

// deferred gives what has to run when the function ends, with its first line.
func (f *Function) deferred(visit func(n ast.Node, text string)) {
	inspectOwn(f.co.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			text, _, more := strings.Cut(f.c.sourceText(f.co.src, n.Pos(), n.End()), "\n")
			if more {
				text += " … }"
			}
			visit(n, text)
		case *ast.RangeStmt:
			call := f.c.overStream(n)
			if call != nil && f.c.closes(f.co, call.Args[0]) || call == nil && f.c.overFunc(n) && f.c.usesMarker(n) {
				visit(n, f.sourceOf(n.For, n.X.End()))
			}
		}
		return true
	})
}

// edges finds where a block leads.
func (d *drafter) edges(b *block) {
	from := d.code[b]
	for _, in := range b.code {
		d.leaves(from, in)
	}
	switch t := b.term.(type) {
	case jump:
		from.add(draftEdge{block: t.to, kind: EdgeNext})
	case *branch:
		yes, no := d.labels(t)
		from.add(draftEdge{block: t.yes, kind: EdgeBranch, label: yes})
		from.add(draftEdge{block: t.no, kind: EdgeBranch, label: no})
	case *dispatch:
		clauses := clausesOf(t.node)
		for i, to := range t.targets {
			from.add(draftEdge{block: to, kind: EdgeBranch, label: d.clause(clauses[i])})
		}
		if t.next != nil {
			from.add(draftEdge{block: t.next, kind: EdgeBranch, label: "no case"})
		}
	case *suspend:
		from.add(draftEdge{to: d.wait[b], kind: EdgeNext})
	}
}

// add adds an edge; of two to the same state one is enough.
func (s *draft) add(e draftEdge) {
	for i, other := range s.out {
		if other.block == e.block && other.to == e.to && other.kind == e.kind {
			if !slices.Contains(strings.Split(other.label, ", "), e.label) {
				s.out[i].label += ", " + e.label
			}
			return
		}
	}
	s.out = append(s.out, e)
}

// onceTo leaves one of several edges to a state, and no condition for it if there is a way without one.
func (s *draft) onceTo() {
	var list []draftEdge
	for _, e := range s.out {
		i := slices.IndexFunc(list, func(o draftEdge) bool { return o.to == e.to && (o.kind == EdgeFail) == (e.kind == EdgeFail) })
		switch {
		case i < 0:
			list = append(list, e)
		case e.label == "" || list[i].label == "":
			list[i].label = ""
		default:
			list[i].label += ", " + e.label
		}
	}
	if len(list) == 1 && list[0].kind == EdgeBranch {
		list[0].kind, list[0].label = EdgeNext, ""
	}
	s.out = list
}

// leaves finds where an instruction may jump to from its inside.
func (d *drafter) leaves(from *draft, in *instr) {
	if in.fails {
		label := "error"
		if a := in.ended; a != nil {
			from = d.waits[a]
			switch {
			case a.mode == tryAwait:
				label = "canceled"
			case a.begin == nil:
				label = "closed"
			}
		}
		from.add(draftEdge{block: d.g.exit, kind: EdgeFail, label: label})
		return
	}
	if _, lit := in.node.(*ast.FuncLit); lit || in.node == nil {
		return
	}
	inspectOwn(in.node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BranchStmt:
			if to := d.g.jumps[n]; to != nil {
				from.add(draftEdge{block: to, kind: EdgeBranch, label: d.f.sourceOf(n.Pos(), n.End())})
			}
		case *ast.ReturnStmt:
			from.add(draftEdge{block: d.g.exit, kind: EdgeBranch, label: "return"})
		case *ast.CallExpr:
			if d.f.c.rtFunc(n) == "Throw" {
				from.add(draftEdge{block: d.g.exit, kind: EdgeFail, label: "throw"})
			}
		}
		return true
	})
}

var opposite = map[token.Token]token.Token{token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL}

// clausesOf gives the clauses of a switch or select.
func clausesOf(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.SwitchStmt:
		return s.Body.List
	case *ast.TypeSwitchStmt:
		return s.Body.List
	case *ast.SelectStmt:
		return s.Body.List
	}
	panic("gen: a dispatch that is no switch or select")
}

// begin is the state in which a block begins: its own, or that of the first one behind it that has something to show.
func (d *drafter) begin(b *block) *draft {
	seen := map[*block]bool{}
	for b != nil {
		s := d.code[b]
		if s.Kind != StateCode || len(s.Lines) > 0 || len(s.out) != 1 || seen[b] {
			return s
		}
		if to := s.out[0].to; to != nil {
			return to
		}
		seen[b] = true
		b = s.out[0].block
	}
	return d.done
}

// join makes states one that can only follow each other, and drops those that nothing leads to.
func (d *drafter) join(list []*draft) {
	ins := map[*draft]int{list[0]: 1}
	reach(list[0], ins)
	if d.g.exit != nil { // a panic leads there from anywhere
		x := d.code[d.g.exit]
		if ins[x]++; ins[x] == 1 {
			reach(x, ins)
		}
	}
	for _, s := range list {
		if s.gone = s.gone || ins[s] == 0; s.gone || s.Kind != StateCode {
			continue
		}
		for len(s.out) == 1 && s.out[0].to != s && s.out[0].to.Kind == StateCode && s.out[0].kind == EdgeNext && ins[s.out[0].to] == 1 {
			next := s.out[0].to
			s.Lines, s.out, next.gone = merged(s.Lines, next.Lines), next.out, true
		}
	}
}

// reach counts the edges that lead to each state that can be reached from s.
func reach(s *draft, ins map[*draft]int) {
	for i := range s.out {
		to := s.out[i].to
		if ins[to]++; ins[to] == 1 {
			reach(to, ins)
		}
	}
}

// merged is one list behind the other, without what is a part of what follows it in the same line.
func merged(a, b []SourceLine) []SourceLine {
	for _, l := range b {
		if n := len(a); n > 0 && a[n-1].Line == l.Line && strings.Contains(l.Text, a[n-1].Text) {
			a = a[:n-1]
		}
		a = append(a, l)
	}
	return a
}
