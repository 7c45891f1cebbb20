package rt

import (
	"testing"
	"time"
)

// The expectations of this file are what CPython 3.13 prints for the same program on a virtual
// clock.

func TestReadyQueueMixesTasksAndCallbacks(t *testing.T) {
	l, tr := virtual(t)
	var fu *Future[int]
	waits := func(name string) *fn {
		return awaits(name, func(*Exec) Awaitable[int] { return fu }, func(*fn, *Exec) { tr.add("%s woken", name) })
	}
	_, err := RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			fu = NewFutureIn[int](x)
			fu.AddDoneCallback(func(*Future[int]) { tr.add("callback 1") })
			CreateTaskIn(x, Coro[int](waits("a")))
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			fu.AddDoneCallback(func(*Future[int]) { tr.add("callback 2") })
			CreateTaskIn(x, Coro[int](waits("b")))
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			l.CallSoon(func() { tr.add("soon 1") })
			fu.SetResult(1)
			l.CallSoon(func() { tr.add("soon 2") })
			tr.add("main yields")
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			tr.add("main goes on")
			return Begin(x, f, Awaitable[int](fu))
		},
		func(*fn, *Exec) Status { tr.add("main again"); return Done },
	))
	if err != nil {
		t.Fatal(err)
	}
	tr.want(t, "0 main yields", "0 soon 1", "0 callback 1", "0 a woken", "0 callback 2", "0 b woken",
		"0 soon 2", "0 main goes on", "0 main again")
}

// A sleep wakes its task through two passes of the queue, a timer's callback through one.
func TestEqualDeadlines(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			CreateTaskIn(x, Coro[int](sleeper(tr, "x", time.Second)))
			CreateTaskIn(x, Coro[int](sleeper(tr, "y", time.Second)))
			l.CallLater(time.Second, func() { tr.add("later") })
			CreateTaskIn(x, Coro[int](sleeper(tr, "z", time.Second)))
			return x.Sleep(f, time.Second)
		},
		func(f *fn, x *Exec) Status { tr.add("main"); return x.Sleep(f, 0) },
		func(f *fn, x *Exec) Status { tr.add("main 2"); return Done },
	))
	tr.want(t, "0 x begins", "0 y begins", "0 z begins", "1 later", "1 main", "1 x ends", "1 y ends",
		"1 z ends", "1 main 2")
}

// A Cancel after the timer's handle has run is too late for the sleep's future.
func TestCancelOfWokenSleep(t *testing.T) {
	l, tr := virtual(t)
	var a, b *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			a = CreateTaskIn(x, Coro[int](sleeper(tr, "x", time.Second)))
			b = CreateTaskIn(x, Coro[int](sleeper(tr, "y", time.Second)))
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			l.CallLater(time.Second, func() {
				tr.add("cancel %v", a.Cancel("late"))
				tr.add("cancel again %v", a.Cancel("later"))
			})
			CreateTaskIn(x, Coro[int](sleeper(tr, "z", time.Second)))
			return x.Sleep(f, 2*time.Second)
		},
		func(*fn, *Exec) Status {
			tr.add("x %v y %v %d", a.Canceled(), b.Canceled(), a.Canceling())
			return Done
		},
	))
	tr.want(t, "0 x begins", "0 y begins", "0 z begins", "1 cancel true", "1 cancel again true",
		"1 x canceled: later", "1 y ends", "1 z ends", "2 x true y false 2")
}

// Between the end of the timer and its handle's turn the wake-up takes the Cancel's place.
func TestCancelOfDueSleep(t *testing.T) {
	l, tr := virtual(t)
	var a, b *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			l.CallLater(time.Second, func() { tr.add("cancel %v %v", a.Cancel("early"), a) })
			a = CreateTaskIn(x, Coro[int](sleeper(tr, "x", time.Second)))
			b = CreateTaskIn(x, Coro[int](sleeper(tr, "y", time.Second)))
			return x.Sleep(f, 2*time.Second)
		},
		func(*fn, *Exec) Status {
			tr.add("x %v y %v %d", a.Canceled(), b.Canceled(), a.Canceling())
			return Done
		},
	))
	tr.want(t, "0 x begins", "0 y begins",
		"1 cancel true <Task cancelling name='Task-2' coro=<x() running at test.go:11> wait_for=<Future cancelled>>",
		"1 x canceled: early", "1 y ends", "2 x true y false 1")
}

