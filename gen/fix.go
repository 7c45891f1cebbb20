package gen

import (
	"bytes"
	"go/format"
	"slices"
)

// ApplyFixes gives the files that change when the first fix of each diagnostic is applied, and the
// diagnostics of which that is true. A fix that would get into the way of an earlier one has to wait
// until the files are loaded again: then it may be another one, or not needed any more.
func ApplyFixes(list []Diagnostic, read func(path string) ([]byte, error)) (map[string][]byte, []Diagnostic, error) {
	edits := map[string][]Edit{} // accepted, by file
	var applied []Diagnostic
	for _, d := range sortDiagnostics(slices.Clone(list)) {
		if len(d.Fixes) == 0 {
			continue
		}
		fix := d.Fixes[0]
		file := fix.Edits[0].Start.Filename
		if slices.ContainsFunc(fix.Edits, func(e Edit) bool { return slices.ContainsFunc(edits[file], e.meets) }) {
			continue
		}
		edits[file] = append(edits[file], fix.Edits...)
		applied = append(applied, d)
	}
	contents := map[string][]byte{}
	for file, list := range edits {
		text, err := read(file)
		if err != nil {
			return nil, nil, err
		}
		contents[file] = replaceAll(text, list)
	}
	return contents, applied, nil
}

// meets reports whether it would matter which of two edits comes first.
func (e Edit) meets(other Edit) bool {
	a, b := e.Start.Offset, e.End.Offset
	c, d := other.Start.Offset, other.End.Offset
	return a < d && c < b || a == c || a == b && c < a && a < d || c == d && a < c && c < b
}

// replaceAll applies edits that do not meet.
func replaceAll(text []byte, edits []Edit) []byte {
	slices.SortFunc(edits, func(a, b Edit) int { return a.Start.Offset - b.Start.Offset })
	var w bytes.Buffer
	at := 0
	for _, e := range edits {
		w.Write(text[at:e.Start.Offset])
		w.Write(withLineEndsOf(text, []byte(e.New)))
		at = e.End.Offset
	}
	w.Write(text[at:])
	return w.Bytes()
}

// FormatLike formats a file as gofmt does if it was formatted before it was changed: otherwise
// formatting would change more than was asked for.
func FormatLike(before, after []byte) []byte {
	if clean, err := format.Source(before); err != nil || !bytes.Equal(clean, before) {
		return after
	}
	if clean, err := format.Source(after); err == nil {
		return clean
	}
	return after
}
