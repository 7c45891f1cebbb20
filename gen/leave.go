package gen

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// How a function is left: returns, throws, and what its deferred calls need.

// ended notes that a stream gives no more values.
func (e *emitter) ended() string {
	if !e.co.stream {
		return ""
	}
	return e.g.frame + ".State = " + e.q + "Ended\n"
}

// end leaves the function.
func (e *emitter) end() string {
	if e.g.exit != nil {
		return "goto " + e.label(e.g.exit)
	}
	return e.ended() + "return " + e.done()
}

// done is the status of a function that has ended.
func (e *emitter) done() string {
	if e.co.ends() {
		return e.g.frame + ".End()"
	}
	return e.q + "Done"
}

func (e *emitter) throw(call *ast.CallExpr) string {
	site := len(e.g.awaits) + e.g.throwSites[call]
	text := fmt.Sprintf("%s.Throw(%s, %d, %s)", e.g.exec, e.g.frame, site, e.text(call.Args[0]))
	if e.g.exit != nil {
		return text + "\n" + e.end()
	}
	return e.ended() + "return " + text
}

func (e *emitter) returnStmt(s *ast.ReturnStmt) string {
	kind, call := e.c.returnKind(e.co, s)
	toResult := e.g.exit != nil && e.g.result != nil
	value := e.g.frame + ".Value"
	switch kind {
	case returnValue:
		if toResult {
			return e.ref(e.g.result) + " = " + e.text(call) + "\n" + e.end()
		}
		if e.isNoneLit(call.Args[0]) {
			return e.end()
		}
		return value + " = " + e.text(call.Args[0]) + "\n" + e.end()
	case returnNil:
		if toResult {
			return e.ref(e.g.result) + " = " + e.c.null(e.co.src, e.typeOf(e.g.result)) + "\n" + e.end()
		}
		if e.co.stream || isNone(e.co.elem) {
			return e.end()
		}
		return value + " = " + e.c.zero(e.co.src, e.co.elem, s.Pos()) + "\n" + e.end()
	case returnFail:
		return e.throw(call)
	case returnNamed:
		if e.g.exit != nil {
			return e.end()
		}
		return value + " = " + e.replaced(e.g.namedReturns[s]) + "\n" + e.end()
	}
	result := e.text(s.Results[0])
	switch {
	case toResult:
		return e.ref(e.g.result) + " = " + e.q + "Return(" + result + ")\n" + e.end()
	case isNone(e.co.elem):
		return e.end()
	}
	return value + " = " + result + "\n" + e.end()
}

func (e *emitter) isNoneLit(x ast.Expr) bool {
	_, lit := ast.Unparen(x).(*ast.CompositeLit)
	return lit && isNone(e.c.pkg.Info.TypeOf(x)) && isNone(e.co.elem)
}

// exitCode runs the deferred calls and ends the function.
func (e *emitter) exitCode() string {
	f, x, d := e.g.frame, e.g.exec, e.g.defers
	run := fmt.Sprintf("if %s.%s.Run(%s, %s) == %sSuspended {\nreturn %sSuspended\n}\n", f, d, x, f, e.q, e.q)
	letGo := ""
	if e.co.ends() {
		letGo = f + ".End()\n"
	}
	if e.g.endsAs() == nil {
		return fmt.Sprintf("%s.State = %sExit\n%s%sreturn %s.%s.End(%s)", f, e.q, run, letGo, f, d, x)
	}
	c := e.ref(e.g.endsAs())
	return fmt.Sprintf("if %s.State != %sExit {\n%s.State = %sExit\nif %s {\n%s = %sFailed[%s](%s)\n}\n}\n%sif %sEndAs(%s, %s, &%s.%s, &%s.Value, %s) == %sSuspended {\nreturn %sSuspended\n}\nreturn %s",
		f, e.q, f, e.q, e.failed(), c, e.q, e.c.typeText(e.co.src, e.co.elem, e.co.body.Pos()), x, run, e.q, x, f, f, d, f, c, e.q, e.q, e.done())
}

// deferStmt pushes a deferred call. Function value, receiver and arguments are evaluated now.
func (e *emitter) deferStmt(s *ast.DeferStmt) string {
	defers := e.g.frame + "." + e.g.defers
	if m, ok := e.c.awaitMode(s.Call); ok && m == plainAwait {
		return fmt.Sprintf("%sPushAwait(&%s, %s)", e.q, defers, e.text(s.Call.Args[0]))
	}
	names := e.names.inner()
	names.reserve(e.g.frame, e.g.exec, "raise")
	var lines, args []string
	here := e.c.inlineDirective(s.Pos())
	let := func(wish, typ, text string) string {
		name := names.fresh(wish)
		lines = append(lines, here+define(name, typ, text))
		return name
	}
	fun := ""
	if e.c.needsLoop(s.Call) {
		args = append(args, e.g.exec)
	}
	switch target := ast.Unparen(s.Call.Fun).(type) {
	case *ast.FuncLit:
		fun = e.text(s.Call.Fun)
	default:
		if sel := e.c.varMethod(s.Call); sel != nil {
			fun = let("call", "", e.operand(sel.X)+"."+sel.Sel.Name+"In")
			break
		}
		if name := e.c.rtFunc(s.Call); needLoop[name] {
			fun = e.q + name + "In" + e.typeArgsOf(target)
			break
		}
		obj := e.c.pkg.Info.Uses[calleeIdent(target)]
		switch o := obj.(type) {
		case *types.Builtin:
			fun = e.text(target)
		case *types.Func:
			if o.Signature().Recv() == nil {
				fun = e.text(target)
			}
		}
		if e.c.isConversion(s.Call) {
			fun = e.text(target)
		}
		if fun == "" {
			fun = let("call", "", e.text(target))
		}
	}
	if e.c.spreads(s.Call) {
		tuple := e.c.pkg.Info.TypeOf(s.Call.Args[0]).(*types.Tuple)
		for range tuple.Len() {
			args = append(args, names.fresh("arg"))
		}
		lines = append(lines, here+strings.Join(args, ", ")+" := "+e.text(s.Call.Args[0]))
	} else {
		for _, a := range s.Call.Args {
			tv := e.c.pkg.Info.Types[a]
			_, lit := ast.Unparen(a).(*ast.FuncLit)
			if tv.Value != nil || tv.IsNil() || tv.IsType() || lit {
				args = append(args, e.text(a))
			} else {
				args = append(args, let("arg", e.typeFromContext(a), e.text(a)))
			}
		}
	}
	list := strings.Join(args, ", ")
	if s.Call.Ellipsis.IsValid() {
		list += "..."
	}
	push := fmt.Sprintf("%s.Push(func(%s *%sExec) {\n%sdefer %s(%s)\n%s.Raise()\n})", defers, e.g.exec, e.q, here, fun, list, e.g.exec)
	if len(lines) == 0 {
		return push
	}
	return "{\n" + strings.Join(lines, "\n") + "\n" + push + "\n}"
}
