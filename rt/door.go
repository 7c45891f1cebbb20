package rt

import (
	"runtime"
	"weak"
)

// The event loop of a Run belongs to that Run. What RunningLoop gives out is a door to it: a Loop with nothing in it but the
// way to the real one. Whoever wants to wake the loop from outside has to hold the door, and the garbage collector knows
// whether anybody does: see lookForDeadlock. Everything inside of rt holds the real loop, and never the door.
//
// A loop of NewLoop is the real one for all: who has made it holds it anyway, while it runs.

// behind is the real loop, where l may be a door. Each exported function that is given a Loop begins with it.
func (l *Loop) behind() *Loop {
	if l.real != nil {
		return l.real
	}
	return l
}

// handOut is the loop as somebody else may have it. While anybody has a door, everybody gets the same one.
func (l *Loop) handOut() *Loop {
	if l.shared {
		return l
	}
	if d := l.door.Value(); d != nil {
		return d
	}
	d := &Loop{real: l}
	l.door = weak.Make(d)
	// A loop that waits, possibly for nobody any more, looks again. The argument must not lead to the tasks, which may
	// hold the door.
	runtime.AddCleanup(d, rouse, l.inbox.wake)
	return d
}

// mayBeHeld is isHeld as far as it is known without a collection.
func (l *Loop) mayBeHeld() bool { return l.shared || l.door.Value() != nil }

// isHeld says whether anybody may still have the loop. When it says no, what they have posted before is in the inbox.
func (l *Loop) isHeld() bool {
	if !l.shared && l.mayBeHeld() {
		runtime.GC()
	}
	return l.mayBeHeld()
}