// A cancellation goes down to what is waited for, and up again one turn for each task; the second
// reader of a canceled task gets an error of its own, without the message.
func TestCancelThroughTasks(t *testing.T) {
	l, tr := virtual(t)
	var fu *Future[int]
	var i, o, p *Task[int]
	says := func(name string) func(*fn, *Exec) {
		return func(_ *fn, x *Exec) { tr.add("%s %s", name, CancelMessage(x.Err)) }
	}
	state := func(f *fn, x *Exec) Status {
		tr.add("%v %v %v", i.Done(), o.Done(), p.Done())
		return x.Sleep(f, 0)
	}
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			fu = NewFutureIn[int](x)
			i = CreateTaskIn(x, Coro[int](awaits("i", func(*Exec) Awaitable[int] { return fu }, says("inner"))))
			o = CreateTaskIn(x, Coro[int](awaits("o", func(*Exec) Awaitable[int] { return i }, says("outer"))))
			p = CreateTaskIn(x, Coro[int](awaits("p", func(*Exec) Awaitable[int] { return i }, says("outer"))))
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
		func(f *fn, x *Exec) Status {
			o.Cancel("why")
			tr.add("%v %v %v", fu.Canceled(), i.Done(), o.Done())
			return x.Sleep(f, 0)
		},
		state, state,
	))
	tr.want(t, "0 true false false", "0 inner why", "0 true false false", "0 outer why", "0 outer ",
		"0 true true true")
}

func TestCancelBeforeTheFirstStep(t *testing.T) {
	l, tr := virtual(t)
	var never, self *Task[int]
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			never = CreateTaskIn(x, Coro[int](sleeper(tr, "never", 1)))
			never.Cancel("x")
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			tr.add("%v", never.Canceled())
			self = CreateTaskIn(x, Coro[int](plain("self", func(x *Exec) {
				x.CurrentTask().Cancel("self")
				tr.add("still here")
			})))
			return x.Sleep(f, 0)
		},
		func(*fn, *Exec) Status { tr.add("%v", self.Canceled()); return Done },
	))
	tr.want(t, "0 true", "0 still here", "0 true")
}

func TestUncancel(t *testing.T) {
	l, tr := virtual(t)
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status {
			w := CreateTaskIn(x, Coro[int](coro("w", func(f *fn, x *Exec) Status {
				me := x.CurrentTask()
				switch f.State {
				case 0:
					f.State = 1
					return x.Sleep(f, 10*time.Second)
				case 1:
					x.take()
					tr.add("swallowed %d %d", me.Canceling(), me.Uncancel())
					me.Cancel()
					me.Uncancel()
					f.State = 2
					return x.Sleep(f, time.Second)
				}
				tr.add("alive %v", x.Err)
				f.Value = 7
				return Done
			})))
			f.aw = w
			return x.Sleep(f, 0)
		},
		func(f *fn, x *Exec) Status {
			f.aw.(*Task[int]).Cancel()
			return Begin(x, f, f.aw)
		},
		func(f *fn, _ *Exec) Status { tr.add("%d", Value(f.aw)); return Done },
	))
	tr.want(t, "0 swallowed 1 0", "1 alive <nil>", "1 7")
}

// Run in its two ways: asyncio.run cancels what is left in order of creation, after main's last turn.
func TestEndOfRun(t *testing.T) {
	program := func(tr *trace) Coro[int] {
		return seq("main", func(f *fn, x *Exec) Status {
			tr.l = x.Loop()
			for i, name := range []string{"long", "short", "middle"} {
				CreateTaskIn(x, Coro[int](sleeper(tr, name, time.Duration([]int{3, 1, 2}[i])*time.Second)))
			}
			return x.Sleep(f, 0)
		})
	}
	var tr trace
	if _, err := Run(program(&tr), WithClock(NewVirtualClock())); err != nil {
		t.Error(err)
	}
	tr.want(t, "0 long begins", "0 short begins", "0 middle begins", "1 short ends", "2 middle ends", "3 long ends")
	tr = trace{}
	if _, err := Run(program(&tr), WithClock(NewVirtualClock()), CancelPending()); err != nil {
		t.Error(err)
	}
	tr.want(t, "0 long begins", "0 short begins", "0 middle begins", "0 long canceled", "0 short canceled", "0 middle canceled")
}
