// Package neverawaited has coroutines that never run, and some that do.
package neverawaited

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func work(n int) rt.Coro[int] { return rt.Return(n) }

//async:func
func kept() rt.Coro[rt.None] {
	a := work(1) // want `^coroutine work\(1\) in a is never awaited, so it never runs: await it, make it a task, or leave the call out \(neverawaited\)$`
	_ = a
	b := work(2) // want `coroutine work\(2\) in b is never awaited`
	if b != nil {
		fmt.Println("it is there")
	}
	c := work(3) // want `coroutine work\(3\) in c is never awaited`
	c = work(4)
	rt.Await(c)
	var d rt.Coro[int] = work(5) // want `coroutine work\(5\) in d is never awaited`
	d = work(6)                  // want `coroutine work\(6\) in d is never awaited`
	_ = d
	return nil
}

//async:func
func awaited(some bool) rt.Coro[rt.None] {
	a := work(1)
	rt.Await(a)
	b := work(2) // on one path only: it costs nothing on the other
	if some {
		rt.Await(b)
	}
	c := work(3)
	for range 3 {
		rt.Await(c)
		c = work(4)
	}
	d := work(5)
	pass(d)
	e := work(6)
	defer rt.Await(e)
	f := work(7)
	later := func() rt.Coro[int] { return f }
	_ = later
	g := rt.Return(1) // finished
	_ = g
	h := work(8)
	p := &h
	_ = p
	var i rt.Coro[int]
	if some {
		i = work(9)
	}
	return rt.Await(other(i))
}

//async:func
func other(c rt.Coro[int]) rt.Coro[rt.Coro[rt.None]] {
	rt.Await(c)
	c = work(1) // want `coroutine work\(1\) in c is never awaited`
	return nil
}

func pass(c rt.Coro[int]) { rt.Main(c) }

//async:func
func containers(ch chan rt.Coro[int]) rt.Coro[rt.None] {
	var list []rt.Coro[int]
	for n := range 3 {
		list = append(list, work(n)) // want `coroutine work\(n\) is never awaited, for nothing reads list, so it never runs`
	}
	fmt.Println(len(list))
	m := map[string]rt.Coro[int]{}
	m["a"] = work(1)                        // want `coroutine work\(1\) is never awaited, for nothing reads m`
	two := []rt.Coro[int]{work(1), work(2)} // want `coroutine work\(1\) is never awaited`
	_ = two
	used := []rt.Coro[int]{work(1)}
	used = append(used, work(2))
	for _, c := range used {
		rt.Await(c)
	}
	first := []rt.Coro[int]{work(1)}
	rt.Await(first[0])
	ch <- work(1)
	return nil
}

type job struct {
	unread rt.Coro[int]
	read   rt.Coro[int]
	Public rt.Coro[int]
}

var global rt.Coro[int]

//async:func
func fields(j *job) rt.Coro[rt.None] {
	j.unread = work(1) // want `coroutine work\(1\) is never awaited, for nothing reads unread`
	j.read = work(2)
	j.Public = work(3)
	*j = job{unread: work(4), read: work(5)} // want `coroutine work\(4\) is never awaited, for nothing reads unread`
	rt.Await(j.read)
	global = work(6) // want `coroutine work\(6\) is never awaited, for nothing reads global`
	return nil
}

//async:func
func printed() rt.Coro[rt.None] {
	fmt.Println("value:", work(1)) // want `^fmt.Println gets the coroutine work\(1\), which never runs, not its value: await it \(neverawaited\)$`
	fmt.Printf("%T\n", work(2))
	fmt.Println(rt.Await(work(3)))
	c := work(4)
	fmt.Println(c)
	rt.Await(c)
	d := work(5) // want `coroutine work\(5\) in d is never awaited`
	fmt.Println("value:", d)
	return nil
}

func main() {
	c := work(1) // want `coroutine work\(1\) in c is never awaited`
	_ = c
	d := work(2)
	rt.Main(d)
}
