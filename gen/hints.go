package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"
)

// Hints and fixes: what the user should have written, in the words of his file.

// qualifier is what stands before the names of rt in a file. In contrast to rtQual, it imports nothing.
func (c *compiler) qualifier(s *Source) string {
	switch name, _ := c.rtImport(s); name {
	case ".":
		return ""
	default:
		return name + "."
	}
}

// rtImport is the name under which a file imports rt, if it does.
func (c *compiler) rtImport(s *Source) (name string, ok bool) {
	for _, spec := range s.Syntax.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path != rtPath {
			continue
		}
		if spec.Name == nil {
			return "rt", true
		}
		if spec.Name.Name != "_" {
			return spec.Name.Name, true
		}
	}
	return "rt", false
}

// reachesRT reports whether the names of rt mean what they should at pos: it is imported, and no
// variable has taken its name.
func (c *compiler) reachesRT(s *Source, pos token.Pos) bool {
	name, ok := c.rtImport(s)
	if !ok || name == "." {
		return ok
	}
	scope := c.pkg.Types.Scope().Innermost(pos)
	if scope == nil {
		return false
	}
	_, obj := scope.LookupParent(name, pos)
	pkg, ok := obj.(*types.PkgName)
	return ok && isRT(pkg.Imported())
}

// short is the text of an expression, without arguments that would take too much room.
func (c *compiler) short(s *Source, e ast.Expr) string {
	text := c.sourceText(s, e.Pos(), e.End())
	if len(text) <= 60 && !strings.Contains(text, "\n") {
		return text
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if _, isLit := ast.Unparen(call.Fun).(*ast.FuncLit); !isLit {
			return c.text(s, call.Fun.Pos(), call.Fun.End()) + "(…)"
		}
	}
	return "…"
}

// text is a part of the source on one line.
func (c *compiler) text(s *Source, from, to token.Pos) string {
	return strings.Join(strings.Fields(c.sourceText(s, from, to)), " ")
}

// asyncHead is the head of a function as it would be if the function were async.
func (c *compiler) asyncHead(s *Source, fn *ast.FuncDecl) string {
	return c.text(s, fn.Pos(), fn.Type.Params.End()) + " " + c.declResult(s, fn)
}

// declResult is what a function returns if it is async: a stream of the first value that it yields, or a coroutine.
func (c *compiler) declResult(s *Source, fn *ast.FuncDecl) string {
	result := ""
	if fn.Body != nil {
		inspectOwn(fn.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && result == "" && c.rtFunc(call) == "Yield" {
				result = c.resultFor(call, "Yield", s, fn.Type)
			}
			return true
		})
	}
	if result != "" {
		return result
	}
	return c.asyncResult(s, fn.Type)
}

// head is the same for a function or literal that begins at from.
func (c *compiler) head(s *Source, from token.Pos, typ *ast.FuncType) string {
	return c.text(s, from, typ.Params.End()) + " " + c.asyncResult(s, typ)
}

// asyncResult is what an async function returns instead: its only result besides an error, as a coroutine.
func (c *compiler) asyncResult(s *Source, typ *ast.FuncType) string {
	q := c.qualifier(s)
	var results []ast.Expr
	if typ.Results != nil {
		for _, f := range typ.Results.List {
			for range max(1, len(f.Names)) {
				results = append(results, f.Type)
			}
		}
	}
	if n := len(results); n > 0 && types.Identical(c.pkg.Info.TypeOf(results[n-1]), types.Universe.Lookup("error").Type()) {
		results = results[:n-1]
	}
	if len(results) == 0 {
		return q + "Coro[" + q + "None]"
	}
	r := results[0]
	text := c.text(s, r.Pos(), r.End())
	t := c.pkg.Info.TypeOf(r)
	switch star, _ := r.(*ast.StarExpr); {
	case len(results) > 1:
		return q + "Coro[T]"
	case coroElem(t) != nil || streamElem(t) != nil:
		return text
	case star != nil && strings.HasPrefix(text, "*"+q+"Task["):
		return strings.Replace(text, "*"+q+"Task[", q+"Coro[", 1)
	}
	return q + "Coro[" + text + "]"
}

// givesCoroutine reports whether a function could be async: with the directive, and nothing else.
func (c *compiler) givesCoroutine(fn *ast.FuncDecl) bool {
	obj, ok := c.pkg.Info.Defs[fn.Name].(*types.Func)
	if !ok || obj.Signature().Results().Len() != 1 {
		return false
	}
	elem, _ := asyncElem(obj.Signature())
	return elem != nil
}

