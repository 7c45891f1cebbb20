package rt

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Timers come in order of deadline, then of creation, whatever was canceled in between.
func TestTimersAreOrdered(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		l := NewLoop(WithClock(NewVirtualClock()))
		type shot struct {
			when time.Duration
			i    int
		}
		var want, got []shot
		var timers []*Timer
		for i := range 1000 {
			s := shot{time.Duration(r.IntN(50)) * time.Second, i}
			timers = append(timers, l.CallAt(s.when, func() { got = append(got, s) }))
			want = append(want, s)
		}
		for range r.IntN(1000) {
			timers[r.IntN(len(timers))].Cancel()
		}
		want = slices.DeleteFunc(want, func(s shot) bool { return timers[s.i].Canceled() })
		slices.SortStableFunc(want, func(a, b shot) int { return cmp.Compare(a.when, b.when) })
		RunOn(l, Sleep(time.Hour))
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: wrong order", seed)
		}
		if n := l.timers.len(); n != 0 || l.timers.dead != 0 {
			t.Fatalf("seed %d: %d timers left, %d dead", seed, n, l.timers.dead)
		}
	}
}

// Numbers of timers are short and begin again after four billion, without mixing old and new ones up.
func TestTimersAreRenumbered(t *testing.T) {
	l, tr := virtual(t)
	for i := range few + 2 { // so that the others go to the heap
		l.CallLater(time.Minute+time.Duration(i), func() {}).Cancel()
	}
	l.CallLater(3*time.Second, func() { tr.add("last") })
	l.CallLater(2*time.Second, func() {}).Cancel()
	l.timers.heap.last = math.MaxUint32 - 5
	for i := range 8 {
		timer := l.CallLater(time.Second, func() { tr.add("%d", i) })
		if i%3 == 1 {
			timer.Cancel()
		}
	}
	if last := l.timers.heap.last; last > 40 {
		t.Errorf("the youngest timer has number %d", last)
	}
	RunOn(l, Sleep(4*time.Second))
	tr.want(t, "1 0", "1 2", "1 3", "1 5", "1 6", "3 last")
}

// Canceled timers do not pile up.
func TestCanceledTimersAreCompacted(t *testing.T) {
	l, _ := virtual(t)
	for range 10_000 {
		l.CallLater(time.Hour, func() {}).Cancel()
	}
	RunOn(l, Sleep(0))
	if n := l.timers.len(); n > minDead {
		t.Errorf("%d timers are kept", n)
	}
}

func TestTimerCanceledWhileReady(t *testing.T) {
	l, tr := virtual(t)
	var second *Timer
	l.CallLater(time.Second, func() { second.Cancel(); tr.add("first") })
	second = l.CallLater(time.Second, func() { tr.add("second") })
	soon := l.CallSoon(func() { tr.add("soon") })
	soon.Cancel()
	soon.Cancel()
	RunOn(l, Sleep(2*time.Second))
	tr.want(t, "1 first")
	if second.When() != time.Second || !second.Canceled() {
		t.Error(second.When(), second.Canceled())
	}
}

func TestFarDeadlines(t *testing.T) {
	l, tr := virtual(t)
	l.CallLater(NoTimeout, func() { tr.add("never") }).Cancel()
	l.CallAt(-time.Second, func() { tr.add("past") })
	RunOn(l, Sleep(time.Second))
	tr.want(t, "0 past")
	if w := after(time.Hour, NoTimeout); w != NoTimeout {
		t.Error(w)
	}
}

// The virtual clock shows each moment only when nothing is ready any more.
func TestVirtualClockStandsWhileSomethingIsReady(t *testing.T) {
	l, tr := virtual(t)
	l.CallLater(time.Nanosecond, func() { tr.add("timer") })
	RunOn(l, seq("main",
		func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
		func(f *fn, x *Exec) Status { return x.Sleep(f, 0) },
		func(f *fn, x *Exec) Status { tr.add("at %v", l.Time()); return x.Sleep(f, 1) },
		func(*fn, *Exec) Status { tr.add("at %v", l.Time()); return Done },
	))
	tr.want(t, "0 at 0s", "0 timer", "0 at 1ns")
}

// Timers that are set, canceled and reach their deadlines while others wait: line and heap empty and fill again.
func TestTimersSetWhileOthersCome(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		l := NewLoop(WithClock(NewVirtualClock()))
		type shot struct {
			when time.Duration
			i    int
		}
		var set, got []shot
		var pending []*Timer
		var fire func(s shot)
		begin := func() {
			s := shot{l.Time() + time.Duration(r.IntN(6))*time.Second, len(set)}
			set = append(set, s)
			pending = append(pending, l.CallAt(s.when, func() { fire(s) }))
		}
		fire = func(s shot) {
			got = append(got, s)
			for range r.IntN(3) {
				if len(set) < 2000 {
					begin()
				}
			}
			if r.IntN(4) == 0 {
				pending[r.IntN(len(pending))].Cancel()
			}
		}
		for range 50 {
			begin()
		}
		RunOn(l, Sleep(10*time.Hour))
		for i := 1; i < len(got); i++ {
			if a, b := got[i-1], got[i]; a.when > b.when || a.when == b.when && a.i > b.i {
				t.Fatalf("seed %d: %v came before %v", seed, a, b)
			}
		}
		fired := map[int]bool{}
		for _, s := range got {
			fired[s.i] = true
		}
		for i, timer := range pending {
			if !fired[i] && !timer.Canceled() {
				t.Fatalf("seed %d: timer %d never came", seed, i)
			}
		}
	}
}

// A heap that was large gives its pages back, and what is left in it can still be canceled and comes in order.
func TestHeapShrinks(t *testing.T) {
	l, _ := virtual(t)
	r := rand.New(rand.NewPCG(3, 3))
	var got, want []time.Duration
	var late []*Timer
	for i := range 20_000 {
		when := time.Duration(1+r.IntN(1000)) * time.Second
		timer := l.CallAt(when, func() { got = append(got, when) })
		if i%20 == 0 && when > 900*time.Second {
			late = append(late, timer)
		} else {
			want = append(want, when)
		}
	}
	h := &l.timers.heap
	before := len(h.pages)
	RunOn(l, Sleep(900*time.Second))
	if n := len(h.pages); h.count == 0 || n > before/2 || n != len(h.cells) {
		t.Errorf("%d pages and %d of cells are left of %d, for %d timers", n, len(h.cells), before, h.count)
	}
	for _, timer := range late {
		timer.Cancel()
	}
	RunOn(l, Sleep(time.Hour))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("of %d timers %d came, or not in order", len(want), len(got))
	}
}
