//go:build asyncgen

package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// inside says how many are inside of something, and how many ever were.
type inside struct{ now, most int }

// visit goes in for n turns.
//
//async:func
func (in *inside) visit(n int) rt.Coro[rt.None] {
	in.now++
	in.most = max(in.most, in.now)
	defer func() { in.now-- }()
	rt.Await(yields(n))
	return nil
}

// locker is a Locker that can be described.
type locker interface {
	rt.Locker
	fmt.Stringer
}

// lockers are all kinds of Locker, with the number of those that they let in.
func lockers() map[locker]int {
	return map[locker]int{
		new(rt.Lock): 1, rt.NewCondition(nil): 1, rt.NewSemaphore(2): 2, rt.NewBoundedSemaphore(2): 2,
	}
}

func TestCancelHolding(t *testing.T) {
	for kind := range lockers() {
		t.Run(fmt.Sprintf("%T", kind), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				for l, most := range lockers() {
					if fmt.Sprintf("%T", l) != fmt.Sprintf("%T", kind) {
						continue
					}
					var in inside
					s.leavesAsItWas(l)
					for i := range 4 {
						enter(s, rt.Holding(l, func() rt.Coro[rt.None] { return in.visit(1 + i%2) }))
					}
					enter(s, func() rt.Coro[rt.None] { // the other way to write it
						rt.Await(l.Acquire())
						defer l.Release()
						return in.visit(1)
					}())
					s.check = func() string {
						if in.now != 0 || in.most > most {
							return fmt.Sprintf("%d are inside, and up to %d were", in.now, in.most)
						}
						return ""
					}
				}
			})
		})
	}
}

// Some wait for an Event that is set, cleared and set again.
func TestCancelEvent(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		var e rt.Event
		s.leavesAsItWas(&e)
		for range 2 {
			enter(s, func() rt.Coro[rt.None] {
				rt.Await(e.Wait())
				rt.Await(yields(1))
				rt.Await(e.Wait())
				return nil
			}())
		}
		enter(s, func() rt.Coro[rt.None] {
			for range 3 {
				rt.Await(yields(2))
				e.Set()
				e.Clear()
			}
			return nil
		}())
		s.rescue = func() rt.Coro[rt.None] {
			e.Set()
			rt.Await(yields(4))
			e.Clear()
			return nil
		}
	})
}

// A notification that reaches one who is canceled goes to another one: as many wake up as were notified.
func TestCancelCondition(t *testing.T) {
	for _, predicate := range []bool{false, true} {
		t.Run(fmt.Sprintf("predicate=%v", predicate), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				c := rt.NewCondition(nil)
				s.leavesAsItWas(c)
				tickets, over := 0, false
				for range 3 {
					enter(s, rt.Holding(c, func() rt.Coro[rt.None] {
						if predicate {
							rt.Await(c.WaitFor(func() bool { return tickets > 0 || over }))
						}
						for tickets == 0 && !over {
							rt.Await(c.Wait())
						}
						tickets--
						return nil
					}))
				}
				for range 2 { // one less than there are to take them: no notification may be lost
					enter(s, rt.Holding(c, func() rt.Coro[rt.None] {
						rt.Await(yields(1))
						tickets++
						c.Notify(1)
						rt.Await(yields(1))
						return nil
					}))
				}
				takers := s.tasks[:3]
				s.rescue = func() rt.Coro[rt.None] {
					waiting := 0
					for _, task := range takers {
						if !task.Done() {
							waiting++
						}
					}
					if tickets > 0 && waiting > 0 {
						rt.Throw(fmt.Errorf("%d wait, though there are %d tickets: %v", waiting, tickets, c))
					}
					return rt.Holding(c, func() rt.Coro[rt.None] {
						over = true
						c.NotifyAll()
						return nil
					})
				}
			})
		})
	}
}

