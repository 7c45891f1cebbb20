package rt

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

// PanicError is a panic that no deferred call recovered, on its way out of Run. asyncio would put
// such an exception into the task; Go's panics end the program, so Run panics with it.
type PanicError struct {
	Value any    // what panic was called with
	Task  string // name of the task; "" in a callback
	Trace string // the async traceback, one line for each awaiting frame, outermost first
	Stack string // the Go stack where the panic began
}

// Error names the task and where it stood; an uncaught panic prints it.
func (e *PanicError) Error() string {
	var b strings.Builder
	fmt.Fprint(&b, e.Value)
	if e.Task == "" {
		b.WriteString("\n\nin a callback of the event loop\n")
	} else {
		fmt.Fprintf(&b, "\n\nin task %s\n%s", e.Task, e.Trace)
	}
	if e.Stack != "" {
		b.WriteString("\nGo stack of the panic:\n" + e.Stack)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Unwrap is the panic's value, where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// panicking is a panic between the frame where it was recovered and the one where it is raised
// again: deferred calls that await run in between, and the Go stack is unwound.
type panicking struct {
	value any
	trace []site  // where the task stood
	pcs   callers // the stack where the panic began
	exits bool    // runtime.Goexit is under way, and goes on when the panic is recovered: see goexit
}

// recovered describes a panic that was just recovered with value r by a caller of this function,
// which is a deferred one.
func (x *Exec) recovered(r any) *panicking {
	if p := x.unwinding; p != nil {
		x.unwinding = nil
		if same(p.value, r) {
			return p
		}
	}
	p := &panicking{value: r}
	if x.task != nil {
		p.trace = x.task.stack()
	}
	p.pcs = callersOf(2, manyCallers)
	return p
}

// raise goes on with p where it was recovered before.
func (x *Exec) raise(p *panicking) {
	x.unwinding = p
	panic(p.value)
}

// same says whether two panics' values are one, as far as they can be compared.
func same(a, b any) bool {
	if a == nil || b == nil { // panic(nil), with GODEBUG=panicnil=1
		return a == b
	}
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Type() != vb.Type() {
		return false
	}
	return !va.Comparable() || !vb.Comparable() || a == b
}

// error is p as it leaves Run.
func (p *panicking) error(task string) *PanicError {
	return &PanicError{Value: p.value, Task: task, Trace: formatTrace(p.trace), Stack: p.stack()}
}

// panicking is the panic that one of n's functions keeps while it waits for its deferred calls or, as a task
// group, for its tasks; nil: none does.
func (n *node) panicking() (p *panicking) {
	for f := n.leaf; f != nil && p == nil; f = f.head().parent {
		switch f := f.(type) {
		case interface{ Deferred() *Defers }:
			p = f.Deferred().panic
		case interface{ holds() *panicking }:
			p = f.holds()
		}
		if f.head().root {
			break
		}
	}
	return p
}

// stack formats the Go stack as the runtime does, from the function that panicked.
func (p *panicking) stack() string {
	if len(p.pcs) == 0 {
		return ""
	}
	var b strings.Builder
	frames := runtime.CallersFrames(p.pcs)
	for {
		f, more := frames.Next()
		if f.Function == "runtime.gopanic" { // what stands above is the machinery of the panic
			b.Reset()
		} else {
			fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}

// caught is deferred around as many turns as there are: there is no recover around each step. A panic that
// has left the frame that was resumed goes on in the next awaiting frame that has deferred calls;
// without one it ends the task and the run.
func (l *Loop) caught(over *bool) {
	r := recover()
	switch {
	case *over:
		return
	case r == nil && duringGoexit():
		l.goexit()
		return
	}
	x := &l.exec
	p := x.recovered(r)
	x.take()
	x.reraise, x.raising = nil, nil
	n := x.task
	if n == nil || n.phase != runnable && n.phase != throwing {
		l.panicked = p.error("")
		l.more = true
		return
	}
	l.passOn(n, p)
}

// passOn makes p go on in the next function of n that has deferred calls.
func (l *Loop) passOn(n *node, p *panicking) {
	for !n.leaf.head().root {
		n.leaf = n.leaf.head().parent
		if n.leaf.Info().Defers {
			l.exec.reraise = p
			l.resume = n
			return
		}
	}
	if p.isGoexit() {
		l.exitTask(n)
	} else {
		l.failTask(n, p)
	}
}

// failTask ends a task that has panicked, and with it the run.
func (l *Loop) failTask(n *node, p *panicking) {
	x := &l.exec
	x.take()
	l.panicked = p.error(n.name())
	l.more = true
	x.Err = l.panicked
	l.finish(n, n.root().head())
	n.look()
	l.watchEnd(n)
}
