//go:build asyncgen && unix

package scenarios

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// interrupted are programs that get Ctrl-C. rt handles that for func main only, on real time: TestMain
// runs them.
var interrupted = map[string]func() rt.Coro[rt.None]{
	// It does not wait for anything but its turn.
	"between turns": func() rt.Coro[rt.None] {
		rt.RunningLoop().CallSoon(interrupt)
		for {
			if _, err := rt.CatchAwait(rt.Sleep(0)); err != nil {
				fmt.Println(err)
				rt.Throw(rt.ErrCanceled)
			}
		}
	},
	// It waits for a future, which is canceled as well.
	"waiting": func() rt.Coro[rt.None] {
		loop := rt.RunningLoop()
		f := rt.NewFutureOn[int](loop)
		loop.CallSoon(interrupt)
		_, err := rt.CatchAwait(f)
		fmt.Println(err, f.Canceled())
		rt.Throw(rt.ErrCanceled)
		return nil
	},
	// Somebody else cancels it at the same time: then that is what it ends with.
	"canceled": func() rt.Coro[rt.None] {
		me := rt.CurrentTask()
		rt.RunningLoop().CallSoon(func() {
			me.Cancel("by somebody else")
			interrupt()
		})
		var first error
		for me.Canceling() < 2 {
			if _, err := rt.CatchAwait(rt.Sleep(10 * second)); first == nil {
				first = err
			}
		}
		rt.Throw(first)
		return nil
	},
	// It goes on in spite of it.
	"ignored": func() rt.Coro[rt.None] {
		rt.RunningLoop().CallSoon(interrupt)
		_, err := rt.CatchAwait(rt.Sleep(10 * second))
		fmt.Println(err)
		return nil
	},
}

// interrupt is Ctrl-C.
func interrupt() { _ = syscall.Kill(os.Getpid(), syscall.SIGINT) }

// interruptVariable names the program of interrupted that this process is.
const interruptVariable = "RT_INTERRUPTED"

func TestMain(m *testing.M) {
	if program := interrupted[os.Getenv(interruptVariable)]; program != nil {
		rt.Main(program())
		return
	}
	os.Exit(m.Run())
}

func TestRunnerInterrupt(t *testing.T) {
	for _, c := range []struct {
		name   string
		begins string
		ends   string
		code   int
	}{
		{"between turns", "canceled\n", "interrupted\n", 130},
		{"waiting", "canceled true\n", "interrupted\n", 130},
		{"canceled", "", "error: canceled: by somebody else\n", 1},
		{"ignored", "canceled\n", "canceled\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), interruptVariable+"="+c.name)
			out, _ := cmd.CombinedOutput()
			text := string(out)
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.HasPrefix(text, c.begins) || !strings.HasSuffix(text, c.ends) {
				t.Errorf("exit %d, want %d, %q … %q\n%s", code, c.code, c.begins, c.ends, text)
			}
		})
	}
}
