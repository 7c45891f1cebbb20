// Package rttest runs coroutines in tests: on a virtual clock, with nothing left behind, in CPython's order
// and in others.
//
//	func TestTimeout(t *testing.T) {
//		rttest.Run(t, func() rt.Coro[rt.None] {
//			_, err := rt.TryAwait(rt.WaitFor(rt.Sleep(time.Hour), time.Minute))
//			if !errors.Is(err, rt.ErrTimeout) {
//				t.Error(err)
//			}
//			return nil
//		}())
//	}
//
// takes no time. Run fails the test when the coroutine does; when tasks or timers are left; when an error
// was never looked at; and when nothing can go on, with the tree of the tasks that wait.
//
// # Real time
//
// The virtual clock stands still while a function of rt.ToThread runs, and while a task waits for a channel or another goroutine
// has the loop and nothing else is to be done. What waits there for real time to pass, such as a real server with its
// time-outs, may wait for a clock that waits for it. After five seconds of real time in which nothing happened the test
// fails, and names what holds the clock. rt.WithClock(nil) makes it run on real time:
//
//	rttest.Run(t, serve(), rt.WithClock(nil))
//
// # Other orders
//
// A loop has one order, CPython's, and so a test sees one of the orders that a program meets when timers,
// threads and the network are a little faster or slower. Shuffle gives the loop another one, drawn with a
// seed, and Seeds runs a test with one seed after the other:
//
//	func TestTransfer(t *testing.T) {
//		rttest.Seeds(t, 200, func(t *testing.T, seed uint64) {
//			rttest.Run(t, transfer(), rttest.Shuffle(seed))
//		})
//	}
//
// It stops at the first seed that fails, and names it. The same seed gives the same order again:
//
//	go test -run 'TestTransfer/seed=17$'
package rttest
