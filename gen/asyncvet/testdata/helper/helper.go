// Package helper has ordinary functions, which block or do not.
package helper

import (
	"net/http"
	"sync"
	"time"
)

func Wait() { time.Sleep(time.Second) } // want Wait:`blocks: time.Sleep`

func Deep() { Wait() } // want Deep:`blocks: helper.Wait → time.Sleep|blocks: Wait → time.Sleep`

type Client struct {
	mu    sync.Mutex
	cache map[string]int
}

// Get blocks only when the cache does not have it.
func (c *Client) Get(url string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.cache[url]; !ok {
		_, _ = http.Get(url)
	}
	return c.cache[url]
}

func (c *Client) Fetch(url string) { // want Fetch:`blocks: http.Get`
	if v, ok := c.cache[url]; ok {
		println(v)
		return
	}
	if _, err := http.Get(url); err != nil {
		println(err)
	}
}

// Join waits for nobody but its own goroutines.
func Join(list []int) (sum int) {
	var all sync.WaitGroup
	sums := make(chan int)
	all.Go(func() { sums <- len(list) })
	sum = <-sums
	all.Wait()
	return sum
}

func Ticks(d time.Duration) { // want Ticks:`blocks: a receive`
	ticks := time.Tick(d)
	<-ticks
}

func Background(ch chan int) {
	go func() { ch <- 1 }()
	go Wait()
}

func Poll(ch chan int) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func InPlace() { // want InPlace:`blocks: time.Sleep`
	defer func() { time.Sleep(1) }()
}

func Even(n int) { // want Even:`blocks: Odd → time.Sleep`
	Odd(n - 1)
}

func Odd(n int) { // want Odd:`blocks: time.Sleep`
	Even(n - 1)
	time.Sleep(1)
}

//asyncgen:ignore blocking somebody always waits at the other end
func Send(ch chan int) { ch <- 1 }

func Notify(ch chan int) {
	//asyncgen:ignore blocking somebody always waits at the other end
	ch <- 1
}
