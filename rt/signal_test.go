//go:build unix

package rt

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// raise sends this process a signal.
func raise(t *testing.T, sig syscall.Signal) {
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Error(err)
	}
}

// A task that waits for what a signal's function does is no deadlock, and the function runs on the loop.
func TestOnSignal(t *testing.T) {
	var got Event
	var where uint64
	_, err := Run(Coro[None](New(Coro[None](&onSignal{t: t, got: &got, where: &where}))))
	if err != nil {
		t.Fatal(err)
	}
	if where != goroutineID() {
		t.Errorf("the function ran on goroutine %d, not on the loop's", where)
	}
}

type onSignal struct {
	Frame[None]
	t     *testing.T
	got   *Event
	where *uint64
	wait  EventWait
}

func (*onSignal) Info() *FuncInfo { return &FuncInfo{Name: "main"} }
func (f *onSignal) Resume(x *Exec) Status {
	if f.State == Start {
		x.loop.OnSignal(syscall.SIGUSR1, func() { f.t.Error("a function that was replaced is called") })
		x.loop.OnSignal(syscall.SIGUSR1, func() {
			*f.where = goroutineID()
			f.got.Set()
		})
		removed := x.loop.OnSignal(syscall.SIGUSR2, func() { f.t.Error("a function that was removed is called") })
		guard := x.loop.OnSignal(syscall.SIGWINCH, func() {})
		removed()
		removed()
		guard()
		raise(f.t, syscall.SIGUSR1)
		f.State = 1
		f.wait.Begin(x, f.got)
		return x.Suspend(f)
	}
	return Done
}

// OnSignal(os.Interrupt) takes Ctrl-C away from Run, and remove gives it back.
func TestOnSignalInterrupt(t *testing.T) {
	l := NewLoop()
	defer l.Close()
	remove := l.OnSignal(os.Interrupt, func() {})
	if !l.interrupts.Load() {
		t.Error("Run would still handle the interrupt")
	}
	if remove(); l.interrupts.Load() || len(l.signals) != 0 {
		t.Error("the function is still there")
	}
}

func TestOnSignalMisuse(t *testing.T) {
	l := NewLoop()
	if said := misused(func() { l.OnSignal(os.Kill, func() {}) }); said != "rt.OnSignal: killed cannot be caught" {
		t.Errorf("said %q", said)
	}
	if said := misused(func() { l.OnSignal(os.Interrupt, nil) }); said != "rt.OnSignal: nil function" {
		t.Errorf("said %q", said)
	}
	for _, sig := range []os.Signal{syscall.SIGSTOP, syscall.Signal(0), syscall.Signal(-1), syscall.Signal(1000)} {
		if said := misused(func() { l.OnSignal(sig, func() {}) }); !strings.HasSuffix(said, " cannot be caught") || len(l.signals) != 0 {
			t.Errorf("%v: said %q", sig, said)
		}
	}
	l.OnSignal(syscall.SIGUSR1, func() {})
	l.Close()
	if len(l.signals) != 0 {
		t.Error("Close leaves functions of signals")
	}
}

// A signal that has come is handled by the function that is there when it has its turn, with the context variables of
// who has asked for that.
func TestOnSignalReplaced(t *testing.T) {
	l, tr := virtual(t)
	who := NewVar("who", "nobody")
	handler := func(name string) func() {
		return func() { tr.add("%s, asked for by %s", name, who.GetOn(l)) }
	}
	_, err := RunOn[int](l, coro("main", func(f *fn, x *Exec) Status {
		if f.State++; f.State > 1 {
			return Done
		}
		who.SetIn(x, "a")
		removeA := l.OnSignal(syscall.SIGUSR1, handler("A"))
		pending := func() { l.CallSoon(l.signals[syscall.SIGUSR1].handle) } // as if it had come
		pending()
		who.SetIn(x, "b")
		removeB := l.OnSignal(syscall.SIGUSR1, handler("B"))
		removeA() // B has taken its place
		pending()
		removeB()
		who.SetIn(x, "c")
		removeC := l.OnSignal(syscall.SIGUSR1, handler("C")) // the signals are still there
		l.CallSoon(removeC)
		pending()
		return x.Yield(f)
	}))
	if err != nil {
		t.Error(err)
	}
	tr.want(t, "0 C, asked for by c", "0 C, asked for by c")
	if len(l.signals) != 0 {
		t.Error("a function is left")
	}
}
