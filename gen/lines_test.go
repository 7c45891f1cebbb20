package gen

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOverlayLines: whatever is taken from the source stands on the line that it has there, and the
// generated code around it on a line of the function that it is made of.
func TestOverlayLines(t *testing.T) {
	list, _, err := Load(context.Background(), Config{Dir: "..", Patterns: []string{"./testdata/golden/primer/...", "./rt/scenarios"}, Overlay: true, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	literals, statements := 0, 0
	for _, p := range list {
		files, _ := Generate(p, Options{Overlay: true}) // one example is there to be refused
		for _, f := range files {
			source, err := os.ReadFile(f.Source)
			if err != nil {
				t.Fatal(err)
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(os.TempDir(), "output.go"), f.Content, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			l := &linesCheck{t: t, fset: fset, source: f.Source, text: string(source), lines: strings.Split(string(source), "\n")}
			ast.Inspect(file, l.visit)
			literals, statements = literals+l.literals, statements+l.statements
		}
	}
	if literals < 200 || statements < 1000 {
		t.Errorf("%d literals and %d statements looked at: there must be more", literals, statements)
	}
}

type linesCheck struct {
	t                    *testing.T
	fset                 *token.FileSet
	source               string
	text                 string
	lines                []string
	literals, statements int
}

func (l *linesCheck) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.CompositeLit:
		typ, ok := n.Type.(*ast.SelectorExpr)
		return !ok || typ.Sel.Name != "FuncInfo" // not taken from the source
	case *ast.BasicLit:
		at := l.fset.Position(n.Pos())
		if n.Kind != token.STRING || strings.HasPrefix(n.Value, "`") {
			break
		}
		if n.Value == `""` || strings.Contains(l.text, "const twice = "+n.Value) { // a zero value, a constant
			break
		}
		if l.literals++; at.Line > len(l.lines) || !strings.Contains(l.lines[at.Line-1], n.Value) {
			l.t.Errorf("%s: here is no %s", at, n.Value)
		}
	case *ast.FuncDecl:
		l.resume(n)
	}
	return true
}

// resume looks at the statements of a Resume method.
func (l *linesCheck) resume(d *ast.FuncDecl) {
	if d.Recv == nil || d.Name.Name != "Resume" {
		return
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		s, ok := n.(ast.Stmt)
		if !ok {
			return true
		}
		switch s := s.(type) {
		case *ast.BlockStmt, *ast.LabeledStmt, *ast.CaseClause:
			return true
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.IncDecStmt, *ast.AssignStmt, *ast.IfStmt:
			l.statements++
			at := l.fset.Position(s.Pos())
			if at.Filename != l.source || at.Line > len(l.lines) || strings.TrimSpace(l.lines[at.Line-1]) == "" {
				l.t.Errorf("%s: here is no statement: output:%s", at, strconv.Itoa(l.fset.PositionFor(s.Pos(), false).Line))
			}
		}
		return true
	})
}
