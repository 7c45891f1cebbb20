package gen

import (
	"go/types"
	"slices"
)

// Type parameters.
//
// A value whose type is a type parameter may be an array, a channel or a struct, though the underlying type of
// a type parameter is an interface. What the compiler asks about the form of a value, it asks here.

// coreType is the underlying type that all types in the type set of t have, nil if there is none. Channels of
// several directions have the most restricted one. The type set of any but a type parameter is the type itself.
func coreType(t types.Type) types.Type {
	var core types.Type
	for _, u := range underlyingTypes(t) {
		switch {
		case core == nil:
			core = u
		case types.Identical(core, u):
		default:
			a, ok := core.(*types.Chan)
			b, also := u.(*types.Chan)
			if !ok || !also || !types.Identical(a.Elem(), b.Elem()) {
				return nil
			}
			if a.Dir() == types.SendRecv {
				core = u
			}
		}
	}
	return core
}

// coreAs is the core type of t if it is a T.
func coreAs[T types.Type](t types.Type) (T, bool) {
	core, ok := coreType(t).(T)
	return core, ok
}

// mayBeArray reports whether values of type t can be arrays, of whatever length.
func mayBeArray(t types.Type) bool {
	return slices.ContainsFunc(underlyingTypes(t), func(u types.Type) bool {
		_, ok := u.(*types.Array)
		return ok
	})
}

// underlyingTypes are the underlying types of the type set of t; none if that has every type, or if nothing is known of
// t, since the source has type errors.
func underlyingTypes(t types.Type) []types.Type {
	if t == nil {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		list, _ := termTypes(p.Constraint())
		return list
	}
	return []types.Type{t.Underlying()}
}

// termTypes are the underlying types that a part of a constraint allows; every says that it allows all.
func termTypes(part types.Type) (list []types.Type, every bool) {
	if union, ok := part.(*types.Union); ok {
		for term := range union.Terms() {
			more, every := termTypes(term.Type())
			if every {
				return nil, true
			}
			list = append(list, more...)
		}
		return list, false
	}
	iface, ok := part.Underlying().(*types.Interface)
	if !ok {
		return []types.Type{part.Underlying()}, false
	}
	every = true
	for e := range iface.EmbeddedTypes() {
		allowed, all := termTypes(e)
		switch {
		case all:
		case every:
			list, every = allowed, false
		default:
			list = slices.DeleteFunc(list, func(t types.Type) bool {
				return !slices.ContainsFunc(allowed, func(u types.Type) bool { return types.Identical(t, u) })
			})
		}
	}
	return list, every
}
