package rt

import (
	"context"
	"errors"
	"fmt"
)

// The errors of the package, under the names that asyncio has for them.
var (
	// ErrCanceled is what errors.Is finds in every cancellation: asyncio.CancelledError. To throw
	// it ends a task as canceled. It is context.Canceled as well.
	ErrCanceled error = &CanceledError{}

	// ErrTimeout is TimeoutError; it is context.DeadlineExceeded as well.
	ErrTimeout error = &namedError{"timeout", context.DeadlineExceeded}

	// ErrInvalidState is InvalidStateError: a future was completed twice or read too early.
	ErrInvalidState error = &namedError{"invalid state", nil}

	// ErrQueueEmpty is QueueEmpty.
	ErrQueueEmpty error = &namedError{"queue is empty", nil}

	// ErrQueueFull is QueueFull.
	ErrQueueFull error = &namedError{"queue is full", nil}

	// ErrQueueShutDown is QueueShutDown.
	ErrQueueShutDown error = &namedError{"queue was shut down", nil}

	// ErrBrokenBarrier is BrokenBarrierError.
	ErrBrokenBarrier error = &namedError{"barrier is broken", nil}

	// ErrGroupClosed is the RuntimeError of TaskGroup.create_task in a group that is shutting down.
	ErrGroupClosed error = &namedError{"task group is shutting down", nil}

	// ErrDeadlock says that tasks wait and, for certain, nothing can ever wake them. asyncio would hang.
	ErrDeadlock error = &namedError{"deadlock", nil}
)

// errTaskEnded is the cause of the end of a task's context.
var errTaskEnded = errors.New("rt: the task has ended")

// namedError is an error that is also another one.
type namedError struct {
	text string
	also error
}

func (e *namedError) Error() string { return e.text }

// Is makes errors.Is find the other one.
func (e *namedError) Is(target error) bool { return e.also != nil && target == e.also }

// CanceledError is every cancellation's type, asyncio.CancelledError: errors.Is(err, ErrCanceled)
// is true of it. A task that ends with one, and not with an error that wraps one, is canceled.
type CanceledError struct {
	Msg string // what was given to Cancel
	Err error  // the error of a function of Blocking that was told to end; nil: there was none, or it only says so
}

// Error is "canceled", what was given to Cancel, and the error of the function of Blocking.
func (e *CanceledError) Error() string {
	text := "canceled"
	if e.Msg != "" {
		text += ": " + e.Msg
	}
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

// Unwrap gives Err.
func (e *CanceledError) Unwrap() error { return e.Err }

// Is makes every CanceledError ErrCanceled and context.Canceled.
func (*CanceledError) Is(target error) bool {
	return target == ErrCanceled || target == context.Canceled
}

// timeoutFor is ErrTimeout for what has ended with the cancellation err in the end: `raise TimeoutError from err`. It is another
// error only where err says more than that.
func timeoutFor(err error) error {
	if also := errors.Unwrap(err); also != nil {
		return fmt.Errorf("%w (%w)", ErrTimeout, also)
	}
	return ErrTimeout
}

// CancelMessage is what was given to Cancel(msg), where err is a cancellation, and "" otherwise.
func CancelMessage(err error) string {
	var c *CanceledError
	if errors.As(err, &c) {
		return c.Msg
	}
	return ""
}

// isCancellation says whether err itself is a cancellation.
func isCancellation(err error) bool {
	_, ok := err.(*CanceledError)
	return ok
}

// message is the optional message of Cancel.
func message(msg []string) string {
	if len(msg) == 0 {
		return ""
	}
	return msg[0]
}
