package rt

import (
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
)

// below calls f below n ordinary functions.
func below(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	below(n-1, f)
}

// said is what f panics with, as text.
func said(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

// TestOrdinaryFunctionsFindTheirLoop calls them in each place on the loop's goroutine where user code may be.
func TestOrdinaryFunctionsFindTheirLoop(t *testing.T) {
	for _, debug := range []bool{false, true} {
		var opts []Option
		if debug {
			opts = append(opts, Debug())
		}
		l := NewLoop(opts...)
		found := map[string]*Loop{}
		note := func(where string) { found[where] = RunningLoop() }
		var made *Task[int]
		main := coro("main", func(f *fn, x *Exec) Status {
			if f.State == Start {
				note("in a step")
				below(5000, func() { note("far down") })
				l.CallSoon(func() { note("in a callback"); l.CallSoon(func() { note("in a callback of a callback") }) })
				func() {
					defer func() { _ = recover(); note("after a panic") }()
					panic("of nobody's concern")
				}()
				var d Defers
				it := RangeFunc1(&d, func(yield func(int) bool) {
					note("in an iterator beside a frame")
					made = CreateTask(Return(7))
					yield(1)
				})
				for it.Next() {
				}
				NewFuture[int]().AddDoneCallback(func(*Future[int]) {})
				if CurrentTask() != x.CurrentTask() || len(AllTasks()) != 2 || Context() != x.Context() {
					t.Error("CurrentTask, AllTasks and Context are not those of the running task")
				}
				f.State = 1
				return x.Sleep(f, 1)
			}
			return Done
		})
		if _, err := RunOn(l, Coro[int](main)); err != nil {
			t.Fatal(err)
		}
		for where, got := range found {
			if got != l {
				t.Errorf("debug %v: %s it is another loop", debug, where)
			}
		}
		if len(found) != 6 {
			t.Errorf("debug %v: looked from %d places: %v", debug, len(found), found)
		}
		if v, err := made.Result(); v != 7 || err != nil {
			t.Errorf("the task of the iterator ended with %v, %v", v, err)
		}
		l.Close()
		if got := said(func() { RunningLoop() }); !strings.HasPrefix(got, "rt.RunningLoop was called outside an async function") {
			t.Errorf("after the run: %s", got)
		}
	}
}

// TestOtherGoroutinesGetNoLoop: not even those that a task has started, nor coroutines of iter.Pull.
func TestOtherGoroutinesGetNoLoop(t *testing.T) {
	const want = "rt.CreateTask was called on a goroutine that runs no loop: from another goroutine write rt.Submit(loop, …)"
	spawn := func() { CreateTask(Return(1)) }
	l := NewLoop()
	RunOn(l, plain("main", func(*Exec) {
		var texts []string
		var wg sync.WaitGroup
		wg.Go(func() { texts = append(texts, said(spawn)) })
		wg.Wait()
		next, stop := iter.Pull(func(func(int) bool) { texts = append(texts, said(spawn)) })
		next()
		stop()
		for _, text := range texts {
			if !strings.HasPrefix(text, want) {
				t.Errorf("%s\nwant %s", text, want)
			}
		}
		if len(texts) != 2 || len(l.AllTasks()) != 1 {
			t.Errorf("%d panics, %d tasks", len(texts), len(l.AllTasks()))
		}
	}))
	l.Close()
}

// TestEachLoopFindsItself: with several loops at once each goroutine gets its own.
func TestEachLoopFindsItself(t *testing.T) {
	const loops = 4
	var inside, asked, over sync.WaitGroup
	inside.Add(loops)
	asked.Add(loops)
	for range loops {
		over.Go(func() {
			l := NewLoop()
			defer l.Close()
			RunOn(l, plain("main", func(*Exec) {
				inside.Done()
				inside.Wait() // all of them run now
				if RunningLoop() != l {
					t.Error("it is another loop")
				}
				var d Defers
				RangeFunc1(&d, func(func(int) bool) {
					if got := said(func() { RunningLoop() }); !strings.Contains(got, "runs no loop") {
						t.Errorf("an iterator beside a frame, which cannot know: %s", got)
					}
				}).Next()
				asked.Done()
				asked.Wait()
			}))
		})
	}
	over.Wait()
}

// BenchmarkHere is what an ordinary function pays for the running loop, by the depth of the stack.
func BenchmarkHere(b *testing.B) {
	for _, depth := range []int{0, 10, 100} {
		b.Run(fmt.Sprint(depth), func(b *testing.B) {
			Run(plain("main", func(*Exec) {
				below(depth, func() {
					for b.Loop() {
						loopHere()
					}
				})
			}))
		})
	}
}
