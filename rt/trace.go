package rt

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// WithTrace writes what happens on the loop to w, as a JSON array of trace events: open the file in
// ui.perfetto.dev or chrome://tracing.
//
//	f, err := os.Create("trace.json")
//	…
//	defer f.Close()
//	rt.Main(amain(), rt.WithTrace(f))
//
// Each task has a track, "Task-2 fetch", with a slice for each of its steps: which function it goes on in, from
// which line to which. Callbacks of the loop have a track of their own. Arrows go from the step that has woken
// a task, or made it, to the step that follows from that. Beside the tracks stands each task's life from its creation to
// its end, under the name that it had first, and under it what it waits for: "sleeps 1s", "awaits Task-2", "Lock.Acquire". Small arrowheads are
// requests to cancel, other names (SetName), and ends by an error or a cancellation.
//
// On a virtual clock a step takes no time. So that it can be seen, and what happens in one moment has an order,
// each step and event is drawn a microsecond after the one before; the argument clock has the exact moment.
//
// The array is closed when the loop is, or when a panic leaves Run. What is there before, after each turn
// of the loop, is an array without its end, which viewers accept: of a program that was killed all can be seen
// but its last turn.
func WithTrace(w io.Writer) Option {
	return optionFunc(func(o *config) {
		o.traces = append(o.traces, func(l *Loop) observer { return newTracer(l, w) })
	})
}

// tracer is the trace of WithTrace.
type tracer struct {
	loop    *Loop
	out     traceWriter
	last    time.Duration    // the moment that was given last
	tracks  map[*node]*track // of the tasks that are not done
	count   int              // of tracks there ever were
	wakes   map[*node]int    // by what was woken: the arrow to its next step
	arrows  int              // there ever were
	running *tracedStep      // the innermost step on the stack
	unseen  **node           // what the step has made ready since this was looked at
}

// track is what the trace knows of a task.
type track struct {
	id   int
	name string // the task's first one
	wait string // what it waits for, while that is open
}

// tracedStep is a step that is on the stack.
type tracedStep struct {
	n      *node
	arrows []int // to what it has woken
	yields bool  // it has ended with Sleep(0)
}

// loopTrack is the track of callbacks; tasks have those behind it.
const loopTrack = 1

func newTracer(l *Loop, w io.Writer) *tracer {
	t := &tracer{loop: l, tracks: map[*node]*track{}, wakes: map[*node]int{}, count: loopTrack}
	t.out = traceWriter{w: w, failed: func(err error) { l.warn("the trace has ended early", "error", err) }}
	t.out.event(traceEvent{Phase: "M", Name: "process_name", Args: traceArgs{"name": "event loop"}})
	t.nameTrack(loopTrack, "callbacks")
	return t
}

// virtualStep is how much later than the event before one is drawn on a virtual clock, at least.
const virtualStep = time.Microsecond

// now is the moment of an event.
func (t *tracer) now() time.Duration {
	if t.loop.clock == nil {
		return t.loop.realTime().Sub(t.loop.began)
	}
	t.last = max(t.last+virtualStep, t.loop.clock.Now())
	return t.last
}

// track is the track of the task n.
func (t *tracer) track(n *node) *track {
	k := t.tracks[n]
	if k == nil {
		t.count++
		k = &track{id: t.count, name: trackName(n)}
		t.tracks[n] = k
		t.nameTrack(k.id, k.name)
		t.life(k, "b", k.name, t.now(), nil)
	}
	return k
}

func trackName(n *node) string { return n.name() + " " + n.root().Info().Name }

// nameTrack names a track. Of several names viewers show the last one.
func (t *tracer) nameTrack(id int, name string) {
	t.out.event(traceEvent{Phase: "M", Name: "thread_name", Track: id, Args: traceArgs{"name": name}})
}

// life writes the beginning ("b") or the end ("e") of a task's life or, inside of that, of a wait.
func (t *tracer) life(k *track, phase, name string, at time.Duration, args traceArgs) {
	t.out.event(traceEvent{Phase: phase, Name: name, Category: "task", At: micros(at), Track: k.id, ID: k.id, Args: args})
}

// instant writes something that happens to the task n and takes no time.
func (t *tracer) instant(k *track, name string, args traceArgs) {
	t.out.event(traceEvent{Phase: "i", Name: name, Category: "task", At: micros(t.now()), Track: k.id, Scope: "t", Args: args})
}

func (t *tracer) made(n *node) { t.track(n) }

func (t *tracer) named(n *node) {
	k := t.track(n)
	t.nameTrack(k.id, trackName(n))
	t.instant(k, "is now "+n.name(), nil)
}

