package rt

// registry is the tasks of a loop that are not done, in order of creation. A task knows its slot;
// a slot that is free again is nil until more than half of them are.
type registry struct {
	slots []AnyTask
	live  int
}

// register makes t one of the loop's tasks.
func (l *Loop) register(n *node, t AnyTask) {
	r := &l.tasks
	if len(r.slots) >= 64 && r.live < len(r.slots)/2 {
		r.compact()
	}
	n.slot = uint32(len(r.slots))
	r.slots = append(r.slots, t)
	r.live++
}

// forget takes out a task that is done.
func (l *Loop) forget(n *node) {
	r := &l.tasks
	r.slots[n.slot] = nil
	r.live--
	if r.live == 0 {
		r.slots = r.slots[:0]
	}
}

// compact removes the free slots.
func (r *registry) compact() {
	kept := r.slots[:0]
	for _, t := range r.slots {
		if t != nil {
			t.core().slot = uint32(len(kept))
			kept = append(kept, t)
		}
	}
	clear(r.slots[len(kept):])
	r.slots = kept
}

// taskOf is the task whose core n is; nil when there is none.
func (l *Loop) taskOf(n *node) AnyTask {
	if n == nil || n.done() {
		return nil
	}
	return l.tasks.slots[n.slot]
}

// AllTasks gives the unfinished tasks in order of creation: asyncio.all_tasks.
func (l *Loop) AllTasks() []AnyTask {
	all := make([]AnyTask, 0, l.tasks.live)
	for _, t := range l.tasks.slots {
		if t != nil {
			all = append(all, t)
		}
	}
	return all
}

// failures is the failed tasks and futures, in the order in which they failed, until somebody has
// looked at their errors. asyncio learns from the garbage collector that nobody will; the loop keeps
// them to its end.
type failures struct {
	nodes []*node
	limit int // when it holds so many, those that were seen are taken out
}

func (f *failures) add(n *node) {
	if len(f.nodes) >= max(f.limit, 32) {
		kept := f.nodes[:0]
		for _, n := range f.nodes {
			if n.flags&seen == 0 {
				kept = append(kept, n)
			}
		}
		clear(f.nodes[len(kept):])
		f.nodes, f.limit = kept, 2*len(kept)
	}
	f.nodes = append(f.nodes, n)
}
