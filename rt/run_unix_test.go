//go:build unix

package rt

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func init() {
	mains["interrupt"] = func() {
		Main(Coro[int](seq("main",
			func(f *fn, x *Exec) Status {
				CreateTaskIn(x, Coro[int](sleeper(&trace{}, "other", time.Hour)))
				syscall.Kill(os.Getpid(), syscall.SIGINT)
				return x.Sleep(f, time.Hour)
			})))
	}
	mains["interrupt twice"] = func() {
		Main(Coro[int](coro("main", func(f *fn, x *Exec) Status {
			x.take()
			syscall.Kill(os.Getpid(), syscall.SIGINT)
			return x.Sleep(f, time.Hour)
		})))
	}
}

func TestMainIsInterrupted(t *testing.T) {
	mainExits(t, "interrupt", 130, "Async traceback (most recent call last):\n  main at test.go:11\ninterrupted\n")
	mainExits(t, "interrupt twice", -1, "") // killed by the signal
}
