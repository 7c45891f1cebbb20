package rt

// Defers is the deferred calls of a function, in its frame, and how the function is about to end
// while they run. It keeps Go's rules: last in first out, each exactly once, a panic runs them, and
// a function that recovers ends normally with the value its result has. What Python adds is that
// they may await, and that an error (Python's exception) is in flight like a panic, only that
// nothing but a failing deferred call replaces it.
//
// At most one of err and panic is set; with neither the function returns.
type Defers struct {
	calls   []deferred
	loops   []any // over functions (funcLoop) and streams (Resumer), that the body is in
	err     error // the error in flight
	trace   *tracePart
	panic   *panicking // the panic in flight
	current Resumer    // the coroutine that runs as a deferred call
	closing Resumer    // the stream that is being closed
	stage   stage
	unwound bool // a panic has gone through the body: see Unwound
}

// deferred is one call: an ordinary one or one to await.
type deferred struct {
	call  func(x *Exec)
	await interface{ core() *node }
}

// stage is how far the exit of a function has come.
type stage uint8

const (
	inBody   stage = iota
	atExit         // the deferred calls run, one after the other
	awaiting       // one of them has suspended
	leaving        // a stream that the body reads is being closed
	settling       // EndAs waits for the coroutine that the function ends as
	raised         // End has raised the panic: it is no longer ours
)

// Reset makes d ready for another call of its function.
func (d *Defers) Reset() { *d = Defers{calls: d.calls[:0], loops: d.loops[:0]} }

// Push defers an ordinary call.
func (d *Defers) Push(call func(x *Exec)) {
	d.calls = append(d.calls, deferred{call: call})
}

// PushAwait defers the await of aw: `defer rt.Await(f())`.
func PushAwait[T any](d *Defers, aw Awaitable[T]) {
	if aw != nil {
		d.calls = append(d.calls, deferred{await: aw})
	}
}

// Catch is deferred by each Resume of a function with deferred calls. A panic that ends the body
// becomes the panic in flight, and f goes on at its exit.
func (d *Defers) Catch(x *Exec, f Resumer, status *Status) {
	if d.stage == raised {
		return
	}
	r := recover()
	if r == nil {
		if *status != exiting {
			return
		}
		if duringGoexit() {
			x.exited = append(x.exited, f)
			return
		}
	}
	d.replace(x.recovered(r))
	d.unwound = true
	x.take()
	f.head().State = Exit
	*status = f.Resume(x)
}

// Unwound says that a panic has ended the body. The calls that the frame holds may have been in the midst of it: they have
// not let go of anything.
func (d *Defers) Unwound() bool { return d.unwound }

// replace makes p what is in flight.
func (d *Defers) replace(p *panicking) {
	if d.panic != nil && d.panic.exits {
		p.exits = true
	}
	d.stage = atExit
	d.panic, d.err, d.trace, d.current = p, nil, nil, nil
}

// Reraise raises the panic that comes from an awaited frame, if there is one. It also prepares status
// for Catch, which otherwise could not tell a return from runtime.Goexit.
func (x *Exec) Reraise(status *Status) {
	*status = exiting
	x.raiseAwaited()
}

func (x *Exec) raiseAwaited() {
	if x.reraise != nil {
		x.raiseAgain(&x.reraise)
	}
}

// Raise raises the panic in flight, if there is one, inside of a deferred call: so that what the
// user has deferred runs during a panic, and its recover works. During a Goexit there is nothing to recover.
func (x *Exec) Raise() {
	if x.raising != nil && !x.raising.isGoexit() {
		x.raiseAgain(&x.raising)
	}
}

func (x *Exec) raiseAgain(from **panicking) {
	p := *from
	*from = nil
	x.raise(p)
}

// Run runs the deferred calls of f. It takes the error in flight at first, and is called again when
// f is resumed after one of them had suspended. With Done, End says how f ends.
func (d *Defers) Run(x *Exec, f Resumer) Status {
	switch d.stage {
	case inBody:
		d.stage = atExit
		if x.Err != nil {
			d.trace, d.err = x.stash()
		}
	case awaiting:
		d.stage = atExit
		d.settle(x)
	case leaving:
		d.stage = atExit
		d.Closed(x)
		d.settle(x)
	}
	if d.leaveLoops(x, f) == Suspended {
		d.stage = leaving
		return Suspended
	}
	for len(d.calls) > 0 {
		last := len(d.calls) - 1
		c := d.calls[last]
		d.calls[last] = deferred{}
		d.calls = d.calls[:last]
		if c.await == nil {
			d.invoke(x, c.call)
			continue
		}
		d.current, _ = c.await.(Resumer)
		if x.begin(f, c.await) == Suspended {
			d.stage = awaiting
			return Suspended
		}
		d.settle(x)
	}
	return Done
}

// settle notes how a deferred await has ended: its failure replaces the error in flight, as an
// exception in `finally`, but a panic goes on.
func (d *Defers) settle(x *Exec) {
	d.current = nil
	switch {
	case x.Err == nil:
	case d.panic == nil:
		d.trace, d.err = x.stash()
	default:
		x.take()
	}
}

// invoke runs an ordinary deferred call, with the panic in flight raised inside of it. It may
// recover it, let it go on, or replace what is in flight by a panic of its own.
func (d *Defers) invoke(x *Exec, call func(*Exec)) {
	returned := false
	defer func() {
		x.raising = nil
		if returned {
			return
		}
		if r := recover(); r != nil || !duringGoexit() {
			d.replace(x.recovered(r))
		}
	}()
	x.raising = d.panic
	call(x)
	returned = true
	if d.panic != nil { // it was raised, and the call returned: it has recovered
		d.panic, x.unwinding = d.panic.afterRecover(), nil
	}
}

// Recover is recover() in the body of an async function. It gives the value of the panic in flight,
// and ends the panic, if f is what a panicking function has deferred and awaits now.
func (x *Exec) Recover(f Resumer) any {
	parent, ok := f.head().parent.(interface{ Deferred() *Defers })
	if !ok {
		return nil
	}
	d := parent.Deferred()
	p := d.panic
	if p == nil || p.isGoexit() || d.current != f {
		return nil
	}
	d.panic = p.afterRecover()
	return p.value
}

// End ends the function after its deferred calls: it raises the panic in flight, fails with the
// error in flight or returns.
func (d *Defers) End(x *Exec) Status {
	if p := d.panic; p != nil {
		d.panic = nil
		d.stage = raised
		x.raise(p)
	}
	if d.err != nil {
		x.fail(d.err, d.trace)
		d.err, d.trace = nil, nil
	}
	return Done
}

// EndAs is End for a function with a named result, which may have been set by a deferred call: f
// ends as c ends, unless a panic or an error of a deferred call is in flight. It may suspend; then
// it is called again when f is resumed, after Run, which has nothing left to do.
func EndAs[T any](x *Exec, f Resumer, d *Defers, into *T, c Coro[T]) Status {
	if d.stage != settling {
		if d.panic != nil || d.err != nil {
			return d.End(x)
		}
		d.stage = settling
		if Begin(x, f, Awaitable[T](c)) == Suspended {
			return Suspended
		}
	}
	if x.Err == nil {
		*into = Value(Awaitable[T](c))
	}
	return Done
}
