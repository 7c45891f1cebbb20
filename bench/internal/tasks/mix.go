//go:build asyncgen

package tasks

import (
	"errors"

	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/rt"
)

// request is what a client sends to the workers.
type request struct {
	id    int
	lost  bool // no worker answers it
	reply *rt.Future[int]
}

// work answers requests, each after a millisecond.
//
//async:func
func work(q *rt.Queue[request]) rt.Coro[rt.None] {
	for {
		r := rt.Await(q.Get())
		if r.id < 0 {
			return nil
		}
		rt.Await(rt.Sleep(harness.MixWork))
		if !r.lost {
			r.reply.SetResult(r.id) // fails when the client has given up, which is as it should be
		}
	}
}

// client sends n requests, one after the other, and waits for each answer, but not for ever.
//
//async:func
func client(q *rt.Queue[request], first, n int) rt.Coro[int] {
	ops := 0
	for id := first; id < first+n; id++ {
		r := request{id: id, lost: id%harness.MixLost == 0, reply: rt.NewFuture[int]()}
		patience := harness.MixLong
		if r.lost {
			patience = harness.MixShort
		}
		rt.Await(q.Put(r))
		v, err := rt.TryAwait(rt.WaitFor(r.reply, patience))
		if r.lost && errors.Is(err, rt.ErrTimeout) || !r.lost && err == nil && v == id {
			ops++
		}
	}
	return rt.Return(ops)
}

//async:func
func mix(n int, w *harness.Watch) rt.Coro[int] {
	q := rt.NewQueue[request](harness.MixBound)
	clients, each := harness.MixClients(n)
	w.Start()
	var workers []*rt.Task[rt.None]
	for range harness.MixWorkers {
		workers = append(workers, rt.CreateTask(work(q)))
	}
	var list []rt.Awaitable[int]
	for i := range clients {
		list = append(list, client(q, i*each, each))
	}
	ops := 0
	for _, v := range rt.Await(rt.Gather(list...)) {
		ops += v
	}
	for range workers {
		rt.Await(q.Put(request{id: -1}))
	}
	for _, t := range workers {
		rt.Await(t)
	}
	w.Stop()
	return rt.Return(ops)
}