// isEntry reports whether Go itself calls a function, so that it cannot become async.
func (c *compiler) isEntry(s *Source, fn *ast.FuncDecl) bool {
	name := fn.Name.Name
	switch {
	case fn.Recv != nil:
		return false
	case name == "init" || name == "main" && c.pkg.Name == "main":
		return true
	}
	return strings.HasSuffix(s.Path, "_test.go") && testName.MatchString(name)
}

// entryHint is what to write in place of an async function that Go itself calls: another one, and a call of it.
func (c *compiler) entryHint(s *Source, fn *ast.FuncDecl) string {
	name := fn.Name.Name
	q, async := c.qualifier(s), strings.ToLower(name[:1])+name[1:]
	var args []string
	for _, f := range fn.Type.Params.List {
		for _, id := range f.Names {
			args = append(args, id.Name)
		}
	}
	head, run := c.text(s, fn.Pos(), fn.Type.Params.End()), q+"Run(%s(%s))"
	switch {
	case name == "main":
		async, run, head, args = c.unused("amain", "asyncMain"), q+"Main(%s(%s))", "func main()", nil
	case name == "init":
		async, head, args = c.unused("ainit", "asyncInit"), "func init()", nil
	case strings.HasPrefix(name, "Test"):
		run = "rttest.Run(t, %s(%s))"
	}
	params := c.text(s, fn.Type.Params.Pos(), fn.Type.Params.End())
	if args == nil && fn.Type.Params.NumFields() > 0 {
		args = []string{"…"}
	}
	return fmt.Sprintf("%s\nfunc %s%s %s\n%s { "+run+" }", directive, async, params, c.asyncResult(s, fn.Type), head, async, strings.Join(args, ", "))
}

// unused gives the first of some names that the package has not declared, or the last one.
func (c *compiler) unused(names ...string) string {
	for _, name := range names {
		if c.pkg.Types.Scope().Lookup(name) == nil {
			return name
		}
	}
	return names[len(names)-1]
}

// hintEntryAt is entryHint for the function around a position, if it is meant to be async.
func (c *compiler) hintEntryAt(s *Source, at token.Pos) string {
	for _, d := range s.Syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && d.Pos() <= at && at < d.End() && (c.givesAwaitable(fn.Type) || hasDirective(fn.Doc)) {
			return c.entryHint(s, fn)
		}
	}
	return ""
}

var testName = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)($|[^a-z])`)

// misspelled refuses a comment that was meant to be the directive.
func (c *compiler) misspelled(cm *ast.Comment) {
	d := c.refuse(codeMisspelled, cm, "this comment is not the directive %s, so that the function below it is not async", directive)
	wrong := nearDirective.FindString(cm.Text)
	remark := cm.Text[len(wrong):]
	if !isDirective(directive + remark) {
		d.hint("%s", directive)
		return
	}
	d.hint("%s", directive+remark).fix("write "+directive, c.edit(cm.Pos(), cm.Pos()+token.Pos(len(wrong)), directive))
}

// directiveFix puts the directive above a function.
func (c *compiler) directiveFix(fn *ast.FuncDecl) Edit {
	if fn.Doc == nil {
		return c.edit(fn.Pos(), fn.Pos(), directive+"\n")
	}
	// gofmt keeps a line between the text of a comment and the directives below it.
	if last := fn.Doc.List[len(fn.Doc.List)-1].Text; strings.HasPrefix(last, "//") && !anyDirective.MatchString(last) {
		return c.edit(fn.Pos(), fn.Pos(), "//\n"+directive+"\n")
	}
	return c.edit(fn.Pos(), fn.Pos(), directive+"\n")
}

var anyDirective = regexp.MustCompile(`^//[a-z0-9]+:[a-z0-9]`)

// wrapFix puts an expression into a call of a function of rt, in place of what stands before it in a statement.
func (c *compiler) wrapFix(d *Diagnostic, s *Source, whole ast.Node, e ast.Expr, name string) {
	if !c.reachesRT(s, e.Pos()) {
		return
	}
	edits := []Edit{c.edit(whole.Pos(), e.Pos(), c.qualifier(s)+name+"(")}
	if whole.End() == e.End() { // else it is in parentheses already
		edits = append(edits, c.edit(e.End(), e.End(), ")"))
	}
	hint, _, _ := strings.Cut(d.Hint, "\n")
	d.fix("write "+hint, edits...)
}

// edit replaces what stands between two positions.
func (c *compiler) edit(from, to token.Pos, text string) Edit {
	return Edit{c.pkg.Fset.PositionFor(from, false), c.pkg.Fset.PositionFor(to, false), text}
}
