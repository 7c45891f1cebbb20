package rt

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Dump prints the tree of tasks of the loop that runs on this goroutine, or else of every loop that
// runs: python -m asyncio pstree.
//
//	Task-1
//	└── main at primer/main.go:23
//	    ├── Task-2
//	    │   └── fetch at primer/main.go:14
//	    │       └── sleeps, 1.5s left
//	    └── Task-3
//	        └── fetch at primer/main.go:12
//	            └── Lock.Acquire
//
// Under a task stand its functions, outermost first, and what the innermost one waits for; under that, the
// tasks that it waits for. A task that several wait for stands under each of them, with its own tree
// under the first. From the 32nd level on functions stand below each other, and tasks at the left; what repeats itself is
// counted. So the text grows with the number of tasks and functions, however deep they are.
//
// From another goroutine Dump waits up to a second for each loop, which answers between two steps.
func Dump(w io.Writer) {
	if l := loopOfGoroutine(); l != nil {
		l.Dump(w)
		return
	}
	for _, l := range runningLoops() {
		l.dumpFromOutside(w, time.Second)
	}
}

// Dump is rt.Dump for one loop. It belongs to the loop's goroutine, or to whoever holds the loop while
// it does not run.
func (l *Loop) Dump(w io.Writer) { io.WriteString(w, l.behind().dump()) }

// dumpFromOutside asks the loop to dump itself; false: it has not answered within the patience.
func (l *Loop) dumpFromOutside(w io.Writer, patience time.Duration) bool {
	answer := make(chan string, 1)
	l.post(&node{loop: l, phase: callback, leaf: call(func() { answer <- l.dump() })})
	select {
	case text := <-answer:
		io.WriteString(w, text)
		return true
	case <-time.After(patience):
		fmt.Fprintf(w, "the event loop on goroutine %d has not answered for %v: a step of a task blocks it\n", l.goroutine, patience)
		return false
	}
}

// dump is the text.
func (l *Loop) dump() string {
	d := dump{loop: l, awaited: map[*node][]AnyTask{}, shown: map[*node]bool{}, wakes: map[*node]time.Duration{}}
	for _, a := range l.timers.all() {
		d.wakes[a.n] = a.when
	}
	all := l.AllTasks()
	roots := map[*node]bool{}
	for _, t := range all {
		waiting := d.waiters(t.core(), nil)
		roots[t.core()] = len(waiting) == 0
		for _, w := range waiting {
			d.awaited[w] = append(d.awaited[w], t)
		}
	}
	for _, t := range all {
		if roots[t.core()] {
			d.task(t, "", "")
		}
	}
	for _, t := range all { // those that stood too deep, and rings, which have no beginning
		if !d.shown[t.core()] {
			d.task(t, "", "")
		}
	}
	return d.String()
}

// dump collects the text, and what is needed for it.
type dump struct {
	strings.Builder
	loop    *Loop
	awaited map[*node][]AnyTask // the tasks that a task waits for
	shown   map[*node]bool
	wakes   map[*node]time.Duration // when timers are due
}

// waiters is the tasks that wait for n, directly or through futures that depend on it, such as a
// Gather's.
func (d *dump) waiters(n *node, passed []*node) (tasks []*node) {
	for _, p := range passed {
		if p == n {
			return nil
		}
	}
	passed = append(passed, n)
	add := func(on *node) {
		switch {
		case on.done():
		case on.flags&isTask != 0:
			tasks = append(tasks, on)
		default:
			tasks = append(tasks, d.waiters(on, passed)...)
		}
	}
	if n.flags&isTask != 0 && !n.done() {
		if f, ok := n.root().head().parent.(dependent); ok {
			add(f.dependent())
		}
	}
	for w := n.firstWaiter(); w != nil; w = w.next {
		if w.flags&isTask != 0 {
			add(w)
		} else if f, ok := w.leaf.(dependent); ok {
			if on := f.dependent(); on != nil {
				add(on)
			}
		}
		if w == *n.tail() {
			break
		}
	}
	return tasks
}

// dependent is a callback of a future on which another one, or a task, depends; nil: none does.
type dependent interface{ dependent() *node }

// deepest is the last level of the tree, in characters.
const deepest = 32 * len("    ")

// task prints a task: first stands before its own line, rest before those under it.
func (d *dump) task(t AnyTask, first, rest string) {
	n := t.core()
	switch {
	case d.shown[n]:
		fmt.Fprintf(d, "%s%s (see above)\n", first, t.Name())
		return
	case utf8.RuneCountInString(first) > deepest:
		fmt.Fprintf(d, "%s%s (see below)\n", first, t.Name())
		return
	}
	d.shown[n] = true
	fmt.Fprintf(d, "%s%s%s\n", first, t.Name(), n.remark())
	rest = d.functions(n.stack(), rest)
	children := d.awaited[n]
	if what := d.waitsFor(n, len(children) > 0); what != "" {
		last := "└── "
		if len(children) > 0 {
			last = "├── "
		}
		fmt.Fprintf(d, "%s%s%s\n", rest, last, what)
	}
	for i, c := range children {
		if i == len(children)-1 {
			d.task(c, rest+"└── ", rest+"    ")
		} else {
			d.task(c, rest+"├── ", rest+"│   ")
		}
	}
}

// functions prints a stack, the outermost function first, and gives what stands before what is under it.
func (d *dump) functions(stack []site, rest string) string {
	repeatedSites(stack, func(line string) {
		fmt.Fprintf(d, "%s└── %s\n", rest, line)
		if utf8.RuneCountInString(rest) < deepest {
			rest += "    "
		}
	})
	return rest
}

// remark is what there is to say of a task beside its name.
func (n *node) remark() string {
	switch {
	case n.loop.exec.task == n && n.phase == runnable:
		return " (running)"
	case n.panicking() != nil && n.panicking().isGoexit():
		return " (in runtime.Goexit)"
	case n.panicking() != nil:
		value, _, _ := strings.Cut(fmt.Sprint(n.panicking().value), "\n")
		return fmt.Sprintf(" (panicking: %s)", value)
	case n.canceling() > 0:
		return " (canceling)"
	}
	return ""
}

// waitsFor is what a task waits for, where its functions and the tasks under it do not tell.
func (d *dump) waitsFor(n *node, tasks bool) string {
	switch n.phase {
	case fresh:
		return "has not begun"
	case sleeping:
		return fmt.Sprintf("sleeps, %v left", until(d.wakes[n], d.loop.now()))
	case waiting:
		if !tasks && n.awaited().flags&isTask == 0 && d.plain(n) {
			return "a future"
		}
	case runnable, called, woken, throwing, calledOff, due, revoked, killed, dismissed:
		if n.loop.exec.task != n || n.phase != runnable {
			return "is ready"
		}
	}
	return ""
}

// plain says whether the innermost function of n is the user's: rt's own say what they wait for.
func (d *dump) plain(n *node) bool { return n.leaf.Info().File != "" }
