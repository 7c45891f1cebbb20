package rt_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// virtualLoop makes a loop on a clock that jumps.
func virtualLoop() *rt.Loop { return rt.NewLoop(rt.WithClock(rt.NewVirtualClock())) }

func ExampleHolding() {
	loop := virtualLoop()
	defer loop.Close()
	var lock rt.Lock
	use := func(name string) rt.Coro[rt.None] {
		return rt.Holding(&lock, func() rt.Coro[rt.None] {
			fmt.Println(name, "has the lock at", loop.Time())
			return rt.Sleep(time.Second)
		})
	}
	rt.CreateTaskOn(loop, use("a"))
	rt.CreateTaskOn(loop, use("b"))
	rt.RunOn(loop, use("c"))
	fmt.Println(lock.Locked())
	// Output:
	// a has the lock at 0s
	// b has the lock at 1s
	// c has the lock at 2s
	// false
}

func ExampleEvent() {
	loop := virtualLoop()
	defer loop.Close()
	var ready rt.Event
	loop.CallLater(time.Second, ready.Set)
	rt.RunOn(loop, ready.Wait())
	fmt.Println(ready.IsSet(), loop.Time())
	// Output: true 1s
}

func ExampleCondition_WaitFor() {
	loop := virtualLoop()
	defer loop.Close()
	stock := 0
	changed := rt.NewCondition(nil)
	rt.CreateTaskOn(loop, rt.Holding(changed, func() rt.Coro[rt.None] {
		stock = 3
		changed.NotifyAll()
		return nil
	}))
	rt.RunOn(loop, rt.Holding(changed, func() rt.Coro[rt.None] {
		return changed.WaitFor(func() bool { return stock > 0 })
	}))
	fmt.Println(stock)
	// Output: 3
}

func ExampleSemaphore() {
	loop := virtualLoop()
	defer loop.Close()
	places := rt.NewSemaphore(2)
	for i := range 4 {
		rt.CreateTaskOn(loop, rt.Holding(places, func() rt.Coro[rt.None] {
			fmt.Println(i, "at", loop.Time())
			return rt.Sleep(time.Second)
		}))
	}
	rt.RunOn(loop, rt.Sleep(time.Minute))
	// Output:
	// 0 at 0s
	// 1 at 0s
	// 2 at 1s
	// 3 at 1s
}

func ExampleBoundedSemaphore() {
	loop := virtualLoop()
	defer loop.Close()
	places := rt.NewBoundedSemaphore(2)
	rt.RunOn(loop, places.Acquire())
	fmt.Println(places)
	places.Release()
	fmt.Println(places)
	defer func() { fmt.Println(recover()) }()
	places.Release() // once more than Acquire
	// Output:
	// <BoundedSemaphore [unlocked, value:1]>
	// <BoundedSemaphore [unlocked, value:2]>
	// rt: BoundedSemaphore.Release was called too often
}

func ExampleBarrier() {
	loop := virtualLoop()
	defer loop.Close()
	barrier := rt.NewBarrier(2)
	first := rt.CreateTaskOn(loop, barrier.Wait())
	last, _ := rt.RunOn(loop, barrier.Wait())
	rt.RunOn(loop, rt.Sleep(0))
	v, _ := first.Result()
	fmt.Println("numbers", v, "and", last)
	// Output: numbers 0 and 1
}

func ExampleQueue() {
	loop := virtualLoop()
	defer loop.Close()
	queue := rt.NewQueue[string](1)
	loop.CallLater(time.Second, func() {
		fmt.Println(queue.PutNowait("a letter"))
		fmt.Println(queue.PutNowait("a parcel"))
	})
	fmt.Println(rt.RunOn(loop, queue.Get()))
	queue.Shutdown(false)
	fmt.Println(rt.RunOn(loop, queue.Get()))
	// Output:
	// <nil>
	// queue is full
	// a letter <nil>
	//  queue was shut down
}

