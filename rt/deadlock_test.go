package rt

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	gotrace "runtime/trace"
	"strings"
	"testing"
	"time"
)

// impatient makes a loop look for a deadlock, and say what it waits for, at once.
func impatient() Option { return optionFunc(func(o *config) { o.patience = 0 }) }

// hears gives a logger, and calls f with each message.
func hears(f func(message string)) Option { return WithLogger(slog.New(messages(f))) }

// messages is a slog.Handler that only hears messages.
type messages func(string)

func (m messages) Enabled(context.Context, slog.Level) bool { return true }
func (m messages) WithAttrs([]slog.Attr) slog.Handler       { return m }
func (m messages) WithGroup(string) slog.Handler            { return m }
func (m messages) Handle(_ context.Context, r slog.Record) error {
	m(r.Message)
	return nil
}

// waitsForSet is an async function that begins with start and waits for what it was given to call.
func waitsForSet(start func(x *Exec, set func())) Coro[int] {
	return awaits("main", func(x *Exec) Awaitable[int] {
		f := NewFutureIn[int](x)
		start(x, func() { f.SetResult(1) })
		return f
	}, nil)
}

// Whatever can still post keeps the loop waiting, whether it is a goroutine that can be seen or not. The loop says so, once.
func TestNoDeadlockWhileSomebodyHasTheLoop(t *testing.T) {
	const soon = time.Millisecond
	for name, start := range map[string]func(l *Loop, set func()){
		"a goroutine that waits for a timer": func(l *Loop, set func()) {
			go func() { <-time.After(soon); l.CallSoonThreadsafe(set) }()
		},
		"a goroutine with a ticker": func(l *Loop, set func()) {
			go func() {
				ticker := time.NewTicker(soon)
				defer ticker.Stop()
				for range 3 {
					select {
					case <-ticker.C:
					case <-context.Background().Done():
					}
				}
				l.CallSoonThreadsafe(set)
			}()
		},
		"a context with a deadline": func(l *Loop, set func()) {
			ctx, cancel := context.WithTimeout(context.Background(), soon)
			context.AfterFunc(ctx, func() { cancel(); l.CallSoonThreadsafe(set) })
		},
		"a function of time.AfterFunc": func(l *Loop, set func()) {
			time.AfterFunc(soon, func() { l.CallSoonThreadsafe(set) })
		},
		"a function of a cleanup": func(l *Loop, set func()) {
			runtime.AddCleanup(new([64]byte), func(set func()) { l.CallSoonThreadsafe(set) }, set)
		},
		"who has submitted": func(l *Loop, set func()) {
			s := Submit(l, Coro[int](forever("submitted")))
			go func() {
				<-time.After(soon)
				s.Cancel()
				Submit(l, Return(1)).Wait(context.Background())
				l.CallSoonThreadsafe(set)
			}()
		},
	} {
		t.Run(name, func(t *testing.T) {
			said := 0
			if _, err := Run(waitsForSet(func(x *Exec, set func()) { start(x.Loop(), set) }), impatient(), hears(func(string) { said++ })); err != nil {
				t.Error(err)
			}
			if said > 1 {
				t.Errorf("it was said %d times", said)
			}
		})
	}
}

// What else runs in the process does not hide a deadlock, as long as it cannot post.
func TestDeadlockBesideOthers(t *testing.T) {
	for name, start := range map[string]func(t *testing.T, x *Exec){
		"nothing": func(*testing.T, *Exec) {},
		"a loop over a function": func(_ *testing.T, _ *Exec) {
			RangeFunc0(new(Defers), func(yield func() bool) { yield() }).Next()
		},
		"many goroutines": func(t *testing.T, _ *Exec) {
			never := make(chan None)
			t.Cleanup(func() { close(never) })
			for range 2000 {
				go func() { <-never }()
			}
		},
		"goroutines that run": func(t *testing.T, _ *Exec) {
			timer := time.AfterFunc(time.Hour, func() {})
			stop := make(chan os.Signal, 1)
			signal.Notify(stop, os.Interrupt)
			t.Cleanup(func() { timer.Stop(); signal.Stop(stop) })
		},
		"runtime/trace": func(t *testing.T, _ *Exec) {
			if gotrace.Start(io.Discard) == nil { // go test -trace has it otherwise
				t.Cleanup(gotrace.Stop)
			}
		},
		"who had the loop": func(_ *testing.T, x *Exec) {
			l := x.Loop()
			posted := make(chan None)
			go func() { l.CallSoonThreadsafe(func() {}); close(posted) }()
			<-posted
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(waitsForSet(func(x *Exec, _ func()) { x.Loop(); start(t, x) }), impatient(), hears(func(m string) { t.Error(m) }))
			if !errors.Is(err, ErrDeadlock) {
				t.Error(err)
			}
		})
	}
}

