// Package starve has loops that keep the event loop for themselves, and good ones.
package starve

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func endless(ch chan int) rt.Coro[rt.None] {
	for { // want `^this loop never ends and never awaits: no other task can run: await in it, rt.Sleep\(0\) for instance \(starve\)$`
		fmt.Println("still here")
	}
}

//async:func
func endlessInside(n int) rt.Coro[rt.None] {
outer:
	for {
		rt.Await(rt.Sleep(1))
		for { // want `never ends`
			switch n {
			case 1:
				break // only the switch
			}
			func() { return }()
		}
		for {
			continue outer
		}
	}
}

//async:func
func good(n int, ch chan int) rt.Coro[rt.None] {
	for {
		rt.Await(rt.Sleep(1))
		if n > 3 {
			break
		}
	}
	for {
		if n++; n > 10 {
			break
		}
	}
	for {
		if n++; n > 20 {
			rt.Throw(nil)
		}
	}
	for n < 100 {
		n++
	}
	for i := 0; i < n; i++ {
		fmt.Println(i)
	}
	for len(ch) > 0 {
		take(ch)
	}
	for { // it empties the channel
		select {
		case v := <-ch:
			fmt.Println(v)
			continue
		default:
		}
		break
	}
	for {
		select {
		case v := <-ch:
			fmt.Println(v)
		default:
			return nil
		}
	}
}

func take(ch chan int) { <-ch }

//async:func
func waits(task *rt.Task[int], e *rt.Event, q *rt.Queue[int], until time.Time) rt.Coro[rt.None] {
	ready := false
	rt.CreateTask(func() rt.Coro[rt.None] {
		rt.Await(rt.Sleep(1))
		ready = true
		return nil
	}())
	for !ready { // want `^this loop waits for !ready to change without an await: no other task can run meanwhile: await what it waits for`
	}
	for !task.Done() { // want `waits for !task.Done\(\) to change`
		time.Sleep(time.Millisecond)
	}
	for !e.IsSet() { // want `waits for !e.IsSet\(\)`
		fmt.Println("waiting")
	}
	for time.Now().Before(until) { // want `waits for time.Now`
	}
	var flag atomic.Bool
	for !flag.Load() { // want `waits for !flag.Load`
	}
	for !task.Done() {
		rt.Await(rt.Sleep(0))
	}
	for !q.Empty() {
		v, _ := q.GetNowait()
		fmt.Println(v)
	}
	for !ready {
		ready = true
	}
	for !task.Done() {
		if ready {
			break
		}
	}
	return nil
}

//async:func
func polls(ch chan int) rt.Coro[int] {
	for { // want `^this loop polls channels without an await`
		select {
		case v := <-ch:
			return rt.Return(v)
		default:
		}
	}
}
