package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/asyncgen/asyncgen/gen"
)

// What a terminal shows of a diagnostic: its line of the source, what it is about underlined, and
// what to write instead.
//
//	m.go:9:2: coroutine f is never awaited, so it never runs [AG0014]
//	    	f(1)
//	    	^~~~
//	    hint: rt.Await(f(1))

// The colors: as most compilers have them.
const (
	bold   = "\x1b[1m"
	green  = "\x1b[1;32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

func (r *reporter) paint(color, text string) string {
	if !r.color || text == "" {
		return text
	}
	return color + text + plain
}

// onTerminal prints a diagnostic for a person.
func (r *reporter) onTerminal(d gen.Diagnostic, source []byte) {
	head, rest, more := strings.Cut(d.String(), "\n")
	if more {
		rest = "\n" + rest
	}
	fmt.Fprint(r.stderr, r.paint(bold, head), rest, "\n")
	if line, mark := excerpt(d, source); line != "" {
		fmt.Fprintf(r.stderr, "    %s\n    %s\n", line, r.paint(green, mark))
	}
	if d.Hint != "" {
		fmt.Fprint(r.stderr, "    ", r.paint(yellow, "hint:"), strings.TrimPrefix(indent("    hint: ", d.Hint), "    hint:"))
	}
}

// excerpt is the line that a diagnostic is about, and the line below it, with a caret where it
// begins and tildes to its end.
func excerpt(d gen.Diagnostic, source []byte) (line, mark string) {
	if d.Pos.Line == 0 || d.Pos.Column == 0 {
		return "", ""
	}
	lines := bytes.Split(source, []byte("\n"))
	if d.Pos.Line > len(lines) {
		return "", ""
	}
	line = strings.TrimRight(string(lines[d.Pos.Line-1]), "\r")
	from := d.Pos.Column - 1
	if strings.TrimSpace(line) == "" || from > len(line) {
		return "", ""
	}
	to := from
	switch {
	case d.End.Line == d.Pos.Line:
		to = min(d.End.Column-1, len(line))
	case d.End.Line > d.Pos.Line:
		to = len(line)
	}
	return line, below(line[:from]) + "^" + strings.Repeat("~", max(0, columns(line[from:max(from, to)])-1))
}

// below is as wide as a text on the line above. Tabs stay, so that it does not matter how wide they are.
func below(text string) string {
	var w strings.Builder
	for _, c := range text {
		if c == '\t' {
			w.WriteByte('\t')
		} else {
			w.WriteString(strings.Repeat(" ", runeColumns(c)))
		}
	}
	return w.String()
}

// columns is the width of a text on a terminal.
func columns(text string) int {
	n := 0
	for _, c := range text {
		n += runeColumns(c)
	}
	return n
}

// runeColumns: those of East Asia and emoji take two columns, those that combine with the one before
// take none.
func runeColumns(c rune) int {
	switch kind := width.LookupRune(c).Kind(); {
	case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}
