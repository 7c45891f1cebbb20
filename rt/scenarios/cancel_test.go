//go:build asyncgen

package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// A scene is a few tasks that have to do with each other. cancelAnywhere plays it again and again, each time
// with a Cancel of another task or in another moment.
type scene struct {
	loop   *rt.Loop
	tasks  []rt.AnyTask
	victim rt.AnyTask // who is canceled in this performance
	taken  bool       // it took the request

	// rescue ends the waits of those who wait for what the victim would have done.
	rescue func() rt.Coro[rt.None]
	// shares says that task may be canceled with the victim, or fail because of that.
	shares func(task rt.AnyTask) bool
	// survives says that the victim may end without a cancellation, though it took the request.
	survives bool
	// timeless says that nobody sleeps, and the canceler need not either.
	timeless bool
	// check says what is wrong when all have ended.
	check func() string

	canceler *rt.Task[int] // who cancels
	before   int           // its place among the tasks
	whom     int           // number of the victim
	when     int           // and of the moment
	same     []fmt.Stringer
	were     []string
}

// A moment is a place of the canceler in the ready queue: it comes so many turns at each tick of the clock,
// and waits for the next tick. What a scene sleeps for is a number of ticks.
const (
	tick         = time.Nanosecond
	turnsPerTick = 8
	moments      = 8 * turnsPerTick
)

// enter makes c a task of the scene.
func enter[T any](s *scene, c rt.Coro[T]) *rt.Task[T] {
	if len(s.tasks) == s.before {
		s.startCanceler()
	}
	task := rt.CreateTaskOn(s.loop, c)
	s.tasks = append(s.tasks, task)
	return task
}

// leavesAsItWas says that the texts of what the tasks share are in the end as they are now.
func (s *scene) leavesAsItWas(things ...fmt.Stringer) {
	for _, thing := range things {
		s.same, s.were = append(s.same, thing), append(s.were, thing.String())
	}
}

func (s *scene) startCanceler() { s.canceler = rt.CreateTaskOn(s.loop, s.cancel()) }

// cancel cancels the victim, and gives the number of the last moment in which not all had ended.
//
//async:func
func (s *scene) cancel() rt.Coro[int] {
	last := 0
	for moment := range moments {
		for _, task := range s.tasks {
			if !task.Done() {
				last = moment
			}
		}
		if moment == s.when {
			s.victim = s.tasks[s.whom]
			s.taken = s.victim.Cancel()
		}
		if moment%turnsPerTick == turnsPerTick-1 && !s.timeless {
			rt.Await(rt.Sleep(tick))
		} else {
			rt.Await(rt.Sleep(0))
		}
	}
	return rt.Return(last)
}

// play plays the scene once and says what is wrong.
func (s *scene) play(set func(*scene)) (last int, wrong string) {
	s.loop = rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	s.loop.SetExceptionHandler(func(_ *rt.Loop, c rt.ExceptionContext) {
		wrong = fmt.Sprintf("%s: %v, %v", c.Message, c.Future, c.Err)
	})
	set(s)
	if s.canceler == nil {
		s.startCanceler()
	}
	last, err := rt.RunOn(s.loop, awaiting(s.canceler))
	if err == nil && s.rescue != nil {
		_, err = rt.RunOn(s.loop, s.rescue())
	}
	if err == nil {
		_, err = rt.RunOn(s.loop, rt.Wait(rt.AllCompleted, rt.NoTimeout, s.tasks...))
	}
	if err != nil {
		return last, err.Error()
	}
	if said := s.judge(); said != "" {
		return last, said
	}
	if left := s.loop.AllTasks(); len(left) > 0 {
		return last, fmt.Sprintf("tasks are left: %v", left)
	}
	if err := s.loop.Close(); err != nil {
		return last, err.Error()
	}
	return last, wrong
}

