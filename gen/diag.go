package gen

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Diagnostic is something to fix in the annotated source.
type Diagnostic struct {
	Pos     token.Position // the file is an absolute path; no line: the file or folder as a whole
	End     token.Position // behind the offending part; no line: only where it begins is known
	Code    Code           // or the name of an analyzer, which then stands in the message
	Message string         // without a full stop; further lines begin with a tab, as the go command's do
	Hint    string         // what to write instead, as code of one or more lines; "": nothing in particular
	Fixes   []Fix          // each mends it alone; the first is the best
	Stack   string         // where asyncgen itself panicked; "" for everything else
	returns *rightResult   // what a function must return for the mistake to be gone; nil: that is not the mistake
}

// A rightResult is what a function should return: type errors that are gone with it are its consequences.
type rightResult struct {
	typ  *ast.FuncType
	text string
}

// Fix is a change of the source after which a diagnostic is gone, and which does what was meant.
type Fix struct {
	Message string // what it does: write rt.Await(f())
	Edits   []Edit // of one file; they do not overlap
}

// Edit replaces a part of a file.
type Edit struct {
	Start, End token.Position
	New        string
}

// String is the form in which the go command prints errors, and the code: file:line:col: message [AG0014].
func (d Diagnostic) String() string {
	text := d.text()
	if d.Pos.Filename == "" && !d.Pos.IsValid() {
		return text
	}
	return d.Pos.String() + ": " + text
}

// text is the message with its code. What the go command would say stays in its words.
func (d Diagnostic) text() string {
	if d.Code == "" || d.Code == CodeGo || strings.HasSuffix(d.Message, "("+string(d.Code)+")") {
		return d.Message
	}
	return fmt.Sprintf("%s [%s]", d.Message, d.Code)
}

// goError is a diagnostic in the words of the go command, the compiler or the system.
func goError(pos token.Position, message string) Diagnostic {
	return Diagnostic{Pos: pos, Code: CodeGo, Message: message}
}

// hint says what to write instead.
func (d *Diagnostic) hint(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// wants says what a function should return.
func (d *Diagnostic) wants(typ *ast.FuncType, result string) { d.returns = &rightResult{typ, result} }

// fix offers edits that mend it.
func (d *Diagnostic) fix(message string, edits ...Edit) {
	d.Fixes = append(d.Fixes, Fix{message, edits})
}

// A span is a part of the source: a node, or a point.
type span interface {
	Pos() token.Pos
	End() token.Pos
}

// A point is a span of which only the beginning is known.
type point token.Pos

func (p point) Pos() token.Pos { return token.Pos(p) }
func (p point) End() token.Pos { return token.NoPos }

// sortDiagnostics sorts by file, line and column, and removes duplicates: a file can belong to
// several packages.
func sortDiagnostics(list []Diagnostic) []Diagnostic {
	slices.SortStableFunc(list, compareDiagnostics)
	return slices.CompactFunc(list, func(a, b Diagnostic) bool { return compareDiagnostics(a, b) == 0 })
}

func compareDiagnostics(a, b Diagnostic) int {
	return cmp.Or(
		cmp.Compare(a.Pos.Filename, b.Pos.Filename),
		cmp.Compare(a.Pos.Line, b.Pos.Line),
		cmp.Compare(a.Pos.Column, b.Pos.Column),
		cmp.Compare(a.Message, b.Message),
	)
}

// SortDiagnostics sorts those of several packages into the order in which a person reads them.
func SortDiagnostics(list []Diagnostic) []Diagnostic { return sortDiagnostics(list) }
