package gen

import (
	"context"
	"debug/elf"
	"debug/gosym"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
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
	literals, statements := checkLines(t, list)
	if literals < 200 || statements < 1000 {
		t.Errorf("%d literals and %d statements looked at: there must be more", literals, statements)
	}
}

// TestOverlayLinesOfClauses: where Go chooses the clause, the switch is made anew, around clauses that stay where they are.
func TestOverlayLinesOfClauses(t *testing.T) {
	checkSource(t, 24, `package main

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func text(s string) rt.Coro[string] {
	return rt.Return(s)
}

//async:func
func amain(in any, ch chan string) rt.Coro[rt.None] {
	// the tag has a line of its own
	switch s := fmt.Sprint(
		"tag", in,
	); strings.Join([]string{
		s, "joined",
	}, "sep") {

	case "one", // with a comment

		"two":
		// nothing, and then
		rt.Await(text("first"))

	case strings.Repeat(
		"three", 3):
		fmt.Println("second")
	default:

		fmt.Println("third")
	}
	switch {
	case func() bool {
		return "literal" == "other"
	}():

		rt.Await(text("fourth"))
	case in == rt.Await(text("fifth")),
		in == "sixth",

		in == rt.Await(text("seventh")):
		fmt.Println("eighth")
	}
	switch v := in.(type) {

	case string,
		// between
		fmt.Stringer:
		fmt.Println(v, "ninth")
	case nil:

		fmt.Println(rt.Await(text("tenth")))
	case error:
		f := func() { v = nil }
		fmt.Println(rt.Await(text("eleventh")), v)
		f()
	}
	select {

	case ch <- strings.ToUpper(
		"twelfth"):
		rt.Await(text("thirteenth"))
	case v, ok := <-map[string]chan string{
		"fourteenth": ch,
	}["fifteenth"]:

		fmt.Println(v, ok)
	default:
		fmt.Println("sixteenth")
	}
	return nil
}

func main() { rt.Main(amain(1, nil)) }
`)
}

// TestOverlayLinesOfRests: what is left of a statement whose beginning has been lowered begins on a line of its own.
func TestOverlayLinesOfRests(t *testing.T) {
	checkSource(t, 8, `package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func number(n int) rt.Coro[int] {
	return rt.Return(n)
}

//async:func
func amain(a int) rt.Coro[rt.None] {
	if n := rt.Await(number(
		1,
	)); n > 0 ||
		a > 0 {
		fmt.Println("first")
	} else {
		fmt.Println("second")
	}
	for i := rt.Await(number(
		2)); i < 3; i++ {
		fmt.Println("third")
	}
labeled:
	for i := range rt.Await(
		number(3)) {
		if i > 1 {
			break labeled
		}
		fmt.Println("fourth")
	}
tagless:
	switch rt.Await(number(
		4,
	)); {
	case a > 0:
		fmt.Println("fifth")
		break tagless
	}
tagged:
	switch n := rt.Await(number(
		5,
	)); a {
	case n:
		fmt.Println("sixth")
		break tagged
	default:
		fmt.Println("seventh")
	}
types:
	switch v := rt.Await(rt.Any(
		number(6),
	)).(type) {
	case int:
		fmt.Println("eighth", v)
		break types
	}
	return nil
}

func main() { rt.Main(amain(1)) }
`)
}

// checkSource looks at the output of a program, which has so many literals.
func checkSource(t *testing.T, literals int, source string) {
	t.Helper()
	dir := newModule(t)
	writeFile(t, filepath.Join(dir, "main.go"), []byte(source))
	list, diags, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"."}, Env: moduleEnv(), Overlay: true})
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	if n, _ := checkLines(t, list); n != literals {
		t.Errorf("%d literals instead of %d", n, literals)
	}
}

// checkLines looks at the outputs of packages.
func checkLines(t *testing.T, list []*Package) (literals, statements int) {
	t.Helper()
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
	return literals, statements
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

// In a debugger a breakpoint on a line of an async function is in Resume alone: whatever else is generated has its
// instructions elsewhere, where it ends as well. Only the line of the declaration is also where the function is called.
func TestLinesHaveOnePlace(t *testing.T) {
	source := `package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func step(n int) rt.Coro[int] {
	fmt.Println("step") // step 0
	rt.Await(rt.Sleep(0))
	return rt.Return(n) // step 1
}

//async:func
func count(n int) rt.Stream[int] {
	rt.Yield(n) // count 0
	return nil  // count 1
}

//async:func
func amain() rt.Coro[rt.None] {
	v := rt.Await(step(1)) // amain 0
	task := rt.CreateTask(step(v))
	rt.CreateTask(step(9))
	for v := range rt.AwaitEach(count(1)) {
		fmt.Println(v)
	}
	lit := func() rt.Coro[int] {
		rt.Await(rt.Sleep(0)) // amainFunc1 0
		return rt.Return(4)   // amainFunc1 1
	}
	fmt.Println(rt.Await(task), rt.Await(lit()))
	return nil // amain 1
}

func main() { rt.Main(amain()) }
`
	dir := newModule(t)
	writeFile(t, filepath.Join(dir, "main.go"), []byte(source))
	list, diags, err := Load(context.Background(), Config{Dir: dir, Patterns: []string{"."}, Env: moduleEnv(), Overlay: true})
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	files, diags := Generate(list[0], Options{Overlay: true})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	writeFile(t, filepath.Join(dir, "main.go"), files[0].Content)
	p := &program{dir: dir}
	if out, err := p.goCommand("build", "-gcflags=-N -l", "-o", "program", "."); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	places := functionsAt(t, filepath.Join(dir, "program"))
	for i, line := range strings.Split(source, "\n") {
		if _, name, ok := strings.Cut(line, "// "); ok {
			want := "main.(*" + strings.Fields(name)[0] + "Frame).Resume"
			if got := strings.Join(places[i+1], " "); got != want {
				t.Errorf("line %d is in %q, want %q", i+1, got, want)
			}
		}
		if strings.HasPrefix(line, "func ") && strings.HasSuffix(line, "] {") && len(places[i+1]) > 2 {
			t.Errorf("line %d is in %q, want at most what is called and Resume", i+1, places[i+1])
		}
	}
}

// functionsAt gives the functions of package main of a program that have instructions on the lines of main.go.
func functionsAt(t *testing.T, path string) map[int][]string {
	t.Helper()
	exe, err := elf.Open(path)
	if err != nil {
		t.Skipf("not an ELF file: %v", err)
	}
	defer exe.Close()
	data, err := exe.Section(".gopclntab").Data()
	if err != nil {
		t.Fatal(err)
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, exe.Section(".text").Addr))
	if err != nil {
		t.Fatal(err)
	}
	places := map[int][]string{}
	for _, f := range table.Funcs {
		if !strings.HasPrefix(f.Name, "main.") {
			continue
		}
		for pc := f.Entry; pc < f.End; pc++ {
			file, line, _ := table.PCToLine(pc)
			if filepath.Base(file) == "main.go" && !slices.Contains(places[line], f.Name) {
				places[line] = append(places[line], f.Name)
			}
		}
	}
	return places
}
