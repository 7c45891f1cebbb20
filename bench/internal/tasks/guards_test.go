//go:build !asyncgen

package tasks

import (
	"os/exec"
	"strings"
	"testing"
	"unsafe"
)

// A call that becomes a task is one object, with the task: the size decides how many fit into memory.
func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the sizes are those of 64 bits")
	}
	for _, c := range []struct {
		what       string
		size, want uintptr
	}{
		{"a call that keeps a word", unsafe.Sizeof(onceFrame{}), 40},
		{"… with its task", unsafe.Sizeof(onceTask{}), 96},
		{"a sleeper, which keeps two words, with its task", unsafe.Sizeof(asleepSleepTask{}), 96},
		{"a caller with the frame of its callee", unsafe.Sizeof(level9Frame{}), unsafe.Sizeof(level10Frame{}) + 40},
		{"a stream that keeps three words and a slice", unsafe.Sizeof(walkFrame{}), 72},
	} {
		if c.size != c.want {
			t.Errorf("%s: %d bytes, not %d", c.what, c.size, c.want)
		}
	}
}

// TestCallsAreInlined reads what the Go compiler says: the beginning of a call must cost no more than its stores.
func TestCallsAreInlined(t *testing.T) {
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	said := string(out)
	for _, want := range []string{
		"can inline (*readyFrame).begin",
		"can inline (*level1Frame).begin",
		"inlining call to (*readyFrame).begin",
		"inlining call to rt.BeginTask[go.shape.int]",
		"inlining call to rt.TaskValue[go.shape.int]",
		"inlining call to rt.(*Exec).Yield",
		"inlining call to rt.(*Exec).Suspend",
		"inlining call to rt.Link",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no more %s", want)
		}
	}
}
