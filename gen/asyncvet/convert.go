package asyncvet

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// The compiler says where something is by file, line and column, for it may be in files that are not
// parsed; analyzers say it by a token.Pos.

// toGen is an analyzer's finding as asyncgen prints it.
func toGen(fset *token.FileSet, d analysis.Diagnostic) gen.Diagnostic {
	made := gen.Diagnostic{Pos: fset.PositionFor(d.Pos, false), Code: gen.Code(d.Category), Message: d.Message}
	if d.End.IsValid() {
		made.End = fset.PositionFor(d.End, false)
	}
	for _, fix := range d.SuggestedFixes {
		var edits []gen.Edit
		for _, e := range fix.TextEdits {
			end := e.End
			if !end.IsValid() {
				end = e.Pos
			}
			edits = append(edits, gen.Edit{Start: fset.PositionFor(e.Pos, false), End: fset.PositionFor(end, false), New: string(e.NewText)})
		}
		made.Fixes = append(made.Fixes, gen.Fix{Message: fix.Message, Edits: edits})
	}
	return made
}

// fromGen is the compiler's diagnostic as a finding. Its Pos is not valid if it is about a file that is not there.
func (c *check) fromGen(d gen.Diagnostic) analysis.Diagnostic {
	made := analysis.Diagnostic{Pos: c.posOf(d.Pos), Message: fmt.Sprintf("%s [%s]", d.Message, d.Code)}
	if d.End.IsValid() {
		made.End = c.posOf(d.End)
	}
	for _, fix := range d.Fixes {
		var edits []analysis.TextEdit
		for _, e := range fix.Edits {
			edits = append(edits, analysis.TextEdit{Pos: c.posOf(e.Start), End: c.posOf(e.End), NewText: []byte(e.New)})
		}
		made.SuggestedFixes = append(made.SuggestedFixes, analysis.SuggestedFix{Message: fix.Message, TextEdits: edits})
	}
	return made
}

// posOf finds a place of the compiler's.
func (c *check) posOf(p token.Position) token.Pos {
	for _, f := range c.Files {
		if tf := c.Fset.File(f.Syntax.FileStart); f.Path == p.Filename {
			return tf.LineStart(max(p.Line, 1)) + token.Pos(max(p.Column, 1)-1)
		}
	}
	return token.NoPos
}
