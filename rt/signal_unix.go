//go:build unix

package rt

import (
	"os"
	"syscall"
)

// catchable says whether sig is a signal for which a program can have a handler.
func catchable(sig os.Signal) bool {
	const most = 64
	s, ok := sig.(syscall.Signal)
	return ok && s > 0 && s <= most && s != syscall.SIGKILL && s != syscall.SIGSTOP
}
