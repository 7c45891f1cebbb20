package rt

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unsafe"
)

// What makes tasks small and fast, as far as it can be seen without a clock. A number that has to change is
// changed here, on purpose.

func TestSizes(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("the sizes are those of 64 bits")
	}
	for _, c := range []struct {
		what string
		size uintptr
		want uintptr
	}{
		{"a task", unsafe.Sizeof(Task[int]{}), 56},
		{"a task's place among the loop's", unsafe.Sizeof(taskPage{}.tasks[0]), 8},
		{"a page of them, with Go's header", unsafe.Sizeof(taskPage{}) + allocHeader, 2048},
		{"a timer's place in line", unsafe.Sizeof(alarm{}), 16},
		{"a page of the line, with Go's header", unsafe.Sizeof(alarmPage{}) + allocHeader, 4096},
		{"a timer's place in the heap", unsafe.Sizeof(numbered{}), 16},
		{"the head of a frame", unsafe.Sizeof(NoneFrame{}), 24},
		{"the head of a frame with a word to return", unsafe.Sizeof(Frame[int]{}), 32},
		{"a future of a word", unsafe.Sizeof(Future[int]{}), 64},
		{"a wait for a lock", unsafe.Sizeof(LockAcquire{}), 24},
		{"a wait for an event", unsafe.Sizeof(EventWait{}), 24},
		{"a wait for a queue's item", unsafe.Sizeof(QueueGet[int]{}), 32},
		{"a task in the frame of who made it", unsafe.Sizeof(Room[int]{}), unsafe.Sizeof(Task[int]{})},
	} {
		if c.size != c.want {
			t.Errorf("%s takes %d bytes, not %d", c.what, c.size, c.want)
		}
	}
}

// nest is a function that awaits itself until it is as deep as it should be, and yields there n times.
type nest struct {
	Frame[int]
	depth, n int
	resumes  *int
	inner    *nest
}

func (f *nest) Info() *FuncInfo { return &benchInfo }
func (f *nest) Resume(x *Exec) Status {
	*f.resumes++
	switch {
	case f.depth > 1 && f.State == Start:
		f.State = 1
		f.inner = &nest{depth: f.depth - 1, n: f.n, resumes: f.resumes}
		if f.inner.Resume(x) == Suspended {
			return Link(f.inner, f)
		}
	case f.depth == 1 && f.n > 0:
		f.State = 1
		f.n--
		return x.Yield(f)
	}
	return Done
}

func TestResumeCostsTheSameAtEveryDepth(t *testing.T) {
	for _, depth := range []int{1, 10, 100} {
		resumes := func(yields int) int {
			n := 0
			if _, err := Run[int](&nest{depth: depth, n: yields, resumes: &n}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if got := resumes(1100) - resumes(100); got != 1000 {
			t.Errorf("at depth %d, 1000 yields take %d calls of Resume", depth, got)
		}
	}
}

// TestHotFunctionsAreInlined reads what the Go compiler says of those that generated code and the loop call most.
func TestHotFunctionsAreInlined(t *testing.T) {
	needsProcesses(t)
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("what is inlined is known for 64 bits")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	inlinable := map[string]bool{}
	for _, m := range regexp.MustCompile(`can inline (\S+)`).FindAllStringSubmatch(string(out), -1) {
		inlinable[m[1]] = true
	}
	for _, name := range strings.Fields(`
		(*Exec).Yield Link (*link).head (*node).done (*node).tail (*node).extra (*list).push (*list).pushAll (*list).take (*line).bind
		(*Loop).push (*registry).at (*waiter).stand (*line).calm (*line).releaseOnly (*Exec).Suspend (*EventWait).Begin
		(*alarmLine).push (*alarmLine).pop (*Exec).Slept (*Exec).take
		New[go.shape.int] (*Room[go.shape.int]).Taken (*Frame[go.shape.int]).result
	`) {
		if !inlinable[name] {
			t.Errorf("%s is not inlined any more: go build -gcflags=-m=2 ./rt says why", name)
		}
	}
}

// headOf takes for granted that a frame begins with its head.
func TestFramesBeginWithTheirHead(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	frames := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			s, ok := spec.Type.(*ast.StructType)
			if !ok || spec.Name.Name == "NoneFrame" { // whose first field takes no place
				return true
			}
			for i, f := range s.Fields.List {
				switch text := types.ExprString(f.Type); {
				case len(f.Names) > 0:
				case text == "link" || text == "NoneFrame" || strings.HasPrefix(text, "Frame[") || strings.HasPrefix(text, "StreamFrame["):
					frames++
					if i > 0 {
						t.Errorf("%s: %s has %s as field %d, not as its first one", name, spec.Name, text, i+1)
					}
				}
			}
			return true
		})
	}
	if frames < 20 {
		t.Errorf("there are %d frames only: what is looked for has another name", frames)
	}
	if o := unsafe.Offsetof(NoneFrame{}.link); o != 0 {
		t.Errorf("the head of a NoneFrame is at %d", o)
	}
}
