package rt

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// dumped is what Dump prints when everything has settled.
func dumped(l *Loop) string {
	RunOn(l, Sleep(time.Second))
	var b strings.Builder
	l.Dump(&b)
	return b.String()
}

func TestDump(t *testing.T) {
	l, tr := untidy(t)
	var lock Lock
	CreateTaskOn(l, Coro[int](awaits("main", func(x *Exec) Awaitable[int] {
		return awaits("inner", func(x *Exec) Awaitable[int] { return spawn(x, sleeper(tr, "f", 10*time.Second)) }, nil)
	}, nil)), Name("root"))
	CreateTaskOn(l, Holding(&lock, func() Coro[int] { return forever("holder") }), Name("holder"))
	CreateTaskOn(l, lock.Acquire(), Name("waiter"))
	CreateTaskOn(l, WithTaskGroup(func(tg *TaskGroup) Coro[int] {
		return plain("body", func(x *Exec) {
			GoIn(x, tg, Coro[int](forever("a")), Name("a"))
			GoIn(x, tg, Coro[int](forever("b")), Name("b"))
		})
	}), Name("group"))
	got := dumped(l)
	want := `root
└── main at test.go:11
    └── inner at test.go:11
        └── Task-2
            └── f at test.go:11
                └── sleeps, 9s left
holder
└── Holding
    └── holder at test.go:11
        └── a future
waiter
└── Lock.Acquire
group
└── WithTaskGroup
    ├── a
    │   └── a at test.go:11
    │       └── a future
    └── b
        └── b at test.go:11
            └── a future
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The tasks behind a Gather, Wait, Shield or AsCompleted stand under the task that waits for it.
func TestDumpThroughFutures(t *testing.T) {
	waits := map[string]func(x *Exec, f *fn, child *Task[int]) Status{
		"Gather": func(x *Exec, f *fn, child *Task[int]) Status {
			return Begin(x, f, Awaitable[[]int](GatherIn(x, Awaitable[int](child))))
		},
		"Shield": func(x *Exec, f *fn, child *Task[int]) Status {
			return Begin(x, f, Awaitable[int](ShieldIn(x, Awaitable[int](child))))
		},
		"Wait": func(x *Exec, f *fn, child *Task[int]) Status {
			return Begin(x, f, Awaitable[Waited[*Task[int]]](Wait(AllCompleted, NoTimeout, child)))
		},
		"AsCompleted": func(x *Exec, f *fn, child *Task[int]) Status {
			var each StreamLoop[Finished[int]]
			each.read(AsCompletedIn(x, Awaitable[int](child)))
			return each.Next(x, f)
		},
		"GatherOfShield": func(x *Exec, f *fn, child *Task[int]) Status {
			return Begin(x, f, Awaitable[[]int](GatherIn(x, Awaitable[int](ShieldIn(x, Awaitable[int](child))))))
		},
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			l, _ := untidy(t)
			CreateTaskOn(l, Coro[int](coro("main", func(f *fn, x *Exec) Status {
				if f.State != Start {
					return Done
				}
				f.State = 1
				return wait(x, f, CreateTaskIn(x, Coro[int](forever("child")), Name("child")))
			})), Name("main"))
			got := dumped(l)
			lines := strings.Split(got, "\n")
			if lines[0] != "main" || !strings.HasSuffix(got, "└── child\n"+indent(got, "child")+"└── child at test.go:11\n"+indent(got, "child")+"    └── a future\n") {
				t.Errorf("the child does not stand under main:\n%s", got)
			}
		})
	}
}

// indent is what stands before the lines under the one of a task.
func indent(text, task string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if before, ok := strings.CutSuffix(line, "└── "+task); ok {
			return before + "    "
		}
	}
	return ""
}

// Two tasks that wait for the same one.
func TestDumpShowsATreeOnce(t *testing.T) {
	l, _ := untidy(t)
	shared := CreateTaskOn(l, Coro[int](forever("shared")), Name("shared"))
	for range 2 {
		CreateTaskOn(l, Coro[int](awaits("f", func(*Exec) Awaitable[int] { return shared }, nil)))
	}
	got := dumped(l)
	if strings.Count(got, "shared at") != 1 || strings.Count(got, "shared (see above)") != 1 {
		t.Errorf("got\n%s", got)
	}
}

// rt.Dump on the loop's goroutine, and from another one while the loop runs.
func TestDumpOfRunningLoops(t *testing.T) {
	inside, outside := new(strings.Builder), new(strings.Builder)
	_, err := Run(Coro[int](seq("main",
		func(f *fn, x *Exec) Status {
			Dump(inside)
			return Begin(x, f, Awaitable[None](ToThread(func() (None, error) {
				Dump(outside)
				return None{}, nil
			})))
		})))
	if err != nil {
		t.Fatal(err)
	}
	if want := "Task-1 (running)\n└── main at test.go:11\n"; inside.String() != want {
		t.Errorf("inside\n%s", inside)
	}
	if want := "Task-1\n└── main at test.go:11\n    └── ToThread\n"; !strings.HasSuffix(outside.String(), want) {
		t.Errorf("outside\n%s", outside)
	}
}

func TestDumpOfABlockedLoop(t *testing.T) {
	var text strings.Builder
	answered := true
	_, err := Run(Coro[int](plain("main", func(x *Exec) {
		done := make(chan bool)
		go func() { done <- x.loop.dumpFromOutside(&text, time.Millisecond) }()
		answered = <-done
	})))
	if err != nil {
		t.Fatal(err)
	}
	if answered || !strings.Contains(text.String(), "has not answered") {
		t.Errorf("said %q", &text)
	}
}

// The text of n functions or tasks that await one another grows as n, not as its square, since it is no deeper than some.
func TestDumpOfWhatIsDeep(t *testing.T) {
	chainOfTasks := func(n int) Coro[int] {
		return coro("main", func(f *fn, x *Exec) Status {
			if f.State == 7 {
				return Done
			}
			f.State = 7
			task := CreateTaskIn(x, Coro[int](forever("innermost")))
			for range n {
				inner := task
				task = CreateTaskIn(x, Coro[int](awaits("outer", func(*Exec) Awaitable[int] { return inner }, nil)))
			}
			return BeginTask(x, f, task)
		})
	}
	for name, main := range map[string]func(n int) Coro[int]{
		"tasks": chainOfTasks,
		"functions": func(n int) Coro[int] {
			f := forever("innermost")
			for i := range n {
				inner := f
				f = awaits([]string{"even", "odd"}[i%2], func(*Exec) Awaitable[int] { return inner }, nil)
			}
			return f
		},
		"recursion": func(n int) Coro[int] {
			f := forever("innermost")
			for range n {
				inner := f
				f = awaits("outer", func(*Exec) Awaitable[int] { return inner }, nil)
			}
			return f
		},
	} {
		size := func(n int) int {
			_, err := Run(main(n), WithClock(NewVirtualClock()))
			if !errors.Is(err, ErrDeadlock) {
				t.Fatal(err)
			}
			return len(err.Error())
		}
		if small, large := size(200), size(2000); large > 12*small {
			t.Errorf("%s: %d bytes for 200, %d for 2000", name, small, large)
		}
	}
}
