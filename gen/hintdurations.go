package gen

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"time"
)

// asyncio counts seconds in numbers, with fractions; Go has time.Duration. What a hint says instead must compile: Go refuses
// 0.5 * time.Second, since 0.5 is not an integer.

// hintDuration is about a number that should be a duration, at a position that the compiler does not like.
func (c *compiler) hintDuration(s *Source, at token.Pos) string {
	for _, n := range c.nodesAt(s, at) {
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		begins := e.Pos() == at
		if product, ok := e.(*ast.BinaryExpr); ok {
			begins = begins || product.Y.Pos() == at || ast.Unparen(product.Y).Pos() == at
		}
		if text := c.duration(s, e); begins && text != "" {
			return text
		}
	}
	return ""
}

// hintNumber is about a number that is awaited.
func (w *wrongCall) hintNumber() string {
	if len(w.call.Args) != 1 || !slices.Contains([]string{"Await", "TryAwait", "CatchAwait"}, w.name) || w.number(w.call.Args[0]) == nil {
		return ""
	}
	d := w.duration(w.src, w.call.Args[0])
	if d == "" {
		return ""
	}
	return w.calling("", w.qualifier(w.src)+"Sleep("+d+")")
}

// asDuration is an expression as an argument that should be a duration.
func (c *compiler) asDuration(s *Source, e ast.Expr) string {
	if text := c.duration(s, e); text != "" {
		return text
	}
	return c.short(s, e)
}

// duration is what to write in place of a number of seconds, or of a product with a unit that Go refuses; "" for anything else.
func (c *compiler) duration(s *Source, e ast.Expr) string {
	e = ast.Unparen(e)
	if product, ok := e.(*ast.BinaryExpr); ok && product.Op == token.MUL {
		for _, p := range [][2]ast.Expr{{product.X, product.Y}, {product.Y, product.X}} {
			if unit := c.unit(p[1]); unit > 0 {
				return c.inUnits(s, p[0], unit, c.short(s, p[1]))
			}
		}
		return ""
	}
	return c.inUnits(s, e, time.Second, c.timeName(s)+"Second")
}

// inUnits is a number of units as a duration; "" if e is not a number.
func (c *compiler) inUnits(s *Source, e ast.Expr, unit time.Duration, unitText string) string {
	if value := c.number(e); value != nil {
		ns := constant.ToInt(constant.BinaryOp(value, token.MUL, constant.MakeInt64(int64(unit))))
		if n, exact := constant.Int64Val(ns); exact && ns.Kind() == constant.Int {
			return c.durationText(s, time.Duration(n))
		}
		return ""
	}
	b, ok := underlying(c.pkg.Info.TypeOf(e)).(*types.Basic)
	text := c.short(s, e)
	if _, isBinary := ast.Unparen(e).(*ast.BinaryExpr); isBinary {
		text = "(" + text + ")"
	}
	switch {
	case !ok || c.pkg.Info.TypeOf(e).String() == "time.Duration":
		return ""
	case b.Info()&types.IsFloat != 0:
		return fmt.Sprintf("%[1]sDuration(%[2]s * float64(%[3]s))", c.timeName(s), text, unitText)
	case b.Info()&types.IsInteger != 0:
		return fmt.Sprintf("%sDuration(%s) * %s", c.timeName(s), c.short(s, e), unitText)
	}
	return ""
}

// durationText writes a duration in the largest unit of which it is a multiple.
func (c *compiler) durationText(s *Source, d time.Duration) string {
	for _, u := range []struct {
		name string
		d    time.Duration
	}{{"Second", time.Second}, {"Millisecond", time.Millisecond}, {"Microsecond", time.Microsecond}} {
		if d%u.d == 0 {
			return fmt.Sprintf("%d * %s%s", d/u.d, c.timeName(s), u.name)
		}
	}
	return fmt.Sprintf("%d * %sNanosecond", d, c.timeName(s))
}

// timeName is what stands before the names of package time in a file.
func (c *compiler) timeName(s *Source) string {
	switch name := c.importedAs(s, "time", "time"); name {
	case "":
		return "time."
	case ".":
		return ""
	default:
		return name + "."
	}
}

// unit is the value of a constant of type time.Duration; 0 for anything else.
func (c *compiler) unit(e ast.Expr) time.Duration {
	k, ok := c.pkg.Info.Uses[calleeIdent(e)].(*types.Const)
	if !ok || k.Type().String() != "time.Duration" {
		return 0
	}
	n, _ := constant.Int64Val(k.Val())
	return time.Duration(n)
}

// number is the value of a literal, or of a constant without a type, which go/types may not have noted where it has refused it; nil
// for anything else.
func (c *compiler) number(e ast.Expr) constant.Value {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT || e.Kind == token.FLOAT {
			return constant.MakeFromLiteral(e.Value, e.Kind, 0)
		}
	case *ast.Ident:
		if k, ok := c.pkg.Info.Uses[e].(*types.Const); ok && isUntyped(k.Type()) && k.Val().Kind() != constant.String && k.Val().Kind() != constant.Bool {
			return k.Val()
		}
	}
	return nil
}