// Who has the loop and lets go of it leaves a deadlock behind, which is seen when the garbage collector has seen it.
func TestDeadlockWhenTheLoopIsLetGo(t *testing.T) {
	waits := make(chan None)
	var text string
	said := 0
	_, err := Run(waitsForSet(func(x *Exec, _ func()) {
		l := x.Loop()
		go func() {
			<-waits
			runtime.KeepAlive(l)
			l = nil
			runtime.GC()
		}()
	}), impatient(), hears(func(m string) {
		text = m
		if said++; said == 1 {
			close(waits)
		}
	}))
	if !errors.Is(err, ErrDeadlock) {
		t.Error(err)
	}
	if said != 1 || !strings.HasPrefix(text, "nothing is ready and no timer is set: the event loop waits for another goroutine") || !strings.Contains(text, "main at test.go:11") {
		t.Errorf("said %d times %q", said, text)
	}
}

// As long as somebody has the loop everybody gets the same one; a loop of NewLoop is the one of its maker.
func TestRunningLoopIsOne(t *testing.T) {
	Run(Coro[int](plain("main", func(x *Exec) {
		if l := x.Loop(); l != x.Loop() || l == x.loop || l.Time() > time.Hour {
			t.Error("two loops, or the real one")
		}
	})))
	l := NewLoop()
	defer l.Close()
	RunOn(l, plain("main", func(x *Exec) {
		if x.Loop() != l {
			t.Error("another loop")
		}
	}))
}

// Exported functions may be given a door, and have to look behind it.
func TestExportedFunctionsLookBehindTheDoor(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil || len(paths) == 0 {
		t.Skip("wasm has no sources")
	}
	isLoop := func(f *ast.Field) bool {
		star, ok := f.Type.(*ast.StarExpr)
		if !ok {
			return false
		}
		id, ok := star.X.(*ast.Ident)
		return ok && id.Name == "Loop"
	}
	seen := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() {
				continue
			}
			params := fn.Type.Params.List
			if fn.Recv != nil {
				params = append(params[:len(params):len(params)], fn.Recv.List...)
			}
			takes, looks := false, false
			for _, p := range params {
				takes = takes || isLoop(p)
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				looks = looks || ok && s.Sel.Name == "behind"
				return true
			})
			if takes {
				seen++
				if !looks {
					t.Errorf("%s does not call behind", fn.Name.Name)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("%d functions take a loop", seen)
	}
}

// A run that does not end says what it waits for, and where that began.
func TestRunSaysWhatItStillWaitsFor(t *testing.T) {
	release := make(chan None)
	var said []string
	hear := hears(func(m string) {
		said = append(said, m)
		close(release)
	})
	begun := make(chan None)
	_, err := Run(Coro[int](seq("main", func(f *fn, x *Exec) Status {
		CreateTaskIn(x, Coro[int](awaits("serve", func(*Exec) Awaitable[int] {
			return onThread(func() { close(begun); <-release })
		}, nil)))
		return x.Sleep(f, 0)
	}, plainStep(func() { <-begun }))), CancelPending(), impatient(), hear)
	if err != nil {
		t.Error(err)
	}
	want := `main has ended, and the run still waits for these tasks and threads:
a function of ToThread is still running, though its await was canceled:
└── serve at test.go:11
    └── ToThread`
	if len(said) != 1 || said[0] != want && !strings.Contains(said[0], "serve at test.go:11") {
		t.Errorf("said %q, want\n%s", said, want)
	}
}

// A loop that was woken for nothing has not stood still.
func TestWokenForNothing(t *testing.T) {
	l, _ := virtual(t, optionFunc(func(o *config) { o.standstill, o.patience = time.Hour, time.Hour }))
	rouse(l.inbox.wake)
	if err := l.standBy(0); err != nil {
		t.Error(err)
	}
	rouse(l.inbox.wake)
	if err := l.lookForDeadlock(); err != nil || l.held > 0 {
		t.Error(err, l.held)
	}
}
