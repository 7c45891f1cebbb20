package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/txtar"
)

// Packages that exist only in memory: for tests that compile many, or odd, sources. They can import
// rt, what is named here, and what the goldens import.

var standard = []string{"context", "errors", "fmt", "io", "iter", "maps", "math", "os", "slices", "sort", "strconv", "strings", "sync", "testing", "time", "unsafe"}

// goldenImports are the standard packages that the goldens import.
func goldenImports() ([]string, error) {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			return nil, err
		}
		for _, file := range page.Files {
			f, err := parser.ParseFile(token.NewFileSet(), "", file.Data, parser.ImportsOnly)
			if err != nil {
				continue // no Go, or meant to be wrong
			}
			for _, spec := range f.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil && !strings.Contains(path, ".") && path != "C" && !strings.HasPrefix(path, "m/") {
					list = append(list, path)
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// exportFiles are the files with export data, by package; the go command makes them once.
var exportFiles = sync.OnceValues(func() (map[string]string, error) {
	more, err := goldenImports()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", slices.Concat([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Export", "./rt"}, standard, more)...)
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		files[p.ImportPath] = p.Export
	}
})

// imports reads export data. It is shared by all packages in memory.
var imports = sync.OnceValues(func() (types.Importer, error) {
	files, err := exportFiles()
	if err != nil {
		return nil, err
	}
	inner := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("no package %s", path)
		}
		return os.Open(files[path])
	})
	var mu sync.Mutex
	return importerFunc(func(path string) (*types.Package, error) {
		mu.Lock()
		defer mu.Unlock()
		return inner.Import(path)
	}), nil
})

// memoryPackage parses and type-checks a package of one file, in.go.
func memoryPackage(text string) (*Package, error) {
	importer, err := imports()
	if err != nil {
		return nil, err
	}
	p := &Package{Path: "m/memory", Dir: "/m/memory", ModuleDir: "/m", ModulePath: "m", GoVersion: "go1.26",
		Fset: token.NewFileSet(), Deps: importer, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	src := &Source{Path: "/m/memory/in.go", Rel: "memory/in.go", Text: []byte(text), Tagged: isTagged([]byte(text))}
	src.Syntax, err = parser.ParseFile(p.Fset, src.Path, src.Text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	p.Name = src.Syntax.Name.Name
	p.Files = []*Source{src}
	p.Info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: importer, Sizes: p.Sizes, GoVersion: p.GoVersion, FakeImportC: true}
	p.Types, err = conf.Check(p.Path, p.Fset, []*ast.File{src.Syntax}, p.Info)
	if err != nil {
		return nil, err
	}
	src.Annotated = src.Tagged || annotated(src.Syntax, p.Info)
	return p, nil
}
