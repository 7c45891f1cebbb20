package gen

import (
	"fmt"
	"strings"

	"golang.org/x/text/width"
)

// What stands in the boxes of a picture.

// A row is a line of text in a box.
type row struct {
	gutter string // what stands left of the text: a line's number
	text   string
	style  rowStyle
	rule   bool // a line is drawn above it
}

// A rowStyle says how a row looks where there are fonts and colors.
type rowStyle string

const (
	rowSource rowStyle = "source"
	rowTitle  rowStyle = "title"
	rowNote   rowStyle = "note"
)

// A picture has room for so much; DOT and Mermaid lay out what there is.
const (
	maxColumns  = 72 // of a row
	maxLines    = 14 // of source in a box
	maxLives    = 5  // lines of variables
	wrapColumns = 60
	maxLabel    = 36 // columns of a label
)

// A limit is how many lines of source, and of variables, are shown.
type limit struct{ lines, lives int }

var (
	allLines  = limit{1 << 30, 1 << 30}
	someLines = limit{maxLines, maxLives}
)

// headline is the first line of a picture.
func (g *Graph) headline() string { return cut(g.Signature, maxColumns+maxLabel) }

// place is where the function stands.
func (g *Graph) place() string { return fmt.Sprintf("%s:%d", g.File, g.Line) }

// plain is the row as mere text.
func (r row) plain() string {
	if r.gutter == "" {
		return r.text
	}
	return r.gutter + "  " + r.text
}

// text is what stands in the box of a state.
func (s *State) text(most limit) []row {
	var rows []row
	if title := s.title(); title != "" {
		rows = append(rows, row{text: title, style: rowTitle})
	}
	rows = append(rows, sourceRows(s.Lines, most.lines)...)
	return append(rows, s.livesRows(most.lives)...)
}

// title says what a state is.
func (s *State) title() string {
	switch s.Kind {
	case StateStart:
		return "state 0: start"
	case StateAwait:
		text := fmt.Sprintf("state %d: %s", s.Number, verbs[s.Verb])
		if s.Field != "" {
			text += ", in f." + s.Field
		}
		return text
	case StateExit:
		return "state -1: exit, the deferred calls run"
	case StateDone:
		return "done"
	}
	return ""
}

var verbs = map[string]string{
	"await": "await", "try": "await, and look at the error", "catch": "await, and look at any error", "yield": "give a value",
	"next": "await the next value", "close": "await the end of a stream that is left early", "return": "await what it ends as",
}

// sourceRows are lines of the source with their numbers; of too many the last but one are left out.
func sourceRows(lines []SourceLine, most int) []row {
	digits := 0
	for _, l := range lines {
		digits = max(digits, len(fmt.Sprint(l.Line)))
	}
	var rows []row
	for i, l := range lines {
		hidden := len(lines) - most
		if hidden > 0 && i >= most-2 && i < len(lines)-1 {
			if i == most-2 {
				rows = append(rows, row{gutter: strings.Repeat(" ", digits), text: fmt.Sprintf("… %d more lines", hidden+1), style: rowNote})
			}
			continue
		}
		rows = append(rows, row{gutter: fmt.Sprintf("%*d", digits, l.Line), text: l.Text, style: rowSource})
	}
	return rows
}

// livesRows are the variables that live across the suspension.
func (s *State) livesRows(most int) []row {
	if s.Kind != StateAwait && s.Kind != StateExit {
		return nil
	}
	const label = "live across: "
	rows := []row{{text: label + "nothing", style: rowNote, rule: true}}
	for i, v := range s.Lives {
		text := v.Name + " " + v.Type
		if v.Temporary {
			text += " (temporary)"
		}
		last := &rows[len(rows)-1]
		switch {
		case i == 0:
			last.text, last.style = label+text, rowSource
		case columns(last.text)+columns(text) <= wrapColumns:
			last.text += ", " + text
		case len(rows) == most:
			last.text += fmt.Sprintf(" … and %d more", len(s.Lives)-i)
			return rows
		default:
			last.text += ","
			rows = append(rows, row{text: strings.Repeat(" ", len(label)) + text, style: rowSource})
		}
	}
	return rows
}

// columns is how wide a text is in a font whose letters are as wide as each other.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// cut shortens a text to so many columns.
func cut(s string, most int) string {
	if columns(s) <= most {
		return s
	}
	n := 1 // the ellipsis
	for i, r := range s {
		if n += columns(string(r)); n > most {
			return s[:i] + "…"
		}
	}
	return s
}
