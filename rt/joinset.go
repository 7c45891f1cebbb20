package rt

import "slices"

// WithJoinSet runs body, which makes tasks with Spawn and takes them with JoinNext as they end, while it makes more: tokio's JoinSet. When the
// body ends, with a value, an error, a cancellation or a panic, the tasks that have not ended are canceled and waited for. An error of a
// task is for who takes it; it cancels nothing, unlike in a TaskGroup, and is reported when nobody looks at it.
func WithJoinSet[T, R any](body func(*JoinSet[T]) Coro[R]) Coro[R] {
	if body == nil {
		panic("rt.WithJoinSet: nil function")
	}
	return New(&joining[T, R]{body: body})
}

// JoinSet is the tasks of a WithJoinSet that were not taken yet.
type JoinSet[T any] struct {
	loop    *Loop
	tasks   []*Task[T] // those that run, in order of creation, and some that do not any more
	running int
	done    []*Task[T] // those that have ended, in this order
	waiting []*node    // the futures of the JoinNexts that wait, and of the end
	over    bool       // the body has ended
}

// Spawn makes c a task of the set: JoinSet.spawn. It panics when the body of WithJoinSet has ended.
func (s *JoinSet[T]) Spawn(c Coro[T], opts ...TaskOption) *Task[T] {
	switch {
	case s.loop == nil:
		panic("rt: the JoinSet was not made by WithJoinSet")
	case s.over:
		panic("rt: JoinSet.Spawn: the body of WithJoinSet has ended")
	}
	t := CreateTaskOn(s.loop, c, opts...)
	if len(s.tasks) > 2*s.running+8 {
		s.compact()
	}
	s.tasks = append(s.tasks, t)
	s.running++
	t.tell(&doneCallback[*Task[T]]{of: t, call: s.ended})
	return t
}

// compact forgets the tasks that have ended.
func (s *JoinSet[T]) compact() {
	var running []*Task[T]
	for _, t := range s.tasks {
		if !t.done() {
			running = append(running, t)
		}
	}
	s.tasks = running
}

// ended is called when t has ended. Whoever waits looks again.
func (s *JoinSet[T]) ended(t *Task[T]) {
	s.running--
	s.done = append(s.done, t)
	s.wake()
}

func (s *JoinSet[T]) wake() {
	waiting := s.waiting
	s.waiting = nil
	for _, n := range waiting {
		if !n.done() {
			n.complete(finished)
		}
	}
}

// Len is how many tasks there are that were not taken, ended or not: JoinSet.len.
func (s *JoinSet[T]) Len() int { return s.running + len(s.done) }

// CancelAll cancels the tasks that have not ended: JoinSet.abort_all. They stay in the set until they are taken.
func (s *JoinSet[T]) CancelAll() {
	for _, t := range s.tasks {
		if !t.done() {
			t.Cancel()
		}
	}
}

// JoinNext waits for a task that has ended, and takes it out of the set: JoinSet.join_next. They come as they end. OK is false when the set is empty.
// A JoinNext that is canceled takes none.
func (s *JoinSet[T]) JoinNext() Coro[Item[*Task[T]]] { return New(&joinNext[T]{set: s}) }

// joinNext is a call of JoinNext.
type joinNext[T any] struct {
	Frame[Item[*Task[T]]]
	set *JoinSet[T]
	on  node
}

var joinNextInfo = FuncInfo{Name: "JoinSet.JoinNext"}

func (*joinNext[T]) Info() *FuncInfo { return &joinNextInfo }

func (f *joinNext[T]) Resume(x *Exec) Status {
	s := f.set
	switch {
	case x.Err != nil:
		s.forget(&f.on)
	case len(s.done) > 0:
		f.Value = Item[*Task[T]]{s.done[0], true}
		s.done[0] = nil
		s.done = s.done[1:]
		if s.Len() == 0 {
			s.wake()
		}
	case s.running > 0:
		f.State = 1
		return s.wait(x, f, &f.on)
	}
	return Done
}

// wait suspends f until the next task has ended.
func (s *JoinSet[T]) wait(x *Exec, f Resumer, on *node) Status {
	*on = node{loop: x.loop}
	s.waiting = append(s.waiting, on)
	return x.wait(f, on)
}

// forget takes back what wait has noted.
func (s *JoinSet[T]) forget(on *node) {
	s.waiting = slices.DeleteFunc(s.waiting, func(n *node) bool { return n == on })
}

// joining is a call of WithJoinSet.
type joining[T, R any] struct {
	Frame[R]
	body   func(*JoinSet[T]) Coro[R]
	aw     Awaitable[R] // what body gave
	set    JoinSet[T]
	defers Defers
}

var withJoinSetInfo = FuncInfo{Name: "WithJoinSet", Defers: true}

func (*joining[T, R]) Info() *FuncInfo     { return &withJoinSetInfo }
func (f *joining[T, R]) Deferred() *Defers { return &f.defers }

// Resume is as generated code would be, with the end of the tasks as what is deferred.
func (f *joining[T, R]) Resume(x *Exec) (status Status) {
	defer f.defers.Catch(x, f, &status)
	x.Reraise(&status)
	if f.State == Start {
		f.State = 1
		f.set.loop = x.loop
		PushAwait(&f.defers, Awaitable[None](&joinRest[T]{set: &f.set}))
		f.aw = f.body(&f.set)
		if Begin(x, f, f.aw) == Suspended {
			return Suspended
		}
	}
	if f.State == 1 {
		f.State = Exit
		if x.Err == nil {
			f.Value = Value(f.aw)
		} else {
			x.Trace(f, 0)
		}
	}
	if f.defers.Run(x, f) == Suspended {
		return Suspended
	}
	return f.defers.End(x)
}

// joinRest cancels the tasks of a set, and waits for all. A cancellation that comes meanwhile is thrown after that.
type joinRest[T any] struct {
	Frame[None]
	set      *JoinSet[T]
	on       node
	canceled ending[None]
}

func (*joinRest[T]) Info() *FuncInfo { return &withJoinSetInfo }

func (f *joinRest[T]) Resume(x *Exec) Status {
	s := f.set
	if f.State == Start {
		f.State = 1
		s.over = true
		s.CancelAll()
	}
	if x.Err != nil {
		f.canceled.trace, f.canceled.err = x.stash()
	}
	if s.running > 0 {
		return s.wait(x, f, &f.on)
	}
	if f.canceled.err != nil {
		x.fail(f.canceled.err, f.canceled.trace)
	}
	return Done
}
