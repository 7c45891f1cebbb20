package rt_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// What a select statement with a time.After is: an item, or an hour.
func ExampleSelect() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	mails := rt.NewQueue[string](0)
	for range 2 {
		got, err := rt.RunOn(loop, rt.Select(rt.Any(mails.Get()), rt.Any(rt.Sleep(time.Hour))))
		fmt.Println(got.Index, got.Value, loop.Time(), err)
		mails.PutNowait("hello")
	}
	// Output:
	// 1 {} 1h0m0s <nil>
	// 0 hello 1h0m0s <nil>
}

// In async code it is `for at := range rt.AwaitEach(rt.Every(time.Minute))`.
func ExampleEvery() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	ticks := rt.Every(time.Minute)
	for range 3 {
		tick, err := rt.RunOn(loop, rt.Next(ticks))
		fmt.Println(tick.Value, loop.Time(), err)
	}
	// Output:
	// 0s 0s <nil>
	// 1m0s 1m0s <nil>
	// 2m0s 2m0s <nil>
}

// In async code it is `for v := range rt.AwaitEach(q.Items())`.
func ExampleQueue_Items() {
	q := rt.NewQueue[string](0)
	q.PutNowait("a")
	q.PutNowait("b")
	q.Shutdown(false)
	for v := range rt.All(q.Items()) {
		fmt.Println(v)
	}
	// Output:
	// a
	// b
}

// In async code it is `for v := range rt.AwaitEach(rt.Each(ch))`.
func ExampleEach() {
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	close(ch)
	for v := range rt.All(rt.Each(ch)) {
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
}

func ExampleWithCancelScope() {
	var scope *rt.CancelScope
	v, err := rt.Run(rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[int] {
		scope = s
		rt.RunningLoop().CallLater(time.Minute, s.Cancel) // whoever has the scope may do this
		return rt.Recv(make(chan int))
	}), rt.WithClock(rt.NewVirtualClock()))
	fmt.Println(v, err, scope.CancelCaught())
	// Output: 0 <nil> true
}

// In async code the body is a function that awaits JoinNext in a loop.
func ExampleWithJoinSet() {
	first, err := rt.Run(rt.WithJoinSet(func(s *rt.JoinSet[rt.None]) rt.Coro[rt.Item[*rt.Task[rt.None]]] {
		s.Spawn(rt.Sleep(time.Hour), rt.Name("slow"))
		s.Spawn(rt.Sleep(time.Minute), rt.Name("fast"))
		return s.JoinNext()
	}), rt.WithClock(rt.NewVirtualClock()))
	fmt.Println(first.Value.Name(), err)
	// Output: fast <nil>
}

func ExampleRetry() {
	calls := 0
	v, err := rt.Run(rt.Retry(func() rt.Coro[int] {
		if calls++; calls < 3 {
			return rt.Fail[int](errors.New("busy"))
		}
		return rt.Return(calls)
	}), rt.WithClock(rt.NewVirtualClock()))
	fmt.Println(v, err)
	// Output: 3 <nil>
}

// In async code it is `for v := range rt.AwaitEach(rt.Merge(a, b))`.
func ExampleMerge() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	news := rt.NewQueue[time.Duration](0)
	loop.CallLater(90*time.Second, func() { news.PutNowait(7) })
	both := rt.Merge(rt.Every(time.Minute), news.Items())
	for range 4 {
		next, err := rt.RunOn(loop, rt.Next(both))
		fmt.Println(next.Value, loop.Time(), err)
	}
	// Output:
	// 0s 0s <nil>
	// 1m0s 1m0s <nil>
	// 7ns 1m30s <nil>
	// 2m0s 2m0s <nil>
}

// A timeout outside of the shield waits until the body has ended.
func ExampleCancelScope_SetShield() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	var saved rt.Event
	loop.CallLater(10*time.Second, saved.Set)
	_, err := rt.RunOn(loop, rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[rt.None] {
		return rt.WithCancelScope(func(s *rt.CancelScope) rt.Coro[rt.None] {
			s.SetShield(true)
			return saved.Wait()
		})
	}))
	fmt.Println(saved.IsSet(), loop.Time(), err)
	// Output: true 10s <nil>
}
