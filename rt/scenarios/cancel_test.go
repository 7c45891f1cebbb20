//go:build asyncgen

package scenarios

import (
	"fmt"
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

// A moment is a place in the ready queue: the canceler comes so many turns at each tick of the clock, and waits
// for the next tick. In the last of these moments it is not itself who cancels, but a timer, when the others that
// are due at the next tick are in the ready queue. What a scene sleeps for is a number of ticks.
const (
	tick         = time.Nanosecond
	turnsPerTick = 8
	allMoments   = 8 * turnsPerTick
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

func (s *scene) startCanceler() { s.canceler = rt.CreateTaskOn(s.loop, s.moments()) }

// cancel cancels the victim.
func (s *scene) cancel() {
	s.victim = s.tasks[s.whom]
	s.taken = s.victim.Cancel()
}

// moments cancels the victim when its moment has come, and gives the number of the last moment in which not
// all had ended.
//
//async:func
func (s *scene) moments() rt.Coro[int] {
	last := 0
	for moment := range allMoments {
		for _, task := range s.tasks {
			if !task.Done() {
				last = moment
			}
		}
		next := time.Duration(0)
		if moment%turnsPerTick == turnsPerTick-1 && !s.timeless {
			next = tick
		} else if moment == s.when {
			s.cancel()
		}
		rt.Await(rt.Sleep(next))
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
	if s.when%turnsPerTick == turnsPerTick-1 && !s.timeless { // comes before all timers of that tick
		s.loop.CallAt(time.Duration(s.when/turnsPerTick+1)*tick, s.cancel)
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
	if said := leftIn(s.loop); said != "" {
		return last, said
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
			for when := range min(last+2, allMoments) {
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
		if s.victim == nil {
			return false
		}
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

// A sleep that is canceled leaves no timer, also when its time has come.
func TestCancelSleep(t *testing.T) {
	cancelAnywhere(t, func(s *scene) {
		for _, d := range []time.Duration{0, tick, 2 * tick, 100 * tick} {
			enter(s, rt.Sleep(d))
		}
		enter(s, naps(3))
	})
}

// A cancellation comes once: who catches it and waits for something else is not disturbed.
func TestCancelSleepCaught(t *testing.T) {
	for _, rest := range []func() rt.Coro[int]{func() rt.Coro[int] { return naps(2) }, func() rt.Coro[int] { return yields(4) }} {
		cancelAnywhere(t, func(s *scene) {
			other := enter(s, naps(4))
			for range 2 {
				enter(s, func() rt.Coro[rt.None] {
					_, err := rt.CatchAwait(rt.Sleep(2 * tick))
					rested := 0
					if err != nil {
						rested, err = rt.CatchAwait(rest())
					}
					if err != nil || rested == 0 && rt.RunningLoop().Time() < 2*tick {
						rt.Throw(fmt.Errorf("woken at %v: %w", rt.RunningLoop().Time(), err))
					}
					rt.Await(other)
					if !other.Done() {
						rt.Throw(fmt.Errorf("woken before %v has ended", other))
					}
					return nil
				}())
			}
			s.survives = true
			s.shares = s.others()
		})
	}
}
