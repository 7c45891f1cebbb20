package gen

import (
	"go/ast"
	"slices"
)

// A type error is no reason to keep quiet about the rest of a package: a user wants to hear of all mistakes at once.
// What is known of the types is enough to look for them, but what stands on the line of an error would be its
// consequence.

// besideTypeErrors finds the mistakes of a package that has type errors.
func (u *unit) besideTypeErrors() {
	lines := map[string]map[int]bool{}
	for _, d := range u.diags {
		if lines[d.Pos.Filename] == nil {
			lines[d.Pos.Filename] = map[int]bool{}
		}
		lines[d.Pos.Filename][d.Pos.Line] = true
	}
	if slices.ContainsFunc(u.files, func(s *Source) bool {
		return slices.ContainsFunc(s.Syntax.Imports, func(i *ast.ImportSpec) bool { return lines[s.Path][u.ld.fset.PositionFor(i.Pos(), false).Line] })
	}) {
		return // without what it imports most is unknown
	}
	c := newCompiler(&Package{Path: u.pkg.PkgPath, Name: u.pkg.Name, Dir: u.pkg.Dir, Fset: u.ld.fset, Files: u.files, Types: u.types, Info: u.info,
		Sizes: u.ld.sizes}, Options{Overlay: u.ld.cfg.Overlay})
	c.find()
	c.check()
	u.diags = append(u.diags, slices.DeleteFunc(c.diags, func(d Diagnostic) bool {
		return d.Code == CodeBug || slices.ContainsFunc(linesOf(d), func(line int) bool { return lines[d.Pos.Filename][line] })
	})...)
}

// linesOf gives the lines that a diagnostic is about.
func linesOf(d Diagnostic) (lines []int) {
	for line := d.Pos.Line; line <= max(d.Pos.Line, d.End.Line); line++ {
		lines = append(lines, line)
	}
	return lines
}
