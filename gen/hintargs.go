package gen

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Hints about arguments as asyncio or Go would have them: in another order, a name as a string, and calls of ordinary functions
// where something to wait for belongs.

// hintSwapped is about two arguments each of which would do in the other's place, as in rt.WaitFor(d, x).
func (w *wrongCall) hintSwapped() string {
	params := w.rtRef(w.call.Fun).Signature().Params()
	if len(w.args) != 2 || params.Len() < 2 {
		return ""
	}
	first, second := params.At(0).Type(), params.At(1).Type()
	if isAwaitable(w.args[1]) && isAwaitable(first) && second.String() == "time.Duration" {
		if d := w.duration(w.src, w.call.Args[0]); d != "" {
			return w.calling("", w.short(w.src, w.call.Args[1]), d)
		}
	}
	if slices.ContainsFunc(w.args, unknown) {
		return ""
	}
	if fits(w.args[0], first) || !fits(w.args[1], first) || !fits(w.args[0], second) {
		return ""
	}
	return w.calling("", w.short(w.src, w.call.Args[1]), w.short(w.src, w.call.Args[0]))
}

// fits reports whether a value of a type may be an argument for a parameter, whatever its type arguments are.
func fits(t, param types.Type) bool {
	if _, any := param.(*types.TypeParam); any || types.AssignableTo(types.Default(t), param) {
		return true
	}
	switch p := param.Underlying().(type) {
	case *types.Chan:
		_, ok := t.Underlying().(*types.Chan)
		return ok
	case *types.Signature:
		sig, ok := t.Underlying().(*types.Signature)
		return ok && sig.Params().Len() == p.Params().Len()
	case *types.Basic: // a duration may be an untyped constant
		return types.ConvertibleTo(t, param) && isUntyped(t)
	}
	return isAwaitable(param) && isAwaitable(t)
}

// hintOption is about the name of a task, which is an option.
func (w *wrongCall) hintOption() string {
	sig := w.rtRef(w.call.Fun).Signature()
	if !sig.Variadic() {
		return ""
	}
	last := sig.Params().Len() - 1
	option, ok := sig.Params().At(last).Type().(*types.Slice)
	if !ok || types.TypeString(option.Elem(), (*types.Package).Name) != "rt.TaskOption" {
		return ""
	}
	replaced := map[ast.Expr]string{}
	for i, a := range w.call.Args {
		if b, ok := underlying(w.args[i]).(*types.Basic); ok && i >= last && b.Info()&types.IsString != 0 {
			replaced[a] = w.qualifier(w.src) + "Name(" + w.short(w.src, a) + ")"
		}
	}
	if len(replaced) == 0 {
		return ""
	}
	return w.with("", replaced)
}

// hintOrdinary is about calls of ordinary functions where something to wait for belongs: one of this package can be async,
// others run on a thread.
func (w *wrongCall) hintOrdinary() string {
	if _, ok := awaiting[w.name]; !ok {
		return ""
	}
	replaced := map[ast.Expr]string{}
	for _, a := range w.call.Args {
		call, ok := ast.Unparen(a).(*ast.CallExpr)
		if !ok || !w.ordinary(call) {
			continue
		}
		if fn, f := w.declared(call.Fun); fn != nil {
			return directive + "\n" + w.asyncHead(f, fn)
		}
		if text := w.onThread(call); text != "" {
			replaced[a] = text
		}
	}
	switch {
	case len(replaced) == 0:
		return ""
	case w.name == "Await" && w.givesPair():
		return w.with("TryAwait", replaced)
	}
	return w.with("", replaced)
}

// ordinary reports whether what is called is a function that gives nothing to wait for.
func (c *compiler) ordinary(call *ast.CallExpr) bool {
	sig, ok := underlying(c.pkg.Info.TypeOf(call.Fun)).(*types.Signature)
	return ok && !givesOne(sig, awaitedType) && !c.pkg.Info.Types[call.Fun].IsType()
}

// givesPair reports whether the call is assigned to a value and an error.
func (w *wrongCall) givesPair() bool {
	for _, n := range w.nodesAt(w.src, w.call.Pos()) {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 2 && len(a.Rhs) == 1 && ast.Unparen(a.Rhs[0]) == ast.Expr(w.call) {
			return true
		}
	}
	return false
}

// onThread is what can be awaited in place of a call of an ordinary function; "" if there is nothing, or nothing is meant.
func (w *wrongCall) onThread(call *ast.CallExpr) string {
	q := w.qualifier(w.src)
	fn, _ := w.pkg.Info.Uses[calleeIdent(call.Fun)].(*types.Func)
	switch {
	case fn == nil || isRT(fn.Pkg()):
		return ""
	case fn.FullName() == "time.Sleep":
		return q + "Sleep(" + w.asDuration(w.src, call.Args[0]) + ")"
	case w.typeString(w.src, fn.Signature().Results()) == "(time.Duration)":
		return q + "Sleep(" + w.short(w.src, call) + ")"
	case fn.Signature().Results().Len() == 1 && isReceivable(fn.Signature().Results().At(0).Type()):
		return q + "Recv(" + w.short(w.src, call) + ")"
	}
	form, result := w.threadForm(fn.Signature())
	text := w.short(w.src, call)
	if form == "" || text == "…" {
		return ""
	}
	if result != "" {
		text = "return " + text
	}
	return q + form + "(func()" + result + " { " + text + " })"
}

// isReceivable reports whether a type is a channel from which one can receive.
func isReceivable(t types.Type) bool {
	ch, ok := underlying(t).(*types.Chan)
	return ok && ch.Dir() != types.SendOnly
}

// hintPythonAwait is about await(x), which is rt.Await(x) here.
func (c *compiler) hintPythonAwait(s *Source, at token.Pos) string {
	for _, n := range slices.Backward(c.nodesAt(s, at)) {
		if call, ok := n.(*ast.CallExpr); ok && call.Fun.Pos() == at && len(call.Args) == 1 {
			return c.qualifier(s) + "Await(" + c.short(s, call.Args[0]) + ")"
		}
	}
	return ""
}

// hintCoro is about rt.Coro and rt.Stream with another number of types than one.
func (c *compiler) hintCoro(s *Source, at token.Pos) string {
	for _, n := range c.nodesAt(s, at) {
		var of, elem ast.Expr
		switch n := n.(type) {
		case *ast.IndexListExpr:
			of, elem = n.X, n.Indices[0]
		case *ast.SelectorExpr:
			of = n
		case *ast.Ident:
			of = n
		default:
			continue
		}
		obj, _ := c.pkg.Info.Uses[calleeIdent(of)].(*types.TypeName)
		if obj == nil || !isRT(obj.Pkg()) || coroElem(obj.Type()) == nil && streamElem(obj.Type()) == nil {
			continue
		}
		arg := "T"
		switch {
		case elem != nil && isError(c.pkg.Info.TypeOf(elem)):
			return ""
		case elem != nil:
			arg = c.short(s, elem)
		case obj.Name() == "Coro":
			arg = c.qualifier(s) + "None"
		}
		return c.qualifier(s) + obj.Name() + "[" + arg + "]"
	}
	return ""
}
