package gen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// In overlay mode //line directives put the output on the lines of its source, for debuggers, panics
// and profiles. One stands before each of the user's statements, which may have many lines. What is
// generated around them must not spill onto the lines that follow: pinned gives each of its statements a
// directive of its own. Where the source has directives itself, the places are those that they give.

// lineDirective says that what follows stands at a position of the source.
func (c *compiler) lineDirective(pos token.Pos) string {
	at := c.pkg.Fset.Position(pos)
	return fmt.Sprintf("\n//line %s:%d\n", at.Filename, at.Line)
}

// generatedDirective says that what follows is made from a line of the source.
func (c *compiler) generatedDirective(s *Source, line int) string {
	at := c.pkg.Fset.Position(c.lineStart(s, line))
	return fmt.Sprintf("\n//line %s:%d%s\n", at.Filename, at.Line, generatedMark)
}

// generatedMark is a column, which tells the two kinds of directives apart.
const generatedMark = ":1"

// inlineDirective says in the middle of a line where in the source what follows stands.
func (c *compiler) inlineDirective(pos token.Pos) string {
	at := c.pkg.Fset.Position(pos)
	switch {
	case !c.opts.Overlay || strings.Contains(at.Filename, "*/"):
		return ""
	case at.Column == 0: // a directive of the source has left it unknown
		return fmt.Sprintf("/*line %s:%d*/", at.Filename, at.Line)
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", at.Filename, at.Line, at.Column)
}

// keepsLines reports whether a text that stands for a node leaves what follows on its line.
func (c *compiler) keepsLines(n ast.Node, text string) bool {
	from, to, lines := c.pkg.Fset.Position(n.Pos()), c.pkg.Fset.Position(n.End()), strings.Count(text, "\n")
	return from.Filename == to.Filename && to.Line-from.Line == lines && c.lineOf(n.End())-c.lineOf(n.Pos()) == lines
}

// lineStart is where a line of the source begins.
func (c *compiler) lineStart(s *Source, line int) token.Pos {
	return c.pkg.Fset.File(s.Syntax.FileStart).LineStart(line)
}

// placesFor gives lines of the source as tracebacks have them, which know one file for a function: by its own line
// directives if all of them are about the same file, otherwise as they stand.
func (c *compiler) placesFor(s *Source, lines []int) (file string, places []int) {
	for _, line := range lines {
		at := c.pkg.Fset.Position(c.lineStart(s, line))
		if file == "" {
			file = at.Filename
		}
		if at.Filename != file {
			return s.Rel, lines
		}
		places = append(places, at.Line)
	}
	if file == s.Path {
		return s.Rel, places
	}
	if rel, err := filepath.Rel(c.pkg.ModuleDir, file); err == nil && filepath.IsLocal(rel) {
		file = rel
	}
	return filepath.ToSlash(file), places
}

// lineOf is the line of a position in its file, whatever directives say.
func (c *compiler) lineOf(pos token.Pos) int { return c.pkg.Fset.PositionFor(pos, false).Line }

// pinned keeps the generated statements of declarations on the lines that they come from; those without
// one, like the dispatch, on the given line. What is generated around Resume is on another one, of a comment if there is one: a
// breakpoint on the first line of the function is none in the helpers.
func (c *compiler) pinned(s *Source, line, helpers int, text string) string {
	const head = "package p\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", head+text, parser.SkipObjectResolution)
	if err != nil {
		return text // which verify refuses
	}
	p := pinner{fset: fset, lines: strings.SplitAfter(text, "\n"), pins: map[int]bool{}}
	decls := map[int]int{} // the first and last lines of declarations: where a function ends there is code, which returns
	for _, d := range file.Decls {
		at := helpers
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "Resume" {
			at = line
		}
		decls[p.row(d.Pos())], decls[p.row(d.End()-1)] = at, at
		ast.Inspect(d, p.visit)
	}
	var w strings.Builder
	current := c.generatedDirective(s, line)[1:]
	for i, text := range p.lines {
		at, decl := decls[i]
		switch {
		case decl:
			current = c.generatedDirective(s, at)[1:]
		case isLineDirective(text):
			current = text
		}
		if decl || p.pins[i] {
			w.WriteString(current)
		}
		w.WriteString(text)
	}
	return w.String()
}

// helperLine is the line of the directive, or that of a literal.
func (c *compiler) helperLine(co *coroutine) int {
	if co.decl != nil && co.decl.Doc != nil {
		for _, comment := range co.decl.Doc.List {
			if isDirective(comment.Text) {
				return c.lineOf(comment.Pos())
			}
		}
	}
	return c.lineOf(co.body.Pos())
}

// pinner finds the generated statements.
type pinner struct {
	fset  *token.FileSet
	lines []string
	pins  map[int]bool // before these lines belongs a directive
}

// row is the index of the line of a position.
func (p *pinner) row(pos token.Pos) int {
	return p.fset.PositionFor(pos, false).Line - 2 // the first is the package clause
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
	row := p.row(n.Pos())
	if strings.TrimSpace(p.lines[row][:at.Column-1]) != "" {
		return true // something else has begun the line
	}
	before := strings.TrimRight(p.lines[max(row-1, 0)], "\n")
	if _, ok := n.(*ast.BlockStmt); !ok {
		p.pins[row] = !isLineDirective(before)
	}
	return !isLineDirective(before) || strings.HasSuffix(before, generatedMark)
}

// withoutLastDirective is a text without a line directive at its end, which would be about what follows it.
func withoutLastDirective(text string) string {
	at := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n') + 1
	if isLineDirective(text[at:]) {
		return text[:at]
	}
	return text
}

func isLineDirective(text string) bool { return strings.HasPrefix(text, "//line ") }
