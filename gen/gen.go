package gen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Generate compiles the annotated sources of a package. It gives the outputs, or what is wrong with
// the sources: then there are no outputs. It neither writes nor prints, nor does it panic: what goes wrong in it
// is a diagnostic, CodeBug, of the function that shows it.
func Generate(p *Package, opts Options) (files []File, diags []Diagnostic) {
	if p.Types == nil {
		return nil, nil
	}
	c := newCompiler(p, opts)
	defer c.failed(func(bug Diagnostic) { files, diags = nil, []Diagnostic{bug} })
	return c.generate()
}

func (c *compiler) generate() ([]File, []Diagnostic) {
	if !c.front() {
		return nil, sortDiagnostics(c.diags)
	}
	outputs := c.verified()
	if len(c.diags) > 0 {
		return nil, sortDiagnostics(c.diags)
	}
	var files []File
	for _, out := range outputs {
		files = append(files, out.File)
	}
	return files, nil
}

// front goes from the sources to graphs whose variables have their homes. It reports whether there
// was nothing to refuse.
func (c *compiler) front() bool {
	c.find()
	c.check()
	if len(c.diags) > 0 {
		return false
	}
	c.findUses()
	c.findHandles()
	c.collectCalls()
	c.components()
	c.weigh()
	c.findTasks()
	c.findSpots()
	for _, co := range slices.Backward(c.cos) { // a literal before the function that it captures variables of
		c.working = co
		co.graph = c.build(co)
		co.graph.live()
		co.graph.settle()
		c.keepApart(co)
		co.graph.share()
	}
	for _, co := range c.cos {
		c.working = co
		co.graph.clear()
		co.graph.layOut(c.order)
		if err := co.graph.unsound(); err != nil {
			c.broken(co, err)
		}
		c.moveNamed(co)
	}
	c.working, c.settledTypes = nil, true
	return len(c.diags) == 0
}

// verified makes the outputs and verifies them, if there was nothing to refuse.
func (c *compiler) verified() []output {
	outputs := c.outputs()
	if len(c.diags) > 0 {
		return outputs
	}
	return c.verify(outputs)
}

// outputs makes the output of each annotated source.
func (c *compiler) outputs() []output {
	var list []output
	for _, s := range c.pkg.Files {
		if s.Annotated {
			list = append(list, c.file(s))
		}
	}
	return list
}

func newCompiler(p *Package, opts Options) *compiler {
	return &compiler{pkg: p, opts: opts, byFunc: map[*types.Func]*coroutine{}, byLit: map[*ast.FuncLit]*coroutine{},
		adds: map[*Source]map[string]string{}, addNames: map[*Source]*namer{}, clean: map[*Source]bool{}, typeNames: map[types.Object]*localType{}, localTypes: map[*coroutine][]*localType{},
		paramAs: map[*types.TypeParam]string{}, importNames: map[*Source]map[string]bool{}, renamed: map[types.Object]string{}}
}

// refuse notes something that is wrong with a part of the source. What it gives is there to add a hint
// or a fix to, at once. Of two mistakes at one place the second would be a consequence of the first.
func (c *compiler) refuse(code Code, at span, text string, args ...any) *Diagnostic {
	d := Diagnostic{Pos: c.pkg.Fset.PositionFor(at.Pos(), false), Code: code, Message: fmt.Sprintf(text, args...)}
	if end := at.End(); end.IsValid() {
		d.End = c.pkg.Fset.PositionFor(end, false)
	}
	if slices.ContainsFunc(c.diags, func(other Diagnostic) bool { return other.Pos == d.Pos }) {
		return &d
	}
	c.diags = append(c.diags, d)
	return &c.diags[len(c.diags)-1]
}

// broken notes that the compiler itself has failed, at the function that shows it.
func (c *compiler) broken(co *coroutine, err error) {
	c.refuse(CodeBug, point(co.body.Pos()), "asyncgen cannot compile this function, which is a bug in asyncgen, please report it: %v", err)
}

// file makes the output of one source: its text, with the async functions replaced.
func (c *compiler) file(s *Source) output {
	path := s.Path
	if !c.opts.Overlay {
		path = outputPath(s.Path)
	}
	edits := headerEdits(s, c.opts.Overlay)
	for _, d := range s.Syntax.Decls {
		edits = append(edits, c.declEdits(s, d)...)
	}
	edits = append(edits, c.importEdits(s)...)
	return c.edited(output{File: File{Path: path, Source: s.Path}, src: s, text: s.Text}, edits)
}

// edited is an output after further edits of its text, which at first is that of the source.
func (c *compiler) edited(out output, edits []edit) output {
	out.text, out.steps = applyEdits(out.text, edits), append(slices.Clip(out.steps), edits)
	out.syntax, out.err = parser.ParseFile(c.pkg.Fset, out.Path, out.text, parser.ParseComments|parser.SkipObjectResolution)
	out.Content = out.text
	if out.err == nil && !c.opts.Overlay && c.formatted(out.src) { // else lines stay where they are
		var clean bytes.Buffer
		if err := format.Node(&clean, c.pkg.Fset, out.syntax); err == nil {
			out.Content = clean.Bytes()
		}
	}
	out.Content = withLineEndsOf(out.src.Text, out.Content)
	return out
}

