// Package blocking has async code that blocks.
package blocking

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/asyncgen/asyncgen/rt"

	"vetted/helper"
)

type store struct {
	sync.Mutex
	rw sync.RWMutex
}

//async:func
func calls(s *store, wg *sync.WaitGroup, conn net.Conn, f *os.File) rt.Coro[rt.None] {
	time.Sleep(time.Second) // want `^time.Sleep blocks the event loop and every task on it: write rt.Await\(rt.Sleep\(d\)\) \(blocking\)$`
	s.Lock()                // want `sync.Mutex.Lock blocks`
	s.Unlock()
	s.rw.RLock() // want `sync.RWMutex.RLock blocks`
	s.rw.RUnlock()
	wg.Wait()                                         // want `sync.WaitGroup.Wait blocks .* rt.Gather`
	_, _ = http.Get("")                               // want `http.Get blocks .* rt.ToThread`
	_, _ = http.DefaultClient.Do(nil)                 // want `http.Client.Do blocks`
	_ = exec.Command("true").Run()                    // want `exec.Cmd.Run blocks`
	_ = exec.Command("true").Start()                  // it does not wait
	_, _ = exec.CommandContext(nil, "").Output()      // want `exec.Cmd.Output blocks`
	_, _ = os.ReadFile("")                            // want `os.ReadFile blocks`
	_, _ = f.Read(nil)                                // want `os.File.Read blocks`
	_, _ = conn.Read(nil)                             // want `net.Conn.Read blocks`
	_, _ = new(net.Dialer).DialContext(nil, "", "")   // want `net.Dialer.DialContext blocks`
	fmt.Println(strings.ToUpper("x"), time.Now(), wg) // prints at once
	rt.Await(rt.Sleep(1))
	return nil
}

//async:func
func readers(f *os.File, resp *http.Response, r io.Reader, conn *net.TCPConn) rt.Coro[rt.None] {
	_, _ = io.ReadAll(f)                       // want `io.ReadAll blocks`
	_, _ = io.ReadAll(resp.Body)               // want `io.ReadAll blocks`
	_, _ = io.Copy(f, conn)                    // want `io.Copy blocks`
	_, _ = io.ReadAll(r)                       // it may be anything
	_, _ = io.Copy(f, strings.NewReader("x"))  // memory
	_, _ = io.ReadAll(new(bytes.Buffer))       // memory
	_ = json.NewDecoder(resp.Body).Decode(nil) // want `json.Decoder.Decode blocks`
	_ = json.NewDecoder(new(bytes.Buffer)).Decode(nil)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() { // want `bufio.Scanner.Scan blocks`
		fmt.Println(lines.Text())
	}
	words := bufio.NewScanner(strings.NewReader("a b"))
	for words.Scan() {
		fmt.Println(words.Text())
	}
	return nil
}

//async:func
func channels(ch chan int, done <-chan struct{}, ctx context.Context) rt.Coro[rt.None] {
	<-done              // want `a receive blocks .* rt.Recv`
	v, ok := <-ch       // want `a receive blocks .* rt.RecvOK`
	ch <- v             // want `a send blocks .* rt.Send`
	for v := range ch { // want `a range over a channel blocks`
		fmt.Println(v, ok)
	}
	select { // want `this select blocks the event loop and every task on it, until a case is ready`
	case v := <-ch:
		fmt.Println(v)
	case ch <- 1:
	case <-ctx.Done():
	}
	select {
	case v, ok = <-ch:
	case <-(<-chan struct{})(nil):
	default:
		<-done // want `a receive blocks`
	}
	return nil
}

// A send into a channel that was made with room for it does not wait.
//
//async:func
func room() rt.Coro[rt.None] {
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	close(ch)
	full := make(chan int, 1)
	full <- 1 // want `a send blocks`
	full <- 2 // want `a send blocks`
	again := make(chan int, 1)
	for range 3 {
		again <- 1 // want `a send blocks`
	}
	escapes := make(chan int, 1)
	fill(escapes)
	escapes <- 1 // want `a send blocks`
	return nil
}

func fill(ch chan int) { go func() { ch <- 1 }() }

//async:func
func helpers(c *helper.Client, ch chan int) rt.Coro[rt.None] {
	helper.Deep()           // want `^helper.Deep blocks the event loop and every task on it: it calls .*Wait, which calls time.Sleep; run it with rt.ToThread \(blocking\)$`
	c.Fetch("x")            // want `helper.Client.Fetch blocks .* it calls http.Get; run it with rt.ToThread`
	c.Get("x")              // it may be in the cache
	helper.Background(ch)   // not this goroutine
	helper.Poll(ch)         // it looks
	helper.Notify(ch)       // somebody says so
	own(ch)                 // want `own blocks .* it does a receive; run it with rt.ToThread`
	_ = generic[int](nil)   // want `generic blocks`
	go helper.Wait()        // not this goroutine
	go func() { <-ch }()    // not this goroutine
	go fmt.Println(<-ch)    // want `a receive blocks`
	wait := func() { <-ch } // not called here
	rt.Await(rt.ToThread(func() (rt.None, error) { wait(); time.Sleep(1); return rt.None{}, nil }))
	return nil
}

func own(ch chan int) int { return <-ch } // want own:`blocks: a receive`

func generic[T any](ch chan T) T { return <-ch } // want generic:`blocks: a receive`

//async:func
func inPlace(ch chan int) rt.Coro[rt.None] {
	func() {
		<-ch // want `a receive blocks`
	}()
	defer func() {
		ch <- 1 // want `a send blocks`
	}()
	loop := rt.RunningLoop()
	loop.CallLater(1, func() {
		time.Sleep(1) // want `time.Sleep blocks`
	})
	rt.CreateTask(func() rt.Coro[int] {
		rt.Await(rt.Sleep(1))
		return rt.Return(<-ch) // want `a receive blocks`
	}())
	return nil
}

//async:func
func nested(s *rt.Submitted[int]) rt.Coro[rt.None] {
	_, _ = rt.Run(rt.Sleep(1))          // want `^rt.Run fails: the loop runs already: await the coroutine, or make it a task`
	_, _ = s.Wait(context.Background()) // want `rt.Submitted.Wait blocks`
	return nil
}

func ordinary(ch chan int) { // want ordinary:`blocks: time.Sleep`
	time.Sleep(1)
	<-ch
	_, _ = rt.Run(rt.Sleep(1))
}
