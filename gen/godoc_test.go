package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

func TestExportedNamesAreDocumented(t *testing.T) {
	for _, dir := range []string{".", "../rt"} {
		paths, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: no files: %v", dir, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				undocumented(d, func(id *ast.Ident) { t.Errorf("%s: %s has no comment", fset.Position(id.Pos()), id.Name) })
			}
		}
	}
}

// undocumented calls missing for each exported name of d without a comment: functions, methods of exported
// types, types, their interface methods, variables and constants. A group may have one for all.
func undocumented(d ast.Decl, missing func(*ast.Ident)) {
	check := func(id *ast.Ident, comments ...*ast.CommentGroup) {
		for _, c := range comments {
			if c.Text() != "" {
				return
			}
		}
		if id.IsExported() {
			missing(id)
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if typ, _, isMethod := strings.Cut(nameOf(d), "."); !isMethod || ast.IsExported(typ) {
			check(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					check(id, d.Doc, spec.Doc, spec.Comment)
				}
			case *ast.TypeSpec:
				check(spec.Name, d.Doc, spec.Doc, spec.Comment)
				if i, ok := spec.Type.(*ast.InterfaceType); ok && spec.Name.IsExported() {
					for _, m := range i.Methods.List {
						for _, id := range m.Names {
							check(id, m.Doc, m.Comment)
						}
					}
				}
			}
		}
	}
}