// judge says what is wrong with the tasks, which have ended.
func (s *scene) judge() string {
	for i, task := range s.tasks {
		err := task.Err()
		switch {
		case task == s.victim && err == nil && s.taken && !s.survives:
			return "the request to cancel is lost"
		case task == s.victim && err != nil && !wasCanceled(err) && (s.shares == nil || !s.shares(task)):
			return fmt.Sprintf("the victim fails with %v", err)
		case task != s.victim && err != nil && (s.shares == nil || !s.shares(task)):
			return fmt.Sprintf("task %d ends with %v", i, err)
		case task != s.victim && err == nil && task.Canceling() != 0:
			return fmt.Sprintf("task %d has ended, with %d requests to cancel it", i, task.Canceling())
		}
	}
	for i, thing := range s.same {
		if now := thing.String(); now != s.were[i] {
			return fmt.Sprintf("%s became %s", s.were[i], now)
		}
	}
	if s.check != nil {
		return s.check()
	}
	return ""
}

// cancelAnywhere plays a scene without a cancellation, to count its moments, and then once for each of its
// tasks, each moment, and each place that the canceler may have among the tasks.
func cancelAnywhere(t *testing.T, set func(*scene)) {
	t.Helper()
	first := &scene{when: -1}
	last, wrong := first.play(set)
	if wrong != "" {
		t.Fatalf("without a cancellation: %s", wrong)
	}
	canceled := 0
	for before := range len(first.tasks) + 1 {
		for whom := range first.tasks {
			for when := range min(last+2, moments) {
				s := &scene{before: before, whom: whom, when: when}
				if _, wrong := s.play(set); wrong != "" {
					t.Fatalf("task %d is canceled in moment %d, by one before task %d: %s", whom, when, before, wrong)
				}
				if s.victim.Canceled() {
					canceled++
				}
			}
		}
	}
	if canceled == 0 {
		t.Error("nobody was ever canceled")
	}
}

// others says that all but these may be canceled with the victim.
func (s *scene) others(not ...rt.AnyTask) func(rt.AnyTask) bool {
	return func(task rt.AnyTask) bool {
		for _, n := range not {
			if task == n {
				return false
			}
		}
		return wasCanceled(task.Err())
	}
}

// naps sleeps n ticks, one after the other, and gives n.
//
//async:func
func naps(n int) rt.Coro[int] {
	for range n {
		rt.Await(rt.Sleep(tick))
	}
	return rt.Return(n)
}

// yields lets others run n times, and gives n.
//
//async:func
func yields(n int) rt.Coro[int] {
	for range n {
		rt.Await(rt.Sleep(0))
	}
	return rt.Return(n)
}

// ignores is naps that takes no notice of the first cancellation.
//
//async:func
func ignores(n int) rt.Coro[int] {
	if _, err := rt.CatchAwait(naps(n)); err != nil {
		rt.Await(yields(2))
	}
	return rt.Return(n)
}

// Who waits for several.

// A canceled Gather cancels its children; a canceled child fails the Gather, and no other child.
func TestCancelGather(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a, b := enter(s, naps(2)), enter(s, yields(3))
		outer := enter(s, func() rt.Coro[rt.None] {
			v := rt.Await(rt.Gather(a, naps(1), rt.Awaitable[int](b), a))
			if fmt.Sprint(v) != "[2 1 3 2]" {
				rt.Throw(fmt.Errorf("gathered %v", v))
			}
			return nil
		}())
		s.shares = func(task rt.AnyTask) bool {
			return wasCanceled(task.Err()) && (s.victim == rt.AnyTask(outer) || task == rt.AnyTask(outer))
		}
	})
}

