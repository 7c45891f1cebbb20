package rt

import (
	"context"
	gotrace "runtime/trace"
)

// goTracer tells runtime/trace of a loop while that is switched on, by go test -trace, net/http/pprof or
// trace.Start: each task is a user task, a child of the one that has made it, and each step a region, named for
// the place where it begins. go tool trace shows both, beside the goroutines and the garbage collector.
type goTracer struct {
	loop  *Loop
	tasks map[*node]goTask
}

type goTask struct {
	ctx  context.Context
	task *gotrace.Task
}

// made makes a user task; one that is older than the trace gets its own when it runs.
func (g *goTracer) made(n *node) { g.task(n) }

// task is the user task of n.
func (g *goTracer) task(n *node) goTask {
	if t, ok := g.tasks[n]; ok {
		return t
	}
	parent := context.Background()
	if by := g.loop.exec.task; by != nil {
		if t, ok := g.tasks[by]; ok {
			parent = t.ctx
		}
	}
	var t goTask
	t.ctx, t.task = gotrace.NewTask(parent, n.root().Info().Name)
	gotrace.Log(t.ctx, "name", n.name())
	g.tasks[n] = t
	return t
}

func (g *goTracer) step(n *node) (over func()) {
	ctx := context.Background()
	if n.isStep() {
		ctx = g.task(n).ctx
	}
	return gotrace.StartRegion(ctx, n.stepName()).End
}

func (g *goTracer) ended(n *node) {
	if t, ok := g.tasks[n]; ok {
		t.task.End()
		delete(g.tasks, n)
	}
}

func (g *goTracer) named(n *node) { gotrace.Log(g.task(n).ctx, "name", n.name()) }

func (g *goTracer) cancels(n *node, msg string) {
	if n.flags&isTask != 0 {
		gotrace.Log(g.task(n).ctx, "cancel", msg)
	}
}

func (g *goTracer) close() {
	for _, t := range g.tasks {
		t.task.End()
	}
	clear(g.tasks)
}
