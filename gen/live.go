package gen

import (
	"iter"
	"slices"
)

// Liveness: which variables may still be read.
//
//	out(b)   = ⋃ in(s) for the successors s of b
//	in(code) = uses ∪ (out − kills) ∪ in(e) for the exits e from the inside of the code
//
// A variable that is live where a suspended frame goes on lives across the suspension.

// live computes liveIn of every block.
func (g *graph) live() {
	g.reachable()
	i := 0
	for v := range g.all() {
		v.index = i
		i++
	}
	in := g.newLiveSet()
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(g.blocks) {
			b.flow(in)
			if !slices.Equal(in, b.liveIn) {
				b.liveIn, changed = append(b.liveIn[:0], in...), true
			}
		}
	}
}

// flow goes through a block backwards; live becomes its in.
func (b *block) flow(live liveSet) { b.backwards(live, func(*instr, liveSet) {}) }

// backwards is flow that calls f for the terminator, with nil, and for each instruction, with the variables that
// may be read behind it.
func (b *block) backwards(live liveSet, f func(in *instr, after liveSet)) {
	clear(live)
	if b.term != nil {
		for _, s := range b.term.succs() {
			live.addAll(s.liveIn)
		}
		uses, kills := termVars(b.term)
		f(nil, live)
		live.remove(kills)
		live.add(uses)
	}
	for _, in := range slices.Backward(b.code) {
		for _, e := range in.exits {
			live.addAll(e.liveIn)
		}
		f(in, live)
		live.remove(in.kills)
		live.add(in.uses)
		for _, e := range in.exits {
			live.addAll(e.liveIn)
		}
	}
}

// all is what can be alive: the variables, and what slots keep.
func (g *graph) all() iter.Seq[*variable] {
	return func(yield func(*variable) bool) {
		for _, list := range [][]*variable{g.vars, g.held} {
			for _, v := range list {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// newLiveSet is an empty set of that.
func (g *graph) newLiveSet() liveSet { return make(liveSet, (len(g.vars)+len(g.held)+63)/64) }

// reachable marks the blocks that can run, and drops the others.
func (g *graph) reachable() {
	var visit func(b *block)
	visit = func(b *block) {
		if b.reach {
			return
		}
		b.reach = true
		if b.term != nil {
			for _, s := range b.term.succs() {
				visit(s)
			}
		}
		for _, in := range b.code {
			for _, e := range in.exits {
				visit(e)
			}
		}
	}
	visit(g.entry)
	if g.exit != nil {
		visit(g.exit) // a panic leads there from anywhere
	}
	kept := g.blocks[:0]
	for _, b := range g.blocks {
		if b.reach {
			kept = append(kept, b)
		} else {
			g.dropped = append(g.dropped, b)
		}
	}
	g.blocks = kept
}

func (s liveSet) has(v *variable) bool {
	return v.index/64 < len(s) && s[v.index/64]>>(v.index%64)&1 == 1
}

// add adds variables: with the handle of a task what that keeps.
func (s liveSet) add(list []*variable) {
	for _, v := range list {
		for ; v != nil; v = v.task {
			s[v.index/64] |= 1 << (v.index % 64)
		}
	}
}

// addAll adds the variables of t, which is empty as long as nothing is known of its block.
func (s liveSet) addAll(t liveSet) {
	for i, word := range t {
		s[i] |= word
	}
}

func (s liveSet) remove(list []*variable) {
	for _, v := range list {
		for ; v != nil; v = v.task {
			s[v.index/64] &^= 1 << (v.index % 64)
		}
	}
}
