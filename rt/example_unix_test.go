//go:build unix

package rt_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/asyncgen/asyncgen/rt"
)

// A process ends with the task that waits for it: by a timeout, a group that fails, or any other cancellation.
// In async code rt.Context() is such a context, and no callback is needed.
func ExampleToThread_process() {
	loop := rt.NewLoop()
	ctx, kill := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "sleep", "3600")
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
	}
	ended := rt.CreateTaskOn(loop, rt.ToThread(func() (rt.None, error) { return rt.None{}, cmd.Wait() }))
	ended.AddDoneCallback(func(*rt.Task[rt.None]) { kill() })
	loop.CallSoon(func() { ended.Cancel() })
	rt.RunOn(loop, rt.Wait(rt.AllCompleted, rt.NoTimeout, ended))
	loop.Close() // waits for the function
	fmt.Println(ended.Err(), cmd.ProcessState)
	// Output: canceled signal: killed
}

func ExampleLoop_OnSignal() {
	loop := rt.NewLoop()
	defer loop.Close()
	var reload rt.Event
	remove := loop.OnSignal(syscall.SIGHUP, reload.Set)
	defer remove()
	loop.CallSoon(func() { syscall.Kill(os.Getpid(), syscall.SIGHUP) }) // somebody sends it
	rt.RunOn(loop, reload.Wait())
	fmt.Println("reload the configuration")
	// Output: reload the configuration
}
