package gen

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hintCases are what people write in their first hours, the hint that they are given, and what they write then.
var hintCases = []struct{ wrong, hint, right string }{
	// A pair of a value and an error is that of TryAwait.
	{`v, err := rt.Await(get(1))`, `v, err := rt.TryAwait(get(1))`, `v, err := rt.TryAwait(get(1)); use(v, err)`},
	{`var v, err = rt.Await(get(1))`, `var v, err = rt.TryAwait(get(1))`, `var v, err = rt.TryAwait(get(1)); use(v, err)`},
	{`n, fault = rt.Await(s.get(1))`, `n, fault = rt.TryAwait(s.get(1))`, `n, fault = rt.TryAwait(s.get(1))`},
	{`if _, err := rt.Await(nothing()); err != nil { use(err) }`, `_, err := rt.TryAwait(nothing())`, `if _, err := rt.TryAwait(nothing()); err != nil { use(err) }`},
	{`v, err := get(1)`, `v, err := rt.TryAwait(get(1))`, `v, err := rt.TryAwait(get(1)); use(v, err)`},
	{`v, err := task`, `v, err := rt.TryAwait(task)`, `v, err := rt.TryAwait(task); use(v, err)`},
	{`v := rt.TryAwait(get(1))`, `v, err := rt.TryAwait(get(1))`, `v, err := rt.TryAwait(get(1)); use(v, err)`},
	{`err := rt.TryAwait(nothing())`, `_, err := rt.TryAwait(nothing())`, `_, err := rt.TryAwait(nothing()); use(err)`},
	{`fault = rt.Await(nothing())`, `_, fault = rt.TryAwait(nothing())`, `_, fault = rt.TryAwait(nothing())`},
	{`if err := rt.Await(nothing()); err != nil { use(err) }`, `_, err := rt.TryAwait(nothing())`, `if _, err := rt.TryAwait(nothing()); err != nil { use(err) }`},
	{`v, ok := rt.Await(rt.Recv(ch))`, `item := rt.Await(rt.RecvOK(ch))`, `item := rt.Await(rt.RecvOK(ch)); use(item)`},
	{`a, b := rt.Await(rt.Gather(get(1), get(2)))`, `values := rt.Await(rt.Gather(get(1), get(2)))`, `values := rt.Await(rt.Gather(get(1), get(2))); use(values)`},
	{`use(rt.TryAwait(get(1)), 1)`, `rt.Await(get(1))`, `use(rt.Await(get(1)), 1)`},
	{`n = task.Await()`, `rt.Await(task)`, `n = rt.Await(task)`},

	// Several types.
	{`use(rt.Await(rt.Gather(get(1), page())))`, `rt.Gather(rt.Any(get(1)), rt.Any(page()))`, `use(rt.Await(rt.Gather(rt.Any(get(1)), rt.Any(page()))))`},
	{`use(rt.Await(rt.GatherResults(task, page(), nothing())))`, `rt.GatherResults(rt.Any(task), rt.Any(page()), rt.Any(nothing()))`, `use(rt.Await(rt.GatherResults(rt.Any(task), rt.Any(page()), rt.Any(nothing()))))`},
	{`s := rt.AsCompletedWithin(time.Second, get(1), page())`, `rt.AsCompletedWithin(time.Second, rt.Any(get(1)), rt.Any(page()))`, `s := rt.AsCompletedWithin(time.Second, rt.Any(get(1)), rt.Any(page())); use(s)`},
	{`aws := []rt.Awaitable[int]{get(1), page()}`, `[]rt.Awaitable[any]{rt.Any(get(1)), rt.Any(page())}`, `aws := []rt.Awaitable[any]{rt.Any(get(1)), rt.Any(page())}; use(aws)`},
	{`rt.Await(rt.Wait(rt.FirstCompleted, rt.NoTimeout, task, other))`, `rt.Wait[rt.AnyFuture](rt.FirstCompleted, rt.NoTimeout, task, other)`, `rt.Await(rt.Wait[rt.AnyFuture](rt.FirstCompleted, rt.NoTimeout, task, other))`},
	{`rt.Await(rt.Wait(rt.FirstCompleted, rt.NoTimeout, get(1), page()))`, `rt.Wait[rt.AnyFuture](rt.FirstCompleted, rt.NoTimeout, rt.CreateTask(get(1)), rt.CreateTask(page()))`, `rt.Await(rt.Wait[rt.AnyFuture](rt.FirstCompleted, rt.NoTimeout, rt.CreateTask(get(1)), rt.CreateTask(page())))`},
	{`rt.Await(get(1), get(2))`, `rt.Await(rt.Gather(get(1), get(2)))`, `rt.Await(rt.Gather(get(1), get(2)))`},
	{`rt.Await(get(1), page())`, `rt.Await(rt.Gather(rt.Any(get(1)), rt.Any(page())))`, `rt.Await(rt.Gather(rt.Any(get(1)), rt.Any(page())))`},

	// Slices.
	{`rt.Await(rt.Gather(tasks...))`, `rt.Gather(rt.Awaitables(tasks)...)`, `rt.Await(rt.Gather(rt.Awaitables(tasks)...))`},
	{`rt.Await(rt.Gather(coros...))`, `rt.Gather(rt.Awaitables(coros)...)`, `rt.Await(rt.Gather(rt.Awaitables(coros)...))`},
	{`rt.Await(rt.GatherResults(tasks))`, `rt.GatherResults(rt.Awaitables(tasks)...)`, `rt.Await(rt.GatherResults(rt.Awaitables(tasks)...))`},
	{`rt.Await(rt.Gather(awaitables))`, `rt.Gather(awaitables...)`, `rt.Await(rt.Gather(awaitables...))`},
	{`rt.Await(tasks)`, `rt.Await(rt.Gather(rt.Awaitables(tasks)...))`, `rt.Await(rt.Gather(rt.Awaitables(tasks)...))`},
	{`rt.Await(rt.Gather(anys...))`, `rt.Wait(rt.AllCompleted, rt.NoTimeout, anys...)`, `rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, anys...))`},
	{`rt.Await(rt.Wait(rt.FirstError, time.Second, tasks))`, `rt.Wait(rt.FirstError, time.Second, tasks...)`, `rt.Await(rt.Wait(rt.FirstError, time.Second, tasks...))`},
	{`rt.Await(rt.Wait(tasks...))`, `rt.Wait(rt.AllCompleted, rt.NoTimeout, tasks...)`, `rt.Await(rt.Wait(rt.AllCompleted, rt.NoTimeout, tasks...))`},

	// Functions and coroutines.
	{`rt.CreateTask(page)`, `rt.CreateTask(page())`, `rt.CreateTask(page())`},
	{`rt.CreateTask(s.get)`, `rt.CreateTask(s.get(…))`, `rt.CreateTask(s.get(1))`},
	{`rt.Await(rt.WaitFor(page, time.Second))`, `rt.WaitFor(page(), time.Second)`, `rt.Await(rt.WaitFor(page(), time.Second))`},
	{`rt.CreateTask(func() { rt.Await(page()) })`, `rt.CreateTask(func() rt.Coro[rt.None] {…}())`, `rt.CreateTask(func() rt.Coro[rt.None] { rt.Await(page()); return nil }())`},
	{`rt.CreateTask(task)`, `task`, `rt.Await(task)`},
	{`rt.Await(rt.WithTimeout(time.Second, page()))`, `rt.WaitFor(page(), time.Second)`, `rt.Await(rt.WaitFor(page(), time.Second))`},
	{`rt.Await(rt.Holding(&lock, page()))`, `rt.Holding(&lock, func() rt.Coro[string] { return page() })`, `rt.Await(rt.Holding(&lock, func() rt.Coro[string] { return page() }))`},
	{`rt.Await(rt.WithTimeout(time.Second, func() rt.Coro[int] { return get(1) }))`, `rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[int] {…})`, `rt.Await(rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[int] { return get(1) }))`},
	{`rt.Await(rt.WithCancelScope(func() { rt.Await(page()) }))`, `rt.WithCancelScope(func(*rt.CancelScope) rt.Coro[rt.None] {…})`, `rt.Await(rt.WithCancelScope(func(*rt.CancelScope) rt.Coro[rt.None] { rt.Await(page()); return nil }))`},
	{`rt.Await(rt.WithTaskGroup(func() int { return 1 }))`, `rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] {…})`, `rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] { use(tg); return rt.Return(1) }))`},
	{`rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) { use(tg) }))`, `rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {…})`, `rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] { use(tg); return nil }))`},
	{`group.Go(page())`, `rt.Go(group, page())`, `rt.Go(group, page())`},
	{`rt.Submit(page())`, `rt.Submit(loop, page())`, `loop := rt.RunningLoop(); rt.Submit(loop, page())`},

	{`await(task)`, `rt.Await(task)`, `rt.Await(task)`},
	{`func() rt.Coro { return nil }()`, `rt.Coro[rt.None]`, `_ = func() rt.Coro[rt.None] { return nil }()`},
	{`func() rt.Coro[string, error] { panic(1) }()`, `rt.Coro[string]`, `_ = func() rt.Coro[string] { panic(1) }()`},

	// Arguments in another order, and names.
	{`rt.Await(rt.WaitFor(time.Second, page()))`, `rt.WaitFor(page(), time.Second)`, `rt.Await(rt.WaitFor(page(), time.Second))`},
	{`rt.Await(rt.WaitFor(rt.NoTimeout, task))`, `rt.WaitFor(task, rt.NoTimeout)`, `rt.Await(rt.WaitFor(task, rt.NoTimeout))`},
	{`rt.Await(rt.WithTimeout(func(*rt.Deadline) rt.Coro[int] { return get(1) }, time.Second))`, `rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[int] { return get(1) })`, `rt.Await(rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[int] { return get(1) }))`},
	{`rt.Await(rt.Holding(page, &lock))`, `rt.Holding(&lock, page)`, `rt.Await(rt.Holding(&lock, page))`},
	{`rt.Await(rt.Send(n, ch))`, `rt.Send(ch, n)`, `rt.Await(rt.Send(ch, n))`},
	{`rt.Go(page(), group)`, `rt.Go(group, page())`, `rt.Go(group, page())`},
	{`rt.Submit(page(), loop)`, `rt.Submit(loop, page())`, `rt.Submit(loop, page())`},
	{`rt.CreateTask(page(), "a")`, `rt.CreateTask(page(), rt.Name("a"))`, `rt.CreateTask(page(), rt.Name("a"))`},
	{`rt.Go(group, page(), label)`, `rt.Go(group, page(), rt.Name(label))`, `rt.Go(group, page(), rt.Name(label))`},

	// Numbers of seconds.
	{`rt.Await(rt.Sleep(0.5))`, `500 * time.Millisecond`, `rt.Await(rt.Sleep(500 * time.Millisecond))`},
	{`rt.Await(rt.Sleep(1.5 * time.Minute))`, `90 * time.Second`, `rt.Await(rt.Sleep(90 * time.Second))`},
	{`rt.Await(rt.Sleep(time.Millisecond * (2.5)))`, `2500 * time.Microsecond`, `rt.Await(rt.Sleep(2500 * time.Microsecond))`},
	{`rt.Await(rt.Sleep(n))`, `time.Duration(n) * time.Second`, `rt.Await(rt.Sleep(time.Duration(n) * time.Second))`},
	{`rt.Await(rt.Sleep(n * time.Millisecond))`, `time.Duration(n) * time.Millisecond`, `rt.Await(rt.Sleep(time.Duration(n) * time.Millisecond))`},
	{`rt.Await(rt.Sleep(time.Second * share))`, `time.Duration(share * float64(time.Second))`, `rt.Await(rt.Sleep(time.Duration(share * float64(time.Second))))`},
	{`loop.CallLater(share, func() {})`, `time.Duration(share * float64(time.Second))`, `loop.CallLater(time.Duration(share * float64(time.Second)), func() {})`},
	{`rt.Await(half)`, `rt.Await(rt.Sleep(500 * time.Millisecond))`, `rt.Await(rt.Sleep(500 * time.Millisecond))`},
	{`rt.Await(2)`, `rt.Await(rt.Sleep(2 * time.Second))`, `rt.Await(rt.Sleep(2 * time.Second))`},
	{`rt.Await(rt.WaitFor(0.5, page()))`, `rt.WaitFor(page(), 500 * time.Millisecond)`, `rt.Await(rt.WaitFor(page(), 500 * time.Millisecond))`},
	{`rt.Await(rt.WaitFor(n, page()))`, `rt.WaitFor(page(), time.Duration(n) * time.Second)`, `rt.Await(rt.WaitFor(page(), time.Duration(n) * time.Second))`},
	{`rt.Await(rt.WithTimeout(0.5, page()))`, `rt.WaitFor(page(), 500 * time.Millisecond)`, `rt.Await(rt.WaitFor(page(), 500 * time.Millisecond))`},
	{`rt.Await(rt.Sleep("1"))`, ``, `rt.Await(rt.Sleep(time.Second))`},

	// Calls of ordinary functions.
	{`rt.Await(time.Sleep(time.Second))`, `rt.Await(rt.Sleep(time.Second))`, `rt.Await(rt.Sleep(time.Second))`},
	{`rt.Await(time.Since(start))`, `rt.Await(rt.Sleep(time.Since(start)))`, `rt.Await(rt.Sleep(time.Since(start)))`},
	{`rt.Await(time.After(time.Second))`, `rt.Await(rt.Recv(time.After(time.Second)))`, `rt.Await(rt.Recv(time.After(time.Second)))`},
	{`rt.Await(os.Remove("x"))`, `rt.Await(rt.ToThreadErr(func() error { return os.Remove("x") }))`, `rt.Await(rt.ToThreadErr(func() error { return os.Remove("x") }))`},
	{`data := rt.Await(os.ReadFile("x"))`, `rt.Await(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") }))`, `data := rt.Await(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") })); use(data)`},
	{`data, err := rt.Await(os.ReadFile("x"))`, `rt.TryAwait(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") }))`, `data, err := rt.TryAwait(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") })); use(data, err)`},
	{`data, err := rt.TryAwait(file.Stat())`, `rt.TryAwait(rt.ToThread(func() (os.FileInfo, error) { return file.Stat() }))`, `data, err := rt.TryAwait(rt.ToThread(func() (os.FileInfo, error) { return file.Stat() })); use(data, err)`},
	{`rt.CreateTask(server.ListenAndServe())`, `rt.CreateTask(rt.ToThreadErr(func() error { return server.ListenAndServe() }))`, `rt.CreateTask(rt.ToThreadErr(func() error { return server.ListenAndServe() }))`},
	{`rt.Await(use(1))`, "//async:func\nfunc use(...any) rt.Coro[rt.None]", "/* what becomes of it:\n//async:func\nfunc use(...any) rt.Coro[rt.None] */"},

	// What a function returns.
	{`return errors.New("x")`, `return rt.Fail[int](errors.New("x"))`, `return rt.Fail[int](errors.New("x"))`},
	{`return fault`, `return rt.Fail[int](fault)`, `return rt.Fail[int](fault)`},
	{`if fault != nil { return 0, fault }`, `return rt.Fail[int](fault)`, `if fault != nil { return rt.Fail[int](fault) }`},
	{`return nil, fault`, `return rt.Fail[int](fault)`, `return rt.Fail[int](fault)`},
	{`return n, nil`, `return rt.Return(n)`, `return rt.Return(n)`},
	{`return n`, `return rt.Return(n)`, `return rt.Return(n)`},
	{`if n > 0 { return }`, `return nil`, `if n > 0 { return nil }`},
	{`return pair()`, "value, err := pair()\nif err != nil {\n\treturn rt.Fail[int](err)\n}\nreturn rt.Return(value)", "value, err := pair()\nif err != nil {\n\treturn rt.Fail[int](err)\n}\nreturn rt.Return(value)"},
	{`return n, fault`, "if fault != nil {\n\treturn rt.Fail[int](fault)\n}\nreturn rt.Return(n)", "if fault != nil {\n\treturn rt.Fail[int](fault)\n}\nreturn rt.Return(n)"},
	{`use(func() rt.Coro[any] { rt.Await(page()); return n }())`, `return rt.Return[any](n)`, `rt.Await(func() rt.Coro[any] { rt.Await(page()); return rt.Return[any](n) }())`},
	{`use(func() rt.Coro[rt.None] { rt.Await(page()); return fault }())`, `return rt.Fail[rt.None](fault)`, `rt.Await(func() rt.Coro[rt.None] { rt.Await(page()); return rt.Fail[rt.None](fault) }())`},

	// Threads.
	{`rt.Await(rt.ToThread(file.Close))`, `rt.ToThreadErr(file.Close)`, `rt.Await(rt.ToThreadErr(file.Close))`},
	{`rt.Await(rt.ToThread(file.Name))`, `rt.ToThreadValue(file.Name)`, `rt.Await(rt.ToThreadValue(file.Name))`},
	{`rt.Await(rt.ToThread(func() error { return os.Remove("x") }))`, `rt.ToThreadErr(func() error { return os.Remove("x") })`, `rt.Await(rt.ToThreadErr(func() error { return os.Remove("x") }))`},
	{`rt.Await(rt.ToThread(func() {}))`, `rt.ToThreadFunc(func() {})`, `rt.Await(rt.ToThreadFunc(func() {}))`},
	{`rt.Await(rt.ToThreadErr(pair))`, `rt.ToThread(pair)`, `rt.Await(rt.ToThread(pair))`},
	{`rt.Await(rt.ToThread(os.ReadFile, "x"))`, `rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") })`, `rt.Await(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") }))`},
	{`rt.Await(rt.ToThread(os.ReadFile("x")))`, `rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") })`, `rt.Await(rt.ToThread(func() ([]byte, error) { return os.ReadFile("x") }))`},
	{`rt.Await(rt.ToThread(time.Sleep, time.Second))`, `rt.ToThreadFunc(func() { time.Sleep(time.Second) })`, `rt.Await(rt.ToThreadFunc(func() { time.Sleep(time.Second) }))`},
	{`rt.Await(rt.ToThread(page))`, `rt.Await(page())`, `rt.Await(page())`},
	{`rt.Await(rt.Blocking(pair))`, `rt.ToThread(pair)`, `rt.Await(rt.ToThread(pair))`},
	{`rt.Await(rt.Blocking(server.Shutdown))`, `rt.Blocking(func(ctx context.Context) (rt.None, error) { return rt.None{}, server.Shutdown(ctx) })`, `rt.Await(rt.Blocking(func(ctx context.Context) (rt.None, error) { return rt.None{}, server.Shutdown(ctx) }))`},

	// What waits for the first of several, and what runs a body.
	{`use(rt.Await(rt.Select(get(1), page())))`, `rt.Select(rt.Any(get(1)), rt.Any(page()))`, `use(rt.Await(rt.Select(rt.Any(get(1)), rt.Any(page()))))`},
	{`rt.Await(rt.Select(tasks))`, `rt.Select(rt.Awaitables(tasks)...)`, `rt.Await(rt.Select(rt.Awaitables(tasks)...))`},
	{`rt.Await(rt.Select(page, page))`, `rt.Select(page(), page())`, `rt.Await(rt.Select(page(), page()))`},
	{`for v := range rt.AwaitEach(rt.Merge(streams)) { use(v) }`, `rt.Merge(streams...)`, `for v := range rt.AwaitEach(rt.Merge(streams...)) { use(v) }`},
	{`for v := range rt.Merge(streams...) { use(v) }`, `rt.AwaitEach(rt.Merge(streams...))`, `for v := range rt.AwaitEach(rt.Merge(streams...)) { use(v) }`},
	{`rt.Await(rt.WithCancelScope(page()))`, `rt.WithCancelScope(func(*rt.CancelScope) rt.Coro[string] { return page() })`, `rt.Await(rt.WithCancelScope(func(*rt.CancelScope) rt.Coro[string] { return page() }))`},
	{`rt.Await(rt.WithJoinSet(page()))`, `rt.WithJoinSet(func(*rt.JoinSet[…]) rt.Coro[string] { return page() })`, `rt.Await(rt.WithJoinSet(func(*rt.JoinSet[int]) rt.Coro[string] { return page() }))`},
	{`rt.Await(rt.Retry(get(1)))`, `rt.Retry(func() rt.Coro[int] { return get(1) })`, `rt.Await(rt.Retry(func() rt.Coro[int] { return get(1) }))`},

	// Not everything has a hint that would compile.
	{`var text string = get(1)`, ``, `var text int = rt.Await(get(1)); use(text)`},
	{`rt.Await(rt.ToThread(func() (int, int, error) { return 1, 2, nil }))`, ``, `rt.Await(rt.ToThread(func() ([2]int, error) { return [2]int{1, 2}, nil }))`},
}

