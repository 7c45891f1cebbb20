package rt

import (
	"slices"
	"strings"
	"time"
)

// Run waits for what is left when main has ended: tasks, and functions of ToThread, which cannot be stopped. So that a program
// that does not end does not keep silent about it, the loop says after a while what it still waits for, and where that began.

// sayWhatIsLeft makes the loop log what it waits for, if after a while it still does. why is how the run ends.
func (l *Loop) sayWhatIsLeft(why string) (stop func()) {
	if l.tasks.live == 0 && l.threads == 0 {
		return func() {}
	}
	late := time.AfterFunc(l.patience, func() {
		l.post(&node{loop: l, phase: callback, leaf: call(func() {
			if l.tasks.live > 0 || l.threads > 0 {
				l.warn(why + ", and the run still waits for these tasks and threads:\n" + l.tree() + l.births())
			}
		})})
	})
	return func() { late.Stop() }
}

// births is, in debug mode, where the tasks that are left were created.
func (l *Loop) births() string {
	var b strings.Builder
	for _, t := range l.AllTasks() {
		if lines := t.core().created(); len(lines) > 0 {
			b.WriteString("\n" + t.Name() + " was created by " + lines[0])
		}
	}
	return b.String()
}

// stray is a function of ToThread whose await was canceled while it ran.
type stray struct {
	ended *node // the future that the await was for
	began []site
}

// goesAstray notes that the running task does not wait any more for the function of ToThread whose end on is.
func (l *Loop) goesAstray(on *node) {
	l.astray = append(l.astray, stray{on, l.exec.task.stack()})
}

// comesBack notes that the function has ended.
func (l *Loop) comesBack(on *node) {
	l.astray = slices.DeleteFunc(l.astray, func(s stray) bool { return s.ended == on })
}

// strays is where the functions of ToThread that nobody awaits any more began, one a line.
func (l *Loop) strays() string {
	var b strings.Builder
	for _, s := range l.astray {
		b.WriteString("a function of ToThread is still running, though its await was canceled:\n└── ")
		b.WriteString(strings.Join(traceback(s.began), "\n    └── ") + "\n")
	}
	return b.String()
}
