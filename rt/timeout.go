package rt

import (
	"fmt"
	"time"
)

// WithTimeout runs body and cancels it after d: `async with asyncio.timeout(d)`. The body runs in the
// same task. When the time is over the task is canceled; that cancellation, and no other, becomes
// ErrTimeout where it leaves the body. With 0 and less the time is over at the first suspension.
// NoTimeout sets no limit, for the body to set one with Reschedule.
func WithTimeout[T any](d time.Duration, body func(*Deadline) Coro[T]) Coro[T] {
	if body == nil {
		panic("rt.WithTimeout: nil function")
	}
	return New(&TimedCall[T]{info: &withTimeoutInfo, limit: d, body: body})
}

// WithDeadline is WithTimeout until a moment on the clock of Loop.Time: asyncio.timeout_at.
func WithDeadline[T any](when time.Duration, body func(*Deadline) Coro[T]) Coro[T] {
	if body == nil {
		panic("rt.WithDeadline: nil function")
	}
	return New(&TimedCall[T]{info: &withDeadlineInfo, limit: when, absolute: true, body: body})
}

var (
	withTimeoutInfo  = FuncInfo{Name: "WithTimeout", Defers: true}
	withDeadlineInfo = FuncInfo{Name: "WithDeadline", Defers: true}
)

// TimedCall is a call of WithTimeout, WithDeadline or WaitFor: generated code holds a WaitFor in the caller's frame. The
// others give their Deadline to others, who may look at it when the call has ended.
type TimedCall[T any] struct {
	Frame[T]
	info     *FuncInfo
	limit    time.Duration
	absolute bool // limit is a moment
	body     func(*Deadline) Coro[T]
	aw       Awaitable[T] // what body gave, or what WaitFor waits for
	deadline Deadline
}

// Info describes the call to tracebacks.
func (f *TimedCall[T]) Info() *FuncInfo { return f.info }

// Begin begins a call of WaitFor(aw, d).
func (f *TimedCall[T]) Begin(x *Exec, aw Awaitable[T], d time.Duration) Status {
	f.State, f.info = Start, &waitForInfo
	f.aw, f.limit = inTime(aw, d)
	return f.Resume(x)
}

// Resume goes on with the call.
func (f *TimedCall[T]) Resume(x *Exec) (status Status) {
	defer x.exitWithPanic(f, &f.deadline, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.State = 1
		f.enter(x)
		if Begin(x, f, f.aw) == Suspended {
			return Suspended
		}
	}
	return endScope(x, f, &f.Frame, &f.aw, &f.deadline)
}

// scope is what a frame is in while it awaits its body: a Deadline or a CancelScope.
type scope interface{ exit(*Exec) }

// exitWithPanic is deferred by Resume of f, which is in s: a panic passes, but ends s; so does a Goexit, behind the deferred calls of
// the body.
func (x *Exec) exitWithPanic(f Resumer, s scope, status *Status) {
	switch {
	case *status != exiting:
	case duringGoexit():
		x.exited = append(x.exited, f)
	default:
		s.exit(x)
	}
}

// endScope ends f, which is in s, and whose body aw has ended with its value or x.Err. If s takes the error away, f ends with T's zero value.
func endScope[T any](x *Exec, f Resumer, frame *Frame[T], aw *Awaitable[T], s scope) Status {
	body := *aw
	*aw = nil
	failed := x.Err != nil
	s.exit(x)
	switch {
	case x.Err != nil:
		return x.Fail(f, 0)
	case !failed:
		frame.Value = Value(body)
	}
	return Done
}

func (f *TimedCall[T]) enter(x *Exec) {
	now := x.loop.now()
	when := f.limit
	if !f.absolute {
		when = after(now, when)
	}
	f.deadline.enter(x, when, now)
	if f.body != nil {
		f.aw = f.body(&f.deadline)
	}
}

// Deadline is the limit of a WithTimeout: asyncio.Timeout.
type Deadline struct {
	state     deadlineState
	depth     uint32 // see request
	task      *node
	canceling int // requests to cancel the task when it entered
	when      time.Duration
	alarm     node  // its timer is set, in phase armed
	due       *node // the call of expire that is in the ready queue; nil: none
}

