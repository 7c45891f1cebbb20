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

func ExampleLoop_CallAt() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	noon := 12 * time.Hour
	timer := loop.CallAt(noon, func() { fmt.Println("noon") })
	loop.CallAt(noon, func() { fmt.Println("calls of one moment keep their order") })
	fmt.Println(timer.When())
	rt.RunOn(loop, rt.Sleep(24*time.Hour))
	// Output:
	// 12h0m0s
	// noon
	// calls of one moment keep their order
}

// lookUp is an API of the kind that calls back, on a goroutine of its own.
func lookUp(name string, found func(address string)) {
	go found(name + ".example")
}

// A Future bridges an API that calls back: a task can wait for it, and the callback hands the result over to
// the loop's goroutine.
func ExampleNewFutureOn() {
	loop := rt.NewLoop()
	defer loop.Close()
	address := rt.NewFutureOn[string](loop)
	lookUp("gopher", func(found string) {
		loop.CallSoonThreadsafe(func() { address.SetResult(found) })
	})
	fmt.Println(rt.RunOn(loop, rt.WaitFor(address, time.Minute)))
	// Output: gopher.example <nil>
}

func ExampleFuture_AddDoneCallback() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	future := rt.NewFutureOn[int](loop)
	future.AddDoneCallback(func(f *rt.Future[int]) { fmt.Println("one:", f) })
	remove := future.AddDoneCallback(func(f *rt.Future[int]) { fmt.Println("two:", f) })
	remove()
	fmt.Println(future.SetResult(4), future.SetResult(5))
	rt.RunOn(loop, rt.Sleep(0))
	// Output:
	// <nil> invalid state
	// one: <Future finished result=4>
}

// Requests to cancel are counted, and who has made one can take it back: timeouts and groups find out in that
// way whether a cancellation is theirs.
func ExampleTask_Uncancel() {
	loop := rt.NewLoop()
	defer loop.Close()
	task := rt.CreateTaskOn(loop, rt.Return(7))
	task.Cancel()
	task.Cancel()
	fmt.Println(task.Canceling(), task.Uncancel(), task.Uncancel())
	rt.RunOn(loop, rt.Sleep(0))
	fmt.Println(task.Result()) // it was not too late: the task had not had its turn
	// Output:
	// 2 1 0
	// 7 <nil>
}

// An eager task runs up to its first suspension inside of CreateTask. Without a running loop it waits for its
// turn as others do, so this happens in a callback.
func ExampleEagerStart() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	loop.CallSoon(func() {
		fmt.Println(rt.CreateTaskOn(loop, rt.Return(1)).Done())
		fmt.Println(rt.CreateTaskOn(loop, rt.Return(1), rt.EagerStart()).Done())
	})
	rt.RunOn(loop, rt.Sleep(time.Second))
	// Output:
	// false
	// true
}

func ExampleSubmit() {
	loop := rt.NewLoop()
	defer loop.Close()
	fmt.Println(rt.RunOn(loop, rt.ToThread(func() (int, error) { // on another goroutine
		return rt.Submit(loop, rt.Return(7)).Wait(context.Background())
	})))
	// Output: 7 <nil>
}

// The other goroutine may ask for the end, too.
func ExampleSubmitted_Cancel() {
	loop := rt.NewLoop()
	defer loop.Close()
	fmt.Println(rt.RunOn(loop, rt.ToThread(func() (rt.None, error) { // on another goroutine
		nap := rt.Submit(loop, rt.Sleep(time.Hour))
		nap.Cancel("the user is impatient")
		return nap.Wait(context.Background())
	})))
	// Output: {} canceled: the user is impatient
}
