package rt

import (
	"fmt"
	"slices"
	"strings"
)

// site is a place in an async function: its suspension point or throw number at; 0 and less is the
// declaration.
type site struct {
	info *FuncInfo
	at   int32
}

// line is the line of s in the annotated source, 0 where there is none.
func (s site) line() int {
	switch lines, at := s.info.Lines, s.at&^siteMarks; {
	case len(lines) == 0:
		return 0
	case s.at > 0 && int(at) < len(lines):
		return lines[at]
	default:
		return lines[0]
	}
}

// String is a line of an async traceback: `main at primer/main.go:23`.
func (s site) String() string {
	if s.info.File == "" {
		return s.info.Name
	}
	return fmt.Sprintf("%s at %s:%d", s.info.Name, s.info.File, s.line())
}

// tracePart is an async traceback that is kept: the functions of one task, innermost first, behind those of what it had
// waited for. Tasks that await one another share what comes from the innermost one, so that an error that passes n of them
// costs no more than n.
type tracePart struct {
	sites []site
	inner *tracePart // nil: none

	holdsValue bool // its first site, the innermost of all, does: see valueSite
}

// all is the whole traceback, innermost first.
func (t *tracePart) all() []site {
	var parts []*tracePart
	count := 0
	for ; t != nil; t = t.inner {
		parts = append(parts, t)
		count += len(t.sites)
	}
	all := make([]site, 0, count)
	for _, p := range slices.Backward(parts) {
		all = append(all, p.sites...)
	}
	return all
}

// stack is where the task n stands: its frames, innermost first.
func (n *node) stack() []site {
	var s []site
	if n.inLine() && n.leaf.Info() != n.standing().line.info { // the wait is no frame
		s = append(s, site{n.standing().line.info, 0})
	}
	for f := n.leaf; f != nil; f = f.head().parent { // under All there is no root
		s = append(s, site{f.Info(), f.head().State})
		if f.head().root {
			break
		}
	}
	return s
}

// root is the outermost frame of the task n.
func (n *node) root() Resumer {
	f := n.leaf
	for !f.head().root {
		f = f.head().parent
	}
	return f
}

// formatTrace writes an async traceback, outermost frame first, as Python does: repetitions, which
// come from recursion, are counted after the third.
func formatTrace(trace []site) string {
	trace = visible(trace)
	if len(trace) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Async traceback (most recent call last):\n")
	repeatedSites(trace, func(line string) { fmt.Fprintf(&b, "  %s\n", line) })
	return b.String()
}

// repeatedSites gives the lines of a traceback, the outermost function first; repetitions are counted after the third.
func repeatedSites(trace []site, line func(string)) {
	const shown = 3
	times := 0
	flush := func() {
		if times > shown {
			line(fmt.Sprintf("[previous line repeated %d more times]", times-shown))
		}
	}
	for i := len(trace) - 1; i >= 0; i-- {
		if i < len(trace)-1 && trace[i] != trace[i+1] {
			flush()
			times = 0
		}
		if times++; times <= shown {
			line(trace[i].String())
		}
	}
	flush()
}
