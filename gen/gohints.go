package gen

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// The compiler's own words about a coroutine that was not awaited, or not made, do not say what to do about
// it. The words stay; the hint is ours.

// hintTypeErrors gives hints to the errors of the type check.
func (u *unit) hintTypeErrors() {
	if len(u.diags) == 0 {
		return
	}
	c := &compiler{pkg: &Package{Fset: u.ld.fset, Files: u.files, Types: u.types, Info: u.info}}
	seen := map[string]bool{} // files without the import
	u.diags = slices.DeleteFunc(u.diags, func(d Diagnostic) bool {
		const undefined = "undefined: rt"
		again := d.Message == undefined && seen[d.Pos.Filename]
		seen[d.Pos.Filename] = seen[d.Pos.Filename] || d.Message == undefined
		return again
	})
	for i := range u.diags {
		for _, s := range u.files {
			if d := &u.diags[i]; d.Code == CodeGo && s.Path == d.Pos.Filename && d.Pos.Line > 0 {
				d.Hint = c.goHint(s, d)
			}
		}
	}
}

// goHint says what to write in place of what the compiler does not like.
func (c *compiler) goHint(s *Source, d *Diagnostic) string {
	q, msg := c.qualifier(s), d.Message
	at := s.Syntax.FileStart + token.Pos(d.Pos.Offset)
	hint := ""
	switch {
	case msg == "undefined: rt":
		return `import "` + rtPath + `"`
	case msg == "undefined: await":
		return c.hintPythonAwait(s, at)
	case strings.HasPrefix(msg, "too many type arguments for type "), strings.HasPrefix(msg, "cannot use generic type "):
		return c.hintCoro(s, at)
	case msg == "missing return":
		if c.isAsyncAt(s, at) {
			return "return nil"
		}
		return ""
	case strings.HasPrefix(msg, "func main must have no ") || strings.HasPrefix(msg, "func init must have no "):
		return c.hintEntryAt(s, at)
	case strings.Contains(msg, " (untyped float constant") && strings.HasSuffix(msg, " truncated to int64"), strings.Contains(msg, " as time.Duration value in argument to "),
		strings.HasSuffix(msg, " and time.Duration)"), strings.HasSuffix(msg, "(mismatched types time.Duration and float64)"),
		strings.HasSuffix(msg, "(mismatched types time.Duration and int)"):
		if hint := c.hintDuration(s, at); hint != "" {
			return hint
		}
	case strings.HasPrefix(msg, "assignment mismatch: "):
		return c.hintAssigned(s, at)
	case strings.Contains(msg, " return values\n"):
		return c.hintReturned(s, at)
	case strings.Contains(msg, "value in return statement"):
		hint = c.hintReturned(s, at)
	case strings.Contains(msg, " as error value in ") || strings.HasSuffix(msg, " and untyped nil)"):
		hint = c.hintErrorWanted(s, at)
	case strings.Contains(msg, "in call to "), strings.Contains(msg, " value in argument to "), strings.Contains(msg, " does not satisfy "), strings.HasSuffix(msg, " (no value) used as value"):
		hint = c.hintCall(s, at, msg)
	case strings.HasPrefix(msg, "multiple-value "):
		return c.hintOneValue(s, at)
	case strings.Contains(msg, "value in array or slice literal"):
		hint = c.hintElements(s, at)
	}
	if hint != "" {
		return hint
	}
	e := c.expressionAt(s, at)
	if e == nil {
		return ""
	}
	t, text := c.pkg.Info.TypeOf(e), c.short(s, e)
	_, binary := e.(*ast.BinaryExpr)
	switch {
	case t != nil && (strings.Contains(msg, " does not match rt.Awaitable[T]") || strings.Contains(msg, " does not match rt.Coro[T]")):
		return c.hintNoAwaitable(s, e, t)
	case unknown(t) || binary:
		return c.hintOperand(s, e)
	case streamElem(t) != nil && strings.HasPrefix(msg, "cannot range over "):
		return q + "AwaitEach(" + text + ")"
	case strings.HasSuffix(text, "…") || !c.wouldDo(awaitedType(t), msg, at):
		return ""
	case strings.Contains(msg, "value in return statement") && c.isAsyncAt(s, at):
		return ""
	}
	return c.hintAwait(s, e, t)
}

