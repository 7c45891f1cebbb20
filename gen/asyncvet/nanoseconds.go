package asyncvet

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Nanoseconds finds durations without a unit.
var Nanoseconds = &analysis.Analyzer{
	Name: "nanoseconds",
	Doc: `find durations for rt that are numbers without a unit

asyncio counts seconds, Go's time.Duration counts nanoseconds: rt.Sleep(1) is over at once. Reported are constants without
a unit that are less than a millisecond, 0 aside. A conversion, time.Duration(1), says that nanoseconds are meant.`,
	URL:      docs + "nanoseconds",
	Requires: []*analysis.Analyzer{sources},
	Run:      runNanoseconds,
}

func runNanoseconds(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, f := range c.annotated() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				c.checkDurations(call)
			}
			return true
		})
	}
	return nil, nil
}

// checkDurations looks at the arguments of a call of rt.
func (c *check) checkDurations(call *ast.CallExpr) {
	f := c.callee(call)
	if f == nil || !gen.IsRT(f.Pkg()) {
		return
	}
	params := f.Signature().Params()
	for i := range min(len(call.Args), params.Len()) {
		if arg := call.Args[i]; params.At(i).Type().String() == "time.Duration" && c.withoutUnit(arg) {
			c.reportUnit(call, arg)
		}
	}
}

// withoutUnit reports whether an expression is a constant that nothing in it makes a duration.
func (c *check) withoutUnit(e ast.Expr) bool {
	value := c.Info.Types[e].Value
	if value == nil || constant.Sign(value) <= 0 || constant.Compare(value, token.GEQ, constant.MakeInt64(int64(time.Millisecond))) {
		return false
	}
	unit := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr: // a conversion
			unit = true
		case *ast.Ident:
			if k, ok := c.Info.Uses[n].(*types.Const); ok {
				b, basic := k.Type().(*types.Basic)
				unit = unit || !basic || b.Info()&types.IsUntyped == 0
			}
		}
		return !unit
	})
	return !unit
}

// reportUnit says what the argument is, and what was meant most likely: seconds, or milliseconds where there are many.
func (c *check) reportUnit(call *ast.CallExpr, arg ast.Expr) {
	value, _ := constant.Int64Val(constant.ToInt(c.Info.Types[arg].Value))
	unit := "Second"
	if value >= 100 {
		unit = "Millisecond"
	}
	text := c.text(arg)
	if _, ok := ast.Unparen(arg).(*ast.BinaryExpr); ok && ast.Unparen(arg) == arg {
		text = "(" + text + ")"
	}
	name, imported := nameIn(c.fileOf(call).Syntax, "time")
	if !imported {
		name = "time."
	}
	text += " * " + name + unit
	var fixes []analysis.SuggestedFix
	if imported {
		fixes = replace(arg, "Write "+text, text)
	}
	instead := text
	if whole := c.between(call, call.Pos(), arg.Pos()) + text + c.between(call, arg.End(), call.End()); len(whole) <= 60 && !strings.Contains(whole, "\n") {
		instead = whole
	}
	c.report(analysis.Diagnostic{Pos: arg.Pos(), End: arg.End(), SuggestedFixes: fixes,
		Message: fmt.Sprintf("%s is %v here, a time.Duration without a unit: write %s", c.text(arg), time.Duration(value), instead)})
}
