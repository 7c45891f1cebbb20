package gen

import (
	"cmp"
	"go/token"
	"slices"
)

// Diagnostic is something to fix in the annotated source.
type Diagnostic struct {
	Pos     token.Position // the file is an absolute path; no line: the file or folder as a whole
	Message string         // without a full stop; further lines begin with a tab, as the go command's do
}

// String is the form in which the go command prints errors: file:line:col: message.
func (d Diagnostic) String() string {
	if d.Pos.Filename == "" && !d.Pos.IsValid() {
		return d.Message
	}
	return d.Pos.String() + ": " + d.Message
}

// sortDiagnostics sorts by file, line and column, and removes duplicates.
func sortDiagnostics(list []Diagnostic) []Diagnostic {
	slices.SortFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(list, func(a, b Diagnostic) bool {
		return a.Pos.Filename == b.Pos.Filename && a.Pos.Line == b.Pos.Line &&
			a.Pos.Column == b.Pos.Column && a.Message == b.Message
	})
}

// SortDiagnostics sorts those of several packages into the order in which a person reads them.
func SortDiagnostics(list []Diagnostic) []Diagnostic { return sortDiagnostics(list) }
