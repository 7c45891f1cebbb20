package rt

// A request to cancel a task is thrown where the task waits then. Some come too early: a shielded CancelScope holds them back until it
// ends. Others come too late: what the task awaits gives its value in spite of them, as Blocking does. Both are thrown
// by the next await. When there is none, the task ends with its value, as in anyio, and not canceled, as it
// does in asyncio when it asks for that itself right before its end.

// request is a request to cancel a task.
type request struct {
	msg string

	// depth is how many of the task's CancelScopes whoever asks is in: a deadline or a task group that the task is in, or a scope itself. 0 is
	// somebody from outside.
	depth uint32
	late  bool // it was held back
}

// depth is how many CancelScopes the task n is in.
func (n *node) depth() uint32 {
	if r := n.rare(); r != nil && r.scope != nil {
		return r.scope.limit.depth
	}
	return 0
}

// holdsBack says whether a shield keeps q from the task.
func (r *rare) holdsBack(q request) bool {
	for s := r.scope; s != nil && s.limit.depth > q.depth; s = s.outer {
		if s.shield {
			s.held = append(s.held, q)
			return true
		}
	}
	return false
}

// breakShields takes the shields off tasks that nothing else can end, and reports whether any of them held a request back.
func breakShields(tasks []AnyTask) (broken bool) {
	for _, t := range tasks {
		n := t.core()
		r := n.rare()
		if n.done() || r == nil {
			continue
		}
		for s := r.scope; s != nil; s = s.outer {
			s.shield = false
		}
		for s := r.scope; s != nil; s = s.outer {
			broken = broken || len(s.held) > 0
			s.release()
		}
	}
	return broken
}

// note keeps what is to be known of q if it becomes n's mustCancel. It may meet another one there, and is thrown together with
// that one.
func (n *node) note(q request) {
	r := n.extra()
	if n.flags&mustCancel != 0 {
		q.depth, q.late = max(q.depth, r.depth), q.late && r.late
	}
	r.depth, r.late = q.depth, q.late
}

// cancelNext makes the next await of n, which runs, throw a cancellation that was asked for, and counted, before.
func (n *node) cancelNext(msg string) {
	if n.canceling() == 0 {
		return
	}
	r := n.extra()
	n.note(request{depth: r.depth, late: true})
	n.flags |= mustCancel
	n.phase, r.msg = throwing, msg
}

// isLate says of the request of n's mustCancel that it leaves n its value.
func (n *node) isLate() bool {
	r := n.rare()
	return r != nil && r.late
}

// passedOn notes that the request to cancel that on has taken is one of a task that waits for it.
func (n *node) passedOn() {
	if r := n.rare(); r != nil {
		r.asked = true
	}
}

// askAgain is called when n has waited for the task on, which has ended with a value in spite of a request to cancel. If that was n's
// own, which n has passed on, n's next await throws it.
func (n *node) askAgain(on *node) {
	n.phase = runnable
	if r := on.rare(); r != nil && r.asked {
		n.cancelNext(r.msg)
	}
}
