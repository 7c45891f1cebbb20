package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the picture")

// TestPicture: docs/trace.svg is a drawing of the trace that the program writes.
func TestPicture(t *testing.T) {
	const file = "../trace.svg"
	var trace bytes.Buffer
	if err := traced(&trace); err != nil {
		t.Fatal(err)
	}
	var events []event
	if err := json.Unmarshal(trace.Bytes(), &events); err != nil {
		t.Fatal(err)
	}
	svg := draw(events)
	if *update {
		if err := os.WriteFile(file, svg, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, svg) {
		t.Errorf("%s is not current (%v); look at it after: go test ./docs/trace -update", file, err)
	}
}

// event is a trace event.
type event struct {
	Phase    string  `json:"ph"`
	Name     string  `json:"name"`
	Category string  `json:"cat"`
	At       float64 `json:"ts"`
	Duration float64 `json:"dur"`
	Track    int     `json:"tid"`
	ID       int     `json:"id"`
	Args     struct {
		Name string `json:"name"`
		End  string `json:"end"`
	} `json:"args"`
}

// The picture has the measures of these, in pixels.
const (
	width      = 1000.0
	names      = 120.0 // the column of the tracks' names
	right      = 46.0
	top        = 34.0 // the axis
	bar        = 16.0
	gap        = 3.0
	trackSpace = 14.0
	letter     = 6.3 // how wide one is, about
	thinnest   = 4.0 // as wide as a step is at least drawn
)

// picture is a drawing in the making.
type picture struct {
	bytes.Buffer
	scale  float64 // pixels for a microsecond
	tops   map[int]float64
	bottom float64
	events []event
}

func draw(events []event) []byte {
	p := &picture{tops: map[int]float64{}, events: events}
	end := 0.0
	for _, e := range events {
		end = max(end, e.At+e.Duration)
	}
	p.scale = (width - names - right) / end
	p.layout()
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="Roboto, Helvetica, Arial, sans-serif" font-size="11">
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5L8 4L0 7.5z" fill="#1a1a1a"/></marker></defs>
<rect width="100%%" height="100%%" fill="#fff"/>
`, width, p.bottom)
	p.axis(end)
	p.tracks()
	p.bars()
	p.arrows()
	p.instants()
	p.WriteString("</svg>\n")
	return p.Bytes()
}

// layout gives each track its place: tasks have bars for their steps, their life and their waits, callbacks only steps.
func (p *picture) layout() {
	y := top
	for _, e := range p.events {
		if e.Phase != "M" || e.Name != "thread_name" || e.Track == callbacks {
			continue
		}
		p.tops[e.Track] = y
		y += 3*(bar+gap) + trackSpace
	}
	p.tops[callbacks] = y
	p.bottom = y + bar + trackSpace
}

// callbacks is the track that belongs to no task.
const callbacks = 1

func (p *picture) x(at float64) float64 { return names + at*p.scale }

// axis draws the time.
func (p *picture) axis(end float64) {
	const tick = 50 * time.Millisecond
	for at := time.Duration(0); float64(at.Microseconds()) <= end; at += tick {
		x := p.x(float64(at.Microseconds()))
		fmt.Fprintf(p, `<path d="M%.1f 22V%.1f" stroke="#e4e7ea"/><text x="%.1f" y="15" text-anchor="middle" fill="#5f6368">%s</text>`+"\n", x, p.bottom, x, at)
	}
}

// tracks draws the names, and lines between.
func (p *picture) tracks() {
	for _, e := range p.events {
		if e.Phase != "M" || e.Name != "thread_name" {
			continue
		}
		y := p.tops[e.Track]
		fmt.Fprintf(p, `<path d="M0 %.1fH%.0f" stroke="#c9ced3"/>`+"\n", y-trackSpace/2, width)
		name, function, _ := strings.Cut(e.Args.Name, " ")
		fmt.Fprintf(p, `<text x="10" y="%.1f" font-weight="bold" fill="#202124">%s</text>`+"\n", y+12, html.EscapeString(name))
		if function != "" {
			fmt.Fprintf(p, `<text x="10" y="%.1f" fill="#5f6368">%s</text>`+"\n", y+27, html.EscapeString(function))
		}
	}
}

// bars draws lives and waits, and then steps over what is behind them.
func (p *picture) bars() {
	open := map[int][]event{} // by track: the life, and in it a wait
	for _, e := range p.events {
		switch e.Phase {
		case "b":
			open[e.Track] = append(open[e.Track], e)
		case "e":
			n := len(open[e.Track]) - 1
			began := open[e.Track][n]
			open[e.Track] = open[e.Track][:n]
			text, fill := began.Name, waitColor(began.Name)
			if n == 0 {
				text, fill = began.Name+": "+e.Args.End, "#dadce0"
			}
			p.bar(e.Track, n+1, began.At, e.At, text, fill, "#202124")
		case "X":
			p.bar(e.Track, 0, e.At, e.At+e.Duration, "", "#3c5a99", "#fff")
		}
	}
}

// bar draws one in a row of its track.
func (p *picture) bar(track, row int, from, to float64, text, fill, ink string) {
	x, y := p.x(from), p.tops[track]+float64(row)*(bar+gap)
	w := max(p.x(to)-x-1, thinnest) // one pixel between neighbors
	fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="1.5" fill="%s"/>`+"\n", x, y, w, bar, fill)
	middle := w / 2
	if row == 1 { // where arrows cross
		middle = min(middle, w/4)
	}
	if text != "" && float64(len(text))*letter < w {
		fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="%s">%s</text>`+"\n", x+middle, y+12, ink, html.EscapeString(text))
	}
}

// waitColor is a color for a kind of waiting.
func waitColor(name string) string {
	switch {
	case strings.HasPrefix(name, "sleeps"):
		return "#b3d4f5"
	case strings.HasPrefix(name, "awaits"):
		return "#bfe3b4"
	}
	return "#f7cf9b"
}

// arrows draws those from who wakes to who is woken.
func (p *picture) arrows() {
	for _, e := range p.events {
		if e.Phase != "f" {
			continue
		}
		i := slices.IndexFunc(p.events, func(s event) bool { return s.Phase == "s" && s.ID == e.ID })
		s := p.events[i]
		x1, y1 := p.x(s.At)+thinnest, p.tops[s.Track]+bar/2
		x2, y2 := p.x(e.At)+thinnest, p.tops[e.Track]+bar/2
		bend := 10 + abs(y2-y1)/12
		fmt.Fprintf(p, `<path d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" stroke="#1a1a1a" marker-end="url(#head)"/>`+"\n",
			x1, y1, x1+bend, y1, x2+bend, y2, x2+1, y2)
	}
}

func abs(x float64) float64 { return max(x, -x) }

// instants draws what takes no time: requests to cancel and ends by one.
func (p *picture) instants() {
	for _, e := range p.events {
		if e.Phase != "i" {
			continue
		}
		x, y := p.x(e.At), p.tops[e.Track]-2
		fmt.Fprintf(p, `<path d="M%.1f %.1fl-4 -6h8z" fill="#c5221f"/>`+"\n", x, y)
		if e.Name == "cancel" {
			fmt.Fprintf(p, `<text x="%.1f" y="%.1f" text-anchor="end" fill="#c5221f">%s</text>`+"\n", x-7, y+12, html.EscapeString(e.Name))
		}
	}
}
