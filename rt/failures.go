package rt

import (
	"runtime"
	"slices"
	"weak"
)

// An error that nobody looks at is reported: when its task or future was collected, since nobody can look any more, or else
// when the loop is closed. asyncio learns the same from its garbage collector.

// failures is the failed tasks and futures, in the order in which they failed. Most are looked at in the turn after that,
// by who awaits them, and nothing is done about those. Of the others the loop keeps what a report needs, and not the task.
type failures struct {
	young    []failure
	old      []*unseen
	watching bool // the next garbage collection makes the loop look for what was collected
}

// failure is a failed task or future, with its rare: the memory of a task that is part of a frame may be in use again.
type failure struct {
	n *node
	r *rare
}

// unseen is an error that nobody has looked at so far.
type unseen struct {
	n      weak.Pointer[node]
	r      *rare     // that of n: nothing in it leads to n
	info   *FuncInfo // of a task: its function; nil: it is a future
	number uint32    // of its default name
}

// youngFailures is for how many one looks whether somebody has looked at them.
const youngFailures = 32

func (f *failures) add(n *node) {
	if len(f.young) >= youngFailures {
		f.age()
	}
	f.young = append(f.young, failure{n, n.rare()})
}

// age lets go of the young ones: somebody has looked at them, or nobody will soon.
func (f *failures) age() {
	for _, y := range f.young {
		if y.r.looked {
			continue
		}
		u := &unseen{n: weak.Make(y.n), r: y.r}
		if y.n.rare() == y.r {
			y.r.onCancel = nil
			if y.n.flags&isTask != 0 {
				u.info, u.number = y.n.root().Info(), y.n.slot
			}
		}
		f.old = append(f.old, u)
	}
	clear(f.young)
	f.young = f.young[:0]
}

// settleFailures is called when the loop has nothing else to do.
func (l *Loop) settleFailures() {
	if f := &l.failures; len(f.young) > 0 {
		f.age()
		l.watchCollections()
	}
}

// watchCollections makes the next garbage collection wake the loop, if there is anything that it may have collected.
func (l *Loop) watchCollections() {
	if f := &l.failures; len(f.old) > 0 && !f.watching {
		f.watching = true
		runtime.AddCleanup(&sentinel{l}, func(in *inbox) { in.notice(&in.collected) }, &l.inbox)
	}
}

// sentinel is collected by the next garbage collection. Its pointer keeps it out of the memory of tiny objects.
type sentinel struct{ _ *Loop }

// collected is called after a garbage collection.
func (l *Loop) collected() {
	l.failures.watching = false
	l.failures.age()
	l.reportUnseen(false)
	l.watchCollections()
}

// reportUnseen reports the errors that nobody can look at any more, and forgets them; with all, also the others that nobody
// has looked at.
func (l *Loop) reportUnseen(all bool) {
	l.exec.task, l.exec.call = nil, nil
	f := &l.failures
	f.age()
	old := f.old
	f.old = nil // a handler may make more of them
	kept := slices.DeleteFunc(old, func(u *unseen) bool {
		n := u.n.Value()
		if !u.r.looked && (all || n == nil) {
			u.r.looked = true
			l.reportFailure(u.report(l, n))
		}
		return u.r.looked
	})
	f.old = append(kept, f.old...)
}

// report is the message of the report, and the task or future, or what stands for one that is gone.
func (u *unseen) report(l *Loop, n *node) (message string, of *node) {
	if n == nil || n.rare() != u.r {
		n = u.standIn(l)
	}
	if u.info != nil {
		return "Task exception was never retrieved", n
	}
	return "Future exception was never retrieved", n
}

// standIn has all that is still known of a task or future that is gone.
func (u *unseen) standIn(l *Loop) *node {
	n := &new(Task[None]).node
	*n = node{loop: l, phase: ended, state: failed, slot: u.number}
	if u.info != nil {
		n.flags = isTask
		n.leaf = &goneFrame{NoneFrame: NoneFrame{link: link{root: true}}, info: u.info}
	}
	r := *u.r
	r.kind = nil
	*n.extra() = r
	return n
}

// goneFrame stands for the outermost frame of a task that is gone.
type goneFrame struct {
	NoneFrame
	info *FuncInfo
}

func (f *goneFrame) Info() *FuncInfo   { return f.info }
func (*goneFrame) Resume(*Exec) Status { return Done }
