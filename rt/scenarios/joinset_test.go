//go:build asyncgen

package scenarios

import (
	"errors"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// Tasks come as they end, and those that are made meanwhile come as well.
func TestJoinSet(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var e events
		n := rt.Await(rt.WithJoinSet(func(s *rt.JoinSet[string]) rt.Coro[int] {
			n := 0
			s.Spawn(givingAfter(20*ms, "a"))
			s.Spawn(givingAfter(10*ms, "b"))
			for next := rt.Await(s.JoinNext()); next.OK; next = rt.Await(s.JoinNext()) {
				v := rt.Await(next.Value)
				if n++; v == "b" {
					s.Spawn(givingAfter(5*ms, "c"), rt.EagerStart())
				}
				e.add("%s, %d left", v, s.Len())
			}
			return rt.Return(n)
		}))
		e.add("%d", n)
		e.want(t, "b, 2 left", "c, 1 left", "a, 0 left", "3")
		return nil
	}())
}

// However the body ends: what still runs is canceled and waited for, and the body's end goes on.
func TestJoinSetEndsItsTasks(t *testing.T) {
	errBad := errors.New("bad")
	for how, want := range map[string]string{"value": "7 <nil>", "error": "0 bad", "panic": "boom", "cancel": "0 canceled"} {
		run(t, func() rt.Coro[rt.None] {
			var e events
			slow := func() rt.Coro[string] {
				defer func() { e.add("ended at %v", rt.RunningLoop().Time()) }()
				defer rt.Await(rt.Sleep(10 * ms))
				return rt.Return(rt.Await(rt.NewFuture[string]()))
			}
			body := func() (c rt.Coro[rt.None]) {
				defer func() {
					if r := recover(); r != nil {
						e.add("%v", r)
					}
				}()
				v, err := rt.CatchAwait(rt.WithJoinSet(func(s *rt.JoinSet[string]) rt.Coro[int] {
					for range 30 {
						s.Spawn(giving("short"))
					}
					s.Spawn(slow())
					rt.Await(rt.Sleep(0))
					switch how {
					case "error":
						rt.Throw(errBad)
					case "panic":
						panic("boom")
					case "cancel":
						rt.Await(rt.Sleep(second))
					}
					return rt.Return(7)
				}))
				e.add("%v %v", v, err)
				return nil
			}
			task := rt.CreateTask(body())
			for range 3 {
				rt.Await(rt.Sleep(0))
			}
			if how == "cancel" {
				task.Cancel()
			}
			rt.Await(task)
			e.want(t, "ended at 10ms", want)
			return nil
		}())
	}
}

// Several wait for the next one: each task is taken once, by one that was not canceled, and at the end nobody waits for ever.
func TestJoinSetIsJoinedBySeveral(t *testing.T) {
	for turns := range 6 {
		run(t, func() rt.Coro[rt.None] {
			taken, empty := 0, 0
			rt.Await(rt.WithJoinSet(func(s *rt.JoinSet[string]) rt.Coro[rt.None] {
				var joiners []*rt.Task[rt.None]
				for range 4 {
					joiners = append(joiners, rt.CreateTask(func() rt.Coro[rt.None] {
						if rt.Await(s.JoinNext()).OK {
							taken++
						} else {
							empty++
						}
						return nil
					}()))
				}
				s.Spawn(giving("a"))
				s.Spawn(givingAfter(ms, "b"))
				for range turns {
					rt.Await(rt.Sleep(0))
				}
				joiners[0].Cancel()
				rt.Await(rt.GatherResults(rt.Awaitables(joiners)...))
				if left := s.Len(); taken+left != 2 || taken+empty < 3 {
					t.Errorf("turn %d: %d taken, %d left, %d found none", turns, taken, left, empty)
				}
				s.CancelAll()
				return nil
			}))
			return nil
		}())
	}
}

// A task that fails cancels nobody; its error is for who takes it.
func TestJoinSetErrors(t *testing.T) {
	run(t, func() rt.Coro[rt.None] {
		var outside *rt.JoinSet[int]
		rt.Await(rt.WithJoinSet(func(s *rt.JoinSet[int]) rt.Coro[rt.None] {
			outside = s
			errBad := errors.New("bad")
			s.Spawn(rt.Fail[int](errBad))
			s.Spawn(func() rt.Coro[int] { rt.Await(rt.Sleep(time.Second)); return rt.Return(2) }())
			if err := rt.Await(s.JoinNext()).Value.Err(); err != errBad {
				t.Error(err)
			}
			if v := rt.Await(rt.Await(s.JoinNext()).Value); v != 2 {
				t.Error(v)
			}
			return nil
		}))
		for want, s := range map[string]*rt.JoinSet[int]{
			"rt: JoinSet.Spawn: the body of WithJoinSet has ended": outside,
			"rt: the JoinSet was not made by WithJoinSet":          {},
		} {
			if said := misuse(func() { s.Spawn(nil) }); said != want {
				t.Error(said)
			}
		}
		return nil
	}())
}
