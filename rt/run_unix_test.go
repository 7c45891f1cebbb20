//go:build unix

package rt

import (
	"fmt"
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
	mains["interrupt after main"] = func() {
		Main(Coro[int](plain("main", func(x *Exec) {
			CreateTaskIn(x, Coro[int](seq("left",
				func(f *fn, x *Exec) Status { return x.Sleep(f, time.Millisecond) },
				func(f *fn, x *Exec) Status {
					syscall.Kill(os.Getpid(), syscall.SIGINT)
					return x.Sleep(f, time.Hour)
				})))
			CreateTaskIn(x, Coro[int](coro("other", func(f *fn, x *Exec) Status {
				if f.State == Start {
					f.State = 1
					return x.Sleep(f, time.Hour)
				}
				fmt.Fprintln(os.Stderr, "the other task is", x.Err)
				return Done
			})))
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
	mainExits(t, "interrupt after main", 130, "the other task is canceled\ninterrupted\n")
	mainExits(t, "interrupt twice", -1, "") // killed by the signal
}
