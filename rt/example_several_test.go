package rt_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

func ExampleWait() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	short := rt.CreateTaskOn(loop, rt.Sleep(time.Minute), rt.Name("short"))
	long := rt.CreateTaskOn(loop, rt.Sleep(time.Hour), rt.Name("long"))
	w, err := rt.RunOn(loop, rt.Wait(rt.FirstCompleted, rt.NoTimeout, short, long))
	fmt.Println(w.Done[0].Name(), w.Pending[0].Name(), err)
	w, _ = rt.RunOn(loop, rt.Wait(rt.AllCompleted, time.Minute, short, long))
	fmt.Println(len(w.Done), len(w.Pending), loop.Time())
	// Output:
	// short long <nil>
	// 1 1 2m0s
}

func ExampleWaitFor() {
	clock := rt.WithClock(rt.NewVirtualClock())
	_, err := rt.Run(rt.WaitFor(rt.Sleep(time.Hour), time.Minute), clock)
	fmt.Println(err, errors.Is(err, rt.ErrTimeout), errors.Is(err, context.DeadlineExceeded))
	v, err := rt.Run(rt.WaitFor(rt.Return(7), time.Minute), clock)
	fmt.Println(v, err)
	// Output:
	// timeout true true
	// 7 <nil>
}

func ExampleWithTimeout() {
	var limit *rt.Deadline
	_, err := rt.Run(rt.WithTimeout(time.Minute, func(d *rt.Deadline) rt.Coro[rt.None] {
		limit = d
		d.Reschedule(d.When() + time.Minute)
		return rt.Sleep(time.Hour)
	}), rt.WithClock(rt.NewVirtualClock()))
	fmt.Println(err, limit.Expired(), limit.When())
	// Output: timeout true 2m0s
}

func ExampleWithDeadline() {
	noon := 12 * time.Hour
	_, err := rt.Run(rt.WithDeadline(noon, func(*rt.Deadline) rt.Coro[rt.None] {
		return rt.Sleep(24 * time.Hour)
	}), rt.WithClock(rt.NewVirtualClock()))
	fmt.Println(err)
	// Output: timeout
}

// The errors of a group come together, and errors.Is looks into all of them. In async code the body
// makes its tasks with rt.Go(tg, f()).
func ExampleWithTaskGroup() {
	errFull := errors.New("disk full")
	_, err := rt.Run(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[int] { return rt.Fail[int](errFull) }))
	var group *rt.ErrorGroup
	if errors.As(err, &group) {
		fmt.Println(len(group.Errs), errors.Is(err, errFull))
	}
	fmt.Println(err)
	// Output:
	// 1 true
	// unhandled errors in a TaskGroup (1): disk full
}
