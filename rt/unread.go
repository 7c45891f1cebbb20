package rt

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// unread is values that came out of channels for tasks which were canceled at the same moment. They wait for the loop's next
// Recv on their channel, and go with it when it is garbage: that may come on another goroutine.
type unread struct {
	mu     sync.Mutex
	queues map[weak.Pointer[channel]]*unreadQueue
	count  atomic.Int32 // of the channels
}

// unreadQueue is the values of one channel, in the order in which they came.
type unreadQueue struct {
	values  []any
	cleanup runtime.Cleanup
}

// channel is what a channel of any type points to.
type channel struct{ _ unsafe.Pointer }

func channelOf[T any](ch <-chan T) *channel { return *(**channel)(unsafe.Pointer(&ch)) }

// len is the number of channels.
func (u *unread) len() int { return int(u.count.Load()) }

// put keeps v, which came out of ch.
func (u *unread) put(ch *channel, v any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := weak.Make(ch)
	q := u.queues[key]
	if q == nil {
		if u.queues == nil {
			u.queues = map[weak.Pointer[channel]]*unreadQueue{}
		}
		q = &unreadQueue{cleanup: runtime.AddCleanup(ch, u.forget, key)}
		u.queues[key] = q
		u.count.Add(1)
	}
	q.values = append(q.values, v)
}

// take gives the oldest value of ch, if there is one.
func (u *unread) take(ch *channel) (v any, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	key := weak.Make(ch)
	q := u.queues[key]
	if q == nil {
		return nil, false
	}
	v, q.values = q.values[0], q.values[1:]
	if len(q.values) == 0 {
		q.cleanup.Stop()
		u.drop(key)
	}
	return v, true
}

// forget is called when a channel is garbage.
func (u *unread) forget(key weak.Pointer[channel]) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.queues[key] != nil {
		u.drop(key)
	}
}

func (u *unread) drop(key weak.Pointer[channel]) {
	delete(u.queues, key)
	u.count.Add(-1)
}
