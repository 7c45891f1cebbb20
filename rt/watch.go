package rt

// watchTurn runs what this turn has to run. It is spin for a loop that has something to do at each turn, or
// about each step: debug mode, a shuffled order. All of that costs who does not ask for it one
// look at a flag.
func (l *Loop) watchTurn() {
	for n := l.todo; n != nil; n = l.todo {
		l.todo = n.next
		l.watch(n)
	}
}

// watch runs n, for those who look at each step.
func (l *Loop) watch(n *node) {
	if l.debug {
		defer l.timeStep(n)()
	}
	l.run(n)
}
