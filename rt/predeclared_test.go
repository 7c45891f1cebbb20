package rt_test

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

// What a package that declares new, len and nil itself gets for the predeclared ones.
func ExampleGoLen() {
	var list []rt.GoInt
	fmt.Println(rt.GoLen(list), rt.GoLenString("äb"), *rt.GoNew[rt.GoString]() == "", rt.GoZero[rt.GoError](), rt.GoTrue)
	// Output: 0 3 true <nil> true
}
