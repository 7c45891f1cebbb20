package gen

import (
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// What the packages import is taken from export data, which the go command makes and keeps.

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// errBroken says that an imported package does not compile, about which there are diagnostics.
var errBroken = errors.New("has mistakes of its own")

// export has the go command make the export data of the packages and of all that they import.
func (ld *loader) export(wanted map[string]*packages.Package) error {
	if ld.deps == nil {
		ld.deps = &exports{files: map[string]string{}, broken: map[string]bool{}, asked: map[string]bool{}}
		ld.deps.importer = importer.ForCompiler(ld.fset, "gc", ld.deps.open)
	}
	var patterns []string
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		if !ld.deps.asked[path] && !ld.recallExport(wanted[path]) {
			patterns = append(patterns, path)
		}
		ld.deps.asked[path] = true
	}
	if len(patterns) == 0 {
		return nil
	}
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile
	list, err := ld.packages(mode, false, patterns, ld.tagFlag(tag))
	if err != nil {
		return err
	}
	packages.Visit(list, nil, func(p *packages.Package) {
		if p.ExportFile != "" {
			ld.deps.files[p.PkgPath] = p.ExportFile
		}
		if len(p.GoFiles) == 0 {
			return // it does not exist: said where it is imported
		}
		ld.deps.broken[p.PkgPath] = p.ExportFile == ""
		for _, e := range p.Errors {
			ld.deps.diags = append(ld.deps.diags, ld.compileErrors(p, e)...)
		}
	})
	if ld.cfg.Cache == nil || !ld.steady() {
		return nil
	}
	for _, p := range list {
		if dep := wanted[p.PkgPath]; dep != nil {
			ld.keepExport(dep, p)
		}
	}
	return nil
}

// compileErrors takes apart what the compiler said about a dependency: a line for each error.
func (ld *loader) compileErrors(p *packages.Package, e packages.Error) []Diagnostic {
	var diags []Diagnostic
	if pos := ld.position(e.Pos); pos.Line > 0 {
		return []Diagnostic{goError(pos, e.Msg)}
	}
	for line := range strings.Lines(e.Msg) {
		line = strings.TrimRight(line, "\n")
		place, msg, ok := strings.Cut(line, ": ")
		switch pos := ld.position(place); {
		case strings.HasPrefix(line, "# ") || line == "":
		case strings.HasPrefix(line, "\t") && len(diags) > 0:
			diags[len(diags)-1].Message += "\n" + line
		case ok && pos.Line > 0:
			diags = append(diags, goError(pos, msg))
		default:
			diags = append(diags, goError(token.Position{Filename: p.Dir}, line))
		}
	}
	return diags
}

func (x *exports) open(path string) (io.ReadCloser, error) {
	file, ok := x.files[path]
	if !ok {
		return nil, fmt.Errorf("no export data of %s", path)
	}
	return os.Open(file)
}

// importPackage reads the export data of a package.
func (x *exports) importPackage(p *packages.Package) (*types.Package, error) {
	switch {
	case x.broken[p.PkgPath]:
		return nil, errBroken
	case x.files[p.PkgPath] == "" && len(p.Errors) > 0:
		return nil, errors.New(p.Errors[0].Msg)
	}
	return x.importPath(p.PkgPath)
}

func (x *exports) importPath(path string) (*types.Package, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.importer.Import(path)
}
