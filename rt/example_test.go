package rt_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

func ExampleRun() {
	v, err := rt.Run(rt.ToThread(func() (string, error) { return "read", nil }))
	fmt.Println(v, err)
	_, err = rt.Run(rt.Fail[int](errors.New("boom")))
	fmt.Println(err)
	// Output:
	// read <nil>
	// boom
}

func ExampleNewVirtualClock() {
	clock := rt.NewVirtualClock()
	rt.Run(rt.Sleep(time.Hour), rt.WithClock(clock)) // takes no time
	fmt.Println(clock.Now())
	// Output: 1h0m0s
}

func ExampleRunOn() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	task := rt.CreateTaskOn(loop, rt.Sleep(2*time.Second), rt.Name("nap"))
	rt.RunOn(loop, rt.Sleep(time.Second))
	fmt.Println(task.Name(), task.Done())
	rt.RunOn(loop, rt.Sleep(time.Second))
	rt.RunOn(loop, rt.Sleep(0))
	fmt.Println(task.Name(), task.Done())
	// Output:
	// nap false
	// nap true
}

func ExampleLoop_CallLater() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	loop.CallLater(2*time.Second, func() { fmt.Println("second at", loop.Time()) })
	loop.CallLater(time.Second, func() { fmt.Println("first at", loop.Time()) })
	loop.CallLater(time.Second, func() { fmt.Println("never") }).Cancel()
	rt.RunOn(loop, rt.Sleep(time.Minute))
	// Output:
	// first at 1s
	// second at 2s
}

func ExampleNewFutureOn() {
	loop := rt.NewLoop()
	defer loop.Close()
	answer := rt.NewFutureOn[int](loop)
	answer.AddDoneCallback(func(f *rt.Future[int]) { fmt.Println(f.Result()) })
	rt.RunOn(loop, rt.ToThread(func() (rt.None, error) { // some API calls back on its goroutine
		loop.CallSoonThreadsafe(func() { answer.SetResult(42) })
		return rt.None{}, nil
	}))
	// Output: 42 <nil>
}

func ExampleSubmit() {
	loop := rt.NewLoop()
	defer loop.Close()
	fmt.Println(rt.RunOn(loop, rt.ToThread(func() (int, error) { // on another goroutine
		return rt.Submit(loop, rt.Return(7)).Wait(context.Background())
	})))
	// Output: 7 <nil>
}
