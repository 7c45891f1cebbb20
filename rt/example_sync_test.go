package rt_test

import (
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