func (t *tracer) step(n *node) (over func()) {
	t.noteWoken()
	outer := t.running
	s := &tracedStep{n: n}
	t.running = s
	arrow := t.wakes[n]
	delete(t.wakes, n)
	e := traceEvent{Phase: "X", Category: "step", Name: n.stepName(), Track: loopTrack, Args: traceArgs{}}
	task := n.isStep()
	var k *track
	if task {
		k = t.track(n)
		e.Track, e.Name = k.id, n.userSite().info.Name
		e.Args["from"] = n.userSite().String()
	}
	if t.loop.clock != nil {
		e.Args["clock"] = t.loop.clock.Now().String()
	}
	began := t.now()
	if task && k.wait != "" {
		t.life(k, "e", k.wait, began, nil)
		k.wait = ""
	}
	return func() {
		t.noteWoken()
		t.running = outer
		over := t.now()
		switch {
		case task && n.done():
			e.Args["to"] = "its end"
		case task:
			e.Args["to"] = n.userSite().String()
		}
		e.At, e.Duration = micros(began), micros(max(over-began, 1))
		t.out.event(e)
		if arrow != 0 {
			t.arrow("f", arrow, began, e.Track)
		}
		for _, a := range s.arrows {
			t.arrow("s", a, began+(over-began)/2, e.Track)
		}
		if task && !n.done() && (n.phase != runnable || s.yields) { // else it has panicked
			k.wait = t.waits(n)
			t.life(k, "b", k.wait, over, nil)
		}
		if t.loop.todo == nil && outer == nil {
			t.out.flush()
		}
	}
}

// arrow writes the beginning ("s") or the end ("f") of an arrow between steps.
func (t *tracer) arrow(phase string, id int, at time.Duration, track int) {
	e := traceEvent{Phase: phase, Name: "wakes", Category: "wake", At: micros(at), Track: track, ID: id}
	if phase == "f" {
		e.Binding = "e" // to the step around it, not to the one behind it
	}
	t.out.event(e)
}

// noteWoken gives an arrow to all that the innermost step has made ready so far.
func (t *tracer) noteWoken() {
	ready := &t.loop.exec.ready
	if s := t.running; s != nil {
		for n := *t.unseen; n != nil; n = n.next {
			switch to := n.stepper(); {
			case to == nil:
			case n == s.n && n.phase != reporting:
				s.yields = true
			default:
				t.arrows++
				t.wakes[to] = t.arrows
				s.arrows = append(s.arrows, t.arrows)
			}
		}
	}
	t.unseen = ready.tail
}

func (t *tracer) ended(n *node) {
	k := t.track(n)
	how := "finished"
	switch n.state {
	case failed:
		how = "failed"
		args := traceArgs{"error": errorText(n.rare().err)}
		if lines := traceback(n.rare().trace.all()); len(lines) > 0 {
			args["traceback"] = lines
		}
		t.instant(k, "error", args)
	case canceled:
		how = "canceled"
		t.instant(k, "canceled", nil)
	}
	t.life(k, "e", k.name, t.now(), traceArgs{"end": how})
	delete(t.tracks, n)
}

// errorText is an error's message, without the stacks that a panic's has.
func errorText(err error) string {
	if p := (*PanicError)(nil); errors.As(err, &p) {
		return fmt.Sprintf("panic: %v", p.Value)
	}
	return err.Error()
}

func (t *tracer) cancels(n *node, msg string) {
	if n.flags&isTask == 0 {
		return
	}
	args := traceArgs{}
	if s := t.running; s != nil && s.n.isStep() {
		args["by"] = s.n.name()
	}
	if msg != "" {
		args["message"] = msg
	}
	t.instant(t.track(n), "cancel", args)
}

func (t *tracer) close() { t.out.close() }

// waits is what the task n waits for, right after the step in which it has begun to.
func (t *tracer) waits(n *node) string {
	switch n.phase {
	case sleeping:
		left := t.loop.timers.latest(n) - t.loop.now()
		if t.loop.clock == nil {
			left = rounded(left)
		}
		return fmt.Sprint("sleeps ", left)
	case lined, attending:
		return n.stack()[0].info.Name
	case waiting:
		switch {
		case n.awaited().flags&isTask != 0:
			return "awaits " + n.awaited().name()
		case n.leaf.Info().File == "": // one of rt's own functions
			return n.leaf.Info().Name
		}
		return "awaits a future"
	case runnable:
		return "yields"
	}
	return "is ready"
}

// rounded is d with three digits: in real time some of a sleep is over when one looks at it.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d >= 1000*unit {
		unit *= 10
	}
	return d.Round(unit)
}

// isStep says whether n runs as a task, and not as a callback.
func (n *node) isStep() bool { return n.flags&isTask != 0 && n.phase != reporting && n.phase != ended }

// stepName is a name for what n runs: where a task goes on, or what is called.
func (n *node) stepName() string {
	switch {
	case n.isStep():
		return n.userSite().String()
	case n.flags&isTask != 0:
		return "a gather hears of " + n.name()
	}
	name, _, _ := strings.Cut(n.place(), "() at ")
	if strings.HasPrefix(name, "rt.(*Loop).") {
		return "the event loop itself"
	}
	return name
}

// userSite is where the task n stands in the user's functions, or in rt's where there is none.
func (n *node) userSite() site {
	stack := n.stack()
	for _, s := range stack {
		if s.info.File != "" {
			return s
		}
	}
	return stack[0]
}