// A canceled child is a result like others.
func TestCancelGatherResults(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a, b := enter(s, naps(2)), enter(s, yields(3))
		var results []rt.Result[int]
		outer := enter(s, func() rt.Coro[rt.None] {
			results = rt.Await(rt.GatherResults(a, naps(1), rt.Awaitable[int](b)))
			return nil
		}())
		s.shares = func(task rt.AnyTask) bool { return wasCanceled(task.Err()) && s.victim == rt.AnyTask(outer) }
		s.check = func() string {
			if outer.Canceled() {
				return ""
			}
			for i, task := range []*rt.Task[int]{a, nil, b} {
				if task != nil && task.Canceled() != wasCanceled(results[i].Err) || task == nil && results[i].Value != 1 {
					return fmt.Sprintf("result %d is %v", i, results[i])
				}
			}
			return ""
		}
	})
}

// Any of a task, of a coroutine that becomes one, and of a coroutine that is awaited in place.
func TestCancelAny(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		a := enter(s, naps(2))
		enter(s, func() rt.Coro[rt.None] {
			rt.Await(rt.Any(yields(2)))
			rt.Await(rt.Gather(rt.Any(a), rt.Any(giving("x")), rt.Any(yields(1))))
			rt.Await(rt.Any(a))
			return nil
		}())
		s.shares = s.others()
	})
}

// A Wait cancels nothing, and a child that is canceled is done like any other.
func TestCancelWait(t *testing.T) {
	for _, when := range []rt.When{rt.AllCompleted, rt.FirstCompleted, rt.FirstError} {
		for _, timeout := range []time.Duration{0, 2 * tick, 20 * tick, rt.NoTimeout} {
			t.Run(fmt.Sprintf("%d for %v", when, timeout), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					a, b := enter(s, naps(1)), enter(s, naps(3))
					for range 2 {
						enter(s, func() rt.Coro[rt.None] {
							w := rt.Await(rt.Wait(when, timeout, a, b))
							if len(w.Done)+len(w.Pending) != 2 {
								rt.Throw(fmt.Errorf("%v", w))
							}
							return nil
						}())
					}
				})
			})
		}
	}
}

// WaitFor cancels what it waits for. Whoever asks first, the count of the requests is right in the end.
func TestCancelWaitFor(t *testing.T) {
	for _, d := range []time.Duration{0, 2 * tick, 20 * tick, rt.NoTimeout} {
		for name, body := range map[string]func() rt.Coro[int]{
			"naps": func() rt.Coro[int] { return naps(3) }, "yields": func() rt.Coro[int] { return yields(3) },
		} {
			t.Run(fmt.Sprintf("%s for %v", name, d), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					inner := enter(s, body())
					var waiters []rt.AnyTask
					for _, aw := range []rt.Awaitable[int]{body(), inner} {
						waiters = append(waiters, enter(s, func() rt.Coro[rt.None] {
							if _, err := rt.TryAwait(rt.WaitFor(aw, d)); err != nil && err != rt.ErrTimeout {
								rt.Throw(err)
							}
							return nil
						}()))
					}
					// The end of the time cancels the inner task; and who waits for a canceled one is canceled.
					s.shares = s.others(waiters[0])
				})
			})
		}
	}
}

func TestCancelWaitForWhatIgnoresIt(t *testing.T) {
	for _, d := range []time.Duration{0, 2 * tick} {
		cancelAnywhere(t, func(s *scene) {
			enter(s, func() rt.Coro[rt.None] {
				_, err := rt.TryAwait(rt.WaitFor(rt.CreateTask(ignores(4)), d))
				if err != nil && err != rt.ErrTimeout {
					rt.Throw(err)
				}
				return nil
			}())
			s.survives = true // the inner task takes no notice, and its value is the result
		})
	}
}

