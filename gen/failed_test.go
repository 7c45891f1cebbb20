package gen

import (
	"go/ast"
	"go/token"
	"testing"
)

// A compiler that breaks one of its own contracts says at which function, and does not panic.
func TestAPanicIsADiagnosticOfTheFunction(t *testing.T) {
	p, err := memoryPackage(fuzzHead + `
//async:func
func first() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(1)
}

//async:func
func second() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(2)
}
`)
	if err != nil {
		t.Fatal(err)
	}
	decls := p.Files[0].Syntax.Decls
	second := decls[len(decls)-1].(*ast.FuncDecl)
	second.Body.List[1] = &ast.BranchStmt{TokPos: second.Body.List[1].Pos(), Tok: token.FALLTHROUGH} // leads nowhere
	for name, run := range map[string]func() []Diagnostic{
		"Generate":  func() []Diagnostic { _, diags := Generate(p, Options{}); return diags },
		"Dump":      func() []Diagnostic { _, diags := Dump(p, Options{}, "blocks"); return diags },
		"Functions": func() []Diagnostic { _, diags := Functions(p); return diags },
	} {
		diags := run()
		if len(diags) != 1 || diags[0].Code != CodeBug || diags[0].Stack == "" || diags[0].Pos.Line != p.Fset.Position(second.Pos()).Line {
			t.Errorf("%s: %v", name, diags)
		}
	}
}
