package rt

import "flag"

// go test ./... -update rewrites the goldens of the other packages; this one has none.
var _ = flag.Bool("update", false, "does nothing in this package")
