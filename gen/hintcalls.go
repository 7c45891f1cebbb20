package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Hints about calls of rt whose arguments are of the wrong kind: a function where its coroutine belongs, coroutines of several
// types, a slice, a function of another shape. Go says that it cannot infer T.

// A wrongCall is a call of rt that does not compile.
type wrongCall struct {
	*compiler
	src  *Source
	call *ast.CallExpr
	name string
	args []types.Type // nil: unknown
}

// hintCall says how the call of rt should be written of which a message of Go's compiler is: one of its arguments begins at a
// position, it ends there, or, where the message is about a type argument, it begins there. It gives "" where it does not know.
func (c *compiler) hintCall(s *Source, at token.Pos, msg string) string {
	var w *wrongCall
	for _, n := range c.nodesAt(s, at) {
		call, ok := n.(*ast.CallExpr)
		if !ok || c.rtFunc(call) == "" {
			continue
		}
		begins := func(e ast.Expr) bool { return e.Pos() == at }
		if slices.ContainsFunc(call.Args, begins) || call.Rparen == at || call.Pos() == at && (strings.Contains(msg, " does not satisfy ") || strings.Contains(msg, ", cannot infer ")) {
			w = &wrongCall{compiler: c, src: s, call: call, name: c.rtFunc(call)}
		}
	}
	if w == nil {
		return ""
	}
	for _, a := range w.call.Args {
		w.args = append(w.args, c.pkg.Info.TypeOf(a))
	}
	for _, hint := range []func() string{w.hintSwapped, w.hintOption, w.hintThread, w.hintBlocking, w.hintBody, w.hintUncalled,
		w.hintWait, w.hintSeveral, w.hintSlice, w.hintGroup, w.hintSubmit, w.hintOrdinary, w.hintNumber} {
		if text := hint(); text != "" {
			return text
		}
	}
	return ""
}

// awaiting are the functions of rt that take something to wait for, or to read; those that are true take many.
var awaiting = map[string]bool{
	"Await": false, "TryAwait": false, "CatchAwait": false, "Shield": false, "WaitFor": false, "Any": false, "CreateTask": false, "CreateTaskOn": false,
	"Run": false, "Main": false, "RunOn": false, "Submit": false, "Go": false,
	"Gather": true, "GatherResults": true, "AsCompleted": true, "AsCompletedWithin": true, "Select": true, "Merge": true,
}

// with is the call with some of its arguments replaced, under another name if that is not "".
func (w *wrongCall) with(name string, replaced map[ast.Expr]string) string {
	var args []string
	for _, a := range w.call.Args {
		text, ok := replaced[a]
		if !ok {
			text = w.short(w.src, a)
		}
		args = append(args, text)
	}
	return w.calling(name, args...)
}

// calling is a call of a function of rt, of the same one if name is "".
func (w *wrongCall) calling(name string, args ...string) string {
	fun := w.text(w.src, w.call.Fun.Pos(), w.call.Fun.End())
	if name != "" {
		fun = w.qualifier(w.src) + name
	}
	return fun + "(" + strings.Join(args, ", ") + ")"
}

// hintUncalled is about async functions that are not called, and ordinary ones that should be async.
func (w *wrongCall) hintUncalled() string {
	if _, ok := awaiting[w.name]; !ok {
		return ""
	}
	replaced := map[ast.Expr]string{}
	for i, a := range w.call.Args {
		sig, ok := underlying(w.args[i]).(*types.Signature)
		switch {
		case !ok:
		case givesOne(sig, coroElem):
			replaced[a] = w.called(a, sig)
		default:
			if fn, at := w.declared(a); fn != nil {
				return directive + "\n" + w.asyncHead(at, fn)
			}
			if lit, ok := ast.Unparen(a).(*ast.FuncLit); ok {
				replaced[a] = w.head(w.src, lit.Pos(), lit.Type) + " {…}()"
			}
		}
	}
	if len(replaced) == 0 {
		return ""
	}
	return w.with("", replaced)
}

// called is a call of a function, with the names of its parameters.
func (w *wrongCall) called(e ast.Expr, sig *types.Signature) string {
	text := w.short(w.src, e)
	if lit, ok := ast.Unparen(e).(*ast.FuncLit); ok && text == "…" {
		text = w.text(w.src, lit.Pos(), lit.Type.End()) + " {…}"
	}
	if sig.Params().Len() > 0 {
		return text + "(…)"
	}
	return text + "()"
}

