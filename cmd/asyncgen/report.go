package main

import (
	"bytes"
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
	json           bool
	terminal       bool // standard error is one: show the source line
}

func newReporter(stdout, stderr io.Writer) *reporter {
	r := &reporter{stdout: stdout, stderr: stderr}
	r.cwd, _ = os.Getwd()
	if f, ok := stderr.(*os.File); ok {
		r.terminal = term.IsTerminal(int(f.Fd()))
	}
	return r
}

// say prints a line that is not about a place in the source.
func (r *reporter) say(format string, args ...any) {
	fmt.Fprintf(r.stderr, format+"\n", args...)
}

// message is a diagnostic as JSON.
type message struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// diagnostics prints them in the order of their places.
func (r *reporter) diagnostics(list []gen.Diagnostic) {
	for _, d := range gen.SortDiagnostics(list) {
		d.Pos.Filename = r.relative(d.Pos.Filename)
		d.Message = r.relativeLines(d.Message)
		if r.json {
			text, _ := json.Marshal(message{d.Pos.Filename, d.Pos.Line, d.Pos.Column, d.Message})
			fmt.Fprintf(r.stdout, "%s\n", text)
			continue
		}
		fmt.Fprintln(r.stderr, d)
		if r.terminal {
			fmt.Fprint(r.stderr, r.excerpt(d))
		}
	}
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

// excerpt is the line that a diagnostic is about, with a caret below the column.
func (r *reporter) excerpt(d gen.Diagnostic) string {
	text, err := os.ReadFile(d.Pos.Filename)
	if err != nil || d.Pos.Line == 0 || d.Pos.Column == 0 {
		return ""
	}
	lines := bytes.Split(text, []byte("\n"))
	if d.Pos.Line > len(lines) {
		return ""
	}
	line := strings.TrimRight(string(lines[d.Pos.Line-1]), "\r")
	if strings.TrimSpace(line) == "" || d.Pos.Column-1 > len(line) {
		return ""
	}
	// Tabs stay, so that the caret stands right whatever their width.
	indent := strings.Map(func(c rune) rune {
		if c == '\t' {
			return c
		}
		return ' '
	}, line[:d.Pos.Column-1])
	return "    " + line + "\n    " + indent + "^\n"
}
