package gen

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
)

// A type error is no reason to keep quiet about the rest of a package: a user wants to hear of all mistakes at once.
// What is known of the types is enough to look for them. One mistake should be one diagnostic, though:
//
//   - a type error that is gone when a function that we refuse returns what it should is a consequence of ours;
//   - what else stands on the line of a type error would be its consequence, but for the head of a function.

// besideTypeErrors finds the mistakes of a package that has type errors.
func (u *unit) besideTypeErrors() {
	lines := linesOf(u.diags)
	if slices.ContainsFunc(u.files, func(s *Source) bool {
		return slices.ContainsFunc(s.Syntax.Imports, func(i *ast.ImportSpec) bool {
			return lines[sourceLine{s.Path, u.ld.fset.PositionFor(i.Pos(), false).Line}]
		})
	}) {
		return // without what it imports most is unknown
	}
	c := newCompiler(&Package{Path: u.pkg.PkgPath, Name: u.pkg.Name, Dir: u.pkg.Dir, Fset: u.ld.fset, Files: u.files, Types: u.types, Info: u.info,
		Sizes: u.ld.sizes}, Options{Overlay: u.ld.cfg.Overlay})
	c.find()
	c.check()
	ours := slices.DeleteFunc(c.diags, func(d Diagnostic) bool { return d.Code == CodeBug })
	theirs := u.diags
	for count := -1; count != len(ours); { // whatever is not reported has no consequences either
		count = len(ours)
		theirs = u.withoutConsequences(ours)
		lines := linesOf(theirs)
		ours = slices.DeleteFunc(ours, func(d Diagnostic) bool {
			head := d.Code == codeResult && d.returns != nil
			return !head && d.standsOn(lines)
		})
	}
	u.diags = append(theirs, ours...)
}

// withoutConsequences gives the errors that remain when functions return what diagnostics say that they should.
func (u *unit) withoutConsequences(ours []Diagnostic) []Diagnostic {
	want := map[token.Position]string{} // where the parameters of a function end → its result
	for _, d := range ours {
		if d.returns != nil {
			want[u.ld.fset.PositionFor(d.returns.typ.Params.End(), false)] = d.returns.text
		}
	}
	if len(want) == 0 {
		return u.diags
	}
	remain := map[token.Position]bool{}
	fset := token.NewFileSet()
	var files []*Source
	for _, s := range u.files {
		mended := *s
		mended.Syntax, _ = parser.ParseFile(fset, s.Path, s.Text, parser.SkipObjectResolution)
		setResults(fset, mended.Syntax, want)
		files = append(files, &mended)
	}
	u.checkTypes(fset, files, nil, func(err error) {
		var e types.Error
		if errors.As(err, &e) {
			remain[fset.Position(e.Pos)] = true
		}
	})
	return slices.DeleteFunc(slices.Clone(u.diags), func(d Diagnostic) bool { return d.Code == CodeGo && d.Pos.IsValid() && !remain[d.Pos] })
}

// setResults gives the functions of a file whose parameters end at a position another result.
func setResults(fset *token.FileSet, file *ast.File, want map[token.Position]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		typ, ok := n.(*ast.FuncType)
		if !ok {
			return true
		}
		text, ok := want[fset.PositionFor(typ.Params.End(), false)]
		if !ok {
			return true
		}
		result, err := parser.ParseExpr(text)
		if err != nil {
			return true
		}
		ast.Inspect(result, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				id.NamePos = typ.Params.End() // its names mean what they mean there
			}
			return true
		})
		typ.Results = &ast.FieldList{List: []*ast.Field{{Type: result}}}
		return true
	})
}

// A sourceLine is a line of a file of the source.
type sourceLine struct {
	file string
	line int
}

// linesOf gives the lines on which diagnostics begin.
func linesOf(list []Diagnostic) map[sourceLine]bool {
	lines := map[sourceLine]bool{}
	for _, d := range list {
		lines[sourceLine{d.Pos.Filename, d.Pos.Line}] = true
	}
	return lines
}

// standsOn reports whether a diagnostic is about one of the lines.
func (d Diagnostic) standsOn(lines map[sourceLine]bool) bool {
	for n := d.Pos.Line; n <= max(d.Pos.Line, d.End.Line); n++ {
		if lines[sourceLine{d.Pos.Filename, n}] {
			return true
		}
	}
	return false
}
