// Package plain has no async code, and asyncgen's output.
package plain

import "time"

func wait() { time.Sleep(1) } // want wait:"blocks"
