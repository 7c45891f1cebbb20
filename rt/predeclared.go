package rt

// Generated code needs Go's predeclared names, but a package can declare them itself: a function len, a type string, an
// import called new. In its outputs the predeclared ones go by the names of this file.

// Go's predeclared types, for generated code of packages that give their names to something else.
type (
	GoAny        = any
	GoBool       = bool
	GoByte       = byte
	GoComparable interface{ comparable }
	GoComplex64  = complex64
	GoComplex128 = complex128
	GoError      = error
	GoFloat32    = float32
	GoFloat64    = float64
	GoInt        = int
	GoInt8       = int8
	GoInt16      = int16
	GoInt32      = int32
	GoInt64      = int64
	GoRune       = rune
	GoString     = string
	GoUint       = uint
	GoUint8      = uint8
	GoUint16     = uint16
	GoUint32     = uint32
	GoUint64     = uint64
	GoUintptr    = uintptr
)

// Go's true and false, likewise.
const (
	GoTrue  = true
	GoFalse = false
)

// GoNew is Go's new: it returns a pointer to a zero T.
func GoNew[T any]() *T { return new(T) }

// GoZero is Go's nil, and the zero value of types that have no nil.
func GoZero[T any]() (zero T) { return zero }

// GoLen is Go's len of a slice.
func GoLen[S ~[]E, E any](list S) int { return len(list) }

// GoLenString is Go's len of a string, in bytes.
func GoLenString[S ~string](s S) int { return len(s) }
