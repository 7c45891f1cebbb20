package rt

// Pending is what a loop has still to do.
type Pending struct {
	Tasks  int // that are not done
	Timers int // of sleeping tasks, CallLater and CallAt, that are neither due nor canceled
	Ready  int // steps and callbacks that wait for their turn
}

// Pending counts what l has still to do: after a test it should be nothing. It belongs to the loop's
// goroutine, or to whoever holds the loop while it does not run.
func (l *Loop) Pending() Pending {
	l = l.behind()
	p := Pending{Tasks: l.tasks.live, Timers: l.timers.len() - l.timers.dead}
	for _, first := range []*node{l.todo, l.exec.ready.head} {
		for n := first; n != nil; n = n.next {
			p.Ready++
		}
	}
	return p
}
