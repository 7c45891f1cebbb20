package gen

// Liveness: which variables may still be read.
//
//	out(b)   = ⋃ in(s) for the successors s of b
//	in(code) = uses ∪ (out − kills) ∪ in(e) for the exits e from the inside of the code
//
// A variable that is live where a suspended frame goes on lives across the suspension.

// live computes liveIn of every block.
func (g *graph) live() {
	g.reachable()
	for changed := true; changed; {
		changed = false
		for i := len(g.blocks) - 1; i >= 0; i-- {
			b := g.blocks[i]
			in := b.flow()
			if len(in) != len(b.liveIn) {
				b.liveIn, changed = in, true
			}
		}
	}
}

// flow gives what is live at the beginning of a block.
func (b *block) flow() varSet { return b.backwards(func(*instr, varSet) {}) }

// backwards goes through a block from its end. It calls f for its terminator, with nil, and for each
// instruction, with the variables that may be read behind it.
func (b *block) backwards(f func(in *instr, after varSet)) varSet {
	live := varSet{}
	if b.term != nil {
		for _, s := range b.term.succs() {
			live.addAll(s.liveIn)
		}
		uses, kills := termVars(b.term)
		f(nil, live)
		live.remove(kills)
		live.add(uses)
	}
	for i := len(b.code) - 1; i >= 0; i-- {
		in := b.code[i]
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
	return live
}

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

func (s varSet) add(list []*variable) {
	for _, v := range list {
		s[v] = true
	}
}

func (s varSet) addAll(t varSet) {
	for v := range t {
		s[v] = true
	}
}

func (s varSet) remove(list []*variable) {
	for _, v := range list {
		delete(s, v)
	}
}
