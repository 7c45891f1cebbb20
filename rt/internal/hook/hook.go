// Package hook is what rt lets rttest do and nobody else. rt sets these functions; what they give as any is
// an rt.Option, which this package cannot name.
package hook

import "time"

var (
	// Shuffle makes the loop run what is ready in another order: see rttest.Shuffle.
	Shuffle func(seed uint64) any

	// Enclosed says that nobody outside of NewLoop's caller will post to the loop, so that a deadlock is
	// certain at once.
	Enclosed func() any

	// Standstill makes RunOn give an error when the virtual clock has stood still for d of real time while
	// nothing happened.
	Standstill func(d time.Duration) any

	// StoodStill says whether err is that error.
	StoodStill func(err error) bool

	// Traceback is the async traceback of the error with which the last RunOn of an *rt.Loop has ended.
	Traceback func(loop any) string
)
