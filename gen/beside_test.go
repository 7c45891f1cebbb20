package gen

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"
)

func TestATypeErrorDoesNotHideOtherMistakes(t *testing.T) {
	module := newModule(t)
	for name, text := range map[string]string{
		"a/a.go": `//go:build asyncgen

package a

import "github.com/asyncgen/asyncgen/rt"

//async:func
func f() rt.Coro[int] { return nil }

//async:func
func g() rt.Coro[string] {
	var n string = 1
	_ = n
	f(); undefined()
	f()
	rt.Await(f() + f())
	return nil
}

func h() { rt.Await(f()) }
`,
		"a/b.go": `package a

import "github.com/asyncgen/asyncgen/rt"

//async:func
func i() rt.Coro[int] { return nil }
`,
		"b/b.go": `//go:build asyncgen

package b

import (
	"no/such/package"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func f() rt.Coro[int] { return nil }

func g() { f() }
`,
	} {
		writeFile(t, filepath.Join(module, name), []byte(text))
	}
	_, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range diags {
		got = append(got, fmt.Sprintf("%s:%d %s", base(d.Pos.Filename), d.Pos.Line, d.Code))
	}
	want := []string{"a.go:12 AG0001", "a.go:14 AG0001", "a.go:15 AG0014", "a.go:16 AG0001", "a.go:20 AG0011", "b.go:1 AG0003", "b.go:6 AG0001"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v:\n%v", got, want, diags)
	}
}

// Whatever name is undefined, the rest of the package can be looked at.
func TestLookingForMistakesSurvivesTypeErrors(t *testing.T) {
	imports, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range programs(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "in.go", text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if count++; ok && id != file.Name && count%11 == 0 {
				at := fset.Position(id.Pos()).Offset
				lookInto(t, imports, name, text[:at]+"no"+text[at:])
			}
			return true
		})
	}
}

// lookInto looks for mistakes in a file that may have type errors.
func lookInto(t *testing.T, imports types.Importer, name, text string) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: %v\n%s", name, r, debug.Stack())
		}
	}()
	p := &Package{Path: "m", Fset: token.NewFileSet(), Sizes: types.SizesFor("gc", "amd64")}
	src := &Source{Path: "/m/in.go", Rel: "in.go", Text: []byte(text), Tagged: true, Annotated: true}
	var err error
	if src.Syntax, err = parser.ParseFile(p.Fset, src.Path, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
		return
	}
	p.Files, p.Name = []*Source{src}, src.Syntax.Name.Name
	p.Info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{}}
	conf := types.Config{Importer: imports, Error: func(error) {}}
	p.Types, _ = conf.Check(p.Path, p.Fset, []*ast.File{src.Syntax}, p.Info)
	c := newCompiler(p, Options{})
	c.find()
	c.check()
}
