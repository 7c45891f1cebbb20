package gen

import "go/types"

// What hints ask of types, those of wrong programs among them, which may be unknown.

// unknown reports whether an expression has no type because of what is wrong with it.
func unknown(t types.Type) bool { return t == nil || t == types.Typ[types.Invalid] }

// isUntyped reports whether a type is that of a constant without a type.
func isUntyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// isAwaitable reports whether a value of a type can be awaited.
func isAwaitable(t types.Type) bool { return rtMethod(t, "awaitable") != nil }

// underlying is the underlying type, nil where the type is unknown.
func underlying(t types.Type) types.Type {
	if unknown(t) {
		return nil
	}
	return t.Underlying()
}

// givesOne reports whether the only result of a function is of a kind.
func givesOne(sig *types.Signature, elem func(types.Type) types.Type) bool {
	return sig.Results().Len() == 1 && elem(sig.Results().At(0).Type()) != nil
}

// isAsyncType reports whether a type is that of async functions.
func isAsyncType(t types.Type) bool {
	sig, ok := underlying(t).(*types.Signature)
	return ok && givesOne(sig, coroElem)
}

// isError reports whether a type is error or one that can be used as it.
func isError(t types.Type) bool {
	return !unknown(t) && types.AssignableTo(t, types.Universe.Lookup("error").Type()) && t != types.Typ[types.UntypedNil]
}

// isFuture reports whether values of a type are an rt.AnyFuture.
func isFuture(t types.Type) bool { return rtMethod(t, "future") != nil }

// awaitedType is T of what is an rt.Awaitable[T].
func awaitedType(t types.Type) types.Type {
	if m := rtMethod(t, "awaitable"); m != nil {
		return m.Signature().Params().At(0).Type()
	}
	return nil
}

// isPlainAwaitable reports whether a type is rt.Awaitable[T] itself.
func isPlainAwaitable(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && isRT(named.Obj().Pkg()) && named.Obj().Name() == "Awaitable"
}

// rtMethod gives a method of a type that only rt can have, or nil.
func rtMethod(t types.Type, name string) *types.Func {
	if unknown(t) {
		return nil
	}
	for m := range types.NewMethodSet(t).Methods() {
		if m.Obj().Name() == name && isRT(m.Obj().Pkg()) {
			return m.Obj().(*types.Func)
		}
	}
	return nil
}

// isHandler reports whether a type is that of a handler of net/http, whatever router it is for.
func isHandler(t types.Type) bool {
	sig, ok := underlying(t).(*types.Signature)
	return ok && sig.Params().Len() == 2 && sig.Params().At(0).Type().String() == "net/http.ResponseWriter" &&
		sig.Params().At(1).Type().String() == "*net/http.Request"
}
