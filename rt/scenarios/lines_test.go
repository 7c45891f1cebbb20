//go:build asyncgen

package scenarios

import (
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// A reader that was canceled stands in the line until its turn, or until a writer comes to it.
func TestQueueStringCountsTheCanceled(t *testing.T) {
	ofEachKind(t, func(t *testing.T, newQueue func(max int) *rt.Queue[int]) {
		var ev events
		run(t, func() rt.Coro[rt.None] {
			for canceled := range 4 { // a bit for each of two readers
				q := newQueue(0)
				readers := []*rt.Task[int]{rt.CreateTask(q.Get()), rt.CreateTask(q.Get())}
				rt.Await(rt.Sleep(0))
				for i, r := range readers {
					if canceled&(1<<i) != 0 {
						r.Cancel()
					}
				}
				_, line, _ := strings.Cut(q.String(), "maxsize=0")
				q.PutNowait(7)
				_, put, _ := strings.Cut(q.String(), "maxsize=0")
				q.PutNowait(7)
				rt.Await(rt.Sleep(0))
				_, after, _ := strings.Cut(q.String(), "maxsize=0")
				ev.add("%s%s%s", line, put, after)
				rt.TryAwait(rt.GatherResults(rt.Awaitables(readers)...))
			}
			return nil
		}())
		ev.want(t,
			" _getters[2]> _queue=[7] _getters[1] tasks=1> tasks=2>",
			" _getters[2]> _queue=[7] tasks=1> _queue=[7] tasks=2>",
			" _getters[2]> _queue=[7] _getters[1] tasks=1> _queue=[7] tasks=2>",
			" _getters[2]> _queue=[7] tasks=1> _queue=[7, 7] tasks=2>")
	})
}

// What waits in line says so until it goes on, whether a function awaits it or it is a task of its own.
func TestDumpOfWaitsInLine(t *testing.T) {
	var ev events
	run(t, func() rt.Coro[rt.None] {
		var lock rt.Lock
		var event rt.Event
		sem, cond := rt.NewSemaphore(0), rt.NewCondition(nil)
		empty, full := rt.NewQueue[int](1), rt.NewQueue[int](1)
		full.PutNowait(1)
		rt.Await(lock.Acquire())
		rt.Await(cond.Acquire())
		var tasks []rt.AnyTask
		add := func(c rt.Coro[rt.None]) { tasks = append(tasks, rt.CreateTask(c)) }
		add(func() rt.Coro[rt.None] { rt.Await(lock.Acquire()); return nil }())
		add(func() rt.Coro[rt.None] { rt.Await(cond.Acquire()); return nil }())
		add(func() rt.Coro[rt.None] { rt.Await(sem.Acquire()); return nil }())
		add(func() rt.Coro[rt.None] { rt.Await(event.Wait()); return nil }())
		add(func() rt.Coro[rt.None] { rt.Await(empty.Get()); return nil }())
		add(func() rt.Coro[rt.None] { rt.Await(full.Put(1)); return nil }())
		add(lock.Acquire())
		add(full.Put(2))
		show := func(what string) {
			var b strings.Builder
			rt.RunningLoop().Dump(&b)
			for line := range strings.Lines(b.String()) {
				_, line, _ = strings.Cut(strings.TrimSpace(line), "── ")
				if waits := !strings.Contains(line, " at "); waits && line != "" {
					what += ", " + line
				}
			}
			ev.add("%s", what)
		}
		rt.Await(rt.Sleep(0))
		show("waiting")
		lock.Release()
		cond.Release()
		sem.Release()
		event.Set()
		empty.PutNowait(1)
		full.GetNowait()
		show("woken")
		for _, task := range tasks {
			task.Cancel()
		}
		show("canceled")
		return nil
	}())
	ev.want(t,
		"waiting, Lock.Acquire, Lock.Acquire, Semaphore.Acquire, Event.Wait, Queue.Get, Queue.Put, Lock.Acquire, Queue.Put",
		"woken, Lock.Acquire, is ready, Lock.Acquire, is ready, Semaphore.Acquire, is ready, Event.Wait, Queue.Get, is ready, "+
			"Queue.Put, is ready, Lock.Acquire, Queue.Put",
		"canceled, Lock.Acquire, is ready, Lock.Acquire, is ready, Semaphore.Acquire, is ready, Event.Wait, is ready, Queue.Get, is ready, "+
			"Queue.Put, is ready, Lock.Acquire, is ready, Queue.Put, is ready")
}