const hintHead = `//go:build asyncgen

package p

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

var (
	_          = errors.New
	_          = os.Remove
	_          time.Duration
	_          context.Context
	n          int
	fault      error
	s          *server_
	server     *http.Server
	ch         chan int
	task       *rt.Task[int]
	other      *rt.Task[string]
	tasks      []*rt.Task[int]
	coros      []rt.Coro[int]
	streams    []rt.Stream[int]
	awaitables []rt.Awaitable[int]
	anys       []rt.AnyTask
	group      *rt.TaskGroup
	lock       rt.Lock
	file       *os.File
	loop       *rt.Loop
	label      string
	start      time.Time
	share      float64
)

const half = 0.5

type server_ struct{}

//async:func
func (s *server_) get(n int) rt.Coro[int] { return rt.Return(n) }

//async:func
func get(n int) rt.Coro[int] { return rt.Return(n) }

//async:func
func page() rt.Coro[string] { return rt.Return("page") }

//async:func
func nothing() rt.Coro[rt.None] { return nil }

func pair() (int, error) { return 1, nil }

func use(...any) {}
`

// hintProgram has each case in an async function of its own; lines has the cases by the line on which they begin.
func hintProgram(text func(i int) string) (program string, lines map[int]int) {
	program, lines = hintHead, map[int]int{}
	for i := range hintCases {
		program += fmt.Sprintf("\n//async:func\nfunc case%d() rt.Coro[int] {\n", i)
		lines[strings.Count(program, "\n")+1] = i
		program += text(i) + "\nreturn nil\n}\n"
	}
	return program, lines
}

