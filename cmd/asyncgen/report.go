package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/asyncgen/asyncgen/gen"
)

// reporter prints what a person, or with --json a program, is to read.
type reporter struct {
	stdout, stderr io.Writer
	cwd            string
	read           func(path string) ([]byte, error) // a source, to show a line of it
	json           bool
	terminal       bool // standard error is one: show the source line
	color          bool // and nobody minds colors
	colorOut       bool // the same of standard output
}

func newReporter(stdout, stderr io.Writer) *reporter {
	r := &reporter{stdout: stdout, stderr: stderr, read: os.ReadFile}
	r.cwd, _ = os.Getwd()
	colors := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	r.terminal = isTerminal(stderr)
	r.color = r.terminal && colors
	r.colorOut = isTerminal(stdout) && colors
	return r
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say prints a line that is not about a place in the source.
func (r *reporter) say(format string, args ...any) {
	fmt.Fprintf(r.stderr, format+"\n", args...)
}

// message is a diagnostic as JSON.
type message struct {
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"`
	Column    int      `json:"column,omitempty"`
	EndLine   int      `json:"endLine,omitempty"`
	EndColumn int      `json:"endColumn,omitempty"`
	Code      gen.Code `json:"code,omitempty"`
	Message   string   `json:"message"`
	Hint      string   `json:"hint,omitempty"`
	Fixes     []fix    `json:"fixes,omitempty"`
	Fixed     string   `json:"fixed,omitempty"` // what asyncgen fix did
}

// fix is one of the changes that would mend it.
type fix struct {
	Message string `json:"message"`
	Edits   []edit `json:"edits"`
}

// edit replaces what stands between two places of the file. Columns and offsets count bytes.
type edit struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	Offset    int    `json:"offset"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	EndOffset int    `json:"endOffset"`
	New       string `json:"new"`
}

func jsonMessage(d gen.Diagnostic) message {
	m := message{File: d.Pos.Filename, Line: d.Pos.Line, Column: d.Pos.Column, EndLine: d.End.Line, EndColumn: d.End.Column,
		Code: d.Code, Message: d.Message, Hint: d.Hint}
	for _, f := range d.Fixes {
		edits := []edit{}
		for _, e := range f.Edits {
			edits = append(edits, edit{e.Start.Line, e.Start.Column, e.Start.Offset, e.End.Line, e.End.Column, e.End.Offset, e.New})
		}
		m.Fixes = append(m.Fixes, fix{f.Message, edits})
	}
	return m
}

// diagnostics prints them in the order of their places.
func (r *reporter) diagnostics(list []gen.Diagnostic) {
	fixable, coded := 0, gen.Code("")
	for _, d := range gen.SortDiagnostics(list) {
		file := d.Pos.Filename
		d.Pos.Filename = r.relative(file)
		d.Message = r.relativeLines(d.Message)
		fixable += min(1, len(d.Fixes))
		if coded == "" && d.Code != gen.CodeGo {
			coded = d.Code
		}
		switch {
		case r.json:
			r.jsonLine(jsonMessage(d))
		case r.terminal:
			source, _ := r.read(file) // without it there is no line to show
			r.onTerminal(d, source)
		default:
			fmt.Fprint(r.stderr, d, "\n", indent("\thint: ", d.Hint))
		}
		if os.Getenv("ASYNCGENDEBUG") != "" {
			fmt.Fprint(r.stderr, d.Stack)
		}
	}
	if r.terminal && !r.json && coded != "" {
		fmt.Fprintf(r.stderr, "More about a mistake: asyncgen explain %s\n", coded)
		if fixable > 0 {
			fmt.Fprintf(r.stderr, "asyncgen fix mends %s.\n", plural(fixable, "of them", "of them"))
		}
	}
}

// fixed prints which fix each got.
func (r *reporter) fixed(list []gen.Diagnostic) {
	for _, d := range list {
		d.Pos.Filename = r.relative(d.Pos.Filename)
		if r.json {
			r.jsonLine(message{File: d.Pos.Filename, Line: d.Pos.Line, Column: d.Pos.Column, Code: d.Code, Message: d.Message, Fixed: d.Fixes[0].Message})
			continue
		}
		r.say("%s: fix %s: %s", d.Pos, d.Code, d.Fixes[0].Message)
	}
}

func (r *reporter) jsonLine(v any) {
	enc := json.NewEncoder(r.stdout)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
}

// indent puts a label before the first line of a text, and as much room before the others.
func indent(label, text string) string {
	if text == "" {
		return ""
	}
	tabs := len(label) - len(strings.TrimLeft(label, "\t"))
	room := label[:tabs] + strings.Repeat(" ", len(label)-tabs)
	return label + strings.ReplaceAll(text, "\n", "\n"+room) + "\n"
}

// relative shortens a path that lies in the current folder.
func (r *reporter) relative(path string) string {
	if !filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(r.cwd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// relativeLines shortens the paths of a message's further lines: "\t/dir/x.go:3:6: other declaration of x".
func (r *reporter) relativeLines(text string) string {
	return strings.ReplaceAll(text, "\n\t"+r.cwd+string(filepath.Separator), "\n\t")
}