// formatted reports whether a source is as gofmt has it. Then its output is formatted, once it is
// complete. Otherwise only what is generated is, so that the rest stays as it is.
func (c *compiler) formatted(s *Source) bool {
	is, known := c.clean[s]
	if !known {
		var text bytes.Buffer
		err := format.Node(&text, c.pkg.Fset, s.Syntax)
		is = err == nil && bytes.Equal(text.Bytes(), withLF(s.Text))
		c.clean[s] = is
	}
	return is
}

// declEdits replaces the async functions of one declaration and puts what they become behind it.
func (c *compiler) declEdits(s *Source, d ast.Decl) []edit {
	tf := c.pkg.Fset.File(s.Syntax.FileStart)
	var edits []edit
	var behind strings.Builder
	for _, co := range c.cos {
		if co.src != s || !within(d, co.body.Pos()) {
			continue
		}
		c.working = co
		decls := c.localTypeDecls(co) + c.declarations(co)
		if c.opts.Overlay {
			decls = c.pinned(s, c.lineOf(co.body.Pos()), c.helperLine(co), decls)
		}
		behind.WriteString(decls)
		if co.decl != nil {
			edits = append(edits, c.directiveEdits(s, co.decl)...)
			edits = append(edits, edit{tf.Offset(co.body.Lbrace), tf.Offset(co.body.Rbrace) + 1, c.constructor(co, c.newEmitter(co))})
		} else if co.outer == nil {
			edits = append(edits, c.literalEdit(s, co))
			edits = append(edits, c.parameterEdits(s, co.typ)...)
		}
	}
	c.working = nil
	if behind.Len() == 0 {
		return nil
	}
	if owner := c.typesAround[d]; owner != nil {
		decls := c.localTypeDecls(owner)
		if c.opts.Overlay {
			decls = c.pinned(s, c.lineOf(d.Pos()), c.lineOf(d.Pos()), decls)
		}
		behind.WriteString(decls)
		edits = append(edits, c.ordinaryEdits(s, d)...)
	}
	behind.WriteString(c.hiddenDecls(s, d))
	if f, ok := d.(*ast.FuncDecl); ok {
		edits = append(edits, c.signatureEdits(s, f)...)
	}
	if c.opts.Overlay {
		behind.WriteString(c.lineDirective(d.End()))
	}
	return append(edits, edit{tf.Offset(d.End()), tf.Offset(d.End()), behind.String()})
}

// constructor is the body of the function that the caller calls.
func (c *compiler) constructor(co *coroutine, e *emitter) string {
	first, last := "", ""
	if c.opts.Overlay {
		first, last = c.generatedDirective(co.src, c.lineOf(co.body.Lbrace)), c.generatedDirective(co.src, c.lineOf(co.body.Rbrace))
	}
	uses := ""
	switch {
	case co.usesName == "":
	case c.opts.Overlay:
		uses = first + "if " + c.never + " { " + co.usesName + "() }\n"
	default:
		uses = "\tif " + c.never + " {\n\t\t" + co.usesName + "()\n\t}\n"
	}
	return "{\n" + uses + first + "\t" + e.construct(co, c.sourceParams(co)) + "\n" + last + "}"
}

// literalEdit replaces the body of an async literal in ordinary code.
func (c *compiler) literalEdit(s *Source, co *coroutine) edit {
	tf := c.pkg.Fset.File(s.Syntax.FileStart)
	e := &emitter{c: c, co: &coroutine{src: s}, g: &graph{}}
	if co.inPlace { // the signature is in sight there
		c.renamedParams = map[*types.TypeParam]string{}
		for _, p := range co.typeParams() {
			c.renamedParams[p] = c.sourceParam(p)
		}
		defer func() { c.renamedParams = nil }()
	}
	return edit{tf.Offset(co.body.Lbrace), tf.Offset(co.body.Rbrace) + 1, c.constructor(co, e)}
}

// directiveEdits takes the directive out of a doc comment: the function is not async source any more.
func (c *compiler) directiveEdits(s *Source, d *ast.FuncDecl) []edit {
	tf := c.pkg.Fset.File(s.Syntax.FileStart)
	var edits []edit
	for i, cm := range d.Doc.List {
		if !isDirective(cm.Text) {
			continue
		}
		from := tf.Offset(cm.Pos())
		if i > 0 && i == len(d.Doc.List)-1 && d.Doc.List[i-1].Text == "//" {
			from = tf.Offset(d.Doc.List[i-1].Pos())
		}
		to := tf.Offset(cm.End())
		for to < len(s.Text) && s.Text[to] != '\n' {
			to++
		}
		text := ""
		if c.opts.Overlay { // lines stay where they are
			text = strings.Repeat("//\n", strings.Count(string(s.Text[from:to+1]), "\n"))
		}
		edits = append(edits, edit{from, to + 1, text})
	}
	return edits
}

// importEdits adds the imports that only the generated code needs.
func (c *compiler) importEdits(s *Source) []edit {
	adds := c.adds[s]
	if len(adds) == 0 {
		return nil
	}
	var lines []string
	for path, name := range adds {
		lines = append(lines, "import "+name+" "+strconv.Quote(path))
	}
	sort.Strings(lines)
	at := s.Syntax.Name.End()
	for _, spec := range s.Syntax.Decls {
		if g, ok := spec.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			at = g.End()
		}
	}
	off := c.pkg.Fset.File(s.Syntax.FileStart).Offset(at)
	text := "\n\n" + strings.Join(lines, "\n")
	if c.opts.Overlay {
		text += c.lineDirective(at)
	}
	return []edit{{off, off, text}}
}
