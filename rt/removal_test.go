package rt

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Whoever waits may go at any place of a line, and each of them costs the same: a callback knows its neighbor, and a
// line knows up to where all were canceled.

func TestCallbacksAreRemovedAtAnyPlace(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		l := NewLoop(WithClock(NewVirtualClock()))
		f := NewFutureOn[int](l)
		var got, want []int
		removes := map[int]func(){}
		for i := range 12 {
			if random.IntN(3) == 0 { // a task among the callbacks, which stays
				CreateTaskOn[int](l, coro("waits", func(c *fn, x *Exec) Status {
					if c.State == Start {
						c.State = 1
						return BeginFuture(x, c, f)
					}
					got = append(got, i)
					return Done
				}))
				want = append(want, i)
			} else {
				CreateTaskOn[int](l, coro("adds", func(*fn, *Exec) Status {
					removes[i] = f.AddDoneCallback(func(*Future[int]) { got = append(got, i) })
					return Done
				}))
				want = append(want, i)
			}
		}
		if _, err := RunOn(l, Sleep(0)); err != nil {
			t.Fatal(err)
		}
		for _, i := range random.Perm(12) {
			remove, ok := removes[i]
			if !ok || random.IntN(3) == 0 {
				continue
			}
			remove()
			remove() // nothing is left to be removed
			want = slices.DeleteFunc(want, func(k int) bool { return k == i })
			checkNeighbors(t, &f.node)
		}
		f.SetResult(1)
		for _, remove := range removes { // their calls are on their way, and come
			remove()
		}
		if _, err := RunOn(l, Sleep(0)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: called were %v, not %v", seed, got, want)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// checkNeighbors looks at those who wait for n: each callback but the first knows who stands before it.
func checkNeighbors(t *testing.T, n *node) {
	t.Helper()
	var before *node
	for w := n.firstWaiter(); w != nil; w = w.next {
		if w.flags&isTask == 0 && w.before() != before {
			t.Fatal("a callback has a wrong neighbor")
		}
		if before = w; w == *n.tail() {
			return
		}
	}
}

// A canceled waiter leaves a stand-in, and whoever looks for the first that waits passes it once.
func TestStandInsArePassedOnce(t *testing.T) {
	const n = 50
	for name, order := range cancelOrders(n) {
		l := NewLoop(WithClock(NewVirtualClock()))
		s := NewSemaphore(0)
		tasks := make([]*Task[None], n)
		for i := range tasks {
			tasks[i] = CreateTaskOn(l, s.Acquire())
		}
		if _, err := RunOn(l, Sleep(0)); err != nil {
			t.Fatal(err)
		}
		q := &s.waiters
		for k, i := range order {
			tasks[i].Cancel()
			var want *node
			for want = q.first; want != nil && want.phase != lined; want = want.next {
			}
			if got := q.firstWaiting(); got != want {
				t.Fatalf("%s: after %d of %d, somebody else is the first", name, k+1, n)
			}
			if want == nil && q.gone != q.last || want != nil && q.gone != want.standing().before {
				t.Fatalf("%s: after %d of %d, the next look would begin too early", name, k+1, n)
			}
			if k%7 == 6 { // those that are canceled have their turn, and their stand-ins leave
				if _, err := RunOn(l, Sleep(0)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := RunOn(l, Sleep(0)); err != nil {
			t.Fatal(err)
		}
		if q.first != nil || q.last != nil || q.gone != nil || q.coming != 0 {
			t.Errorf("%s: something is left in the line: %+v", name, q)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// cancelOrders is the orders in which n are canceled.
func cancelOrders(n int) map[string][]int {
	forward := make([]int, n)
	for i := range forward {
		forward[i] = i
	}
	reverse := slices.Clone(forward)
	slices.Reverse(reverse)
	return map[string][]int{"forward": forward, "reverse": reverse, "random": rand.New(rand.NewPCG(1, 2)).Perm(n)}
}
