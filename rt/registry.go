package rt

// registry is the tasks of a loop that are not done, in order of creation. A task knows its slot;
// a slot that is free again is nil until more than half of them are. The slots are in pages, as timers.
type registry struct {
	pages []*taskPage
	slots int // in use, with those that are free again
	live  int
}

// shown is the bit of node.slot that says that somebody was given the task's handle who did not make the task.
const shown = 1 << 31

// registered is the number of a task's slot.
func (n *node) registered() int { return int(n.slot &^ shown) }

const (
	pageBits = 8
	pageSize = 1 << pageBits
)

// allocHeader is what Go's allocator puts before an object of more than 512 bytes with pointers in it.
const allocHeader = 8

type taskPage [pageSize]*node

func (r *registry) at(i int) **node { return &r.pages[i>>pageBits][i&(pageSize-1)] }

// register makes n one of the loop's tasks.
func (l *Loop) register(n *node) {
	r := &l.tasks
	if r.slots >= pageSize && r.live < r.slots/2 {
		r.compact()
	}
	if r.slots>>pageBits == len(r.pages) {
		r.pages = append(r.pages, new(taskPage))
	}
	n.slot = uint32(r.slots)
	*r.at(r.slots) = n
	r.slots++
	r.live++
}

// forget takes out a task that is done.
func (l *Loop) forget(n *node) {
	r := &l.tasks
	*r.at(n.registered()) = nil
	r.live--
	if r.live == 0 {
		r.slots = 0
		r.trim()
	}
}

// compact removes the free slots.
func (r *registry) compact() {
	kept := 0
	for i := range r.slots {
		if n := *r.at(i); n != nil {
			*r.at(i) = nil
			*r.at(kept) = n
			n.slot = n.slot&shown | uint32(kept)
			kept++
		}
	}
	r.slots = kept
	r.trim()
}

// trim gives pages back: all but one that are not in use.
func (r *registry) trim() {
	if need := r.slots>>pageBits + 1; need < len(r.pages) {
		clear(r.pages[need:])
		r.pages = r.pages[:need]
	}
}

// handOut gives out the handle of a task that is not done.
func (n *node) handOut() AnyTask {
	n.slot |= shown
	return n.handle()
}

// AllTasks gives the unfinished tasks in order of creation: asyncio.all_tasks.
func (l *Loop) AllTasks() []AnyTask {
	r := &l.tasks
	all := make([]AnyTask, 0, r.live)
	for i := range r.slots {
		if n := *r.at(i); n != nil {
			all = append(all, n.handOut())
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
