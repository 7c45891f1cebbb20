package rt

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestChannels(t *testing.T) {
	l := NewLoop()
	defer l.Close()
	defer isTidy(t, l)
	ch := make(chan int)
	go func() {
		for i := range 3 {
			ch <- i
		}
		close(ch)
	}()
	for want := range 3 {
		if v, err := RunOn(l, Recv(ch)); v != want || err != nil {
			t.Error(v, err)
		}
	}
	if it, err := RunOn(l, RecvOK(ch)); it.OK || err != nil {
		t.Error(it, err)
	}
	if v, err := RunOn(l, Recv(time.After(time.Millisecond))); v.IsZero() || err != nil {
		t.Error(v, err)
	}
	both := make(chan error) // two tasks of one loop
	sent := CreateTaskOn(l, Send(both, errBoom))
	if v, err := RunOn(l, Recv(both)); v != errBoom || err != nil {
		t.Error(v, err)
	}
	if _, err := RunOn(l, WaitFor(sent, NoTimeout)); err != nil {
		t.Error(err)
	}
}

// A canceled Recv takes nothing away, however the moments fall.
func TestRecvCanceled(t *testing.T) {
	l := NewLoop()
	defer l.Close()
	defer isTidy(t, l)
	ch := make(chan int)
	const n = 300
	go func() {
		for i := range n {
			ch <- i
		}
	}()
	next := 0
	for next < n {
		task := CreateTaskOn(l, Recv(ch))
		RunOn(l, Sleep(0))
		task.Cancel()
		RunOn(l, Sleep(0))
		if v, err := task.Result(); err == nil {
			if v != next {
				t.Fatalf("got %d, want %d", v, next)
			}
			next++
		} else if !isCancellation(err) {
			t.Fatal(err)
		}
	}
}

// A send to a closed channel panics in the task that sends, at once or from the goroutine that was
// blocked. (To close while somebody sends is a data race, so the second is played.)
func TestSendToClosed(t *testing.T) {
	closed := make(chan int)
	close(closed)
	late := &send{op: channelOp{
		try:   func() bool { return false },
		block: func(<-chan struct{}) bool { panic("send on closed channel") },
	}}
	for _, c := range []Coro[None]{Send(closed, 1), late} {
		func() {
			l := NewLoop()
			defer func() {
				r := recover()
				if p, ok := r.(*PanicError); !ok || !strings.Contains(fmt.Sprint(p), "send on closed channel") || p.Task != "Task-1" {
					t.Error(r)
				}
				if l.outside != 0 {
					t.Error(l.outside)
				}
			}()
			RunOn(l, c)
		}()
	}
}

// A value that came for a canceled Recv goes with its channel, or to the next Recv on it.
func TestUnreadValuesGoWithTheirChannel(t *testing.T) {
	var u unread
	kept := make(chan any)
	func() {
		for range 100 {
			u.put(channelOf[any](make(chan any)), new([64]byte))
		}
		u.put(channelOf[any](kept), "first")
		u.put(channelOf[any](kept), nil)
	}()
	for u.len() > 1 {
		runtime.GC()
		runtime.Gosched()
	}
	for _, want := range []any{"first", nil} {
		if v, ok := u.take(channelOf[any](kept)); !ok || v != want {
			t.Errorf("%v %v, want %v", v, ok, want)
		}
	}
	if _, ok := u.take(channelOf[any](kept)); ok || u.len() != 0 {
		t.Error("there is more than was put")
	}
}