// hintSeveral is about coroutines and futures of several types, where all are to have one.
func (w *wrongCall) hintSeveral() string {
	if !awaiting[w.name] || w.call.Ellipsis.IsValid() {
		return ""
	}
	replaced := map[ast.Expr]string{}
	var first types.Type
	mixed := false
	for i, a := range w.call.Args {
		if w.name == "AsCompletedWithin" && i == 0 {
			continue
		}
		if unknown(w.args[i]) || !isAwaitable(w.args[i]) {
			return ""
		}
		elem := awaitedType(w.args[i])
		if first == nil {
			first = elem
		}
		mixed = mixed || elem != nil && !types.Identical(elem, first)
		replaced[a] = w.qualifier(w.src) + "Any(" + w.short(w.src, a) + ")"
	}
	if !mixed {
		return ""
	}
	return w.with("", replaced)
}

// hintSlice is about slices: of tasks where each is to be an argument, and of what is no Awaitable itself.
func (w *wrongCall) hintSlice() string {
	many, ok := awaiting[w.name]
	if !ok || len(w.args) == 0 || w.name == "AsCompletedWithin" && len(w.args) < 2 {
		return ""
	}
	last := w.call.Args[len(w.call.Args)-1]
	if !many {
		last = w.call.Args[0]
	}
	slice, ok := underlying(w.pkg.Info.TypeOf(last)).(*types.Slice)
	if !ok {
		return ""
	}
	q, text := w.qualifier(w.src), w.short(w.src, last)
	switch {
	case isAwaitable(slice.Elem()):
		if !isPlainAwaitable(slice.Elem()) {
			text = q + "Awaitables(" + text + ")"
		}
		if many {
			return w.with("", map[ast.Expr]string{last: text + "..."})
		}
		return w.with("", map[ast.Expr]string{last: q + "Gather(" + text + "...)"})
	case w.name == "Merge" && streamElem(slice.Elem()) != nil:
		return w.with("", map[ast.Expr]string{last: text + "..."})
	case isFuture(slice.Elem()) && w.name == "Gather":
		return fmt.Sprintf("%[1]sWait(%[1]sAllCompleted, %[1]sNoTimeout, %[2]s...)", q, text)
	}
	return ""
}

// hintGroup is about several arguments of a function that waits for one, and of rt.Go without a group.
func (w *wrongCall) hintGroup() string {
	if !w.allAwaitable(w.args) {
		return ""
	}
	q := w.qualifier(w.src)
	switch _, awaits := w.awaitMode(w.call); {
	case awaits && len(w.args) > 1:
		inner := &wrongCall{compiler: w.compiler, src: w.src, call: w.call, name: "Gather", args: w.args}
		if text := inner.hintSeveral(); text != "" {
			_, list, _ := strings.Cut(text, "(")
			return w.calling("", q+"Gather("+list)
		}
		return w.calling("", inner.with("Gather", nil))
	case w.name == "Go" && len(w.args) == 1:
		return w.with("CreateTask", nil)
	case w.name == "CreateTask" && len(w.args) == 1 && coroElem(w.args[0]) == nil:
		return w.short(w.src, w.call.Args[0]) // it has begun
	}
	return ""
}

// hintSubmit is about calls that need a loop before the coroutine.
func (w *wrongCall) hintSubmit() string {
	switch w.name {
	case "Submit", "RunOn", "CreateTaskOn":
		if len(w.args) == 1 && w.allAwaitable(w.args) {
			return w.calling("", "loop", w.short(w.src, w.call.Args[0]))
		}
	}
	return ""
}

func (w *wrongCall) allAwaitable(list []types.Type) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(t types.Type) bool { return unknown(t) || !isAwaitable(t) })
}

