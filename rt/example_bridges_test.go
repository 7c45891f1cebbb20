package rt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

func ExampleToThread() {
	_, err := rt.Run(rt.ToThread(func() ([]byte, error) { return os.ReadFile("no such file") }))
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

func ExampleToThreadErr() {
	_, err := rt.Run(rt.ToThreadErr(func() error { return os.Remove("no such file") }))
	fmt.Println(errors.Is(err, os.ErrNotExist))
	// Output: true
}

func ExampleToThreadValue() {
	fmt.Println(rt.Run(rt.ToThreadValue(func() int { return 6 * 7 })))
	// Output: 42 <nil>
}

func ExampleToThreadFunc() {
	var group sync.WaitGroup
	group.Go(func() { fmt.Println("working") })
	_, err := rt.Run(rt.ToThreadFunc(group.Wait))
	fmt.Println(err)
	// Output:
	// working
	// <nil>
}

// A timeout ends the context of the function. What it has read until then comes beside the error.
func ExampleBlocking() {
	download := func(ctx context.Context) (string, error) {
		<-ctx.Done() // as a slow server makes it wait
		return "the first half", ctx.Err()
	}
	page, err := rt.Run(rt.WaitFor(rt.Blocking(download), time.Millisecond))
	fmt.Println(page, "/", err)
	// Output: the first half / timeout
}

func ExampleRecv() {
	ch := make(chan int)
	go func() { ch <- 42 }()
	fmt.Println(rt.Run(rt.Recv(ch)))
	// Output: 42 <nil>
}

func ExampleRecvOK() {
	ch := make(chan int)
	close(ch)
	item, _ := rt.Run(rt.RecvOK(ch))
	fmt.Println(item.Value, item.OK)
	// Output: 0 false
}

func ExampleSend() {
	ch, sum := make(chan int), make(chan int)
	go func() { sum <- 1 + <-ch }()
	rt.Run(rt.Send(ch, 41))
	fmt.Println(<-sum)
	// Output: 42
}

func ExampleWithContext() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := rt.Run(rt.Sleep(time.Hour), rt.WithContext(ctx))
	fmt.Println(errors.Is(err, rt.ErrCanceled))
	// Output: true
}

func ExampleLoop_Dump() {
	loop := virtualLoop()
	defer loop.Close()
	rt.CreateTaskOn(loop, rt.Sleep(time.Minute), rt.Name("nap"))
	rt.RunOn(loop, rt.Sleep(time.Second))
	loop.Dump(os.Stdout)
	// Output:
	// nap
	// └── Sleep
	//     └── sleeps, 59s left
}

func ExampleLoop_Pending() {
	loop := virtualLoop()
	defer loop.Close()
	rt.CreateTaskOn(loop, rt.Sleep(time.Minute))
	rt.RunOn(loop, rt.Sleep(time.Second))
	fmt.Printf("%+v\n", loop.Pending())
	// Output: {Tasks:1 Timers:1 Ready:0}
}

func ExampleLoop_SetExceptionHandler() {
	loop := virtualLoop()
	loop.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) { fmt.Println(c.Message, "|", c.Err) })
	rt.CreateTaskOn(loop, rt.Fail[int](errors.New("disk full")))
	rt.RunOn(loop, rt.Sleep(time.Second))
	loop.Close()
	// Output: Task exception was never retrieved | disk full
}

func ExampleTask_Cancel() {
	loop := virtualLoop()
	defer loop.Close()
	task := rt.CreateTaskOn(loop, rt.Sleep(time.Hour))
	loop.CallLater(time.Second, func() { task.Cancel("enough") })
	_, err := rt.RunOn(loop, rt.Wait(rt.AllCompleted, rt.NoTimeout, task))
	fmt.Println(task.Canceled(), rt.CancelMessage(task.Err()), err)
	// Output: true enough <nil>
}
