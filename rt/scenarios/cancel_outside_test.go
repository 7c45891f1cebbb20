//go:build asyncgen

package scenarios

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// What comes from other goroutines. The moments are not the same in each performance, the rules are.

// A canceled ToThread leaves its function alone.
func TestCancelToThread(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		s.timeless = true // a virtual clock stands still as long as a function runs
		release := make(chan rt.None)
		ended := make(chan rt.None, 2)
		thread := func() rt.Coro[rt.None] {
			return rt.ToThread(func() (rt.None, error) {
				<-release
				ended <- rt.None{}
				return rt.None{}, nil
			})
		}
		began := 0
		for range 2 {
			enter(s, func() rt.Coro[rt.None] {
				began++
				rt.Await(thread())
				return nil
			}())
		}
		released := false
		free := func() {
			if !released {
				released = true
				close(release)
			}
		}
		enter(s, func() rt.Coro[rt.None] {
			rt.Await(yields(3))
			free()
			return nil
		}())
		s.rescue = func() rt.Coro[rt.None] { free(); return nil }
		s.check = func() string {
			for i := range began {
				select {
				case <-ended:
				case <-time.After(time.Second):
					return fmt.Sprintf("%d functions have ended of %d", i, began)
				}
			}
			return ""
		}
	})
}

func TestCancelChannels(t *testing.T) {
	for _, size := range []int{0, 1} {
		t.Run(fmt.Sprintf("size %d", size), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				ch := make(chan int, size)
				sent, got := 0, 0
				for range 2 {
					enter(s, func() rt.Coro[rt.None] {
						rt.Await(rt.Recv(ch))
						got++
						return nil
					}())
					enter(s, func() rt.Coro[rt.None] {
						if it := rt.Await(rt.RecvOK(ch)); !it.OK {
							rt.Throw(errors.New("closed"))
						}
						got++
						return nil
					}())
				}
				for i := range 4 {
					enter(s, func() rt.Coro[rt.None] {
						rt.Await(rt.Send(ch, i))
						sent++
						return nil
					}())
				}
				receivers, senders := s.tasks[:4], s.tasks[4:]
				s.rescue = func() rt.Coro[rt.None] { // the victim is missing on one side
					for pending(s.tasks) > 0 {
						if pending(receivers) > 0 {
							select {
							case ch <- 0:
								sent++
							default:
							}
						}
						if pending(senders) > 0 {
							select {
							case <-ch:
								got++
							default:
							}
						}
						runtime.Gosched()
						rt.Await(rt.Sleep(0))
					}
					return nil
				}
				s.check = func() string {
					// The victim may have sent and not know it. It may have received, too, and one may be left in the channel.
					if sent < got-1 || sent > got+1+size {
						return fmt.Sprintf("%d sent, %d got", sent, got)
					}
					return ""
				}
			})
		})
	}
}

// pending says how many have not ended.
func pending(tasks []rt.AnyTask) (n int) {
	for _, task := range tasks {
		if !task.Done() {
			n++
		}
	}
	return n
}

// A coroutine that another goroutine has handed over is canceled, or what it waits for is: who waits for it
// there gets that.
func TestCancelSubmitted(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		var self rt.AnyTask
		inner := enter(s, naps(2))
		enter(s, func() rt.Coro[rt.None] {
			if _, err := rt.CatchAwait(yields(6)); err != nil {
				if self != nil {
					self.Cancel()
				}
				rt.Throw(err)
			}
			return nil
		}())
		submitted := rt.Submit(s.loop, func() rt.Coro[int] {
			self = rt.CurrentTask()
			rt.Await(yields(1))
			return rt.Return(rt.Await(inner))
		}())
		errs := make(chan error)
		go func() {
			_, err := submitted.Wait(context.Background())
			errs <- err
		}()
		s.shares = s.others()
		s.rescue = func() rt.Coro[rt.None] {
			if err := rt.Await(rt.Recv(errs)); wasCanceled(err) != self.Canceled() || (err != nil) != self.Canceled() {
				rt.Throw(fmt.Errorf("%v; %v", self, err))
			}
			return nil
		}
	})
}

// numbers is a stream that awaits before each value and when it ends.
//
//async:func
func numbers(n int, open *int) rt.Stream[int] {
	*open++
	defer func() { *open-- }()
	defer rt.Await(yields(1))
	for i := range n {
		rt.Await(yields(i % 2))
		rt.Await(naps(1))
		rt.Yield(i)
	}
	return nil
}

// A stream is closed, and what it awaits at its end is awaited, however its reader ends.
func TestCancelStreams(t *testing.T) {
	read := map[string]func(open *int) rt.Coro[rt.None]{
		"to the end": func(open *int) rt.Coro[rt.None] {
			for range rt.AwaitEach(numbers(2, open)) {
				rt.Await(yields(1))
			}
			return nil
		},
		"left early": func(open *int) rt.Coro[rt.None] {
			for n := range rt.AwaitEach(numbers(5, open)) {
				rt.Await(yields(1))
				if n == 1 {
					break
				}
			}
			return nil
		},
		"in another stream": func(open *int) rt.Coro[rt.None] {
			around := func() rt.Stream[int] {
				for n := range rt.AwaitEach(numbers(3, open)) {
					rt.Yield(n)
					rt.Await(yields(1))
				}
				return nil
			}
			for range rt.AwaitEach(around()) {
				rt.Await(yields(1))
			}
			return nil
		},
		"by hand": func(open *int) rt.Coro[rt.None] {
			s := numbers(3, open)
			defer rt.Await(rt.Close(s))
			for range 2 {
				if it := rt.Await(rt.Next(s)); !it.OK {
					rt.Throw(errors.New("the stream has ended"))
				}
				rt.Await(yields(1))
			}
			return nil
		},
	}
	for name, reader := range read {
		t.Run(name, func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				open := 0
				enter(s, reader(&open))
				enter(s, reader(&open))
				s.check = func() string {
					if open != 0 {
						return fmt.Sprintf("%d streams are open", open)
					}
					return ""
				}
			})
		})
	}
}

// Each deferred call is made once, in its order, though they await and the cancellation may come while they do.
func TestCancelDeferredAwaits(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		var done [2][]int
		for i := range 2 {
			note := func(n int) rt.Coro[rt.None] {
				done[i] = append(done[i], n)
				rt.Await(yields(n))
				return nil
			}
			enter(s, func() rt.Coro[rt.None] {
				rt.Await(yields(1))
				defer rt.Await(note(1))
				rt.Await(naps(1))
				defer rt.Await(note(2))
				defer func() { done[i] = append(done[i], 0) }()
				rt.Await(yields(1))
				return nil
			}())
		}
		s.check = func() string {
			for _, d := range done {
				if said := fmt.Sprint(d); said != "[0 2 1]" && said != "[1]" && said != "[]" {
					return "deferred calls: " + said
				}
			}
			return ""
		}
	})
}

// A task that waits for a task that waits for a future: the request goes down, the cancellation comes up.
func TestCancelTaskOfTasks(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		leaf := enter(s, naps(2))
		middle := enter(s, awaiting(leaf))
		enter(s, awaiting(middle))
		enter(s, func() rt.Coro[int] {
			return rt.Return(rt.Await(rt.CreateTask(awaiting(middle), rt.EagerStart())))
		}())
		s.shares = s.others()
		s.check = func() string {
			if leaf.Err() == nil && middle.Canceled() && s.victim == rt.AnyTask(leaf) {
				return fmt.Sprint(middle)
			}
			return ""
		}
	})
}
