package rt

import (
	"iter"
	"runtime"
	"testing"
	"time"
)

// yields is a function that yields n times: for range n { rt.Await(rt.Sleep(0)) }.
type yields struct {
	Frame[int]
	i, n int
}

var benchInfo = FuncInfo{Name: "bench", File: "bench.go", Lines: []int{1, 2}}

func (f *yields) Info() *FuncInfo { return &benchInfo }
func (f *yields) Resume(x *Exec) Status {
	if f.State == 1 {
		goto await1
	}
	f.i = 0
loop:
	if f.i < f.n {
		if x.Sleep(f, 0) == Suspended {
			f.State = 1
			return Suspended
		}
		goto await1
	}
	f.Value = f.n
	return Done
await1:
	if x.Err != nil {
		return x.Fail(f, 1)
	}
	f.i++
	goto loop
}

// ident does not suspend.
type ident struct {
	Frame[int]
	v int
}

func (f *ident) Info() *FuncInfo { return &benchInfo }
func (f *ident) begin(v int)     { f.State = Start; f.v = v }
func (f *ident) Resume(*Exec) Status {
	f.Value = f.v
	return Done
}

// calls awaits ident n times.
type calls struct {
	Frame[int]
	n     int
	ident ident
}

func (f *calls) Info() *FuncInfo { return &benchInfo }
func (f *calls) Resume(x *Exec) Status {
	for i := range f.n {
		f.ident.begin(i)
		if f.ident.Resume(x) == Suspended {
			f.State = 1
			return Link(&f.ident, f)
		}
		if x.Err != nil {
			return x.Fail(f, 1)
		}
		f.Value += f.ident.Value
	}
	return Done
}

// deep is a recursive function: at depth 0 it yields n times.
type deep struct {
	Frame[int]
	depth, n int
	await1   Coro[int]
}

func (f *deep) Info() *FuncInfo { return &benchInfo }
func (f *deep) Resume(x *Exec) Status {
	if f.State == 1 {
		goto await1
	}
	if f.depth == 0 {
		f.await1 = &yields{n: f.n}
	} else {
		f.await1 = &deep{depth: f.depth - 1, n: f.n}
	}
	if Begin(x, f, Awaitable[int](f.await1)) == Suspended {
		f.State = 1
		return Suspended
	}
await1:
	if x.Err != nil {
		return x.Fail(f, 1)
	}
	f.Value = Value(Awaitable[int](f.await1))
	return Done
}

// spawns makes n tasks that end at once, one after the other, and awaits each.
type spawns struct {
	Frame[int]
	i, n   int
	await1 *Task[int]
}

func (f *spawns) Info() *FuncInfo { return &benchInfo }
func (f *spawns) Resume(x *Exec) Status {
	if f.State == 1 {
		goto await1
	}
	f.i = 0
loop:
	if f.i < f.n {
		f.await1 = CreateTaskIn(x, Coro[int](&ident{v: 1}))
		if Begin(x, f, Awaitable[int](f.await1)) == Suspended {
			f.State = 1
			return Suspended
		}
		goto await1
	}
	return Done
await1:
	if x.Err != nil {
		return x.Fail(f, 1)
	}
	f.i++
	goto loop
}

func benchRun(b *testing.B, c Coro[int]) {
	b.Helper()
	b.ReportAllocs()
	if _, err := Run(c); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkResume(b *testing.B) {
	b.Run("task", func(b *testing.B) { benchRun(b, &yields{n: b.N}) })
	b.Run("goroutine", func(b *testing.B) {
		ping, pong := make(chan struct{}), make(chan struct{})
		go func() {
			for range ping {
				pong <- struct{}{}
			}
			close(pong)
		}()
		b.ResetTimer()
		for range b.N {
			ping <- struct{}{}
			<-pong
		}
		close(ping)
	})
	b.Run("Gosched", func(b *testing.B) {
		for range b.N {
			runtime.Gosched()
		}
	})
	b.Run("iter.Pull", func(b *testing.B) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for i := 0; yield(i); i++ {
			}
		})
		defer stop()
		b.ResetTimer()
		for range b.N {
			next()
		}
	})
}

func BenchmarkAwaitReady(b *testing.B) {
	b.Run("known", func(b *testing.B) { benchRun(b, &calls{n: b.N}) })
	b.Run("goroutine", func(b *testing.B) {
		for range b.N {
			c := make(chan int, 1)
			go func() { c <- 1 }()
			<-c
		}
	})
}

func BenchmarkDepth(b *testing.B) {
	for _, depth := range []int{1, 10, 100} {
		b.Run("task"+map[int]string{1: "1", 10: "10", 100: "100"}[depth], func(b *testing.B) {
			benchRun(b, &deep{depth: depth, n: b.N})
		})
	}
}

func BenchmarkSpawn(b *testing.B) {
	b.Run("task", func(b *testing.B) { benchRun(b, &spawns{n: b.N}) })
	b.Run("goroutine", func(b *testing.B) {
		b.ReportAllocs()
		done := make(chan struct{})
		for range b.N {
			go func() { done <- struct{}{} }()
			<-done
		}
	})
}

// napping is a task that sleeps: for { rt.Await(rt.Sleep(d)) }.
type napping struct {
	Frame[None]
	d time.Duration
}

func (f *napping) Info() *FuncInfo { return &benchInfo }
func (f *napping) Resume(x *Exec) Status {
	if f.State == 1 {
		if x.Err != nil {
			return x.Fail(f, 1)
		}
		return Done
	}
	f.State = 1
	return x.Sleep(f, f.d)
}

// BenchmarkMillion is the memory of 1,000,000 sleeping tasks.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	b.Run("task", func(b *testing.B) {
		for range b.N {
			before := used()
			l := newLoop([]Option{WithClock(NewVirtualClock())})
			for i := range n {
				CreateTaskOn(l, Coro[None](&napping{d: time.Second + time.Duration(i)*time.Microsecond}))
			}
			main := plainTask(l)
			if err := l.runMain(&main.node, 0); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(used()-before)/n, "B/task")
			l.main, l.stopping = nil, false
			if err := l.runUntilStopped(func() bool { return l.tasks.live == 0 }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("goroutine", func(b *testing.B) {
		for range b.N {
			before := used()
			stop := make(chan struct{})
			for range n {
				go func() { <-stop }()
			}
			for range 20 {
				runtime.Gosched()
			}
			b.ReportMetric(float64(used()-before)/n, "B/task")
			close(stop)
			for runtime.NumGoroutine() > 10 {
				runtime.Gosched()
			}
		}
	})
}

func plainTask(l *Loop) *Task[int] {
	return CreateTaskOn(l, Coro[int](&ident{v: 1}))
}
