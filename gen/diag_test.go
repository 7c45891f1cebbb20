package gen

import (
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Packages are checked in parallel, and one file can belong to two of them.
func TestDiagnosticsAreSortedAndSaidOnce(t *testing.T) {
	at := func(file string, line, column int, message string) Diagnostic {
		return Diagnostic{Pos: token.Position{Filename: file, Line: line, Column: column}, Message: message}
	}
	got := sortDiagnostics([]Diagnostic{
		at("b.go", 1, 1, "x"),
		at("a.go", 10, 2, "x"),
		at("a.go", 9, 30, "x"),
		at("a.go", 10, 1, "y"),
		at("a.go", 9, 30, "x"),
		at("a.go", 10, 1, "x"),
	})
	want := []Diagnostic{
		at("a.go", 9, 30, "x"),
		at("a.go", 10, 1, "x"),
		at("a.go", 10, 1, "y"),
		at("a.go", 10, 2, "x"),
		at("b.go", 1, 1, "x"),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Diagnostic{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDiagnosticReadsAsTheGoCommands(t *testing.T) {
	for _, test := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Pos: token.Position{Filename: "a.go", Line: 3, Column: 4}, Message: "m"}, "a.go:3:4: m"},
		{Diagnostic{Pos: token.Position{Filename: "a.go", Line: 3}, Message: "m"}, "a.go:3: m"},
		{Diagnostic{Pos: token.Position{Filename: "dir"}, Message: "m"}, "dir: m"},
		{Diagnostic{Pos: token.Position{}, Message: "m"}, "m"},
		{Diagnostic{Pos: token.Position{Filename: "a.go", Line: 3, Column: 4}, Code: codeCgo, Message: "m"}, "a.go:3:4: m [AG0007]"},
		{Diagnostic{Pos: token.Position{Filename: "a.go", Line: 3, Column: 4}, Code: CodeGo, Message: "m\n\tn"}, "a.go:3:4: m\n\tn"},
	} {
		if got := test.d.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