func ExampleNewPriorityQueue() {
	queue := rt.NewPriorityQueue(0, func(a, b int) bool { return a < b })
	for _, v := range []int{3, 1, 2} {
		queue.PutNowait(v)
	}
	for !queue.Empty() {
		v, _ := queue.GetNowait()
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
	// 3
}

func ExampleNewLifoQueue() {
	queue := rt.NewLifoQueue[string](2)
	for _, v := range []string{"first", "second", "third"} {
		if err := queue.PutNowait(v); err != nil {
			fmt.Println(v, err)
		}
	}
	fmt.Println(queue)
	fmt.Println(queue.GetNowait())
	// Output:
	// third queue is full
	// <LifoQueue maxsize=2 _queue=['first', 'second'] tasks=2>
	// second <nil>
}

func ExampleQueue_Join() {
	loop := virtualLoop()
	defer loop.Close()
	jobs := rt.NewQueue[string](0)
	jobs.PutNowait("write")
	jobs.PutNowait("test")
	loop.CallLater(time.Second, func() { fmt.Println(jobs.GetNowait()); jobs.TaskDone() })
	loop.CallLater(time.Minute, func() { fmt.Println(jobs.GetNowait()); jobs.TaskDone() })
	rt.RunOn(loop, jobs.Join())
	fmt.Println("all done after", loop.Time())
	// Output:
	// write <nil>
	// test <nil>
	// all done after 1m0s
}

// What is in a queue that is shut down can still be taken out, and then everybody hears that it is over.
func ExampleQueue_Shutdown() {
	loop := virtualLoop()
	defer loop.Close()
	jobs := rt.NewQueue[string](0)
	jobs.PutNowait("the last one")
	jobs.Shutdown(false)
	fmt.Println(jobs.PutNowait("too late"))
	fmt.Println(rt.RunOn(loop, jobs.Get()))
	_, err := rt.RunOn(loop, jobs.Get())
	fmt.Println(errors.Is(err, rt.ErrQueueShutDown))
	// Output:
	// queue was shut down
	// the last one <nil>
	// true
}

// Abort sends away those who wait, and all who come until Reset.
func ExampleBarrier_Abort() {
	loop := virtualLoop()
	defer loop.Close()
	barrier := rt.NewBarrier(3)
	waiting := rt.CreateTaskOn(loop, barrier.Wait())
	rt.RunOn(loop, rt.Sleep(0))
	fmt.Println(barrier)
	rt.RunOn(loop, barrier.Abort())
	fmt.Println(barrier)
	rt.RunOn(loop, rt.Wait(rt.AllCompleted, rt.NoTimeout, waiting))
	fmt.Println(errors.Is(waiting.Err(), rt.ErrBrokenBarrier))
	rt.RunOn(loop, barrier.Reset())
	fmt.Println(barrier)
	// Output:
	// <Barrier [filling, waiters:1/3]>
	// <Barrier [broken]>
	// true
	// <Barrier [filling, waiters:0/3]>
}

func ExampleCondition_Notify() {
	loop := virtualLoop()
	defer loop.Close()
	changed := rt.NewCondition(nil)
	for _, name := range []string{"a", "b", "c"} {
		task := rt.CreateTaskOn(loop, rt.Holding(changed, changed.Wait))
		task.AddDoneCallback(func(*rt.Task[rt.None]) { fmt.Println(name, "goes on at", loop.Time()) })
	}
	notify := func(n int) rt.Coro[rt.None] {
		return rt.Holding(changed, func() rt.Coro[rt.None] {
			changed.Notify(n)
			return nil
		})
	}
	loop.CallLater(time.Second, func() { rt.CreateTaskOn(loop, notify(1)) })
	loop.CallLater(time.Minute, func() { rt.CreateTaskOn(loop, notify(2)) })
	rt.RunOn(loop, rt.Sleep(time.Hour))
	// Output:
	// a goes on at 1s
	// b goes on at 1m0s
	// c goes on at 1m0s
}

func ExampleVar() {
	loop := virtualLoop()
	defer loop.Close()
	user := rt.NewVar("user", "nobody")
	user.SetOn(loop, "ann")
	loop.CallSoon(func() {
		fmt.Println("callback:", user.GetOn(loop))
		user.SetOn(loop, "bob") // in the callback's own copy
	})
	user.SetOn(loop, "eve") // too late for the callback
	rt.RunOn(loop, rt.Sleep(0))
	fmt.Println("after it:", user.GetOn(loop))
	// Output:
	// callback: ann
	// after it: eve
}
