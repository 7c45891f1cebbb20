//go:build !unix

package rt

import "os"

// catchable says whether sig is a signal for which a program can have a handler.
func catchable(sig os.Signal) bool { return sig != nil && sig != os.Kill }
