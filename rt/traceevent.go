package rt

import (
	"encoding/json"
	"io"
	"time"
)

// traceEvent is an event of the Trace Event Format.
type traceEvent struct {
	Phase    string    `json:"ph"`
	Name     string    `json:"name"`
	Category string    `json:"cat,omitempty"`
	At       float64   `json:"ts"`
	Duration float64   `json:"dur,omitempty"`
	Process  int       `json:"pid"`
	Track    int       `json:"tid"`
	ID       int       `json:"id,omitempty"`
	Binding  string    `json:"bp,omitempty"`
	Scope    string    `json:"s,omitempty"`
	Args     traceArgs `json:"args,omitempty"`
}

// traceArgs is what a viewer shows of an event that was clicked.
type traceArgs map[string]any

// micros is the unit of the format.
func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// traceWriter writes events as a JSON array, one on each line. The comma stands before an event, so that what is
// written lacks nothing but the closing bracket.
type traceWriter struct {
	w      io.Writer
	buf    []byte
	begun  bool
	closed bool
	failed func(error)
}

// traceBuffer is how much is written at once, at least, when a turn is long.
const traceBuffer = 64 << 10

func (w *traceWriter) event(e traceEvent) {
	if w.closed {
		return
	}
	e.Process = 1
	line, err := json.Marshal(e)
	if err != nil {
		w.fail(err)
		return
	}
	if w.begun {
		w.buf = append(w.buf, ",\n"...)
	} else {
		w.buf = append(w.buf, "[\n"...)
		w.begun = true
	}
	w.buf = append(w.buf, line...)
	if len(w.buf) >= traceBuffer {
		w.flush()
	}
}

// flush writes what there is.
func (w *traceWriter) flush() {
	if w.closed || len(w.buf) == 0 {
		return
	}
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		w.fail(err)
	}
}

// fail ends the trace, since there is nowhere to write to.
func (w *traceWriter) fail(err error) {
	w.closed = true
	w.failed(err)
}

// close ends the array.
func (w *traceWriter) close() {
	if !w.closed {
		w.buf = append(w.buf, "\n]\n"...)
		w.flush()
		w.closed = true
	}
}