func TestCancelBarrier(t *testing.T) {
	wait := func(b *rt.Barrier, times int) rt.Coro[rt.None] {
		for range times {
			rt.Await(b.Wait())
		}
		return nil
	}
	for name, also := range map[string]func(b *rt.Barrier) rt.Coro[rt.None]{
		"wait":            func(b *rt.Barrier) rt.Coro[rt.None] { return wait(b, 1) },
		"reset":           (*rt.Barrier).Reset,
		"abort":           (*rt.Barrier).Abort,
		"abort and reset": func(b *rt.Barrier) rt.Coro[rt.None] { rt.Await(b.Abort()); rt.Await(yields(1)); return b.Reset() },
	} {
		t.Run(name, func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				b := rt.NewBarrier(2)
				s.leavesAsItWas(b)
				enter(s, wait(b, 1))
				enter(s, wait(b, 2))
				enter(s, func() rt.Coro[rt.None] {
					rt.Await(yields(2))
					return also(b)
				}())
				enter(s, wait(b, 2))
				s.shares = func(task rt.AnyTask) bool {
					return task.Err() == rt.ErrBrokenBarrier && (name != "wait" || s.victim != nil)
				}
				s.rescue = func() rt.Coro[rt.None] {
					rt.Await(b.Abort())
					rt.Await(yields(4))
					return b.Reset()
				}
			})
		})
	}
}

// What was put is got or left in the queue, and nobody waits without need, whoever is canceled.
func TestCancelQueue(t *testing.T) {
	for _, kind := range queueKinds {
		for _, max := range []int{0, 1, 2} {
			for _, pause := range []int{0, 3} {
				t.Run(fmt.Sprintf("%s of %d, pauses of %d", kind.name, max, pause), func(t *testing.T) {
					cancelAnywhere(t, func(s *scene) { producersAndConsumers(s, kind.make(max), pause) })
				})
			}
		}
	}
}

// producersAndConsumers is two of each, and one who joins the queue; the producers pause after each item.
func producersAndConsumers(s *scene, q *rt.Queue[int], pause int) {
	put, got := 0, 0
	for i := range 2 {
		enter(s, func() rt.Coro[rt.None] {
			for n := range 3 {
				rt.Await(q.Put(10*i + n))
				put++
				rt.Await(yields(pause))
			}
			return nil
		}())
		enter(s, func() rt.Coro[rt.None] {
			for range 3 {
				rt.Await(q.Get())
				got++
				q.TaskDone()
				rt.Await(yields(i))
			}
			return nil
		}())
	}
	join := enter(s, q.Join())
	s.shares = func(task rt.AnyTask) bool {
		return task.Err() == rt.ErrQueueShutDown && task != rt.AnyTask(join)
	}
	s.rescue = func() rt.Coro[rt.None] {
		putters, getters := pending([]rt.AnyTask{s.tasks[0], s.tasks[2]}), pending([]rt.AnyTask{s.tasks[1], s.tasks[3]})
		is := q.String()
		if getters > 0 && !q.Empty() || putters > 0 && !q.Full() {
			rt.Throw(errors.New("somebody waits without need: " + is))
		}
		if put != got+q.Len() {
			rt.Throw(fmt.Errorf("%d put, %d got, %d left", put, got, q.Len()))
		}
		q.Shutdown(true)
		return nil
	}
	s.check = func() string {
		if is := q.String(); strings.Contains(is, "[") || strings.Contains(is, "tasks") {
			return is
		}
		return ""
	}
}

// Everybody ends when a queue is shut down, also who is canceled at the same time.
func TestCancelQueueShutdown(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		t.Run(fmt.Sprintf("immediate=%v", immediate), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				q := rt.NewQueue[int](1)
				for i := range 2 {
					enter(s, q.Put(i))
					enter(s, func() rt.Coro[rt.None] {
						rt.Await(yields(3))
						for {
							rt.Await(q.Get())
							q.TaskDone()
						}
					}())
				}
				enter(s, func() rt.Coro[rt.None] {
					rt.Await(yields(2))
					q.Shutdown(immediate)
					return nil
				}())
				enter(s, q.Join())
				s.shares = func(task rt.AnyTask) bool { return task.Err() == rt.ErrQueueShutDown }
				s.rescue = func() rt.Coro[rt.None] {
					for q.Len() > 0 { // the getters were canceled
						_, _ = q.GetNowait()
						q.TaskDone()
					}
					q.Shutdown(true)
					return nil
				}
				s.check = func() string {
					if is := q.String(); is != "<Queue maxsize=1 shutdown>" {
						return is
					}
					return ""
				}
			})
		})
	}
}
