package gen

import (
	"context"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/go/packages"
)

// The listings of README.md and docs/ are goldens: what a page shows is what asyncgen makes and what
// programs print. Each Go listing says what it is:
//
//	<!-- run: NAME -->          a program. What it prints stands in the text listing behind it.
//	<!-- file: PATH NAMES -->   a file of this checkout, or these of its declarations. The text listing
//	                            behind one of the primer is what its folder says it prints.
//	<!-- fragment: REASON -->   not compiled
//
// and text may be a view: <!-- dump: STAGE NAME --> is what asyncgen --dump STAGE prints of program NAME,
// <!-- frame: NAME FUNC --> what asyncgen explain-frame FUNC prints. <!-- graph: NAME FUNC --> stands before a
// picture that asyncgen graph FUNC makes.
// A program may leave out its first lines and func main: see whole. Like goldens, what programs print is
// written by people, and -update rewrites the rest.
//
// Python listings are run by CPython 3.13, if it is there, and print the same as the Go behind
// them; <!-- python: REASON --> marks one that does not.

func TestGoldenDocs(t *testing.T) {
	d := &docs{pages: readPages(t), program: newProgram(t)}
	d.generate(t)
	d.program.build(t)
	for _, p := range d.pages {
		d.pictures(t, p)
		for _, l := range p.listings {
			t.Run(fmt.Sprintf("%s:%d", p.path, l.line), func(t *testing.T) { d.check(t, l) })
		}
	}
}

// picture finds the pictures of the compiler's.
var picture = regexp.MustCompile(`<!-- graph: (\S+) (\S+) -->\n!\[[^\]]*\]\(([^)]+)\)`)

// pictures compares the pictures of a page with what would be drawn.
func (d *docs) pictures(t *testing.T, p *page) {
	for _, m := range picture.FindAllStringSubmatch(p.prose, -1) {
		path := filepath.Join("..", filepath.Dir(p.path), m[3])
		want := d.function(t, m[1], m[2]).Graph().SVG()
		if *update {
			writeFile(t, path, want)
		}
		if have, err := os.ReadFile(path); err != nil || string(have) != string(want) {
			t.Errorf("%s is not current; %s (%v)", path, accept, err)
		}
	}
}

// function gives a function of a page's program.
func (d *docs) function(t *testing.T, program, name string) *Function {
	p := d.packages[program]
	if p == nil {
		t.Fatalf("there is no program %s", program)
	}
	list, diags := Functions(p)
	if found := Named(list, name); len(found) == 1 {
		return found[0]
	}
	t.Fatalf("there is no function %s in %s: %v", name, program, diags)
	return nil
}

// docs are the pages and their programs.
type docs struct {
	pages    []*page
	program  *program
	packages map[string]*Package // by the name of the program
}

