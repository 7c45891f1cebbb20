package gen

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/dave/jennifer/jen"
)

// A test helper calls t.Helper, so that t.Errorf names the line of its caller: package testing looks for it on Go's stack.
// There it is at first, because the caller has called Resume. After a suspension rt resumes the innermost frame directly.
// So a helper's Resume then ends at once, without doing anything; rt goes on with the caller, and the caller calls resume, which has
// the body.
//
//	func (f *checkFrame) Resume(x *rt.Exec) rt.Status {     case 1:
//		if f.helper.CallerFirst(x) {                            if f.check.helper.Turn() && f.check.resume(x) == rt.Suspended {
//			return rt.Done                                          return f.check.helper.Wait()
//		}                                                       }
//		return f.resume(x)                                      goto await1
//	}
//
// A helper that no known function awaits, such as the root of a task, has no caller that could be named: its t.Helper does
// nothing, and t.Errorf names its own line.

// isHelperCall reports whether a call is t.Helper(), of package testing or of an interface that stands for it.
func (c *compiler) isHelperCall(call *ast.CallExpr) bool {
	f, ok := c.pkg.Info.Uses[calleeIdent(call.Fun)].(*types.Func)
	if !ok || f.Name() != "Helper" || f.Signature().Recv() == nil || f.Signature().Params().Len()+f.Signature().Results().Len() > 0 {
		return false
	}
	return types.IsInterface(f.Signature().Recv().Type()) || f.Pkg() != nil && f.Pkg().Path() == "testing"
}

// helperStmt is the statement t.Helper() of a helper.
func (e *emitter) helperStmt(call *ast.CallExpr) string {
	return fmt.Sprintf("if %s.%s.Called {\n%s\n}", e.g.frame, helperField, e.own(call))
}

// resumeHelper is the method Resume of a helper, whose body is in the method resume.
func (c *compiler) resumeHelper(co *coroutine, recv *jen.Statement) *jen.Statement {
	g, q := co.graph, c.rtQual(co.src)
	return jen.Comment(fmt.Sprintf("Resume lets the caller go on with %s, if one waits for it.", co.name)).Line().
		Func().Params(recv).Id("Resume").Params(jen.Id(g.exec).Op("*").Id(q+"Exec")).Id(q+"Status").Block(
		jen.If(jen.Id(g.frame).Dot(helperField).Dot("CallerFirst").Call(jen.Id(g.exec))).Block(jen.Return(jen.Id(q+"Done"))),
		jen.Return(jen.Id(g.frame).Dot("resume").Call(jen.Id(g.exec))))
}

// awaitHelper makes a, an await of the helper in a slot, go on with it when it is resumed itself.
func (b *builder) awaitHelper(a *await, s *slot) {
	callee := b.g.frame + "." + s.name
	a.begin = func(*emitter) string { return fmt.Sprintf("%s.resume(%s)", callee, b.g.exec) }
	a.helper = callee + "." + helperField
	a.again = func(e *emitter) string {
		return fmt.Sprintf("if %s.Turn() && %s == %sSuspended { // %s:%d: %s\nreturn %s.Wait()\n}",
			a.helper, a.begin(e), e.q, base(e.co.src.Path), a.line, a.source, a.helper)
	}
}
