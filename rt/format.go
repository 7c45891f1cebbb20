package rt

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// String describes the task as Python's repr does:
//
//	<Task pending name='Task-2' coro=<fetchData() running at primer/main.go:14>>
func (t *Task[T]) String() string { return t.describe(t.around(), t) }

// String describes the future as Python's repr does: <Future finished result=4>
func (f *Future[T]) String() string { return f.describe(f.around(), f) }

// repr describes a future or task. It shows nothing twice: outer are those around it.
func (n *node) repr(outer []*node) string {
	if n.flags&isTask != 0 {
		return n.describe(outer, n.handle())
	}
	return n.describe(outer, nil)
}

// describe is repr of what has the result that value shows.
func (n *node) describe(outer []*node, value any) string {
	if slices.Contains(outer, n) || len(outer) == 16 {
		return "..."
	}
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if n.flags&isTask == 0 {
		add("<Future %s", n.stateName())
	} else {
		add("<Task %s name=%s coro=<%s>", n.stateName(), quote(n.name()), n.coroutine())
	}
	if w := n.waitsFor(append(outer, n)); w != "" {
		add("wait_for=%s", w)
	}
	switch n.state {
	case failed:
		add("exception=%s", quote(fmt.Sprint(n.rare().err)))
	case finished:
		if f, ok := value.(interface{ show() string }); ok {
			around := n.loop.showing
			n.loop.showing = append(outer, n)
			add("result=%s", f.show())
			n.loop.showing = around
		}
	}
	if cb := n.callbacks(); cb != "" {
		add("cb=[%s]", cb)
	}
	return strings.Join(parts, " ") + ">"
}

// around is those whose results are being shown when somebody asks for the text of n: it may be in one of
// them, as all_tasks() that a task gives holds that task.
func (n *node) around() []*node {
	if n.loop == nil {
		return nil
	}
	return n.loop.showing
}

// stateName is the state in Python's spelling.
func (n *node) stateName() string {
	switch n.state {
	case finished, failed:
		return "finished"
	case canceled:
		return "cancelled"
	}
	if n.cancels > 0 {
		return "cancelling"
	}
	return "pending"
}

// coroutine is where a task's outermost frame stands: `fetchData() running at primer/main.go:14`.
func (n *node) coroutine() string {
	s := n.stack()
	root := s[len(s)-1]
	name := root.info.Name + "()"
	switch {
	case root.info.File == "":
		return name
	case n.done():
		return fmt.Sprintf("%s done, defined at %s:%d", name, root.info.File, site{root.info, 0}.line())
	default:
		return fmt.Sprintf("%s running at %s:%d", name, root.info.File, root.line())
	}
}

// waitsFor describes what a task waits for. A sleep and a wait in line wait for a future of their own in
// asyncio, and say so.
func (n *node) waitsFor(outer []*node) string {
	p := n.phase
	if p == attending && n.attended().over() {
		p = called
	}
	switch p {
	case waiting:
		return n.awaited().repr(outer)
	case sleeping, due, lined, attending:
		return "<Future pending cb=[Task.task_wakeup()]>"
	case called, woken:
		return "<Future finished result=None>"
	case revoked, killed, dismissed:
		return "<Future cancelled>"
	}
	return ""
}

// callbacks lists who will be told that n is done, as base_futures._format_callbacks.
func (n *node) callbacks() string {
	var all []string
	if n.flags&isTask != 0 && !n.done() && n.root().head().parent != nil {
		all = append(all, "gather()")
	}
	for w := n.firstWaiter(); w != nil; w = w.next {
		if w.flags&isTask != 0 {
			all = append(all, "Task.task_wakeup()")
		} else if f, ok := w.leaf.(interface{ function() any }); ok {
			all = append(all, functionName(f.function()))
		}
		if w == *n.tail() {
			break
		}
	}
	if len(all) > 2 {
		all = []string{all[0], fmt.Sprintf("<%d more>", len(all)-2), all[len(all)-1]}
	}
	return strings.Join(all, ", ")
}

// functionName is name and place of a function: `main.report() at main.go:7`.
func functionName(f any) string {
	pc := reflect.ValueOf(f).Pointer()
	fn := runtime.FuncForPC(pc)
	if fn == nil {
		return "func()"
	}
	file, line := fn.FileLine(pc)
	name := fn.Name()
	return fmt.Sprintf("%s() at %s:%d", name[strings.LastIndexByte(name, '/')+1:], filepath.Base(file), line)
}

// show is the result in a few words.
func (t *Task[T]) show() string { return showResult(t.result()) }

func (f *Future[T]) show() string { return showResult(f.value) }

func showResult(v any) string {
	switch v := v.(type) {
	case None:
		return "None"
	case string:
		return quote(v)
	default:
		return shorten(fmt.Sprint(v))
	}
}

// quote writes a text as Python would.
func quote(s string) string {
	s = fmt.Sprintf("%q", shorten(s))
	return "'" + strings.NewReplacer(`\"`, `"`, `'`, `\'`).Replace(s[1:len(s)-1]) + "'"
}

// shorten is reprlib's: the middle of a long text is left out.
func shorten(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most/2-2]) + "..." + string(r[len(r)-most/2+1:])
	}
	return s
}
