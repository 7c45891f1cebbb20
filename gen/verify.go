package gen

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
)

// An output is a file with its syntax tree, or what is wrong with it.
type output struct {
	File
	src    *Source
	text   []byte // as it was parsed, to be formatted
	syntax *ast.File
	err    error
}

// verify type-checks the outputs as the go command will compile them: with the files of the package
// that have no output. asyncgen never leaves output that does not compile, or that Go would initialize in another order.
// It gives the outputs, in which everything is used that the source uses.
func (c *compiler) verify(outputs []output) []output {
	info := &types.Info{}
	_, unused, err := c.typecheck(outputs, info)
	if err == nil && len(unused) > 0 {
		outputs = c.useAll(outputs, unused)
		_, unused, err = c.typecheck(outputs, info)
	}
	switch {
	case err != nil:
		c.mistake(outputs, err)
	case len(unused) > 0:
		c.mistake(outputs, unused[0])
	default:
		c.compareInit(outputs, info.InitOrder)
	}
	return outputs
}

// typecheck gives the package as it will be, and takes down in info what that has maps for. unused is what is wrong
// with an import or variable that nothing uses, err the first other mistake. The files come in the order of the
// sources, whatever the outputs are called.
func (c *compiler) typecheck(outputs []output, info *types.Info) (pkg *types.Package, unused []types.Error, err error) {
	made := map[string]output{}
	for _, out := range outputs {
		if out.err != nil {
			return nil, nil, out.err
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
	conf.Error = func(e error) {
		var te types.Error
		if errors.As(e, &te) && te.Soft {
			unused = append(unused, te)
		} else if err == nil {
			err = e
		}
	}
	pkg, _ = conf.Check(c.pkg.Path, c.pkg.Fset, syntax, info) // its error is the first one
	return pkg, unused, err
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
