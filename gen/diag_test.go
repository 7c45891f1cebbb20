package gen

import (
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Packages are checked in parallel, and one file can belong to two of them.
func TestDiagnosticsAreSortedAndSaidOnce(t *testing.T) {
	at := func(file string, line, column int, message string) Diagnostic {
		return Diagnostic{token.Position{Filename: file, Line: line, Column: column}, message}
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
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDiagnosticReadsAsTheGoCommands(t *testing.T) {
	for _, test := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{token.Position{Filename: "a.go", Line: 3, Column: 4}, "m"}, "a.go:3:4: m"},
		{Diagnostic{token.Position{Filename: "a.go", Line: 3}, "m"}, "a.go:3: m"},
		{Diagnostic{token.Position{Filename: "dir"}, "m"}, "dir: m"},
		{Diagnostic{token.Position{}, "m"}, "m"},
	} {
		if got := test.d.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
