//go:build asyncgen

package scenarios

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// mainFails gives what rt.Main(main) prints when main fails: this test, run once more in a process of
// its own, is the program.
func mainFails(t *testing.T, main rt.Coro[rt.None]) string {
	const program = "SCENARIO_MAIN"
	if os.Getenv(program) != "" {
		rt.Main(main, rt.WithClock(rt.NewVirtualClock()))
		os.Exit(0)
	}
	if runtime.GOARCH == "wasm" {
		t.Skip("no processes on", runtime.GOOS)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), program+"=1")
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	return string(out)
}

// wantSource checks that a traceback names these functions, at lines that hold these texts.
func wantSource(t *testing.T, traceback string, want ...[2]string) {
	t.Helper()
	source, err := os.ReadFile("tasks_traceback_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]string
	for line := range strings.Lines(traceback) {
		function, place, ok := strings.Cut(strings.TrimSpace(line), " at rt/scenarios/tasks_traceback_test.go:")
		if !ok {
			continue
		}
		n := 0
		for _, c := range place {
			n = 10*n + int(c-'0')
		}
		got = append(got, [2]string{function, strings.TrimSpace(strings.Split(string(source), "\n")[n-1])})
	}
	if len(got) != len(want) {
		t.Fatalf("%d places, want %d:\n%s", len(got), len(want), traceback)
	}
	for i, w := range want {
		if got[i] != w {
			t.Errorf("got %q, want %q", got[i], w)
		}
	}
}

//async:func
func sleepsLong() rt.Coro[rt.None] {
	rt.Await(rt.Sleep(10 * second)) // this is canceled
	return nil
}

//async:func
func awaitsCanceled() rt.Coro[rt.None] {
	task := rt.CreateTask(sleepsLong())
	rt.Await(rt.Sleep(0))
	task.Cancel()
	rt.Await(task) // search target
	return nil
}

// The traceback of a cancellation begins where the canceled task stood.
func TestTaskCancelTraceback(t *testing.T) {
	out := mainFails(t, awaitsCanceled())
	if !strings.HasSuffix(out, "error: canceled\n") {
		t.Error(out)
	}
	wantSource(t, out,
		[2]string{"awaitsCanceled", "rt.Await(task) // search target"},
		[2]string{"sleepsLong", "rt.Await(rt.Sleep(10 * second)) // this is canceled"})
}

//async:func
func throwsResult() rt.Coro[rt.None] {
	task := rt.CreateTask(sleepsLong())
	rt.Await(rt.Sleep(0))
	task.Cancel()
	rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, task))
	rt.Throw(task.Err()) // search target
	return nil
}

// An error is a value without a traceback of its own: whoever throws it begins a new one.
func TestTaskCancelTracebackOfAnErrorThatIsThrown(t *testing.T) {
	out := mainFails(t, throwsResult())
	if !strings.HasSuffix(out, "error: canceled\n") {
		t.Error(out)
	}
	wantSource(t, out, [2]string{"throwsResult", "rt.Throw(task.Err()) // search target"})
}

//async:func
func throws() rt.Coro[rt.None] {
	rt.Throw(errTaskBoom) // in a task
	return nil
}

//async:func
func awaitsLater() rt.Coro[rt.None] {
	task := rt.CreateTask(throws())
	rt.Await(rt.Sleep(0))
	rt.Await(task) // which has failed already
	return nil
}

// The error of a task keeps its traceback for who awaits it later.
func TestTaskErrorTraceback(t *testing.T) {
	out := mainFails(t, awaitsLater())
	if !strings.HasSuffix(out, "error: boom\n") {
		t.Error(out)
	}
	wantSource(t, out,
		[2]string{"awaitsLater", "rt.Await(task) // which has failed already"},
		[2]string{"throws", "rt.Throw(errTaskBoom) // in a task"})
}
