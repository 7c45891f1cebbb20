package asyncvet

import (
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/asyncgen/asyncgen/gen"
)

// Analyzers are all of them, for a driver of go/analysis.
var Analyzers = []*analysis.Analyzer{Blocking, NeverAwaited, DroppedTask, IgnoredError, Starve, LockHeld, Abandoned, NotAsync, Nanoseconds, Refused}

// docs is the page that describes the analyzers; each has a section with its name.
const docs = "https://github.com/asyncgen/asyncgen/blob/main/docs/vet.md#"

// Run runs the analyzers on packages that [gen.Load] has given and [gen.Generate] does not refuse.
// With [gen.Config].Helpers they know which functions of the main module block.
func Run(list []*gen.Package) ([]gen.Diagnostic, error) {
	l := loaded{}
	var pkgs []*packages.Package
	for _, p := range list {
		pkgs = append(pkgs, l.convert(p))
	}
	compiles := slices.DeleteFunc(slices.Clone(Analyzers), func(a *analysis.Analyzer) bool { return a == Refused })
	graph, err := checker.Analyze(compiles, pkgs, nil)
	if err != nil {
		return nil, err
	}
	var diags []gen.Diagnostic
	for _, act := range graph.Roots {
		if act.Err != nil {
			return nil, act.Err
		}
		for _, d := range act.Diagnostics {
			diags = append(diags, toGen(act.Package.Fset, d))
		}
	}
	return gen.SortDiagnostics(diags), nil
}

// loaded is the packages that are in the form that checker wants, each once.
type loaded map[*gen.Package]*packages.Package

func (l loaded) convert(p *gen.Package) *packages.Package {
	if have := l[p]; have != nil {
		return have
	}
	made := &packages.Package{
		ID: p.Path, PkgPath: p.Path, Name: p.Name, Dir: p.Dir,
		Fset: p.Fset, Types: p.Types, TypesInfo: p.Info, TypesSizes: p.Sizes,
		Module:  &packages.Module{Path: p.ModulePath},
		Imports: map[string]*packages.Package{},
	}
	l[p] = made
	for _, f := range p.Files {
		made.Syntax = append(made.Syntax, f.Syntax)
	}
	for _, dep := range p.Imports {
		made.Imports[dep.Path] = l.convert(dep)
	}
	return made
}
