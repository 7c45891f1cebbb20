package gen

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Operands without a type of their own.
//
// A constant, a comparison or the shift of a constant takes its type from where it stands: in show(x == y) that of the
// parameter. Where the rewrite puts a variable in its place, the variable has to be declared with that type, for
// t := x == y would give it another one.

// ownType is the type of a variable that t := x declares.
func (c *compiler) ownType(x ast.Expr) types.Type {
	if kind := c.untypedKind(x); kind != nil {
		return types.Default(kind)
	}
	return c.pkg.Info.TypeOf(x)
}

// untypedKind is the kind of an operand without a type, nil if it has one by itself.
func (c *compiler) untypedKind(x ast.Expr) types.Type {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return c.untypedKind(x.X)
	case *ast.BasicLit:
		return literalKinds[x.Kind]
	case *ast.Ident:
		return untypedObject(c.pkg.Info.Uses[x])
	case *ast.SelectorExpr:
		return untypedObject(c.pkg.Info.Uses[x.Sel])
	case *ast.UnaryExpr:
		if x.Op != token.AND && x.Op != token.ARROW {
			return c.untypedKind(x.X)
		}
	case *ast.BinaryExpr:
		return c.untypedBinary(x)
	case *ast.CallExpr:
		return c.untypedCall(x)
	}
	return nil
}

var literalKinds = map[token.Token]types.Type{
	token.INT:    types.Typ[types.UntypedInt],
	token.CHAR:   types.Typ[types.UntypedRune],
	token.FLOAT:  types.Typ[types.UntypedFloat],
	token.IMAG:   types.Typ[types.UntypedComplex],
	token.STRING: types.Typ[types.UntypedString],
}

// untypedObject is the kind of a constant without a type, or of nil.
func untypedObject(obj types.Object) types.Type {
	if obj == nil {
		return nil
	}
	if b, ok := obj.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		return b
	}
	return nil
}

func (c *compiler) untypedBinary(x *ast.BinaryExpr) types.Type {
	switch x.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return types.Typ[types.UntypedBool]
	case token.SHL, token.SHR:
		if c.untypedKind(x.X) != nil {
			return types.Typ[types.UntypedInt]
		}
		return nil
	}
	return c.untypedOf(x.X, x.Y)
}

// untypedCall is the kind of a call of a builtin function that gives untyped constants for such operands.
func (c *compiler) untypedCall(x *ast.CallExpr) types.Type {
	kind := types.Type(nil)
	switch c.builtin(x) {
	case "min", "max":
		return c.untypedOf(x.Args...)
	case "real", "imag":
		kind = types.Typ[types.UntypedFloat]
	case "complex":
		kind = types.Typ[types.UntypedComplex]
	}
	if kind == nil || c.untypedOf(x.Args...) == nil {
		return nil
	}
	return kind
}

// untypedOf is the kind of the result of an operation, nil if one of the operands has a type.
func (c *compiler) untypedOf(operands ...ast.Expr) types.Type {
	var kind types.Type
	for _, x := range operands {
		k, ok := c.untypedKind(x).(*types.Basic)
		if !ok {
			return nil
		}
		if kind == nil || k.Kind() > kind.(*types.Basic).Kind() { // int, rune, float, complex: in the order of package types
			kind = k
		}
	}
	return kind
}
