package gen

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// SVG is the graph as a picture that needs nothing else: no fonts, no styles, no program that lays it out.
// It has a background of its own, and dark colors where the reader prefers them.
func (g *Graph) SVG() []byte {
	d := g.layOut()
	p := &pen{}
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="%s" font-size="%d">`,
		d.width, d.height, d.width, d.height, fontFamily, fontSize)
	p.printf("<title>%s</title>", escaped(g.Func))
	p.printf("<style>%s</style>", styleSheet)
	p.printf(`<rect class="page" width="100%%" height="100%%"/>`)
	p.head(g, d)
	for _, l := range d.lanes {
		p.lane(l)
	}
	for _, e := range d.down {
		p.downEdge(e)
	}
	for _, b := range d.boxes {
		p.box(b)
	}
	p.printf("</svg>")
	return []byte(p.String())
}

const fontFamily = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"

// styleSheet has the colors; in the dark the same things have others.
const styleSheet = `
.page{fill:#ffffff}
text{fill:#1f2328}
.note,.line{fill:#656d76}
.title,.name{font-weight:bold}
.label{font-size:11px;fill:#0550ae}
.box{stroke-width:1;fill:#f6f8fa;stroke:#d0d7de}
.await .box{fill:#fff8e1;stroke:#d4a72c}
.await .bar{fill:#d4a72c}
.exit .box{fill:#fbefff;stroke:#c297ff}
.start .box,.done .box{fill:#ddf4ff;stroke:#54aeff}
.rule{stroke:#d0d7de}
.edge{fill:none;stroke:#57606a;stroke-width:1.3}
.tip{fill:#57606a}
.back{stroke:#0969da}
.tip.back{fill:#0969da;stroke:none}
.fail{stroke:#cf222e;stroke-dasharray:4 3}
.tip.fail{fill:#cf222e;stroke:none}
.label.back{stroke:none}
.label.fail{fill:#cf222e;stroke:none}
@media (prefers-color-scheme:dark){
.page{fill:#0d1117}
text{fill:#e6edf3}
.note,.line{fill:#8b949e}
.label{fill:#79c0ff}
.box{fill:#161b22;stroke:#30363d}
.await .box{fill:#272115;stroke:#9e6a03}
.await .bar{fill:#9e6a03}
.exit .box{fill:#211830;stroke:#6e40c9}
.start .box,.done .box{fill:#0c2d4a;stroke:#1f6feb}
.rule{stroke:#30363d}
.edge{stroke:#8b949e}
.tip{fill:#8b949e}
.back{stroke:#58a6ff}
.tip.back{fill:#58a6ff}
.fail{stroke:#ff7b72}
.tip.fail,.label.fail{fill:#ff7b72}
}
`

// A pen writes SVG.
type pen struct{ strings.Builder }

func (p *pen) printf(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func escaped(s string) string {
	var w strings.Builder
	_ = xml.EscapeText(&w, []byte(s)) // a Builder takes everything
	return w.String()
}

// text writes a text from x on. Space before it is room: readers of SVG do not agree about it.
func (p *pen) text(x, y float64, class, text string) {
	trimmed := strings.TrimLeft(text, " ")
	x += float64(len(text)-len(trimmed)) * cell
	p.printf(`<text class="%s" x="%.1f" y="%.1f" xml:space="preserve">%s</text>`, class, x, y, escaped(trimmed))
}

// head writes what the picture is about.
func (p *pen) head(g *Graph, d *drawing) {
	p.printf(`<text class="name" x="%d" y="24" font-size="13">%s</text>`, margin, escaped(g.headline()))
	p.printf(`<text class="note" x="%d" y="41" font-size="11">%s</text>`, margin, escaped(d.note(g)))
}

// box writes a state.
func (p *pen) box(b *box) {
	p.printf(`<g class="%s">`, b.state.Kind)
	radius := 4.0
	if b.state.Kind == StateStart || b.state.Kind == StateDone {
		radius = 12
	}
	p.printf(`<rect class="box" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f"/>`, b.x, b.y, b.w, b.h, radius)
	if b.state.Kind == StateAwait {
		p.printf(`<rect class="bar" x="%.1f" y="%.1f" width="4" height="%.1f" rx="2"/>`, b.x, b.y, b.h)
	}
	for i, r := range b.rows {
		top := b.rowTop(i)
		if r.rule {
			p.printf(`<path class="rule" d="M%.1f %.1fH%.1f"/>`, b.x+boxPad, top-2, b.x+b.w-boxPad)
		}
		x, y := b.x+boxPad, top+lineHeight*0.75
		if r.gutter != "" {
			p.text(x, y, "line", r.gutter)
			x += float64(columns(r.gutter)+2) * cell
		}
		p.text(x, y, string(r.style), r.text)
	}
	p.printf("</g>")
}

// class is how a lane looks.
func (l *lane) class() string {
	switch {
	case l.kind == EdgeFail:
		return " fail"
	case l.back:
		return " back"
	}
	return ""
}

// lane writes the edges that lead to one state beside the column. The one that begins furthest away is
// drawn to the end; the others end where they meet it.
func (p *pen) lane(l *lane) {
	const r = 6.0
	end, side, out := l.to.x+l.to.w, 1.0, 1.0 // to the right, and down
	if l.back {
		end, side, out = l.to.x, -1, -1
	}
	in := l.inPort()
	far := 0
	for i, e := range l.from {
		if l.back == (l.outPort(e.box) > l.outPort(l.from[far].box)) && i != far {
			far = i
		}
	}
	for i, e := range l.from {
		y := l.outPort(e.box)
		path := fmt.Sprintf("M%.1f %.1fH%.1fQ%.1f %.1f %.1f %.1f", end, y, l.x-side*r, l.x, y, l.x, y+out*r)
		if i == far {
			path += fmt.Sprintf("V%.1fQ%.1f %.1f %.1f %.1fH%.1f", in-out*r, l.x, in, l.x-side*r, in, end+side*6)
		}
		p.printf(`<path class="edge%s" d="%s"/>`, l.class(), path)
		if e.label != "" {
			anchor := "start"
			if l.back {
				anchor = "end"
			}
			p.printf(`<text class="label%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, l.class(), end+side*6, y-4, anchor, escaped(e.label))
		}
	}
	p.printf(`<path class="tip%s" d="M%.1f %.1fl%.1f -3.5v7z"/>`, l.class(), end, in, side*7)
}

// downEdge writes an arrow to the next box.
func (p *pen) downEdge(e downEdge) {
	x, from, to := e.from.x+e.from.w/2, e.from.y+e.from.h, e.to.y
	p.printf(`<path class="edge" d="M%.1f %.1fV%.1f"/>`, x, from, to-6)
	p.printf(`<path class="tip" d="M%.1f %.1fl-3.5 -7h7z"/>`, x, to)
	if e.label != "" {
		p.printf(`<text class="label" x="%.1f" y="%.1f">%s</text>`, x+8, (from+to)/2+3, escaped(e.label))
	}
}
