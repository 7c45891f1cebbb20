package rt

import "math/rand/v2"

// A shuffled loop runs what is ready in a turn in another order, drawn at random, that programs have to
// live with. rttest.Shuffle says in users' words which orders these are; here is why.
//
// A turn stays a turn: what is ready runs before what it makes ready. That keeps all that one thing owes to
// another, and leaves the order inside of a turn. There some things still owe it to each other who is first:
//
//   - Callbacks, because call_soon promises it. That includes the machinery of Gather, Wait and task
//     groups, whose first error is the first one in that order.
//   - All that waits for one future, tasks and callbacks, and all that stands in one line of a lock, queue
//     or the like: first come, first served.
//   - Sleeps that end in one turn, because they end in the order of their deadlines. Those of one deadline
//     were shuffled when their timers came up, together with the callbacks of that moment.
//   - A task that yields, with Sleep(0), comes after all that was ready before it, but for others that
//     yield: `create the task, sleep(0), see what it has done` is an idiom.
//
// So it is a partial order, and the shuffled turn is drawn from those that agree with it.
type shuffle struct{ rand *rand.Rand }

// withShuffle is rttest.Shuffle.
func withShuffle(seed uint64) Option {
	return optionFunc(func(o *config) {
		o.shuffle = nil
		if seed != 0 {
			o.shuffle = &shuffle{rand.New(rand.NewPCG(seed, 0))}
		}
	})
}

// expire is Loop.expire, with the timers of each moment in any order.
func (s *shuffle) expire(l *Loop) {
	now := l.now()
	for when, ok := l.timers.next(); ok && when <= now; when, ok = l.timers.next() {
		ready := &l.exec.ready
		before := ready.tail
		l.expire(when)
		moment := nodes(*before)
		s.rand.Shuffle(len(moment), func(i, j int) { moment[i], moment[j] = moment[j], moment[i] })
		*before, ready.tail = nil, before
		for _, n := range moment {
			ready.push(n)
		}
	}
}

// turn gives what a turn runs, from first on, in another order.
func (s *shuffle) turn(first *node) *node {
	d := draw{nodes: nodes(first)}
	d.constrain()
	var drawn list
	drawn.reset()
	for range d.nodes {
		drawn.push(d.take(s.rand))
	}
	return drawn.head
}

// nodes is a chain as a slice.
func nodes(first *node) (all []*node) {
	for n := first; n != nil; n = n.next {
		all = append(all, n)
	}
	return all
}

// draw takes nodes one by one, each at random from those that may be the next one.
type draw struct {
	nodes  []*node
	before []int   // by node, how many have still to be taken before it
	after  [][]int // by node, those that come after it
	taken  []bool  // by node
	free   []int   // those that may be the next one
	front  int     // all before it are taken, or yield
}

// constrain finds out who must be before whom. Of those that share a claim each comes after the one before
// it; tasks that yield wait for d.front.
func (d *draw) constrain() {
	d.before, d.after, d.taken = make([]int, len(d.nodes)), make([][]int, len(d.nodes)), make([]bool, len(d.nodes))
	latest := map[claim]int{}
	for i, n := range d.nodes {
		if n.yields() {
			continue
		}
		for _, c := range n.claims() {
			if c == (claim{}) {
				continue
			}
			if before, ok := latest[c]; ok {
				d.after[before] = append(d.after[before], i)
				d.before[i]++
			}
			latest[c] = i
		}
		if d.before[i] == 0 {
			d.free = append(d.free, i)
		}
	}
	d.advance()
}

// take takes the next node.
func (d *draw) take(r *rand.Rand) *node {
	at, last := r.IntN(len(d.free)), len(d.free)-1
	i := d.free[at]
	d.free[at] = d.free[last]
	d.free = d.free[:last]
	d.taken[i] = true
	for _, k := range d.after[i] {
		if d.before[k]--; d.before[k] == 0 {
			d.free = append(d.free, k)
		}
	}
	d.advance()
	return d.nodes[i]
}

// advance moves the front, and frees the tasks that yield and that it passes.
func (d *draw) advance() {
	for d.front < len(d.nodes) && (d.taken[d.front] || d.nodes[d.front].yields()) {
		if !d.taken[d.front] {
			d.free = append(d.free, d.front)
		}
		d.front++
	}
}

// yields says of what is in the ready queue whether it is a task in Sleep(0).
func (n *node) yields() bool { return n.phase == runnable }

// claim is what those share that keep their order: a class, a future or a line.
type claim struct {
	class claimClass
	node  *node
	line  *line
}

type claimClass uint8

const (
	_ claimClass = iota
	callbacks
	sleeps  // that have ended
	alarms  // sleeps whose timers have come up, a turn earlier
	futures // of one future
	lines   // of one line
)

// claims is what n, which is in the ready queue, shares with others.
func (n *node) claims() (c [2]claim) {
	switch n.phase {
	case callback:
		c[0].class = callbacks
		if f, ok := n.leaf.(interface{ source() *node }); ok && f.source() != nil {
			c[1] = claim{class: futures, node: f.source()}
		}
	case reporting:
		c[0].class = callbacks
		c[1] = claim{class: futures, node: n}
	case waiting:
		c[0] = claim{class: futures, node: n.awaited()}
	case due:
		c[0].class = alarms
	case attending, called, calledOff, dismissed:
		c[0] = claim{class: lines, line: n.standing().line}
	case woken:
		c[0].class = sleeps
	}
	return c
}
