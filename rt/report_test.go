package rt

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// logTo is an option that makes a loop log to a buffer, without the time.
func logTo(w *bytes.Buffer) Option {
	return WithLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
}

func TestDefaultExceptionHandlerLogs(t *testing.T) {
	var log bytes.Buffer
	l := NewLoop(WithClock(NewVirtualClock()), logTo(&log))
	RunOn(l, plain("main", func(x *Exec) {
		CreateTaskIn(x, Coro[int](awaits("f", func(*Exec) Awaitable[int] { return Fail[int](errBoom) }, nil)))
		NewFutureIn[int](x).SetError(errOther)
	}))
	l.CallExceptionHandler(ExceptionContext{Message: "my own"})
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	want := `level=ERROR msg="my own"
level=ERROR msg="Future exception was never retrieved" error=other future="<Future finished exception='other'>"
level=ERROR msg="Task exception was never retrieved" error=boom task="<Task finished name='Task-2' coro=<f() done, defined at test.go:10> exception='boom'>" traceback="[f at test.go:11]"
`
	if log.String() != want {
		t.Errorf("got\n%swant\n%s", &log, want)
	}
}

// The handler gets the very task, and its error counts as retrieved only when the handler asks for it.
func TestExceptionHandlerGetsTheTask(t *testing.T) {
	l := NewLoop(WithClock(NewVirtualClock()))
	var task *Task[int]
	var got []ExceptionContext
	l.SetExceptionHandler(func(on *Loop, c ExceptionContext) {
		if on != l {
			t.Error("told about another loop")
		}
		got = append(got, c)
	})
	RunOn(l, plain("main", func(x *Exec) {
		task = CreateTaskIn(x, Coro[int](plain("f", func(x *Exec) { x.Err = errBoom })))
	}))
	l.Close()
	if len(got) != 1 || got[0].Task != AnyTask(task) || got[0].Future != AnyFuture(task) || got[0].Err != errBoom {
		t.Errorf("got %+v", got)
	}
	if l.SetExceptionHandler(nil); l.ExceptionHandler() != nil {
		t.Error("the handler is still there")
	}
}

// What is made while the rest is canceled is left pending, and said so.
func TestPendingTaskIsReported(t *testing.T) {
	l := NewLoop(WithClock(NewVirtualClock()))
	got := reports(l)
	CreateTaskOn(l, Coro[int](awaits("f", func(x *Exec) Awaitable[int] { return forever("h") }, func(_ *fn, x *Exec) {
		x.take()
		CreateTaskIn(x, Coro[int](forever("late")), Name("late"))
	})))
	RunOn(l, Sleep(0))
	l.Close()
	if text := strings.Join(*got, "\n"); !strings.Contains(text, "destroyed but it is pending!\n<Task pending name='late'") {
		t.Errorf("reported: %s", text)
	}
}