// generate compiles the programs of all pages.
func (d *docs) generate(t *testing.T) {
	module := newModule(t)
	for _, p := range d.pages {
		for _, l := range p.listings {
			if l.mark != "run" {
				continue
			}
			file := filepath.Join(module, l.args[0], "main.go")
			if _, err := os.Stat(file); err == nil {
				t.Fatalf("two programs have the name %s", l.args[0])
			}
			writeFile(t, file, []byte(whole(l.text)))
		}
	}
	list, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil {
		t.Fatal(err)
	}
	d.packages = map[string]*Package{}
	for _, p := range list {
		name := filepath.Base(p.Dir)
		files, more := Generate(p, Options{})
		diags = append(diags, more...)
		for _, f := range files {
			d.program.add(t, name, "main_async.go", f.Content)
		}
		d.packages[name] = p
	}
	for _, diag := range diags {
		t.Errorf("%s", diag)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// known are the packages that programs import without saying so.
var known = []string{"bufio", "context", "errors", "fmt", "iter", "log/slog", "net", "os", "os/exec", "strings", "syscall", "testing", "time"}

// testFunc finds tests in a listing.
var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// whole adds what a program may leave out: the lines up to the imports, and a func main that runs amain,
// or its tests.
func whole(text string) string {
	if !strings.Contains(text, "\nfunc main()") && !strings.HasPrefix(text, "func main()") {
		if tests := testFunc.FindAllStringSubmatch(text, -1); tests != nil {
			text += "\nfunc main() {\n\ttesting.Main(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{\n"
			for _, m := range tests {
				text += fmt.Sprintf("\t\t{Name: %q, F: %s},\n", m[1], m[1])
			}
			text += "\t}, nil, nil)\n}\n"
		} else {
			text += "\nfunc main() { rt.Main(amain()) }\n"
		}
	}
	if strings.Contains(text, "package main\n") {
		return text
	}
	imports := ""
	for _, path := range known {
		if regexp.MustCompile(`\b` + path[strings.LastIndex(path, "/")+1:] + `\.[A-Z]`).MatchString(text) {
			imports += fmt.Sprintf("\t%q\n", path)
		}
	}
	return "//go:build asyncgen\n\npackage main\n\nimport (\n" + imports + "\n\t\"github.com/asyncgen/asyncgen/rt\"\n)\n\n" + text
}

// check looks at one listing.
func (d *docs) check(t *testing.T, l *listing) {
	switch {
	case l.mark == "fragment":
	case l.lang == "go" && l.mark == "run":
		if clean, err := format.Source([]byte(l.text)); err != nil || string(clean) != l.text {
			t.Errorf("not gofmt-clean: %v\n%s", err, unified("page", l.text, "gofmt", string(clean)))
		}
		stdout, err := d.program.run(l.args[0])
		if err != nil {
			t.Error(err)
		}
		l.prints(t, stdout)
	case l.lang == "go" && l.mark == "file":
		path := filepath.Join("..", l.args[0])
		l.compare(t, declared(t, path, l.args[1:]))
		if filepath.Base(path) == "main.go" {
			said, err := os.ReadFile(filepath.Join(filepath.Dir(path), "stdout"))
			if err != nil {
				said, _ = os.ReadFile(filepath.Join(filepath.Dir(path), "diagnostics"))
			}
			if l.page.outputOf(l) != nil {
				l.prints(t, string(said))
			}
		}
	case l.lang == "go":
		t.Errorf("%s:%d: say what this listing is: run, file or fragment", l.page.path, l.line)
	case l.lang == "text" && l.mark == "dump":
		p := d.packages[l.args[1]]
		if p == nil {
			t.Fatalf("there is no program %s", l.args[1])
		}
		text, diags := Dump(p, Options{}, l.args[0])
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		l.compare(t, text)
	case l.lang == "text" && l.mark == "frame":
		frame, diags := d.function(t, l.args[0], l.args[1]).Frame()
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		l.compare(t, frame.String())
	case l.lang == "text":
		i := slices.Index(l.page.listings, l)
		if i == 0 || l.page.outputOf(l.page.listings[i-1]) != l || !slices.Contains([]string{"go", "python"}, l.page.listings[i-1].lang) {
			t.Errorf("%s:%d: no program prints this", l.page.path, l.line)
		}
	case l.lang == "python" && l.mark == "":
		l.prints(t, runPython(t, l.text))
	}
}

// prints compares the text listing behind l with what the program prints.
func (l *listing) prints(t *testing.T, stdout string) {
	t.Helper()
	want, at := "", l
	if out := l.page.outputOf(l); out != nil {
		want, at = out.text, out
	}
	if stdout != want {
		t.Errorf("%s:%d: the program does not print this:\n%s", at.page.path, at.line, unified("page", want, "stdout", stdout))
	}
}

// python313 looks for CPython where difffuzz does.
var python313 = sync.OnceValue(func() string {
	installed, _ := filepath.Glob(os.ExpandEnv("$HOME/.pyenv/versions/3.13*/bin/python3"))
	for _, python := range append([]string{os.Getenv("DIFFFUZZ_PYTHON"), "python3.13"}, installed...) {
		if out, err := exec.Command(python, "--version").Output(); err == nil && strings.HasPrefix(string(out), "Python 3.13") {
			return python
		}
	}
	return ""
})

// runPython runs a program as Python, on a virtual clock. One that does not run anything runs main.
func runPython(t *testing.T, text string) string {
	python := python313()
	if python == "" {
		t.Skip("no CPython 3.13")
	}
	if !strings.Contains(text, "import ") {
		text = "import asyncio\n" + text
	}
	if !strings.Contains(text, "asyncio.run(") {
		text += "\nasyncio.run(main())\n"
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "testdata/virtualclock.py")
	var stderr strings.Builder
	cmd.Stdin, cmd.Stderr = strings.NewReader(text), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python: %v\n%s", err, stderr.String())
	}
	return string(out)
}

// TestDocsNameWhatExists looks up each rt.Name that the pages mention.
func TestDocsNameWhatExists(t *testing.T) {
	list, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedImports | packages.NeedDeps}, "../rt")
	if err != nil || len(list[0].Errors) > 0 {
		t.Fatal(err, list[0].Errors)
	}
	for _, p := range readPages(t) {
		for _, m := range rtName.FindAllStringSubmatch(p.prose, -1) {
			if list[0].Types.Scope().Lookup(m[1]) == nil {
				t.Errorf("%s: there is no rt.%s", p.path, m[1])
			}
		}
	}
}

var (
	rtName     = regexp.MustCompile(`\brt\.([A-Z]\w*)`)
	link       = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	inlineCode = regexp.MustCompile("`[^`\n]*`")
)

// TestDocsLinks looks for the files that the pages link to.
func TestDocsLinks(t *testing.T) {
	for _, p := range readPages(t) {
		for _, m := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(p.prose, "code"), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", filepath.Dir(p.path), m[1])); err != nil {
				t.Errorf("%s: %v", p.path, err)
			}
		}
	}
}
