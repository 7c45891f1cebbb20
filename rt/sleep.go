package rt

import "time"

// sleep is Sleep as a value; in async code `rt.Await(rt.Sleep(d))` becomes Exec.Sleep and needs none.
type sleep struct {
	Frame[None]
	d time.Duration
}

var sleepInfo = FuncInfo{Name: "Sleep"}

func (*sleep) Info() *FuncInfo { return &sleepInfo }

func (f *sleep) Resume(x *Exec) Status {
	if f.State == Start {
		f.State = 1
		return x.Sleep(f, f.d)
	}
	return Done
}

// Sleep waits for d: asyncio.sleep. With 0 and less it lets all others that are ready run first.
func Sleep(d time.Duration) Coro[None] { return New(&sleep{d: d}) }
