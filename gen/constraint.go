package gen

import (
	"bytes"
	"go/build/constraint"
	"slices"
	"strings"
)

// tag is the build tag that shows annotated source to the Go tools, and hides it from ordinary builds.
const tag = "asyncgen"

// buildLine is a file's //go:build line. Without one, // +build lines count, of which this is the first; the
// constraint is that of all.
type buildLine struct {
	textLine
	expr constraint.Expr
	more []textLine // the // +build lines besides it
}

// textLine is a line of a file without the space around it.
type textLine struct{ start, end, line int } // byte offsets; the line's number

// findConstraint looks for the lines where the go command does: before anything but comments, and if they are
// // +build lines, above an empty line and without a block comment before them.
func findConstraint(text []byte) (buildLine, bool) {
	var goBuild *textLine
	var plus []textLine
	counted, pos, inBlock, blocks := 0, 0, false, false // counted: of the plus lines
	n := 0
	for line := range bytes.Lines(text) {
		at := textLine{pos, 0, n + 1}
		pos += len(line)
		if n++; n == 1 {
			at.start += len(line) - len(bytes.TrimPrefix(line, byteOrderMark))
		}
		s := strings.TrimLeft(string(text[at.start:pos]), " \t")
		at.start = pos - len(s)
		s = strings.TrimSpace(s)
		at.end = at.start + len(s)
		switch {
		case inBlock:
		case s == "" && !blocks:
			counted = len(plus)
		case constraint.IsGoBuild(s) && goBuild == nil:
			goBuild = &at
		case constraint.IsPlusBuild(s):
			plus = append(plus, at)
		}
		var ok bool
		if inBlock, ok = onlyComment(s, inBlock); !ok {
			break
		}
		blocks = blocks || s != "" && !strings.HasPrefix(s, "//")
	}
	switch {
	case goBuild != nil:
		expr, err := constraint.Parse(goBuild.of(text))
		return buildLine{*goBuild, expr, plus}, err == nil
	case counted > 0:
		expr := allOf(text, plus[:counted])
		return buildLine{plus[0], expr, plus[1:]}, expr != nil
	}
	return buildLine{}, false
}

// of is the line in its text.
func (l textLine) of(text []byte) string { return string(text[l.start:l.end]) }

// withEnd is the line with the end that it has in its text.
func (l textLine) withEnd(text []byte) textLine {
	if i := bytes.IndexByte(text[l.end:], '\n'); i >= 0 {
		l.end += i + 1
	}
	return l
}

// allOf is the constraint that several // +build lines make together. One that cannot be read does not count.
func allOf(text []byte, lines []textLine) (all constraint.Expr) {
	for _, l := range lines {
		x, err := constraint.Parse(l.of(text))
		switch {
		case err != nil:
		case all == nil:
			all = x
		default:
			all = &constraint.AndExpr{X: all, Y: x}
		}
	}
	return all
}

// onlyComment reports whether a line holds nothing but comments, and whether one goes on after it.
func onlyComment(s string, inBlock bool) (open, ok bool) {
	for {
		s = strings.TrimSpace(s)
		switch {
		case inBlock:
			_, rest, closed := strings.Cut(s, "*/")
			if !closed {
				return true, true
			}
			s, inBlock = rest, false
		case s == "" || strings.HasPrefix(s, "//"):
			return false, true
		case strings.HasPrefix(s, "/*"):
			s, inBlock = s[2:], true
		default:
			return false, false
		}
	}
}

// isTagged reports whether a file belongs to builds with asyncgen only.
func isTagged(text []byte) bool {
	c, ok := findConstraint(text)
	return ok && c.holds(true) && !c.holds(false)
}

// mentionsTag reports whether asyncgen stands in a constraint.
func mentionsTag(x constraint.Expr) bool { return slices.Contains(tagsOf(x), tag) }

// besideOutputs reports whether a file is compiled with outputs only, never with sources: its constraint names the tag and
// cannot hold with it.
func besideOutputs(text []byte) bool {
	c, ok := findConstraint(text)
	return ok && mentionsTag(c.expr) && !c.holds(true)
}

// tagsOf lists the tags of a constraint, each once.
func tagsOf(x constraint.Expr) []string {
	var tags []string
	// Both values of every tag are asked for, since Eval evaluates both sides of && and ||.
	x.Eval(func(t string) bool {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
		return true
	})
	return tags
}

