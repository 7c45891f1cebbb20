//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// A panic of a task that others await ends the run, and is not reported a second time as the error of those; another error is.
func TestPanicOfAnAwaitedTaskIsReportedOnce(t *testing.T) {
	panics := func() rt.Coro[rt.None] {
		rt.Await(rt.Sleep(0))
		panic("boom")
	}
	fails := func() rt.Coro[rt.None] {
		defer rt.Await(rt.Fail[rt.None](errors.New("failed")))
		return rt.Sleep(second)
	}
	for name, main := range map[string]func() rt.Coro[rt.None]{
		"task":   func() rt.Coro[rt.None] { return rt.WaitFor(rt.CreateTask(panics()), second) },
		"gather": func() rt.Coro[rt.None] { rt.Await(rt.Gather(panics(), panics())); return nil },
		"group": func() rt.Coro[rt.None] {
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] { rt.Go(tg, panics()); return nil })
		},
		"group with an error": func() rt.Coro[rt.None] {
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] { rt.Go(tg, fails()); rt.Go(tg, panics()); return nil })
		},
	} {
		var reported []string
		l := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
		l.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { reported = append(reported, fmt.Sprint(c.Message)) })
		func() {
			defer l.Close()
			defer func() {
				var p *rt.PanicError
				if err, _ := recover().(error); !errors.As(err, &p) || p.Value != "boom" {
					t.Errorf("%s: the run ended with %v", name, err)
				}
			}()
			rt.RunOn(l, main())
		}()
		if want := map[bool]int{true: 1}[name == "group with an error"]; len(reported) != want {
			t.Errorf("%s: reported %q", name, reported)
		}
	}
}