// The reader of a stream of finished ones is canceled, or one of them is.
func TestCancelAsCompleted(t *testing.T) {
	for _, limit := range []time.Duration{2 * tick, rt.NoTimeout} {
		for _, most := range []int{1, 9} {
			t.Run(fmt.Sprintf("%d within %v", most, limit), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					a, b := enter(s, naps(1)), enter(s, naps(3))
					enter(s, func() rt.Coro[rt.None] {
						n := 0
						_, err := rt.TryAwait(func() rt.Coro[rt.None] {
							for range rt.AwaitEach(rt.AsCompletedWithin(limit, a, rt.Awaitable[int](b), a)) {
								if n++; n == most {
									break
								}
							}
							return nil
						}())
						if err != nil && err != rt.ErrTimeout {
							rt.Throw(err)
						}
						return nil
					}())
				})
			})
		}
	}
}

// What is shielded goes on when who waits for it is canceled, and ends that one when it is canceled itself.
func TestCancelShield(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		inner := enter(s, naps(2))
		ended := 0
		waiter := enter(s, func() rt.Coro[rt.None] {
			rt.Await(rt.Shield(inner))
			rt.Await(rt.Shield(func() rt.Coro[rt.None] {
				rt.Await(yields(2))
				ended++
				return nil
			}()))
			return nil
		}())
		s.shares = s.others(inner)
		s.check = func() string {
			if inner.Canceled() && s.victim != rt.AnyTask(inner) || waiter.Err() == nil && ended != 1 {
				return fmt.Sprintf("%v; %d", inner, ended)
			}
			return ""
		}
	})
}

// Scopes.

// Each limit turns its own cancellation into ErrTimeout and no other one.
func TestCancelTimeouts(t *testing.T) {
	for _, limits := range [][2]time.Duration{{2 * tick, 4 * tick}, {4 * tick, 2 * tick}, {3 * tick, 3 * tick}, {0, 0}, {9 * tick, 9 * tick}} {
		t.Run(fmt.Sprint(limits), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				var outer, inner *rt.Deadline
				var innerErr, outerErr error
				task := enter(s, func() rt.Coro[rt.None] {
					_, outerErr = rt.CatchAwait(rt.WithTimeout(limits[0], func(d *rt.Deadline) rt.Coro[rt.None] {
						outer = d
						_, innerErr = rt.CatchAwait(rt.WithTimeout(limits[1], func(d *rt.Deadline) rt.Coro[int] {
							inner = d
							rt.Await(yields(1))
							return naps(5)
						}))
						if innerErr != nil && innerErr != rt.ErrTimeout {
							rt.Throw(innerErr)
						}
						rt.Await(yields(2))
						return nil
					}))
					if outerErr != nil && outerErr != rt.ErrTimeout {
						rt.Throw(outerErr)
					}
					rt.Await(yields(2))
					return nil
				}())
				s.check = func() string {
					left := task.Canceling()
					if s.victim != nil && s.taken {
						left--
					}
					if left != 0 || outerErr == rt.ErrTimeout && !outer.Expired() || innerErr == rt.ErrTimeout && !inner.Expired() {
						return fmt.Sprintf("%v %v, %v %v, %d requests", outer, outerErr, inner, innerErr, left)
					}
					return ""
				}
			})
		})
	}
}

var errChild = errors.New("a child fails")

// A group waits for all of its tasks, whatever ends it, and takes its own requests back.
func TestCancelTaskGroups(t *testing.T) {
	for name, fails := range map[string]error{"all succeed": nil, "one fails": errChild} {
		t.Run(name, func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				running := 0
				child := func(n int, err error) rt.Coro[rt.None] {
					running++
					defer func() { running-- }()
					rt.Await(yields(1))
					defer rt.Await(yields(n % 2)) // takes its time to end
					rt.Await(naps(n))
					if err != nil {
						rt.Throw(err)
					}
					return nil
				}
				outside := enter(s, naps(2))
				task := enter(s, func() rt.Coro[rt.None] {
					_, err := rt.CatchAwait(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
						rt.Go(tg, child(3, nil))
						rt.Await(rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
							rt.Go(tg, child(2, fails))
							rt.Go(tg, child(1, nil))
							return nil
						}))
						rt.Go(tg, child(1, nil))
						rt.Await(outside)
						return nil
					}))
					if running != 0 {
						panic("a task of the group runs")
					}
					if err != nil && !errors.Is(err, errChild) {
						rt.Throw(err)
					}
					return nil
				}())
				s.survives = fails != nil // an error of the group goes before a cancellation
				s.shares = s.others(outside)
				if fails == nil {
					s.shares = s.others()
				}
				s.check = func() string {
					if n := task.Canceling(); s.victim == rt.AnyTask(outside) && n != 0 && !task.Canceled() {
						return fmt.Sprintf("%d requests are left", n)
					}
					return ""
				}
			})
		})
	}
}