// wantedType is what Go's compiler says that it wants in place of a value.
var wantedType = regexp.MustCompile(`\) as (.+?) value in `)

// wouldDo reports whether a value of type elem could stand where Go's compiler wants another one than it was given.
func (c *compiler) wouldDo(elem types.Type, msg string, at token.Pos) bool {
	m := wantedType.FindStringSubmatch(msg)
	if m == nil || elem == nil {
		return true
	}
	tv, err := types.Eval(c.pkg.Fset, c.pkg.Types, at, m[1])
	return err != nil || !tv.IsType() || types.AssignableTo(elem, tv.Type)
}

// hintElements is about a list of coroutines of several types.
func (c *compiler) hintElements(s *Source, at token.Pos) string {
	q := c.qualifier(s)
	for _, n := range slices.Backward(c.nodesAt(s, at)) {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			continue
		}
		slice, ok := underlying(c.pkg.Info.TypeOf(lit)).(*types.Slice)
		if !ok || !isAwaitable(slice.Elem()) {
			return ""
		}
		var list []string
		for _, e := range lit.Elts {
			if t := c.pkg.Info.TypeOf(e); unknown(t) || !isAwaitable(t) {
				return ""
			}
			list = append(list, q+"Any("+c.short(s, e)+")")
		}
		return "[]" + q + "Awaitable[any]{" + strings.Join(list, ", ") + "}"
	}
	return ""
}

// hintOperand is about an expression that is wrong perhaps because an operand was not awaited.
func (c *compiler) hintOperand(s *Source, e ast.Expr) string {
	var operands []ast.Expr
	behind := ""
	switch e := e.(type) {
	case *ast.BinaryExpr:
		operands = []ast.Expr{e.X, e.Y}
	case *ast.SelectorExpr:
		operands, behind = []ast.Expr{e.X}, "."+e.Sel.Name
		if hint := c.hintMethod(s, e); hint != "" {
			return hint
		}
	case *ast.IndexExpr:
		operands = []ast.Expr{e.X}
	case *ast.CallExpr:
		operands = []ast.Expr{e.Fun}
	}
	for _, o := range operands {
		t := c.pkg.Info.TypeOf(o)
		if unknown(t) {
			if hint := c.hintOperand(s, o); hint != "" {
				return hint
			}
		} else if isAwaitable(t) {
			hint := c.hintAwait(s, o, t)
			if strings.Contains(hint, "Await(") {
				hint += behind
			}
			return hint
		}
	}
	return ""
}

// hintMethod is about a method that asyncio's object has and rt has a function for, and about one of what is awaited.
func (c *compiler) hintMethod(s *Source, e *ast.SelectorExpr) string {
	t, q, text := c.pkg.Info.TypeOf(e.X), c.qualifier(s), c.short(s, e.X)
	if unknown(t) {
		return ""
	}
	arguments := "…)"
	for _, n := range c.nodesAt(s, e.Sel.Pos()) {
		if call, ok := n.(*ast.CallExpr); ok && ast.Unparen(call.Fun) == ast.Expr(e) {
			arguments = c.text(s, call.Lparen+1, call.End())
		}
	}
	name := types.TypeString(t, func(*types.Package) string { return "" })
	switch {
	case name == "*TaskGroup" && (e.Sel.Name == "Go" || e.Sel.Name == "CreateTask"):
		return q + "Go(" + text + ", " + arguments
	case name == "*Loop" && e.Sel.Name == "CreateTask":
		return q + "CreateTaskOn(" + text + ", " + arguments
	case isAwaitable(t) && (e.Sel.Name == "Await" || e.Sel.Name == "Wait" || e.Sel.Name == "Get"):
		return c.hintAwait(s, e.X, t)
	}
	return ""
}