// TestHintsCompile: each wrong program gets the hint, and the program with what the hint says compiles.
func TestHintsCompile(t *testing.T) {
	module := newModule(t)
	wrong, lines := hintProgram(func(i int) string { return hintCases[i].wrong })
	right, _ := hintProgram(func(i int) string { return hintCases[i].right })
	writeFile(t, filepath.Join(module, "wrong", "in.go"), []byte(wrong))
	writeFile(t, filepath.Join(module, "right", "in.go"), []byte(right))
	diags := allDiagnostics(t, module)
	got := map[int]string{}
	for _, d := range diags {
		i, ok := lines[d.Pos.Line]
		switch {
		case filepath.Base(filepath.Dir(d.Pos.Filename)) == "right":
			t.Errorf("what should be right is not: %s", said(d))
		case strings.HasPrefix(d.Message, "declared and not used"):
		case !ok:
			t.Errorf("of no case: %s", said(d))
		default:
			hint, _, _ := strings.Cut(d.Hint, " // ")
			got[i] = hint
		}
	}
	for i, c := range hintCases {
		hint, told := got[i]
		if !told {
			t.Errorf("%s compiles", c.wrong)
		}
		if hint != c.hint {
			t.Errorf("%s\nhint %s\nwant %s", c.wrong, hint, c.hint)
		}
		if pattern := strings.ReplaceAll(regexp.QuoteMeta(c.hint), "…", "(?s:.*?)"); !regexp.MustCompile(pattern).MatchString(c.right) {
			t.Errorf("%s does not stand in %s", c.hint, c.right)
		}
	}
}
