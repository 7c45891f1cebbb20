package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A program is one binary that holds many generated main packages as cases and runs one of them by
// its name: forty cases built one by one would take forty times as long to link. All loops
// of a case run on a virtual clock, so that no test sleeps.
type program struct {
	dir    string   // of a module m that uses this checkout
	names  []string // of the cases: their folders
	broken map[string]string
}

// newProgram makes a program without cases.
func newProgram(t testing.TB) *program {
	p := &program{dir: newModule(t), broken: map[string]string{}}
	return p
}

// newModule makes an empty module m that uses this checkout.
func newModule(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.mod"), []byte(fmt.Sprintf("module m\n\ngo 1.26\n\n"+
		"require github.com/asyncgen/asyncgen v0.0.0\n\nreplace github.com/asyncgen/asyncgen => %s\n", checkout)))
	return dir
}

func writeFile(t testing.TB, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// moduleEnv is the environment in which the go command works in a module of newModule.
func moduleEnv() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
}

// add makes a main package a case. file is the name of its only file, below the case's folder.
func (p *program) add(t testing.TB, name, file string, text []byte) {
	t.Helper()
	text, err := asCase(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	writeFile(t, filepath.Join(p.dir, name, file), text)
	p.names = append(p.names, name)
}

// asCase turns the file of a main package into one that can be imported: package main into
// package it, func main into func Main, and loops take a virtual clock, unless they take one already.
func asCase(text []byte) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	list := []insertion{{offset(f.Name.Pos()), len(f.Name.Name), "it"}}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "main" && n.Recv == nil {
				list = append(list, insertion{offset(n.Name.Pos()), len("main"), "Main"})
			}
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Run", "Main", "NewLoop"}, sel.Sel.Name) {
				break
			}
			takesClock := bytes.Contains(text[offset(n.Lparen):offset(n.Rparen)], []byte("rt.WithClock("))
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "rt" && !takesClock {
				comma := ""
				if len(n.Args) > 0 {
					comma = ", "
				}
				list = append(list, insertion{offset(n.Rparen), 0, comma + "rt.WithClock(rt.NewVirtualClock())"})
			}
		}
		return true
	})
	return []byte(insertAll(string(text), list)), nil
}

// build compiles all cases. Those that the Go compiler refuses are noted in broken.
func (p *program) build(t testing.TB) {
	t.Helper()
	out, err := p.buildQuickly("./...")
	if err != nil {
		for _, part := range strings.Split("\n"+out, "\n# m/")[1:] {
			name, said, _ := strings.Cut(part, "\n")
			p.broken[name] = said
		}
		if len(p.broken) == 0 {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	var w bytes.Buffer
	w.WriteString("package main\n\nimport (\n\t\"os\"\n\n")
	for i, name := range p.names {
		if p.broken[name] == "" {
			fmt.Fprintf(&w, "\tcase%d %q\n", i, "m/"+name)
		}
	}
	w.WriteString(")\n\nvar cases = map[string]func(){\n")
	for i, name := range p.names {
		if p.broken[name] == "" {
			fmt.Fprintf(&w, "\t%q: case%d.Main,\n", name, i)
		}
	}
	w.WriteString("}\n\nfunc main() { cases[os.Args[1]]() }\n")
	writeFile(t, filepath.Join(p.dir, "main.go"), w.Bytes())
	if out, err := p.buildQuickly("-o", "program", "."); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// buildQuickly compiles in a hurry: the programs run for milliseconds, the compiler for most of
// the tests. Without optimizing, debugging information, threads of its own beside those of the other
// packages, and with less garbage collection it takes a quarter of the time.
func (p *program) buildQuickly(args ...string) (string, error) {
	flags := []string{"build", "-trimpath", "-gcflags=m/...=-N -l -dwarf=0 -c=1", "-ldflags=-s -w"}
	cmd := exec.Command("go", append(flags, args...)...)
	cmd.Dir, cmd.Env = p.dir, append(moduleEnv(), "GOGC=400")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// goCommand runs the go command in the program's module.
func (p *program) goCommand(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = p.dir, moduleEnv()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// run runs a case and gives what it prints. To fail, to hang or to panic is an error, which tells
// what was printed on standard error.
func (p *program) run(name string) (stdout string, err error) {
	if said := p.broken[name]; said != "" {
		return "", fmt.Errorf("the output does not compile:\n%s", said)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(p.dir, "program"), name)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = errors.Join(err, errors.New(firstLines(stderr.String(), 30)))
	}
	return string(out), err
}

func firstLines(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}
