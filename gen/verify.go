package gen

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// verify type-checks the outputs as the go command will compile them: with the files of the package
// that have no output. asyncgen never leaves output that does not compile.
func (c *compiler) verify(files []File) {
	fset := token.NewFileSet()
	var syntax []*ast.File
	generated := map[string]bool{}
	for _, f := range files {
		generated[f.Source] = true
		parsed, err := parser.ParseFile(fset, f.Path, f.Content, parser.SkipObjectResolution)
		if err != nil {
			c.mistake(files, err)
			return
		}
		syntax = append(syntax, parsed)
	}
	for _, s := range c.pkg.Files {
		if !generated[s.Path] {
			parsed, err := parser.ParseFile(fset, s.Path, s.Text, parser.SkipObjectResolution)
			if err == nil {
				syntax = append(syntax, parsed)
			}
		}
	}
	conf := types.Config{Importer: c.pkg.Deps, Sizes: c.pkg.Sizes, GoVersion: c.pkg.GoVersion, FakeImportC: true}
	if _, err := conf.Check(c.pkg.Path, fset, syntax, nil); err != nil {
		c.mistake(files, err)
	}
}

// mistake reports output that does not compile.
func (c *compiler) mistake(files []File, err error) {
	f := files[0]
	var te types.Error
	text := err.Error()
	if errors.As(err, &te) {
		pos := te.Fset.Position(te.Pos)
		text = pos.String() + ": " + te.Msg
		for _, g := range files {
			if g.Path == pos.Filename {
				f = g
			}
		}
	}
	c.diags = append(c.diags, Diagnostic{Pos: token.Position{Filename: f.Source, Line: 1, Column: 1},
		Message: "asyncgen's output for this file would not compile, which is a bug in asyncgen, please report it: " + text})
}
