package gen

import (
	"cmp"
	"slices"
)

// The layout of a state machine: one column of boxes in the order of the source. A state that follows the one
// above it is joined to it by an arrow. Every other edge runs beside the column, forward at the right, back at
// the left; those to one state share a lane there, and those with an error in flight have the outermost.
//
// No two edges lie on each other, and no label on anything: each edge leaves its box at a port of its own,
// labels stand above the ports, between the boxes and the lanes, and lanes that are side by side in
// height have places of their own. Edges only cross, at right angles.
//
// Why not a library: Graphviz as WebAssembly (goccy/go-graphviz) adds 8 MB to a binary of 12 and eight modules, does not know
// how wide letters are, so that text runs out of its boxes, and does not keep to the order of the source; d2 is 118 MB of
// source with a JavaScript engine in it.

// Lengths are in pixels. A letter of the monospaced fonts that people have is at most 0.61 as wide as high.
const (
	fontSize   = 12
	cell       = 7.4 // the width of a column
	lineHeight = 17
	boxPad     = 10
	boxGap     = 30
	ruleGap    = 6 // above a row with a rule
	portGap    = 19
	laneGap    = 14
	labelCell  = 6.8 // of a label
	headCell   = 8.1 // of the headline
	margin     = 24
	headHeight = 52
)

// A box is a state with its place.
type box struct {
	state   *State
	rows    []row
	x, y, w float64
	h       float64
	right   []*lane // that end here, then those that begin here, from the top
	left    []*lane
	in, out int // how many end and begin at the right
}

// A lane leads to one box from others, beside the column.
type lane struct {
	to    *box
	from  []laneEdge
	back  bool
	kind  EdgeKind
	index int // 0 is nearest to the column
	x     float64
}

type laneEdge struct {
	box   *box
	label string
}

// A drawing is a graph with all places decided.
type drawing struct {
	boxes         []*box
	lanes         []*lane
	down          []downEdge
	width, height float64
}

// A downEdge joins a box with the next one.
type downEdge struct {
	from, to *box
	label    string
}

// layOut decides where everything stands.
func (g *Graph) layOut() *drawing {
	d := &drawing{}
	byID := map[string]*box{}
	for i := range g.States {
		b := &box{state: &g.States[i], rows: g.States[i].text(someLines)}
		for j, r := range b.rows {
			b.rows[j].text = cut(r.text, maxColumns)
		}
		d.boxes = append(d.boxes, b)
		byID[b.state.ID] = b
	}
	for _, e := range g.Edges {
		d.route(byID[e.From], byID[e.To], e)
	}
	d.stack()
	d.assignLanes()
	d.sortPorts()
	d.spread(max(float64(columns(g.headline()))*headCell, float64(columns(d.note(g)))*labelCell))
	return d
}

// note is the line below the headline. It explains the dashes, if there are any.
func (d *drawing) note(g *Graph) string {
	for _, l := range d.lanes {
		if l.kind == EdgeFail {
			return g.place() + " · dashed: with an error in flight"
		}
	}
	return g.place()
}

// route puts an edge between two neighbors or into a lane.
func (d *drawing) route(from, to *box, e Edge) {
	i, j := slices.Index(d.boxes, from), slices.Index(d.boxes, to)
	label := cut(e.Label, maxLabel)
	if e.Kind == EdgeFail && label == "error" {
		label = "" // the dashes say so
	}
	if j == i+1 && e.Kind != EdgeFail {
		d.down = append(d.down, downEdge{from, to, label})
		return
	}
	l := d.lane(to, j <= i, e.Kind == EdgeFail)
	l.from = append(l.from, laneEdge{from, label})
}

// lane gives the lane to a box on a side.
func (d *drawing) lane(to *box, back, fails bool) *lane {
	for _, l := range d.lanes {
		if l.to == to && l.back == back && (l.kind == EdgeFail) == fails {
			return l
		}
	}
	l := &lane{to: to, back: back, kind: EdgeNext}
	if fails {
		l.kind = EdgeFail
	}
	d.lanes = append(d.lanes, l)
	return l
}

// stack gives the boxes their heights and puts one below the other.
func (d *drawing) stack() {
	y := float64(headHeight)
	for _, b := range d.boxes {
		left, right := 0, 0
		for _, l := range d.lanes {
			ends, begins := boolInt(l.to == b), boolInt(l.begins(b))
			if l.back {
				left += ends + begins
			} else {
				right += ends + begins
				b.in, b.out = b.in+ends, b.out+begins
			}
		}
		b.y = y
		b.h = max(b.rowTop(len(b.rows))-b.y+boxPad/2, float64(max(right, left))*portGap+6)
		y += b.h + boxGap
	}
	d.height = y - boxGap + margin
}

// rowTop is where a row begins.
func (b *box) rowTop(i int) float64 {
	top := b.y + boxPad/2 + float64(i)*lineHeight
	for _, r := range b.rows[:min(i+1, len(b.rows))] {
		if r.rule {
			top += ruleGap
		}
	}
	return top
}

