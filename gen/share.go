package gen

import (
	"go/types"
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
	conflicts := g.conflicts()
	type field struct {
		first *variable
		taken varSet // what is alive together with something in the field
	}
	fields := map[string][]*field{}
	for _, v := range g.vars {
		if !v.shares() {
			continue
		}
		var in *field
		for _, f := range fields[v.base] {
			if in == nil && !f.taken[v] && sameType(f.first, v) {
				in = f
				v.field = f.first
			}
		}
		if in == nil {
			in = &field{v, varSet{}}
			fields[v.base] = append(fields[v.base], in)
		}
		in.taken.add(conflicts[v])
	}
}

// shares reports whether a variable may share its field.
func (v *variable) shares() bool {
	return v.home == framed && !v.param && !v.capture && !v.result && !v.shared
}

func sameType(a, b *variable) bool {
	if a.typ == nil || b.typ == nil {
		return a.typ == nil && b.typ == nil && a.typeText == b.typeText
	}
	return types.Identical(a.typ, b.typ)
}

// conflicts finds the variables of the same name that each variable is alive together with.
func (g *graph) conflicts() map[*variable][]*variable {
	named := map[string][]*variable{}
	for _, v := range g.vars {
		if v.shares() {
			named[v.base] = append(named[v.base], v)
		}
	}
	found := map[*variable][]*variable{}
	live := g.newLiveSet()
	for _, b := range g.blocks {
		b.backwards(live, func(in *instr, after liveSet) {
			_, kills := termVars(b.term)
			var read []*variable // while some are assigned
			if in != nil {
				if kills = in.kills; len(kills) > 1 {
					read = in.uses
				}
			}
			for i, v := range kills {
				for _, w := range named[v.base] {
					if w != v && v.shares() && (after.has(w) || slices.Contains(kills[:i], w) || slices.Contains(read, w)) {
						found[v], found[w] = append(found[v], w), append(found[w], v)
					}
				}
			}
		})
	}
	return found
}
