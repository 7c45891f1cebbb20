package rt_test

import (
	"fmt"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

// What a select statement with a time.After is: an item, or an hour.
func ExampleSelect() {
	loop := rt.NewLoop(rt.WithClock(rt.NewVirtualClock()))
	defer loop.Close()
	mails := rt.NewQueue[string](0)
	for range 2 {
		got, err := rt.RunOn(loop, rt.Select(rt.Any(mails.Get()), rt.Any(rt.Sleep(time.Hour))))
		fmt.Println(got.Index, got.Value, loop.Time(), err)
		mails.PutNowait("hello")
	}
	// Output:
	// 1 {} 1h0m0s <nil>
	// 0 hello 1h0m0s <nil>
}
