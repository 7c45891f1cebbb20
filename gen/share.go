package gen

import (
	"go/ast"
	"go/types"
	"iter"
	"math/bits"
	"slices"
)

// Fields are shared.
//
// Before: every variable has its home.
// After: variables of the frame that have the same name and type, and are never alive together, are in
// one field: that of the first of them. Two loops over i need one i, all awaits of tasks of one type
// one slot. (Variables of different names could share fields as well, but nobody could read that.)
//
// Two variables are alive together if one of them is given a value where the other one may still be
// read, be it by the same declaration: var a, b = 1, a assigns one after the other. That is decided where a variable is assigned as a whole; therefore only those take part that
// nothing else can reach: no boxes, no parameters, no result.

// share finds the fields.
func (g *graph) share() {
	groups := map[string]*sharing{}
	var order []*sharing
	for _, v := range g.vars {
		if !v.shares() {
			continue
		}
		group := groups[v.base]
		if group == nil {
			group = &sharing{place: map[*variable]int{}}
			groups[v.base] = group
			order = append(order, group)
		}
		group.place[v] = len(group.vars)
		group.vars = append(group.vars, v)
	}
	g.conflicts(groups)
	for _, group := range order {
		group.find()
	}
}

// sharing is the variables of one name, which may share fields.
type sharing struct {
	vars      []*variable
	place     map[*variable]int // in vars
	conflicts []liveSet         // of each variable, as places: those before it that it is alive together with; nil: none
}

// find gives each variable the first field whose variables it is not alive together with.
func (s *sharing) find() {
	var fields []*variable            // their first variables
	field := make([]int, len(s.vars)) // of each variable, in fields
	for i, v := range s.vars {
		blocked := make([]bool, len(fields))
		if s.conflicts != nil {
			for w := range s.conflicts[i].places() {
				blocked[field[w]] = true
			}
		}
		in := 0
		for in < len(fields) && (blocked[in] || !sameType(fields[in], v)) {
			in++
		}
		if field[i] = in; in == len(fields) {
			fields = append(fields, v)
		} else {
			v.field = fields[in]
		}
	}
}

// shares reports whether a variable may share its field.
func (v *variable) shares() bool {
	return v.home == framed && v.held == nil && !v.param && !v.capture && !v.result && !v.shared
}

func sameType(a, b *variable) bool {
	if a.typ == nil || b.typ == nil {
		return a.typ == nil && b.typ == nil && a.made.format == b.made.format && slices.EqualFunc(a.made.parts, b.made.parts, types.Identical)
	}
	return types.Identical(a.typ, b.typ)
}

// conflicts finds out which variables of the same name are alive together.
func (g *graph) conflicts(groups map[string]*sharing) {
	live := g.newLiveSet()
	for _, b := range g.blocks {
		b.backwards(live, func(in *instr, after liveSet) {
			_, kills := termVars(b.term)
			var read []*variable // while some are assigned
			if in != nil {
				kills = in.kills
				if spec, ok := in.node.(*ast.ValueSpec); ok && len(spec.Values) > 1 {
					read = in.uses
				}
			}
			for i, v := range kills {
				if !v.shares() {
					continue
				}
				group := groups[v.base]
				for _, w := range group.vars {
					if w != v && (after.has(w) || slices.Contains(kills[:i], w) || slices.Contains(read, w)) {
						group.conflict(group.place[v], group.place[w])
					}
				}
			}
		})
	}
}

// conflict notes that two variables are alive together.
func (s *sharing) conflict(i, j int) {
	if s.conflicts == nil {
		s.conflicts = make([]liveSet, len(s.vars))
	}
	later, earlier := max(i, j), min(i, j)
	if s.conflicts[later] == nil {
		s.conflicts[later] = make(liveSet, later/64+1)
	}
	s.conflicts[later][earlier/64] |= 1 << (earlier % 64)
}

// places gives the numbers in a set.
func (s liveSet) places() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}
