package gen

// The frame holds what must survive a suspension, and nothing else.
//
// Before: liveIn of every block.
// After: every variable has its home. A variable that is declared and mentioned in a single block is
// a local one there. One that crosses blocks is a field of the frame when it is live where a
// suspended frame goes on, otherwise a register: a variable at the top of Resume. A variable that a
// function literal captures or whose address is taken gets a fresh box each time it is declared
// (Go's per-iteration loop variables need that), and the frame holds the pointer; when it is only
// captured and never changes, copies do.

// settle gives every variable its home.
func (g *graph) settle() {
	across := g.newLiveSet()
	for _, b := range g.blocks {
		if b.await != nil || b.exit {
			across.addAll(b.liveIn)
		}
	}
	blocks := map[*variable]map[*block]bool{}
	declared := map[*variable]*block{}
	mention := func(b *block, list []*variable) {
		for _, v := range list {
			if blocks[v] == nil {
				blocks[v] = map[*block]bool{}
			}
			blocks[v][b] = true
		}
	}
	for _, b := range g.blocks {
		for _, in := range b.code {
			mention(b, in.uses)
			mention(b, in.kills)
			for _, v := range in.declares {
				declared[v] = b
			}
		}
		uses, kills := termVars(b.term)
		mention(b, uses)
		mention(b, kills)
	}
	g.mentioned = varSet{}
	for _, v := range g.vars {
		bs := blocks[v]
		if len(bs) > 0 {
			g.mentioned[v] = true
		}
		apart := boxed
		if !v.assigned && !v.result {
			apart = copied
		}
		switch {
		case v.capture, v.param && v.shared && len(bs) > 0:
			v.home = apart
		case v.param:
			v.home = framed
			if !g.entry.liveIn.has(v) && !across.has(v) {
				v.home = register // assigned before it is read: only a local variable
				if len(bs) == 0 {
					v.home = local
				}
			}
		case len(bs) <= 1 && (declared[v] != nil && bs[declared[v]] || len(bs) == 0) && !(v.result && g.exit != nil):
			v.home = local
		case v.shared:
			v.home = apart
		case across.has(v) || v.result && g.exit != nil:
			v.home = framed
		default:
			v.home = register
		}
	}
}

// field reports whether the variable is a field of the frame.
func (g *graph) field(v *variable) bool {
	return v.home >= framed && g.mentioned[v]
}
