package gen

import (
	"fmt"
	"go/token"
	"runtime/debug"
)

// failed, which is deferred, turns a panic of the compiler into a diagnostic: a broken contract between the stages is a
// bug in asyncgen, and users should learn which function shows it.
func (c *compiler) failed(report func(Diagnostic)) {
	r := recover()
	if r == nil {
		return
	}
	d := Diagnostic{Pos: token.Position{Filename: c.pkg.Dir}, Code: CodeBug, Stack: string(debug.Stack()),
		Message: fmt.Sprintf("internal error, which is a bug in asyncgen, please report it: %v (ASYNCGENDEBUG=1 shows the stack)", r)}
	if co := c.working; co != nil {
		d.Pos = c.pkg.Fset.PositionFor(co.syntax().Pos(), false)
	}
	report(d)
}
