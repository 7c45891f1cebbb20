package gen

import (
	"go/types"
	"slices"
	"strings"
)

// What is dead is not kept alive.
//
// Before: every variable of the frame has its field.
// After: where the last variable of a field that can hold memory dies, the field is cleared, if the frame
// may suspend before it is assigned again: a stack would not keep the value either.
//
// A variable dies behind the instruction that mentions it last, at the beginning of a block whose
// predecessor has it alive, or in an await that is begun with it. The exit clears nothing: it is the end.

// clear notes what is to be cleared at instructions, blocks and awaits.
func (g *graph) clear() {
	d := deaths{g: g, members: map[*variable][]*variable{}, alive: g.newLiveSet()}
	for v := range g.all() {
		if v.home < framed {
			continue
		}
		d.members[v.inField()] = append(d.members[v.inField()], v)
		if !v.result && g.inUse(v) && v.keepsMemory() {
			d.mortal = append(d.mortal, v)
		}
	}
	if len(d.mortal) == 0 {
		return
	}
	live := g.newLiveSet()
	for _, b := range g.blocks {
		b.backwards(live, func(in *instr, after liveSet) {
			if in == nil {
				d.clearBehind(b, after)
				return
			}
			d.clearOnWay(in.exits, after, in.uses, nil)
			for _, v := range slices.Concat(in.uses, in.kills) {
				for ; v != nil; v = v.task {
					if d.dies(v, after) && b.suspendsBefore(v.inField(), in) {
						in.clears = in.clears.with(v.inField())
					}
				}
			}
		})
	}
}

// deaths finds out what dies where.
type deaths struct {
	g       *graph
	members map[*variable][]*variable // of a field
	mortal  []*variable               // those whose fields can keep memory alive
	alive   liveSet                   // used by clearOnWay
}

// dies reports whether nothing in the field of v is alive in after.
func (d *deaths) dies(v *variable, after liveSet) bool {
	if v.home < framed || v.result || !d.g.inUse(v) || !v.keepsMemory() {
		return false
	}
	return !slices.ContainsFunc(d.members[v.inField()], after.has)
}

// clearBehind notes what dies in an await that ends b, and on the way to the blocks that follow.
func (d *deaths) clearBehind(b *block, after liveSet) {
	uses, kills := termVars(b.term)
	cleared := varSet{}
	if s, ok := b.term.(*suspend); ok && s.await.setup != nil {
		for _, v := range uses {
			if (v.held != nil || v.inField() != s.await.keeps.inField()) && d.dies(v, after) {
				s.await.clears = s.await.clears.with(v.inField())
				cleared[v.inField()] = v != s.await.keeps // what a call kept makes room for what it will keep
			}
		}
	}
	if _, ok := b.term.(*suspend); ok { // a result may be there that nobody wants
		uses = slices.Concat(uses, kills)
	}
	d.clearOnWay(b.term.succs(), after, uses, cleared)
}

// clearOnWay notes what dies on the way to blocks: what is alive before, because it is read there or behind, and is
// not read by them.
func (d *deaths) clearOnWay(to []*block, after liveSet, uses []*variable, cleared varSet) {
	if len(to) == 0 {
		return
	}
	clear(d.alive)
	d.alive.addAll(after)
	d.alive.add(uses)
	for _, s := range to {
		if s.exit {
			continue
		}
		for _, v := range d.mortal {
			if d.alive.has(v) && !cleared[v.inField()] && d.dies(v, s.liveIn) && s.suspendsBefore(v.inField(), nil) {
				s.clears = s.clears.with(v.inField())
			}
		}
	}
}

// suspendsBefore reports whether the function may suspend behind an instruction of b, or its beginning,
// before anything is assigned to a dead field. Where the instruction itself may jump to does not count: see clearOnWay. A
// call that is begun again does not assign its result yet, nor does a stream lose what it holds.
func (b *block) suspendsBefore(field *variable, behind *instr) bool {
	seen := map[*block]bool{}
	var from func(b *block, code []*instr) bool
	onWay := func(to []*block) bool {
		return slices.ContainsFunc(to, func(s *block) bool {
			if s.exit || seen[s] {
				return false
			}
			seen[s] = true
			return from(s, s.code)
		})
	}
	from = func(b *block, code []*instr) bool {
		for _, in := range code {
			switch {
			case onWay(in.exits):
				return true
			case assigns(in.kills, field):
				return false
			}
		}
		_, kills := termVars(b.term)
		if assigns(kills, field) {
			return false
		}
		if _, ok := b.term.(*suspend); ok {
			return true
		}
		return onWay(b.term.succs())
	}
	return from(b, b.code[slices.Index(b.code, behind)+1:])
}

func assigns(kills []*variable, field *variable) bool {
	return field.held == nil && slices.ContainsFunc(kills, func(v *variable) bool { return v.inField() == field })
}

// with adds a variable.
func (l varList) with(v *variable) varList {
	if slices.Contains(l, v) {
		return l
	}
	return append(l, v)
}

// inUse reports whether v has a field that code mentions.
func (g *graph) inUse(v *variable) bool { return v.held != nil || g.mentioned[v] }

// keepsMemory reports whether the field of a variable can hold memory.
func (v *variable) keepsMemory() bool {
	if v.isStream() {
		return v.held.callee.ends()
	}
	return v.home == boxed || v.typ == nil || hasPointers(v.typ)
}

func hasPointers(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&types.IsString != 0 || t.Kind() == types.UnsafePointer
	case *types.Array:
		return hasPointers(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if hasPointers(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// cleared is the code that clears fields.
func (e *emitter) cleared(fields varList) string {
	if fields == nil {
		return ""
	}
	var names, zeros []string
	statements := ""
	for v := range e.g.all() { // in the order of the frame
		switch {
		case !slices.Contains(fields, v):
		case v.isStream(), v.held != nil && v.held.task:
			statements += "\n" + e.endOf(v)
		default:
			names, zeros = append(names, e.place(v)), append(zeros, e.zeroOf(v))
		}
	}
	if names == nil {
		return statements
	}
	return "\n" + strings.Join(names, ", ") + " = " + strings.Join(zeros, ", ") + statements
}

// zeroOf is the zero value of a variable's field.
func (e *emitter) zeroOf(v *variable) string {
	switch {
	case v.home == boxed:
		return e.c.null(e.co.src, "*"+e.typeOf(v))
	case v.typ != nil:
		return e.c.zero(e.co.src, v.typ, e.co.body.Pos())
	case v.held != nil:
		return e.slotType(v.held) + "{}"
	case v.iterator:
		return e.typeOf(v) + "{}"
	}
	return e.c.null(e.co.src, e.typeOf(v))
}
