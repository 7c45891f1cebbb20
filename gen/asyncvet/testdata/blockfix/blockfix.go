// Package blockfix has what a fix can repair.
package blockfix

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"

	aio "github.com/asyncgen/asyncgen/rt"
)

//async:func
func fixes(ch chan int, wg *sync.WaitGroup, cmd *exec.Cmd) aio.Coro[aio.None] {
	time.Sleep(2 * time.Second)        // want `time.Sleep blocks`
	<-ch                               // want `a receive blocks`
	fmt.Println(<-ch + 1)              // want `a receive blocks`
	ch <- 1 + 1                        // want `a send blocks`
	<-time.After(time.Second)          // want `a receive blocks`
	data, err := os.ReadFile("x")      // want `os.ReadFile blocks`
	resp, err := http.Get("x")         // want `http.Get blocks`
	err = cmd.Run()                    // want `exec.Cmd.Run blocks`
	if err := cmd.Wait(); err != nil { // want `exec.Cmd.Wait blocks`
		return nil
	}
	http.DefaultClient.Get("x") // want `http.Client.Get blocks`
	wg.Wait()                   // want `sync.WaitGroup.Wait blocks`
	slow()                      // want `slow blocks`
	fmt.Println(data, resp, err)
	return nil
}

func slow() { time.Sleep(1) } // want slow:"blocks"

//async:func
func converts(errs chan error, err *os.PathError) aio.Coro[aio.None] {
	errs <- err // want `a send blocks`
	return nil
}

//async:func
func noFix(ch chan int) aio.Coro[aio.None] {
	v, ok := <-ch                               // want `a receive blocks`
	data, err := os.ReadFile(aio.Await(name())) // want `os.ReadFile blocks`
	func() {
		<-ch // want `a receive blocks`
	}()
	fmt.Println(v, ok, data, err)
	return nil
}

//async:func
func name() aio.Coro[string] { return aio.Return("x") }
