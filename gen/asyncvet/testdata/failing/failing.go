// Package failing has an async function that fails, for other packages.
package failing

import (
	"errors"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func Boom() rt.Coro[int] { // want Boom:"fails"
	rt.Throw(errors.New("boom"))
	return nil
}

//async:func
func Fine() rt.Coro[int] { return rt.Return(1) }