// deadlineState is how far a Deadline has come.
type deadlineState uint8

const (
	created  deadlineState = iota
	active                 // the body runs
	expiring               // the body runs, and was canceled
	expired                // the body has ended, too late
	exited                 // the body has ended in time
)

func (s deadlineState) String() string {
	return [...]string{created: "created", active: "active", expiring: "expiring", expired: "expired", exited: "finished"}[s]
}

// String describes the Deadline as Python's repr does: <Deadline [active] when=10s>
func (d *Deadline) String() string {
	switch {
	case d.state != active:
		return fmt.Sprintf("<Deadline [%s]>", d.state)
	case d.when == NoTimeout:
		return "<Deadline [active] when=None>"
	}
	return fmt.Sprintf("<Deadline [active] when=%v>", d.when.Round(time.Millisecond))
}

// When is the moment of the limit, NoTimeout if there is none: Timeout.when.
func (d *Deadline) When() time.Duration { return d.when }

// Expired says whether the time was over before the body had ended.
func (d *Deadline) Expired() bool { return d.state == expiring || d.state == expired }

// Reschedule sets another limit; NoTimeout takes it away. A moment that has passed cancels the body
// in the next turn. It panics when the time is over or the body has ended.
func (d *Deadline) Reschedule(when time.Duration) {
	if d.state != active {
		state := d.state.String()
		if d.state == created {
			state = "not entered"
		}
		panic("rt: Reschedule of a Deadline that is " + state)
	}
	d.set(when, d.task.loop.now())
}

// set sets a limit at the moment now.
func (d *Deadline) set(when, now time.Duration) {
	d.when = when
	d.stop()
	if when == NoTimeout {
		return
	}
	l := d.task.loop
	if l.debug {
		l.checkGoroutine("Deadline.Reschedule")
	}
	if when <= now {
		l.push((*limit)(d).ring())
		return
	}
	d.alarm.loop, d.alarm.leaf, d.alarm.phase = l, (*limit)(d), armed
	l.setTimer(&d.alarm, when)
}

// enter is __aenter__.
func (d *Deadline) enter(x *Exec, when, now time.Duration) {
	d.state = active
	d.task, d.depth = x.task, x.task.depth()
	d.canceling = x.task.canceling()
	d.set(when, now)
}

// expire is called when the time is over.
func (d *Deadline) expire() {
	d.due = nil
	d.task.cancelFor(request{depth: d.depth})
	d.state = expiring
}

func (d *Deadline) stop() {
	if d.alarm.on != nil {
		d.task.loop.dropTimer(&d.alarm)
	}
	if d.due != nil {
		d.due.phase = idle
		d.due = nil
	}
}

// limit is a Deadline as what its timer resumes.
type limit Deadline

func (d *limit) Resume(*Exec) Status {
	(*Deadline)(d).expire()
	return Done
}

func (*limit) Info() *FuncInfo { return nil }
func (*limit) head() *link     { return nil }

// ring gives what the time's end puts on the ready queue. It is not the alarm itself: that is a part of a frame, which may be
// in use again before the entry has its turn.
func (d *limit) ring() *node {
	d.due = &node{loop: d.task.loop, phase: callback, leaf: d}
	return d.due
}

// exit is __aexit__, with x.Err as the exception: its own cancellation becomes ErrTimeout.
func (d *Deadline) exit(x *Exec) {
	if d.leave(x) {
		x.Err = timeoutFor(x.Err)
	}
}

// leave ends d, with x.Err as what ends the body, and says whether that is d's own cancellation. It takes its own request to
// cancel back. If there are no more requests than before, and it is a cancellation that leaves the body, then it is its
// own; with more, somebody else wants the task to end, and the cancellation goes on.
func (d *Deadline) leave(x *Exec) bool {
	d.stop()
	switch d.state {
	case active:
		d.state = exited
	case expiring:
		d.state = expired
		return d.task.uncancel() <= d.canceling && x.Canceled()
	}
	return false
}
