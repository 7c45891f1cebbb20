// Package hook is what rt lets rttest do and nobody else. rt sets these functions; what they give as any is
// an rt.Option, which this package cannot name.
package hook

var (
	// Shuffle makes the loop run what is ready in another order: see rttest.Shuffle.
	Shuffle func(seed uint64) any

	// Enclosed says that nobody outside of NewLoop's caller will post to the loop, so that a deadlock is
	// certain at once.
	Enclosed func() any

	// Traceback is the async traceback of the error with which the last RunOn of an *rt.Loop has ended.
	Traceback func(loop any) string
)