// holds reports whether the constraint can hold when asyncgen is set, or is not.
func (c buildLine) holds(set bool) bool {
	tags := slices.DeleteFunc(tagsOf(c.expr), func(t string) bool { return t == tag })
	if len(tags) > 16 {
		return set // too many to try; nobody writes that
	}
	for bits := range 1 << len(tags) {
		if c.expr.Eval(func(t string) bool {
			if t == tag {
				return set
			}
			return bits>>slices.Index(tags, t)&1 != 0
		}) {
			return true
		}
	}
	return false
}

// negated is the line of the output: it holds without asyncgen where the source's holds with it.
func (c buildLine) negated() string {
	return "//go:build " + negate(c.expr).String()
}

func negate(x constraint.Expr) constraint.Expr {
	switch x := x.(type) {
	case *constraint.AndExpr:
		return &constraint.AndExpr{X: negate(x.X), Y: negate(x.Y)}
	case *constraint.OrExpr:
		return &constraint.OrExpr{X: negate(x.X), Y: negate(x.Y)}
	case *constraint.NotExpr:
		if t, ok := x.X.(*constraint.TagExpr); ok && t.Tag == tag {
			return t
		}
		return &constraint.NotExpr{X: negate(x.X)}
	case *constraint.TagExpr:
		if x.Tag == tag {
			return &constraint.NotExpr{X: x}
		}
	}
	return x
}

// granted is the line without asyncgen, "" if nothing is left of it.
func (c buildLine) granted() string {
	x, value := grant(c.expr)
	switch {
	case x != nil:
		return "//go:build " + x.String()
	case value:
		return ""
	}
	return "//go:build ignore"
}

// grant simplifies a constraint for asyncgen being set. A nil result is the constant beside it.
func grant(x constraint.Expr) (constraint.Expr, bool) {
	switch x := x.(type) {
	case *constraint.TagExpr:
		if x.Tag == tag {
			return nil, true
		}
	case *constraint.NotExpr:
		y, value := grant(x.X)
		if y == nil {
			return nil, !value
		}
		return &constraint.NotExpr{X: y}, false
	case *constraint.AndExpr:
		return join(x.X, x.Y, true, func(a, b constraint.Expr) constraint.Expr { return &constraint.AndExpr{X: a, Y: b} })
	case *constraint.OrExpr:
		return join(x.X, x.Y, false, func(a, b constraint.Expr) constraint.Expr { return &constraint.OrExpr{X: a, Y: b} })
	}
	return x, false
}

// join puts two simplified sides together; neutral is the constant that a side may be left out for.
func join(a, b constraint.Expr, neutral bool, both func(a, b constraint.Expr) constraint.Expr) (constraint.Expr, bool) {
	x, vx := grant(a)
	y, vy := grant(b)
	switch {
	case x != nil && y != nil:
		return both(x, y), false
	case x == nil && vx != neutral, y == nil && vy != neutral:
		return nil, !neutral
	case x != nil:
		return x, false
	case y != nil:
		return y, false
	}
	return nil, neutral
}

// required is the line with which the file belongs to builds with asyncgen only.
func (c buildLine) required() string {
	and := &constraint.AndExpr{X: &constraint.TagExpr{Tag: tag}, Y: c.expr}
	if x, _ := grant(c.expr); mentionsTag(c.expr) {
		if x == nil {
			return "//go:build " + tag
		}
		and.Y = x
	}
	return "//go:build " + and.String()
}

// possible is the same for a line that cannot hold with asyncgen set: it may only have the wrong sign.
func (c buildLine) possible() string {
	other := buildLine{expr: negate(c.expr)}
	if other.holds(true) && !other.holds(false) {
		return "//go:build " + other.expr.String()
	}
	return "//go:build " + tag
}

// The values of GOOS and GOARCH that a file name can end in (GOROOT/src/internal/syslist).
var (
	knownOS = set("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd " +
		"openbsd plan9 solaris wasip1 windows zos")
	knownArch = set("386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le " +
		"mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// byteOrderMark may stand before everything else in a Go file, and nowhere else.
var byteOrderMark = []byte("\ufeff")
