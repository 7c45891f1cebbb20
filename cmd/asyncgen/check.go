package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/asyncgen/asyncgen/gen"
)

// checkAll compares what would be written with what is there.
func (c *command) checkAll(session *gen.Session, patterns []string) int {
	results, diags, err := c.loadEverywhere(session, nil)
	switch {
	case err != nil:
		return c.cannotLoad(err, patterns)
	case c.ctx.Err() != nil:
		return fixMe
	}
	old := 0 // outputs that are not current
	total, known := 0, 0
	for _, r := range results {
		known += len(r.pkg.Current)
		total += len(r.pkg.Current) + len(r.files)
		diags = append(diags, r.diags...)
		before := old
		for _, f := range r.files {
			if len(r.diags) == 0 && !c.current(f.Path, f.Content, "missing", "stale") {
				old++
			}
		}
		if len(r.diags) == 0 && len(r.files) > 0 && old == before && !r.partly {
			r.pkg.Written(r.files)
		}
		for _, path := range r.pkg.Orphans {
			c.different(path, "orphaned: its source is gone or no longer annotated", nil, nil)
			old++
		}
	}
	c.report.diagnostics(diags)
	if old > 0 && !c.json {
		c.report.say("%s: run asyncgen and commit the result; edit the sources, not the outputs", plural(old, "output is out of date", "outputs are out of date"))
	}
	if old > 0 || len(diags) > 0 {
		return fixMe
	}
	if c.verbose {
		c.report.say("%d current, %d of them known from the cache", total, known)
	}
	return done
}

// current reports whether a file has the content that it should have, and shows how it differs.
func (c *command) current(path string, content []byte, missing, stale string) bool {
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.different(path, missing, nil, content)
		return false
	case err != nil:
		c.report.diagnostics([]gen.Diagnostic{fileError(path, err)})
		return false
	case !bytes.Equal(old, content):
		c.different(path, stale, old, content)
		return false
	}
	return true
}

// different shows a diff on standard output and the reason for it on standard error.
func (c *command) different(path, why string, old, content []byte) {
	if c.json {
		d := gen.Diagnostic{Code: gen.CodeNotCurrent, Message: "output is " + why}
		d.Pos.Filename = path
		c.report.diagnostics([]gen.Diagnostic{d})
		return
	}
	rel := c.report.relative(path)
	c.report.say("%s: %s", rel, why)
	if content != nil {
		c.showDiff(path, old, content)
	}
}

// showDiff shows how a file changes; without old it is new.
func (c *command) showDiff(path string, old, content []byte) {
	name := strings.TrimPrefix(c.report.relative(path), "/")
	from := "a/" + name
	if old == nil {
		from = "/dev/null"
	}
	text := unified(diff.Diff(from, old, "b/"+name, content))
	if c.report.colorOut {
		text = colored(text)
	}
	c.stdout.Write(text)
}

// colored gives the lines of a diff the colors that git gives them.
func colored(text []byte) []byte {
	var w bytes.Buffer
	for line := range bytes.Lines(text) {
		color := ""
		switch {
		case bytes.HasPrefix(line, []byte("--- ")) || bytes.HasPrefix(line, []byte("+++ ")):
			color = "1"
		case line[0] == '@':
			color = "36"
		case line[0] == '+':
			color = "32"
		case line[0] == '-':
			color = "31"
		}
		if color == "" {
			w.Write(line)
			continue
		}
		fmt.Fprintf(&w, "\x1b[%sm%s\x1b[0m\n", color, bytes.TrimSuffix(line, []byte("\n")))
	}
	return w.Bytes()
}

// unified leaves out the line with which diff begins, and which no other diff has.
func unified(text []byte) []byte {
	if _, rest, ok := bytes.Cut(text, []byte("\n")); ok && bytes.HasPrefix(text, []byte("diff ")) {
		return rest
	}
	return text
}

// plural counts something in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