// hintWait is about rt.Wait, which takes futures of one type.
func (w *wrongCall) hintWait() string {
	if w.name != "Wait" {
		return ""
	}
	q := w.qualifier(w.src)
	var leading, futures []string
	kinds := map[string]bool{}
	spread := ""
	for i, a := range w.call.Args {
		t, text := w.args[i], w.short(w.src, a)
		slice, isSlice := underlying(t).(*types.Slice)
		switch {
		case unknown(t):
			return ""
		case isSlice && isFuture(slice.Elem()):
			futures, spread = append(futures, text), "..."
		case isFuture(t):
			kinds[t.String()] = true
			futures = append(futures, text)
		case coroElem(t) != nil:
			kinds[coroElem(t).String()] = true
			futures = append(futures, q+"CreateTask("+text+")")
		case isAsyncType(t):
			kinds[t.String()] = true
			futures = append(futures, q+"CreateTask("+w.called(a, underlying(t).(*types.Signature))+")")
		default:
			leading = append(leading, text)
		}
	}
	if len(leading) == 0 {
		leading = []string{q + "AllCompleted", q + "NoTimeout"}
	}
	if len(leading) != 2 || len(futures) == 0 || spread != "" && len(futures) > 1 {
		return ""
	}
	name := q + "Wait"
	if len(kinds) > 1 {
		name += "[" + q + "AnyFuture]"
	}
	return name + "(" + strings.Join(append(leading, futures...), ", ") + spread + ")"
}

// hintBody is about what runs a body: a coroutine is not one, and a body gives a coroutine.
func (w *wrongCall) hintBody() string {
	param := ""
	switch q := w.qualifier(w.src); w.name {
	case "WithTimeout", "WithDeadline":
		param = "*" + q + "Deadline"
	case "WithTaskGroup":
		param = "tg *" + q + "TaskGroup"
	case "WithCancelScope":
		param = "*" + q + "CancelScope"
	case "WithJoinSet":
		param = "*" + q + "JoinSet[…]"
	case "Holding", "Retry":
	default:
		return ""
	}
	for i, a := range w.call.Args {
		t := w.args[i]
		sig, isFunc := underlying(t).(*types.Signature)
		lit, isLit := ast.Unparen(a).(*ast.FuncLit)
		coroutine, text := t, w.short(w.src, a)
		if isFunc && givesOne(sig, coroElem) && !isLit {
			coroutine, text = sig.Results().At(0).Type(), w.called(a, sig)
		}
		switch {
		case unknown(t):
		case coroElem(coroutine) != nil && w.name == "WithTimeout":
			return w.calling("WaitFor", text, w.asDuration(w.src, w.call.Args[0]))
		case coroElem(coroutine) != nil:
			return w.with("", map[ast.Expr]string{a: fmt.Sprintf("func(%s) %s { return %s }", param, w.typeString(w.src, coroutine), text)})
		case isLit && lit.Type.Params.NumFields() == 0 && param != "":
			return w.with("", map[ast.Expr]string{a: fmt.Sprintf("func(%s) %s {…}", param, w.bodyResult(lit, sig))})
		case isLit && lit.Type.Results == nil:
			return w.with("", map[ast.Expr]string{a: w.head(w.src, lit.Pos(), lit.Type) + " {…}"})
		}
	}
	return ""
}

// bodyResult is what a literal that is to be a body returns.
func (w *wrongCall) bodyResult(lit *ast.FuncLit, sig *types.Signature) string {
	if givesOne(sig, coroElem) {
		return w.typeString(w.src, sig.Results().At(0).Type())
	}
	return w.asyncResult(w.src, lit.Type)
}

// threadForms are the forms of rt.ToThread, by whether the function gives a value and an error.
var threadForms = map[[2]bool]string{
	{true, true}: "ToThread", {true, false}: "ToThreadValue", {false, true}: "ToThreadErr", {false, false}: "ToThreadFunc",
}

// isThreadForm reports whether a function of rt is a form of rt.ToThread.
func isThreadForm(name string) bool { return strings.HasPrefix(name, "ToThread") }