// hintAwait is about an expression whose value is wanted, and not itself.
func (c *compiler) hintAwait(s *Source, e ast.Expr, t types.Type) string {
	typ := c.functionAround(s, e.Pos())
	switch q, text := c.qualifier(s), c.short(s, e); {
	case !isAwaitable(t):
		return ""
	case typ != nil && c.givesAwaitable(typ):
		return q + "Await(" + text + ")"
	case coroElem(t) != nil:
		return "value, err := " + q + "Run(" + text + ")"
	}
	return ""
}

// hintNoAwaitable is about an argument that should be something to wait for.
func (c *compiler) hintNoAwaitable(s *Source, e ast.Expr, t types.Type) string {
	q, text := c.qualifier(s), c.short(s, e)
	if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time" && named.Obj().Name() == "Duration" {
		return q + "Sleep(" + text + ")"
	}
	if ch, ok := t.Underlying().(*types.Chan); ok && ch.Dir() != types.SendOnly {
		return q + "Recv(" + text + ")"
	}
	if streamElem(t) != nil {
		return "for v := range " + q + "AwaitEach(" + text + ") {"
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if fn, f := c.declared(call.Fun); fn != nil && !c.givesCoroutine(fn) {
			return directive + "\n" + c.asyncHead(f, fn)
		}
	}
	return ""
}

// givesAwaitable reports whether a function returns a coroutine or stream.
func (c *compiler) givesAwaitable(typ *ast.FuncType) bool {
	if typ.Results == nil || typ.Results.NumFields() != 1 {
		return false
	}
	t := c.pkg.Info.TypeOf(typ.Results.List[0].Type)
	return t != nil && (coroElem(t) != nil || streamElem(t) != nil)
}

// functionAround gives the type of the innermost function around a position.
func (c *compiler) functionAround(s *Source, at token.Pos) (typ *ast.FuncType) {
	ast.Inspect(s.Syntax, func(n ast.Node) bool {
		if n == nil || at < n.Pos() || at >= n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			typ = n.Type
		case *ast.FuncLit:
			typ = n.Type
		}
		return true
	})
	return typ
}

// expressionAt gives the largest expression that begins at a position, or the selector or operation
// whose right side does.
func (c *compiler) expressionAt(s *Source, at token.Pos) (found ast.Expr) {
	ast.Inspect(s.Syntax, func(n ast.Node) bool {
		if n == nil || found != nil || at < n.Pos() || at >= n.End() {
			return false
		}
		if e, ok := n.(*ast.SelectorExpr); ok && e.Sel.Pos() == at {
			found = e
		} else if e, ok := n.(*ast.BinaryExpr); ok && e.Y.Pos() == at {
			found = e
		} else if e, ok := n.(ast.Expr); ok && e.Pos() == at {
			found = e
		}
		return found == nil
	})
	return found
}

// hintConflicts is about what git leaves where it cannot merge: what the parser says of that is hard to read.
func (u *unit) hintConflicts() {
	for i := range u.diags {
		d := &u.diags[i]
		text, err := u.ld.read(d.Pos.Filename)
		if err != nil || d.Pos.Line < 1 {
			continue
		}
		lines := bytes.Split(text, []byte("\n"))
		if d.Pos.Line > len(lines) {
			continue
		}
		line := lines[d.Pos.Line-1]
		for _, mark := range []string{"<<<<<<< ", "=======", ">>>>>>> "} {
			if bytes.HasPrefix(line, []byte(mark)) {
				d.Hint = "// a merge conflict: keep one of the two sides, and remove the lines <<<<<<<, ======= and >>>>>>>"
			}
		}
	}
}
