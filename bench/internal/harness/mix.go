package harness

import "time"

// The mix: 1,000 clients send requests through a queue of bound 100 to 100 workers. A worker waits a
// millisecond, as for a disk, and answers. The client has a timeout for each answer, which is canceled,
// but one request in 100 is lost, and there the timeout ends the wait. An operation is a request.
const (
	MixWorkers = 100
	MixBound   = 100
	MixLost    = 100
	MixWork    = time.Millisecond
	MixShort   = 20 * time.Millisecond
	MixLong    = 10 * time.Second
)

// MixClients is how many clients there are, and how many requests each of them sends.
func MixClients(n int) (clients, each int) {
	clients = min(n, 1000)
	return clients, n / clients
}