// hintThread is about functions of another shape than a form of rt.ToThread takes, and about what is called already or
// given with its arguments, as asyncio.to_thread has them.
func (w *wrongCall) hintThread() string {
	if !isThreadForm(w.name) || len(w.args) == 0 || unknown(w.args[0]) {
		return ""
	}
	first := ast.Unparen(w.call.Args[0])
	sig, isFunc := underlying(w.args[0]).(*types.Signature)
	inner, isCall := first.(*ast.CallExpr)
	var arguments []string
	for _, a := range w.call.Args[1:] {
		arguments = append(arguments, w.short(w.src, a))
	}
	fun := w.short(w.src, first)
	switch {
	case isFunc && givesOne(sig, coroElem):
		return w.qualifier(w.src) + "Await(" + fun + "(" + strings.Join(arguments, ", ") + "))"
	case isFunc:
	case isCall && len(w.args) == 1 && coroElem(w.args[0]) == nil:
		called, ok := underlying(w.pkg.Info.TypeOf(inner.Fun)).(*types.Signature)
		if !ok {
			return ""
		}
		sig, fun = called, w.short(w.src, inner.Fun)
		for _, a := range inner.Args {
			arguments = append(arguments, w.short(w.src, a))
		}
	default:
		return ""
	}
	form, result := w.threadForm(sig)
	if form == "" || form == w.name && isFunc && len(arguments) == 0 {
		return ""
	}
	if len(arguments) == 0 && sig.Params().Len() == 0 {
		return w.calling(form, fun)
	}
	if len(arguments) < sig.Params().Len() && !sig.Variadic() {
		arguments = []string{"…"}
	}
	verb := "return "
	if result == "" {
		verb = ""
	}
	return w.calling(form, fmt.Sprintf("func()%s { %s%s(%s) }", result, verb, fun, strings.Join(arguments, ", ")))
}

// threadForm gives the form of rt.ToThread for a function, and the text of its results; "" if there is none.
func (w *wrongCall) threadForm(sig *types.Signature) (form, result string) {
	r := sig.Results()
	n := r.Len()
	fails := n > 0 && isError(r.At(n-1).Type())
	if values := n - map[bool]int{true: 1}[fails]; values > 1 {
		return "", ""
	} else {
		form = threadForms[[2]bool{values == 1, fails}]
	}
	var list []string
	for v := range r.Variables() {
		list = append(list, w.typeString(w.src, v.Type()))
	}
	switch n {
	case 0:
	case 1:
		result = " " + list[0]
	default:
		result = " (" + strings.Join(list, ", ") + ")"
	}
	return form, result
}

// hintBlocking is about functions of another shape than rt.Blocking takes.
func (w *wrongCall) hintBlocking() string {
	if w.name != "Blocking" || len(w.args) != 1 {
		return ""
	}
	sig, ok := underlying(w.args[0]).(*types.Signature)
	if !ok {
		return ""
	}
	form, result := w.threadForm(sig)
	text, q := w.short(w.src, w.call.Args[0]), w.qualifier(w.src)
	switch {
	case sig.Params().Len() == 0 && form != "":
		return w.calling(form, text) + " // " + q + "Blocking is for functions that heed a context"
	case sig.Params().Len() != 1 || w.typeString(w.src, sig.Params().At(0).Type()) != "context.Context":
		return ""
	}
	const head = "func(ctx context.Context) "
	switch form {
	case "ToThreadErr":
		return w.calling("", fmt.Sprintf("%s(%sNone, error) { return %sNone{}, %s(ctx) }", head, q, q, text))
	case "ToThreadValue":
		return w.calling("", fmt.Sprintf("%s(%s, error) { return %s(ctx), nil }", head, strings.TrimSpace(result), text))
	}
	return ""
}

// declared gives the declaration of the function that an expression names, and its file.
func (c *compiler) declared(e ast.Expr) (*ast.FuncDecl, *Source) {
	obj := c.pkg.Info.Uses[calleeIdent(e)]
	if obj == nil {
		return nil, nil
	}
	for _, f := range c.pkg.Files {
		for _, d := range f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && c.pkg.Info.Defs[fn.Name] == obj {
				return fn, f
			}
		}
	}
	return nil, nil
}

// nodesAt gives the nodes around a position, outermost first.
func (c *compiler) nodesAt(s *Source, at token.Pos) (list []ast.Node) {
	ast.Inspect(s.Syntax, func(n ast.Node) bool {
		if n == nil || at < n.Pos() || at >= n.End() {
			return false
		}
		list = append(list, n)
		return true
	})
	return list
}

// typeString is a type as the file would write it, if it imports what the type needs.
func (c *compiler) typeString(s *Source, t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == c.pkg.Types {
			return ""
		}
		if isRT(p) {
			return strings.TrimSuffix(c.qualifier(s), ".")
		}
		for _, spec := range s.Syntax.Imports {
			if name := spec.Name; name != nil && strings.Trim(spec.Path.Value, `"`) == p.Path() {
				return strings.TrimPrefix(name.Name, ".")
			}
		}
		return p.Name()
	})
}
