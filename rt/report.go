package rt

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"unsafe"
)

// ExceptionContext is what an exception handler is told: the context of asyncio's
// loop.call_exception_handler. Only Message is always there.
type ExceptionContext struct {
	Message   string    // "Task exception was never retrieved"
	Err       error     // the error
	Future    AnyFuture // the future or task that it belongs to
	Task      AnyTask   // the same, where it is a task
	Traceback []string  // the async traceback, outermost function first: "main at primer/main.go:23"
	Created   []string  // in debug mode: where the task was created, innermost call first
}

// SetExceptionHandler makes l tell h about what nobody else would hear of: errors that were never
// retrieved, tasks that are destroyed while they are pending. It is loop.set_exception_handler. nil is
// DefaultExceptionHandler again. h runs on the loop's goroutine.
func (l *Loop) SetExceptionHandler(h func(l *Loop, c ExceptionContext)) { l.behind().handler = h }

// ExceptionHandler is what SetExceptionHandler has set, nil for the default one.
func (l *Loop) ExceptionHandler() func(l *Loop, c ExceptionContext) { return l.behind().handler }

// CallExceptionHandler tells the exception handler about c: loop.call_exception_handler. The handler runs
// with the context variables of the task that c is about. A handler that panics does no harm: the default one is told of c
// and of the panic; and if that panics as well, in the logger, standard error is.
func (l *Loop) CallExceptionHandler(c ExceptionContext) {
	l = l.behind()
	handler := l.handler
	if handler == nil {
		handler = (*Loop).DefaultExceptionHandler
	}
	r := recovered(func() { l.callHandler(handler, c) })
	if r != nil && l.handler != nil {
		c.Message = fmt.Sprintf("Unhandled panic in exception handler: %v (it was told: %s)", r, c.Message)
		r = recovered(func() { l.DefaultExceptionHandler(c) })
	}
	if r != nil {
		fmt.Fprintf(os.Stderr, "%s: %v (the logger panics: %v)\n", c.Message, c.Err, r)
	}
}

// recovered calls f and gives what it panics with, nil if it does not.
func recovered(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// callHandler calls a handler with the context variables of the task that c is about.
func (l *Loop) callHandler(handler func(*Loop, ExceptionContext), c ExceptionContext) {
	if c.Task != nil {
		x := &l.exec
		task, call := x.task, x.call
		x.task, x.call = nil, c.Task.core()
		defer func() { x.task, x.call = task, call }()
	}
	handler(l.handOut(), c)
}

// DefaultExceptionHandler logs c as an error, with the attributes error, task or future, traceback
// and created: loop.default_exception_handler.
func (l *Loop) DefaultExceptionHandler(c ExceptionContext) {
	var attrs []any
	if c.Err != nil {
		attrs = append(attrs, "error", c.Err)
	}
	switch {
	case c.Task != nil:
		attrs = append(attrs, "task", c.Task.String())
	case c.Future != nil:
		attrs = append(attrs, "future", c.Future.core().repr(nil))
	}
	if len(c.Traceback) > 0 {
		attrs = append(attrs, "traceback", c.Traceback)
	}
	if len(c.Created) > 0 {
		attrs = append(attrs, "created", c.Created)
	}
	l.behind().log().Error(c.Message, attrs...)
}

// WithLogger makes the loop log to log instead of slog.Default(): what the default exception handler
// and debug mode have to say. It stands for the logger "asyncio".
func WithLogger(log *slog.Logger) Option {
	return optionFunc(func(o *config) { o.logger = log })
}

// log is where the loop logs.
func (l *Loop) log() *slog.Logger {
	if l.logger != nil {
		return l.logger
	}
	return slog.Default()
}

// warn logs what the loop has to say, where no exception handler is asked.
func (l *Loop) warn(message string, attrs ...any) { warn(l.log(), message, attrs...) }

// warn logs. A logger that panics ends neither the run nor the program: standard error is told instead.
func warn(log *slog.Logger, message string, attrs ...any) {
	if r := recovered(func() { log.Warn(message, attrs...) }); r != nil {
		fmt.Fprintf(os.Stderr, "%s %v (the logger panics: %v)\n", message, attrs, r)
	}
}

// reportFailure tells the exception handler about the error of a failed future or task.
func (l *Loop) reportFailure(message string, n *node) {
	c := ExceptionContext{Message: message, Err: n.rare().err, Traceback: traceback(n.trace().all())}
	switch kind := n.rare().kind; {
	case n.flags&isTask != 0:
		c.Task = n.handle()
		c.Future = c.Task
	case kind != nil:
		(*interfaceWords)(unsafe.Pointer(&kind)).data = unsafe.Pointer(n)
		c.Future = kind
	default:
		c.Future = plainFuture{n}
	}
	c.Created = n.created()
	l.CallExceptionHandler(c)
}

// created is where a task was created, in debug mode.
func (n *node) created() []string {
	if r := n.rare(); r != nil {
		return r.created.lines()
	}
	return nil
}

// traceback is an async traceback as text, outermost frame first.
func traceback(trace []site) []string {
	lines := make([]string, 0, len(trace))
	for _, s := range slices.Backward(visible(trace)) {
		lines = append(lines, s.String())
	}
	return lines
}

// plainFuture is a future of rt's own, which no user has seen.
type plainFuture struct{ *node }

func (plainFuture) future()                     {}
func (f plainFuture) Done() bool                { return f.done() }
func (f plainFuture) Canceled() bool            { return f.state == canceled }
func (f plainFuture) Cancel(msg ...string) bool { return f.cancel(message(msg)) }
func (f plainFuture) Err() error                { return f.failure() }
