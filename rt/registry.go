package rt

// registry is the tasks of a loop that are not done, in order of creation. A task knows its slot, the page and the place
// there; a slot that is free again is nil until more than half of them are.
//
// A page knows the number of each task too, that of its default name. Most often each task has the number after that of
// the task before it, so that one says it all.
type registry struct {
	pages []*taskPage
	last  *taskPage // where the next task goes, unless it is full
	next  uint32    // the slot of the next task
	live  int
}

// taskPage is so large that with what Go's allocator adds to it it fills 2 KiB.
type taskPage struct {
	base    uint32               // the task at i has the number base+i,
	from    uint32               // if it is not before this one;
	numbers *[tasksInPage]uint32 // those of the others
	tasks   [tasksInPage]*node
}

const (
	slotBits    = 8
	slotPage    = 1 << slotBits // slots of a page; the last few are not used
	tasksInPage = (2048 - allocHeader - 16) / 8

	// allocHeader is what Go's allocator puts before an object of more than 512 bytes with pointers in it.
	allocHeader = 8
)

// at gives n's page, and its place there.
func (r *registry) at(n *node) (*taskPage, uint32) {
	return r.pages[n.slot>>slotBits], n.slot % slotPage
}

// number is that of n's default name.
func (r *registry) number(n *node) uint32 {
	p, i := r.at(n)
	return p.number(i)
}

// number is that of the task at i.
func (p *taskPage) number(i uint32) uint32 {
	if i < p.from {
		return p.numbers[i]
	}
	return p.base + i
}

// add makes n one of the loop's tasks.
func (r *registry) add(n *node, number uint32) {
	p, i := r.last, r.next%slotPage
	if p == nil || i >= tasksInPage {
		r.turn()
		r.add(n, number)
		return
	}
	if number != p.base+i {
		p.write(i)
		p.base = number - i
	}
	n.slot = r.next
	p.tasks[i] = n
	r.next++
	r.live++
}

// write writes the numbers of the tasks before end down.
func (p *taskPage) write(end uint32) {
	if p.numbers == nil && end > 0 {
		p.numbers = new([tasksInPage]uint32)
	}
	for ; p.from < end; p.from++ {
		p.numbers[p.from] = p.base + p.from
	}
}

// turn goes on to another page. Then is the time to look whether there are too many free slots.
func (r *registry) turn() {
	if r.live < int(r.next/2) {
		r.compact()
	}
	if r.next%slotPage == tasksInPage {
		r.next += slotPage - tasksInPage
	}
	if int(r.next>>slotBits) == len(r.pages) {
		r.pages = append(r.pages, new(taskPage))
	}
	r.last = r.pages[r.next>>slotBits]
	if r.next%slotPage == 0 {
		r.last.from = 0
	}
}

// forget takes out a task that is done; its number takes the place of its slot.
func (r *registry) forget(n *node) {
	p, i := r.at(n)
	p.tasks[i] = nil
	n.slot = p.number(i)
	r.live--
}

// compact removes the free slots, and gives back the pages that were not in use since it was called last, but one: tasks
// that come and go in waves need the others again.
func (r *registry) compact() {
	pages, used := r.pages, int(r.next>>slotBits)+1
	r.next = 0
	for _, from := range pages {
		for i := range from.tasks {
			n := from.tasks[i]
			if n == nil {
				continue
			}
			number := from.number(uint32(i))
			from.tasks[i] = nil
			if r.next%slotPage == tasksInPage {
				r.next += slotPage - tasksInPage
			}
			n.slot = r.next
			to, k := r.at(n)
			to.write(tasksInPage)
			to.tasks[k], to.numbers[k] = n, number
			r.next++
		}
	}
	last := int(r.next >> slotBits)
	pages[last].from = r.next % slotPage
	if need := max(last+2, used); need < len(pages) {
		clear(pages[need:])
		r.pages = pages[:need]
	}
}

// handOut gives out the handle of a task that is not done to somebody who has not made the task.
func (n *node) handOut() AnyTask {
	n.flags |= seen
	return n.handle()
}

// AllTasks gives the unfinished tasks in order of creation: asyncio.all_tasks.
func (l *Loop) AllTasks() []AnyTask {
	l = l.behind()
	all := make([]AnyTask, 0, l.tasks.live)
	for _, p := range l.tasks.pages {
		for i := range p.tasks {
			if n := p.tasks[i]; n != nil {
				all = append(all, n.handOut())
			}
		}
	}
	return all
}
