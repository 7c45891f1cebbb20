package rt

import (
	"reflect"
	"unicode/utf8"
)

// MapIter is a range over a map in a loop that suspends.
type MapIter[K comparable, V any] struct {
	Key   K
	Value V
	iter  *reflect.MapIter
}

// RangeMap begins a range over m. It has the rules of Go's own: what is deleted before it is reached
// is not produced.
func RangeMap[M ~map[K]V, K comparable, V any](m M) MapIter[K, V] {
	return MapIter[K, V]{iter: reflect.ValueOf(m).MapRange()}
}

// Next sets Key and Value to those of the next entry; false: there is none.
func (it *MapIter[K, V]) Next() bool {
	if !it.iter.Next() {
		return false
	}
	reflect.ValueOf(&it.Key).Elem().SetIterKey(it.iter)
	reflect.ValueOf(&it.Value).Elem().SetIterValue(it.iter)
	return true
}

// NextRune decodes the rune at s[i:] as a range over s does, and says where the next one begins.
func NextRune(s string, i int) (r rune, next int) {
	if s[i] < utf8.RuneSelf {
		return rune(s[i]), i + 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return r, i + size
}

// Ref is a fresh box for a captured variable.
func Ref[T any](v T) *T { return &v }
