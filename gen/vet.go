package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// This file is what the analyzers of gen/asyncvet see of the compiler: which functions are async, and
// what it refuses.

// RTPath is the import path of the runtime.
const RTPath = rtPath

// NewPackage is the Package of what somebody else has loaded: a driver of go/analysis. What was
// generated is not in it. It cannot be given to Generate, for it does not know what others import.
func NewPackage(fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info, read func(path string) ([]byte, error)) (*Package, error) {
	p := &Package{Path: pkg.Path(), Name: pkg.Name(), Fset: fset, Types: pkg, Info: info}
	for _, f := range files {
		path := fset.File(f.FileStart).Name()
		text, err := read(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if _, output := isOutput(text); output {
			continue
		}
		s := &Source{Path: path, Text: text, Syntax: f, Tagged: isTagged(text)}
		s.Annotated = s.Tagged || annotated(f, info)
		p.Files = append(p.Files, s)
	}
	return p, nil
}

// AsyncFunc is an async function. Its Node is an *ast.FuncDecl, which Func declares, or an *ast.FuncLit.
type AsyncFunc struct {
	Node ast.Node
	Func *types.Func
	Body *ast.BlockStmt
}

// AsyncFuncs finds the async functions of a package.
func AsyncFuncs(p *Package) []*AsyncFunc {
	c := newCompiler(p, Options{Overlay: true})
	c.find()
	var list []*AsyncFunc
	for _, co := range c.cos {
		if co.lit != nil {
			list = append(list, &AsyncFunc{Node: co.lit, Body: co.body})
		} else {
			list = append(list, &AsyncFunc{Node: co.decl, Func: p.Info.Defs[co.decl.Name].(*types.Func), Body: co.body})
		}
	}
	return list
}

// Check gives what Generate refuses before it compiles anything. A build tag may be missing: see
// Config.Overlay.
func Check(p *Package) []Diagnostic {
	c := newCompiler(p, Options{Overlay: true})
	c.find()
	c.check()
	return sortDiagnostics(c.diags)
}

// IsCoro reports whether a type is an rt.Coro.
func IsCoro(t types.Type) bool { return coroElem(t) != nil }

// IsRT reports whether a package is the runtime.
func IsRT(p *types.Package) bool { return isRT(p) }

// IsMarker reports whether an object is one of the functions of rt that only an async function can call.
func IsMarker(obj types.Object) bool { return isMarker(obj) }
