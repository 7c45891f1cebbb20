package rt_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// Each error is found by errors.Is; cancellations and deadlocks have a type or text of their own.
func Example_errors() {
	loop := virtualLoop()
	defer loop.Close()

	queue := rt.NewQueue[int](1)
	_, err := queue.GetNowait()
	fmt.Println(errors.Is(err, rt.ErrQueueEmpty), err)
	queue.PutNowait(1)
	err = queue.PutNowait(2)
	fmt.Println(errors.Is(err, rt.ErrQueueFull), err)
	queue.Shutdown(true)
	_, err = rt.RunOn(loop, queue.Get())
	fmt.Println(errors.Is(err, rt.ErrQueueShutDown), err)

	future := rt.NewFutureOn[int](loop)
	_, err = future.Result()
	fmt.Println(errors.Is(err, rt.ErrInvalidState), err)

	_, err = rt.RunOn(loop, rt.WaitFor(rt.Sleep(time.Hour), time.Second))
	fmt.Println(errors.Is(err, rt.ErrTimeout), errors.Is(err, context.DeadlineExceeded), err)

	future.Cancel("not needed")
	_, err = future.Result()
	var canceled *rt.CanceledError
	fmt.Println(errors.Is(err, rt.ErrCanceled), errors.Is(err, context.Canceled), errors.As(err, &canceled), canceled.Msg)

	barrier := rt.NewBarrier(2)
	rt.RunOn(loop, barrier.Abort())
	_, err = rt.RunOn(loop, barrier.Wait())
	fmt.Println(errors.Is(err, rt.ErrBrokenBarrier), err)

	_, err = rt.RunOn(loop, rt.WithTaskGroup(func(*rt.TaskGroup) rt.Coro[int] { return rt.Fail[int](os.ErrNotExist) }))
	var group *rt.ErrorGroup
	fmt.Println(errors.Is(err, os.ErrNotExist), errors.As(err, &group), len(group.Errs))
	// Output:
	// true queue is empty
	// true queue is full
	// true queue was shut down
	// true invalid state
	// true true timeout
	// true true true not needed
	// true barrier is broken
	// true true 1
}

// Where asyncio would hang, Run gives an error that shows where each task waits.
func Example_deadlock() {
	var never rt.Event
	_, err := rt.Run(rt.WaitFor(never.Wait(), rt.NoTimeout))
	fmt.Println(errors.Is(err, rt.ErrDeadlock))
	fmt.Println(err)
	// Output:
	// true
	// deadlock: nothing is ready, no timer is set, no thread runs, and these tasks wait:
	// Task-1
	// └── WaitFor
	//     └── Event.Wait
}

func ExampleDump() {
	loop := virtualLoop()
	defer loop.Close()
	var lock rt.Lock
	hold := func() rt.Coro[rt.None] { return rt.Sleep(time.Hour) }
	first := rt.CreateTaskOn(loop, rt.Holding(&lock, hold), rt.Name("first"))
	rt.CreateTaskOn(loop, rt.Holding(&lock, hold), rt.Name("second"))
	rt.CreateTaskOn(loop, rt.WaitFor(first, 2*time.Hour), rt.Name("observer"))
	loop.CallLater(time.Minute, func() { rt.Dump(os.Stdout) })
	rt.RunOn(loop, rt.Sleep(2*time.Minute))
	// Output:
	// second
	// └── Holding
	//     └── Lock.Acquire
	// observer
	// └── WaitFor
	//     └── first
	//         └── Holding
	//             └── Sleep
	//                 └── sleeps, 59m0s left
	// Task-1
	// └── Sleep
	//     └── sleeps, 1m0s left
}

// Debug mode finds the await that was forgotten. Here the log shows neither the time nor where the
// coroutine was made.
func ExampleDebug() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "made" {
				return slog.Attr{}
			}
			return a
		},
	}))
	loop := rt.NewLoop(rt.Debug(), rt.WithLogger(log))
	rt.Sleep(time.Second)
	loop.Close()
	// Output: level=WARN msg="a coroutine was never awaited" coroutine=Sleep
}

func ExampleTask_String() {
	loop := virtualLoop()
	defer loop.Close()
	task := rt.CreateTaskOn(loop, rt.Return(strings.Repeat("very ", 3)+"long"), rt.Name("t"))
	fmt.Println(task)
	rt.RunOn(loop, rt.Sleep(0))
	fmt.Println(task)
	// Output:
	// <Task pending name='t' coro=<Return()>>
	// <Task finished name='t' coro=<Return()> result='very very very long'>
}