// Locks.

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
				for range 3 {
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
	shares := func(task rt.AnyTask) bool { return task.Err() == rt.ErrBrokenBarrier }
	wait := func(b *rt.Barrier, times int) rt.Coro[rt.None] {
		for range times {
			rt.Await(b.Wait())
		}
		return nil
	}
	for name, also := range map[string]func(b *rt.Barrier) rt.Coro[rt.None]{
		"wait":            func(b *rt.Barrier) rt.Coro[rt.None] { return wait(b, 2) },
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
				enter(s, wait(b, 1))
				s.shares = shares
				s.rescue = func() rt.Coro[rt.None] {
					rt.Await(b.Abort())
					rt.Await(yields(4))
					return b.Reset()
				}
			})
		})
	}
}

// Queues. What was put is got, but for what is left in the queue; who is canceled may have got an item that
// nobody sees.
func TestCancelQueue(t *testing.T) {
	kinds := map[string]func(int) *rt.Queue[int]{
		"Queue": rt.NewQueue[int], "LifoQueue": rt.NewLifoQueue[int],
		"PriorityQueue": func(max int) *rt.Queue[int] { return rt.NewPriorityQueue(max, cmp.Less[int]) },
	}
	for name, newQueue := range kinds {
		for _, limit := range []int{0, 1, 2} {
			t.Run(fmt.Sprintf("%s of %d", name, limit), func(t *testing.T) {
				cancelAnywhere(t, func(s *scene) {
					q := newQueue(limit)
					put, got, lost := 0, 0, 0
					for i := range 2 {
						enter(s, func() rt.Coro[rt.None] {
							for n := range 3 {
								rt.Await(q.Put(10*i + n))
								put++
							}
							return nil
						}())
						enter(s, func() rt.Coro[rt.None] {
							for range 3 {
								lost++ // until it has got it
								rt.Await(q.Get())
								lost--
								got++
								q.TaskDone()
								rt.Await(yields(i))
							}
							return nil
						}())
					}
					join := enter(s, q.Join())
					s.rescue = func() rt.Coro[rt.None] {
						left := q.Len()
						q.Shutdown(true)
						if put < got+left || put > got+left+1 {
							rt.Throw(fmt.Errorf("%d put, %d got, %d left", put, got, left))
						}
						return nil
					}
					s.shares = func(task rt.AnyTask) bool {
						return task.Err() == rt.ErrQueueShutDown && task != rt.AnyTask(join)
					}
					s.check = func() string {
						if is := q.String(); is != fmt.Sprintf("<%s maxsize=%d shutdown>", name, limit) {
							return is
						}
						return ""
					}
				})
			})
		}
	}
}

// Everybody ends when a queue is shut down, also who is canceled at the same time.
func TestCancelQueueShutdown(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		t.Run(fmt.Sprintf("immediate=%v", immediate), func(t *testing.T) {
			cancelAnywhere(t, func(s *scene) {
				q := rt.NewQueue[int](1)
				var tasks []rt.AnyTask
				for i := range 2 {
					tasks = append(tasks, enter(s, q.Put(i)), enter(s, func() rt.Coro[rt.None] {
						rt.Await(yields(3))
						for {
							rt.Await(q.Get())
							q.TaskDone()
						}
					}()))
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

// Streams and deferred calls.

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
