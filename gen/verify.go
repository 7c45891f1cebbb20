package gen

import (
	"errors"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
)

// An output is a file with its syntax tree, or what is wrong with it.
type output struct {
	File
	src    *Source
	text   []byte   // as it was parsed, to be formatted
	steps  [][]edit // that made it of the source, each of what the one before has left
	syntax *ast.File
	err    error
}

// verify type-checks the outputs as the go command will compile them: with the files of the package
// that have no output. asyncgen never leaves output that does not compile, or that Go would initialize in another order.
// It gives the outputs, in which everything is used that the source uses.
func (c *compiler) verify(outputs []output) []output {
	info := &types.Info{}
	files := inGoOrder(c.pkg.Files)
	_, unused, err := c.typecheck(outputs, files, info)
	if err == nil && len(unused) > 0 {
		outputs = c.useAll(outputs, unused)
		_, unused, err = c.typecheck(outputs, files, info)
	}
	switch {
	case err != nil:
		c.mistake(outputs, err)
	case len(unused) > 0:
		c.mistake(outputs, unused[0])
	default:
		c.compareInit(outputs, info.InitOrder)
		c.compareFileOrder(outputs)
	}
	return outputs
}

// typecheck gives the package as it will be, and takes down in info what that has maps for. unused is what is wrong
// with an import or variable that nothing uses, err the first other mistake. The files come in the order of these
// sources, whatever the outputs are called.
func (c *compiler) typecheck(outputs []output, files []*Source, info *types.Info) (pkg *types.Package, unused []types.Error, err error) {
	made := map[string]output{}
	for _, out := range outputs {
		if out.err != nil {
			return nil, nil, out.err
		}
		made[out.Source] = out
	}
	var syntax []*ast.File
	for _, s := range files {
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

// mistake reports output that does not compile, at the declaration of the source that the broken part was made of.
func (c *compiler) mistake(outputs []output, err error) {
	d := Diagnostic{Pos: token.Position{Filename: outputs[0].Source, Line: 1, Column: 1}, Code: CodeBug}
	text := err.Error()
	for _, out := range outputs {
		if at, said, ok := c.brokenAt(out, err); ok {
			d.Pos, text = c.origin(out, at), said
			break
		}
	}
	d.Message = "asyncgen's output for this would not compile, which is a bug in asyncgen, please report it: " + text
	c.diags = append(c.diags, d)
}

// brokenAt gives the byte at which an output is broken, if it is this one, and what is wrong there.
func (c *compiler) brokenAt(out output, err error) (at int, said string, ok bool) {
	var syntax scanner.ErrorList
	var typ types.Error
	switch {
	case out.err != nil && errors.As(out.err, &syntax):
		return syntax[0].Pos.Offset, syntax[0].Error(), true
	case out.syntax != nil && errors.As(err, &typ) && out.syntax.FileStart <= typ.Pos && typ.Pos <= out.syntax.FileEnd:
		pos := c.pkg.Fset.PositionFor(typ.Pos, false)
		return pos.Offset, pos.String() + ": " + typ.Msg, true
	}
	return 0, "", false
}

// origin gives the position in the source of a byte of an output: the declaration, if it was made of one, otherwise
// the very place.
func (c *compiler) origin(out output, at int) token.Position {
	made := false
	for _, edits := range slices.Backward(out.steps) {
		var new bool
		at, new = beforeEdits(edits, at)
		made = made || new
	}
	pos := c.pkg.Fset.File(out.src.Syntax.FileStart).Pos(at)
	if made {
		pos = declarationAt(out.src, pos)
	}
	return c.pkg.Fset.PositionFor(pos, false)
}

// declarationAt is the name of the function around a position or right before it, or the beginning of another
// declaration, or the position.
func declarationAt(s *Source, pos token.Pos) token.Pos {
	for _, d := range s.Syntax.Decls {
		if pos < d.Pos() || pos > d.End() {
			continue
		}
		if fn, ok := d.(*ast.FuncDecl); ok {
			return fn.Name.Pos()
		}
		return d.Pos()
	}
	return pos
}
