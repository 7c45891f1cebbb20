package abandoned

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os/exec"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func readLine(r *bufio.Reader) rt.Coro[string] {
	return rt.ToThread(func() (string, error) { return r.ReadString('\n') })
}

//async:func
func serve(l net.Listener) rt.Coro[rt.None] {
	for {
		conn := rt.Await(rt.ToThread(l.Accept))
		conn.Close()
	}
}

//async:func
func timeouts(r *bufio.Reader, l net.Listener) rt.Coro[rt.None] {
	rt.Await(rt.WaitFor(rt.ToThread(l.Accept), time.Second))                   // want `the timeout ends the wait for rt.ToThread\(l.Accept\) and not the function itself, .* rt.Blocking \(abandoned\)`
	_, _ = rt.TryAwait(rt.WaitFor(readLine(r), time.Second))                   // want `the timeout ends the wait for rt.ToThread\(…\)`
	rt.Await(rt.WithTimeout(time.Second, func(*rt.Deadline) rt.Coro[rt.None] { // want `the timeout ends the wait for rt.ToThreadErr\(l.Close\)`
		rt.Await(rt.ToThreadErr(l.Close))
		return nil
	}))
	return nil
}

//async:func
func cancellations(l net.Listener) rt.Coro[rt.None] {
	server := rt.CreateTask(serve(l))
	rt.Await(rt.Sleep(time.Second))
	server.Cancel() // want `Cancel ends the wait for rt.ToThread\(l.Accept\)`
	other := rt.CreateTask(rt.Sleep(time.Hour))
	other.Cancel()
	return nil
}

// What heeds a context is told to end.
//
//async:func
func heeds(ctx context.Context, d *net.Dialer) rt.Coro[rt.None] {
	cmd := exec.CommandContext(rt.Context(), "make")
	_, _ = rt.TryAwait(rt.WaitFor(rt.ToThread(cmd.Output), time.Second))
	rt.Await(rt.WaitFor(rt.ToThread(func() (net.Conn, error) { return d.DialContext(ctx, "tcp", "a") }), time.Second))
	request, _ := http.NewRequestWithContext(ctx, "GET", "a", nil)
	rt.Await(rt.WaitFor(rt.ToThread(func() (*http.Response, error) { return http.DefaultClient.Do(request) }), time.Second))
	rt.Await(rt.WaitFor(rt.Blocking(func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, "tcp", "a") }), time.Second))
	rt.Await(rt.ToThread(cmd.Output)) // without a timeout
	return nil
}
