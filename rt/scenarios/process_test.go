//go:build asyncgen && unix

package scenarios

import (
	"context"
	"errors"
	"os/exec"
	"testing"

	"github.com/asyncgen/asyncgen/rt"
)

// A process ends with the task that waits for it: rt.Context() is done when the task is canceled, here by a
// timeout and by a group.
func TestProcessIsKilled(t *testing.T) {
	errOther := errors.New("another task fails")
	for name, scope := range map[string]func(started *rt.Event, c rt.Coro[rt.None]) rt.Coro[rt.None]{
		"by a timeout": func(started *rt.Event, c rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithTimeout(rt.NoTimeout, func(d *rt.Deadline) rt.Coro[rt.None] {
				l := rt.RunningLoop()
				l.CallSoon(func() { d.Reschedule(l.Time()) })
				return c
			})
		},
		"by a group": func(started *rt.Event, c rt.Coro[rt.None]) rt.Coro[rt.None] {
			return rt.WithTaskGroup(func(tg *rt.TaskGroup) rt.Coro[rt.None] {
				rt.Go(tg, c)
				rt.Await(started.Wait())
				rt.Throw(errOther)
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var cmd *exec.Cmd
			var ctx context.Context
			var started rt.Event
			_, err := try(t, scope(&started, func() rt.Coro[rt.None] {
				ctx = rt.Context()
				cmd = exec.CommandContext(ctx, "sleep", "3600")
				if err := cmd.Start(); err != nil {
					rt.Throw(err)
				}
				started.Set()
				rt.Await(rt.ToThread(func() (rt.None, error) { return rt.None{}, cmd.Wait() }))
				return nil
			}()))
			if !errors.Is(err, rt.ErrTimeout) && !errors.Is(err, errOther) {
				t.Error(err)
			}
			if ctx.Err() == nil || cmd.ProcessState == nil || cmd.ProcessState.String() != "signal: killed" {
				t.Errorf("%v, %v", ctx.Err(), cmd.ProcessState)
			}
		})
	}
}
