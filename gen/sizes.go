package gen

import "go/types"

// wordSize is the alignment of what has no smaller one.
const wordSize = 8

// sizes are those of 64-bit machines, whatever this one is: the output is the same everywhere.
var sizes = types.SizesFor("gc", "amd64")

// A measure gives the sizes of types on a target. Those of go/types measure a struct twice where it is the last field of
// another one, which takes forever for frames in frames in frames.
type measure struct {
	target types.Sizes
	known  map[types.Type]int64 // sizes of structs with names
}

func newMeasure(target types.Sizes) *measure {
	return &measure{target, map[types.Type]int64{}}
}

// sizeof is the size of a type, which must be sized.
func (m *measure) sizeof(t types.Type) int64 {
	switch u := t.Underlying().(type) {
	case *types.Array:
		return u.Len() * m.sizeof(u.Elem())
	case *types.Struct:
		size, ok := m.known[t]
		if !ok {
			size = m.structSize(u)
			m.known[t] = size
		}
		return size
	}
	return m.target.Sizeof(t)
}

// structSize is the size of a struct: a last field without a size takes a byte, so that its address lies inside.
func (m *measure) structSize(s *types.Struct) int64 {
	n := s.NumFields()
	if n == 0 {
		return 0
	}
	end := m.offset(s, n-1)
	last := m.sizeof(s.Field(n - 1).Type())
	if end > 0 && last == 0 {
		last = 1
	}
	return aligned(end+last, m.target.Alignof(s))
}

// offset is the place of a field.
func (m *measure) offset(s *types.Struct, field int) int64 {
	at := int64(0)
	for i := range field {
		f := s.Field(i).Type()
		at = aligned(at, m.target.Alignof(f)) + m.sizeof(f)
	}
	return aligned(at, m.target.Alignof(s.Field(field).Type()))
}

// aligned is the next multiple of n.
func aligned(at, n int64) int64 { return (at + n - 1) / n * n }

// sized reports whether the size of a type does not depend on type parameters.
func sized(t types.Type) bool {
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		return false
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return sized(t.Elem())
	case *types.Struct:
		for v := range t.Fields() {
			if !sized(v.Type()) {
				return false
			}
		}
	}
	return true
}
