package gen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// In overlay mode //line directives put the output on the lines of its source, for debuggers, panics
// and profiles. One stands before each of the user's statements, which may have many lines. What is
// generated around them must not spill onto the lines that follow: pinned gives each of its statements a
// directive of its own.

// lineDirective says that what follows is the source at a line of it.
func lineDirective(s *Source, line int) string { return fmt.Sprintf("\n//line %s:%d\n", s.Path, line) }

// generatedDirective says that what follows is made from a line of the source.
func generatedDirective(s *Source, line int) string {
	return fmt.Sprintf("\n//line %s:%d%s\n", s.Path, line, generatedMark)
}

// generatedMark is a column, which tells the two kinds of directives apart.
const generatedMark = ":1"

// inlineDirective says in the middle of a line where in the source what follows stands.
func (c *compiler) inlineDirective(s *Source, pos token.Pos) string {
	if !c.opts.Overlay || strings.Contains(s.Path, "*/") {
		return ""
	}
	at := c.pkg.Fset.PositionFor(pos, false)
	return fmt.Sprintf("/*line %s:%d:%d*/", s.Path, at.Line, at.Column)
}

func (c *compiler) lineOf(pos token.Pos) int { return c.pkg.Fset.PositionFor(pos, false).Line }

// pinned keeps the generated statements of declarations on the lines that they come from; those without
// one, like the dispatch, on the given line.
func (c *compiler) pinned(s *Source, line int, text string) string {
	const head = "package p\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", head+text, parser.SkipObjectResolution)
	if err != nil {
		return text // which verify refuses
	}
	p := pinner{fset: fset, lines: strings.SplitAfter(text, "\n"), pins: map[int]bool{}}
	decls := map[int]bool{}
	for _, d := range file.Decls {
		decls[p.row(d)] = true
		ast.Inspect(d, p.visit)
	}
	var w strings.Builder
	current := generatedDirective(s, line)[1:]
	for i, text := range p.lines {
		switch {
		case decls[i]:
			current = generatedDirective(s, line)[1:]
		case isLineDirective(text):
			current = text
		}
		if decls[i] || p.pins[i] {
			w.WriteString(current)
		}
		w.WriteString(text)
	}
	return w.String()
}

// pinner finds the generated statements.
type pinner struct {
	fset  *token.FileSet
	lines []string
	pins  map[int]bool // before these lines belongs a directive
}

// row is the index of the line where a node begins.
func (p *pinner) row(n ast.Node) int {
	return p.fset.PositionFor(n.Pos(), false).Line - 2 // the first is the package clause
}

// visit finds those in n. It stays out of the user's own.
func (p *pinner) visit(n ast.Node) bool {
	switch n.(type) {
	case *ast.FuncLit: // the user's own, or in it directives stand already
		return false
	case ast.Stmt:
	default:
		return true
	}
	at := p.fset.PositionFor(n.Pos(), false)
	row := p.row(n)
	if strings.TrimSpace(p.lines[row][:at.Column-1]) != "" {
		return true // something else has begun the line
	}
	before := strings.TrimRight(p.lines[max(row-1, 0)], "\n")
	if _, ok := n.(*ast.BlockStmt); !ok {
		p.pins[row] = !isLineDirective(before)
	}
	return !isLineDirective(before) || strings.HasSuffix(before, generatedMark)
}

func isLineDirective(text string) bool { return strings.HasPrefix(text, "//line ") }
