package asyncvet

import (
	"bytes"
	"go/token"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// ignored is the lines of each file on which an analyzer is silenced.
type ignored map[lineOf]map[string]bool

type lineOf struct {
	file string
	line int
}

const ignoreDirective = "//asyncgen:ignore "

// findIgnored finds the comments that silence. Without a reason they do not.
func findIgnored(p *gen.Package) ignored {
	list := ignored{}
	for _, f := range p.Files {
		for _, group := range f.Syntax.Comments {
			for _, comment := range group.List {
				rest, ok := strings.CutPrefix(comment.Text, ignoreDirective)
				names, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
				if !ok || strings.TrimSpace(reason) == "" {
					continue
				}
				pos := p.Fset.PositionFor(comment.Pos(), false)
				if alone(f.Text, pos.Offset) {
					pos.Line = p.Fset.PositionFor(group.End(), false).Line + 1
				}
				at := lineOf{pos.Filename, pos.Line}
				if list[at] == nil {
					list[at] = map[string]bool{}
				}
				for name := range strings.SplitSeq(names, ",") {
					list[at][name] = true
				}
			}
		}
	}
	return list
}

// alone reports whether nothing but space stands before an offset on its line.
func alone(text []byte, offset int) bool {
	line := text[bytes.LastIndexByte(text[:offset], '\n')+1 : offset]
	return len(bytes.TrimSpace(line)) == 0
}

func (l ignored) has(fset *token.FileSet, pos token.Pos, name string) bool {
	at := fset.PositionFor(pos, false)
	return l[lineOf{at.Filename, at.Line}][name]
}