// span is the part of the height that a lane needs.
func (l *lane) span() (from, to float64) {
	from, to = l.to.y, l.to.y+l.to.h
	for _, e := range l.from {
		if l.back {
			to = max(to, e.box.y+e.box.h)
		} else { // it begins at the bottom of a box, and ends at the top of one
			from, to = min(from, e.box.y+e.box.h-float64(e.box.out)*portGap), l.to.y+float64(l.to.in)*portGap
		}
	}
	return from, to
}

// begins reports whether the lane begins at a box.
func (l *lane) begins(b *box) bool {
	return slices.ContainsFunc(l.from, func(e laneEdge) bool { return e.box == b })
}

// length is how much of the height a lane needs.
func (l *lane) length() float64 {
	from, to := l.span()
	return to - from
}

// assignLanes gives shorter lanes the places near the column, and those of failures the outer ones.
func (d *drawing) assignLanes() {
	sorted := slices.Clone(d.lanes)
	slices.SortStableFunc(sorted, func(a, b *lane) int {
		return cmp.Or(cmp.Compare(boolInt(a.kind == EdgeFail), boolInt(b.kind == EdgeFail)), cmp.Compare(a.length(), b.length()))
	})
	for i, l := range sorted {
		for slices.ContainsFunc(sorted[:i], func(other *lane) bool { return l.conflicts(other) }) {
			l.index++
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// conflicts reports whether two lanes cannot be in their places: in the same one at the same height, or the
// one of a failure further in than another.
func (l *lane) conflicts(other *lane) bool {
	if l.back != other.back || l.index > other.index {
		return false
	}
	if l.index < other.index && (l.kind == EdgeFail) == (other.kind == EdgeFail) {
		return false
	}
	if l.kind == EdgeFail && other.kind != EdgeFail {
		return true
	}
	from, to := l.span()
	otherFrom, otherTo := other.span()
	return from < otherTo && otherFrom < to
}

// sortPorts orders what begins and ends at each side of a box, so that nothing crosses that need not.
func (d *drawing) sortPorts() {
	inner := func(a, b *lane) int { return cmp.Compare(a.index, b.index) }
	outer := func(a, b *lane) int { return cmp.Compare(b.index, a.index) }
	for _, b := range d.boxes {
		var in, out, backIn, backOut []*lane
		for _, l := range d.lanes {
			ends, begins := l.to == b, l.begins(b)
			if l.back {
				backIn, backOut = with(backIn, l, ends), with(backOut, l, begins)
			} else {
				in, out = with(in, l, ends), with(out, l, begins)
			}
		}
		slices.SortStableFunc(in, inner)
		slices.SortStableFunc(out, outer)
		slices.SortStableFunc(backIn, outer)
		slices.SortStableFunc(backOut, inner)
		b.right, b.left = append(in, out...), append(backIn, backOut...)
	}
}

func with(list []*lane, l *lane, yes bool) []*lane {
	if yes {
		return append(list, l)
	}
	return list
}

// inPort is the height at which a lane ends at its box.
func (l *lane) inPort() float64 {
	list := l.to.right
	if l.back {
		list = l.to.left
	}
	return l.to.y + portGap*0.75 + float64(slices.Index(list, l))*portGap
}

// outPort is the height at which a lane begins at a box.
func (l *lane) outPort(b *box) float64 {
	list := b.right
	if l.back {
		list = b.left
	}
	last := len(list) - 1
	for list[last] != l {
		last--
	}
	return b.y + b.h - portGap*0.5 - float64(len(list)-1-last)*portGap
}

// spread decides where things stand from left to right: lanes, labels, the column, labels, lanes.
func (d *drawing) spread(head float64) {
	widest, left, right := 40, 0, 0
	for _, b := range d.boxes {
		for _, r := range b.rows {
			widest = max(widest, columns(r.plain()))
		}
	}
	lanesLeft, lanesRight := 0, 0
	for _, l := range d.lanes {
		for _, e := range l.from {
			if l.back {
				left = max(left, columns(e.label))
			} else {
				right = max(right, columns(e.label))
			}
		}
		if l.back {
			lanesLeft = max(lanesLeft, l.index+1)
		} else {
			lanesRight = max(lanesRight, l.index+1)
		}
	}
	w := float64(widest)*cell + 2*boxPad
	zone := func(labels int) float64 { return float64(labels)*labelCell + 22 }
	rightZone := zone(right)
	for _, e := range d.down {
		rightZone = max(rightZone, zone(columns(e.label))-w/2)
	}
	x := margin + float64(lanesLeft)*laneGap
	if lanesLeft > 0 {
		x += zone(left)
	}
	for _, b := range d.boxes {
		b.x, b.w = x, w
	}
	for _, l := range d.lanes {
		if l.back {
			l.x = x - zone(left) - float64(l.index)*laneGap
		} else {
			l.x = x + w + rightZone + float64(l.index)*laneGap
		}
	}
	d.width = max(x+w+rightZone+float64(lanesRight)*laneGap, margin+head) + margin
}
