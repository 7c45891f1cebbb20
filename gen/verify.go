package gen

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
)

// An output is a file with its syntax tree, as it was parsed to be formatted, or what is wrong with it.
type output struct {
	File
	syntax *ast.File
	err    error
}

// verify type-checks the outputs as the go command will compile them: with the files of the package
// that have no output. asyncgen never leaves output that does not compile, or that Go would initialize in another order.
func (c *compiler) verify(outputs []output) {
	info := &types.Info{}
	if _, err := c.typecheck(outputs, info); err != nil {
		c.mistake(outputs, err)
		return
	}
	c.compareInit(outputs, info.InitOrder)
}

// typecheck gives the package as it will be, and takes down in info what that has maps for. The files come in the order
// of the sources, whatever the outputs are called.
func (c *compiler) typecheck(outputs []output, info *types.Info) (*types.Package, error) {
	made := map[string]output{}
	for _, out := range outputs {
		if out.err != nil {
			return nil, out.err
		}
		made[out.Source] = out
	}
	var syntax []*ast.File
	for _, s := range inGoOrder(c.pkg.Files) {
		if out, ok := made[s.Path]; ok {
			syntax = append(syntax, out.syntax)
		} else {
			syntax = append(syntax, s.Syntax)
		}
	}
	conf := types.Config{Importer: c.pkg.Deps, Sizes: c.pkg.Sizes, GoVersion: c.pkg.GoVersion, FakeImportC: true}
	return conf.Check(c.pkg.Path, c.pkg.Fset, syntax, info)
}

// mistake reports output that does not compile.
func (c *compiler) mistake(outputs []output, err error) {
	f := outputs[0]
	var te types.Error
	text := err.Error()
	if errors.As(err, &te) {
		pos := te.Fset.Position(te.Pos)
		text = pos.String() + ": " + te.Msg
		for _, g := range outputs {
			if g.Path == pos.Filename {
				f = g
			}
		}
	}
	c.diags = append(c.diags, Diagnostic{Pos: token.Position{Filename: f.Source, Line: 1, Column: 1}, Code: CodeBug,
		Message: "asyncgen's output for this file would not compile, which is a bug in asyncgen, please report it: " + text})
}
