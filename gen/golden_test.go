package gen

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"
)

// The cases of testdata/golden. primer/NN_name are folders that build and run: main.go, what it
// prints (stdout), what comes out (main_async.go), or what is wrong with it (diagnostics). A page
// AREA_POINT.txtar holds a sentence, in.go, any of the views blocks, live and frame, then
// out.go and stdout. A page err_*.txtar has no output: each // want "re" in it is a diagnostic of its line,
// with its code and its hint.
//
// Views are compared in the order of the compiler's stages: the first that differs names the stage
// to look at. stdout and want are written by people, who know what Go prints; go test ./gen -run
// TestGolden -update rewrites the rest, where the program builds and prints stdout.

var update = flag.Bool("update", false, "rewrite the goldens of programs that print what they should")

const accept = "to accept: go test ./gen -run TestGolden -update"

const goldenDir = "../testdata/golden"

// A golden is one case.
type golden struct {
	name    string
	path    string         // of the folder or page
	page    *txtar.Archive // nil for a folder
	files   map[string]string
	pkg     *Package
	diags   []Diagnostic
	out     []byte
	program *program
	vet     string // what go vet says about the output
}

func TestGolden(t *testing.T) {
	cases := append(primerFolders(t), pages(t)...)
	p := newProgram(t)
	for _, c := range cases {
		c.generate()
		if c.out != nil && c.has("stdout") {
			c.program = p
			p.add(t, c.name, "in_async.go", c.out)
		}
	}
	p.build(t)
	vet(p, cases)
	t.Run("codes", func(t *testing.T) { everyCodeIsProduced(t, cases) })
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.page != nil && strings.TrimSpace(string(c.page.Comment)) == "" {
				t.Error("the page has no sentence that says what it is about")
			}
			if c.vet != "" {
				t.Errorf("go vet does not accept the output:\n%s", c.vet)
			}
			c.compareDiagnostics(t)
			c.compareViews(t)
			c.compareOutput(t)
		})
	}
}

// vet asks go vet about the outputs that are not as they were accepted: for those it has been asked then.
func vet(p *program, cases []*golden) {
	args := []string{"vet"}
	byName := map[string]*golden{}
	for _, c := range cases {
		if c.program != nil && c.files[c.output()] != string(c.out) {
			args = append(args, "./"+c.name)
			byName[c.name] = c
		}
	}
	if len(byName) == 0 {
		return
	}
	out, _ := p.goCommand(args...)
	for _, part := range strings.Split("\n"+out, "\n# m/")[1:] {
		name, said, _ := strings.Cut(part, "\n")
		if c := byName[name]; c != nil {
			c.vet = said
		}
	}
}

// primerFolders loads the folders of the primer.
func primerFolders(t *testing.T) []*golden {
	dirs, err := filepath.Glob(goldenDir + "/primer/*/main.go")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no primer: %v", err)
	}
	var cases []*golden
	byDir := map[string]*golden{}
	for _, file := range dirs {
		dir := absolute(t, filepath.Dir(file))
		c := &golden{name: "primer/" + filepath.Base(dir), path: dir, files: map[string]string{}}
		for _, name := range []string{"main.go", "main_async.go", "stdout", "diagnostics"} {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				c.files[name] = string(text)
			}
		}
		byDir[dir] = c
		cases = append(cases, c)
	}
	load(t, byDir, Config{Dir: "..", Patterns: []string{"./testdata/golden/primer/..."}})
	return cases
}

// pages loads the txtar pages.
func pages(t *testing.T) []*golden {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	module := newModule(t)
	var cases []*golden
	byDir := map[string]*golden{}
	for _, path := range names {
		page, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		c := &golden{name: name, path: path, page: page, files: map[string]string{}}
		for _, f := range page.Files {
			c.files[f.Name] = string(f.Data)
			if strings.HasSuffix(f.Name, ".go") && f.Name != "out.go" {
				writeFile(t, filepath.Join(module, name, f.Name), f.Data)
			}
		}
		byDir[filepath.Join(module, name)] = c
		cases = append(cases, c)
	}
	load(t, byDir, Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	return cases
}

// load gives the cases their packages and the mistakes that loading finds.
func load(t *testing.T, byDir map[string]*golden, cfg Config) {
	list, diags, err := Load(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if c := byDir[p.Dir]; c != nil {
			c.pkg = p
		}
	}
	for _, d := range diags {
		c := byDir[filepath.Dir(d.Pos.Filename)]
		if c == nil {
			t.Errorf("of no case: %s", d)
			continue
		}
		c.diags = append(c.diags, d)
	}
}

func absolute(t testing.TB, path string) string {
	abs, err := filepath.Abs(path)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func (c *golden) has(name string) bool { _, ok := c.files[name]; return ok }

// generate runs the compiler.
func (c *golden) generate() {
	if c.pkg == nil {
		return
	}
	files, diags := Generate(c.pkg, Options{})
	c.diags = append(c.diags, diags...)
	for _, f := range files {
		if base(f.Source) == "in.go" || base(f.Source) == "main.go" {
			c.out = f.Content
		}
	}
}

// output is the name of the case's output.
func (c *golden) output() string {
	if c.page == nil {
		return "main_async.go"
	}
	return "out.go"
}

// said is a diagnostic as asyncgen prints it.
func said(d Diagnostic) string {
	text := d.String() + "\n"
	if d.Hint != "" {
		text += "\thint: " + strings.ReplaceAll(d.Hint, "\n", "\n\t      ") + "\n"
	}
	return text
}

var wantComment = regexp.MustCompile(`// want (.*)$`)

// compareDiagnostics demands that every diagnostic is wanted, and that every wanted one is there.
func (c *golden) compareDiagnostics(t *testing.T) {
	if c.has("diagnostics") {
		text := ""
		for _, d := range c.diags {
			d.Pos.Filename = base(d.Pos.Filename)
			text += said(d)
		}
		if text != c.files["diagnostics"] {
			t.Errorf("what is refused is not what it should be:\n%s", unified("want", c.files["diagnostics"], "diagnostics", text))
		}
		return
	}
	wants := map[string][]*regexp.Regexp{} // file:line
	for name, text := range c.files {
		if name == "out.go" {
			continue
		}
		for i, line := range strings.Split(text, "\n") {
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for rest := m[1]; rest != ""; {
				quoted, err := strconv.QuotedPrefix(rest)
				if err != nil {
					t.Fatalf("%s:%d: after want stand quoted expressions: %v", name, i+1, err)
				}
				re, _ := strconv.Unquote(quoted)
				at := fmt.Sprintf("%s:%d", name, i+1)
				wants[at] = append(wants[at], regexp.MustCompile(re))
				rest = strings.TrimSpace(rest[len(quoted):])
			}
		}
	}
	for _, d := range c.diags {
		at := fmt.Sprintf("%s:%d", base(d.Pos.Filename), d.Pos.Line)
		found := false
		for i, re := range wants[at] {
			if re.MatchString(strings.TrimPrefix(said(d), d.Pos.String()+": ")) {
				wants[at] = append(wants[at][:i], wants[at][i+1:]...)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("not wanted: %s:%d: %s", at, d.Pos.Column, d.Message)
		}
	}
	for at, list := range wants {
		for _, re := range list {
			t.Errorf("%s: nothing was said that matches %q", at, re)
		}
	}
	if strings.HasPrefix(c.name, "err_") && len(c.diags) == 0 {
		t.Error("nothing is wrong with this source")
	}
}

// compareViews compares the stages that the case shows, up to the first that differs.
func (c *golden) compareViews(t *testing.T) {
	if c.pkg == nil || t.Failed() {
		return
	}
	for _, stage := range Stages {
		if !c.has(stage) || t.Failed() {
			continue
		}
		text, diags := Dump(c.pkg, Options{}, stage)
		if len(diags) > 0 {
			t.Fatalf("%s: %v", stage, diags)
		}
		c.compare(t, stage, text)
	}
}

// compareOutput compares the output and what the program prints.
func (c *golden) compareOutput(t *testing.T) {
	if c.out == nil || t.Failed() && !*update {
		return
	}
	if again, _ := Generate(c.pkg, Options{}); !bytes.Equal(again[0].Content, c.out) {
		t.Errorf("generated twice, the output differs:\n%s", unified("first", string(c.out), "second", string(again[0].Content)))
	}
	if clean, err := format.Source(c.out); err != nil {
		t.Errorf("gofmt: %v", err)
	} else if string(clean) != string(c.out) {
		t.Errorf("the output is not gofmt-clean:\n%s", unified("output", string(c.out), "gofmt", string(clean)))
	}
	if c.program != nil {
		stdout, err := c.program.run(c.name)
		if err != nil {
			t.Errorf("%v", err)
		}
		if stdout != c.files["stdout"] {
			t.Errorf("the program does not print what it should:\n%s", unified("want", c.files["stdout"], "stdout", stdout))
		}
		if t.Failed() {
			if !*update && c.has(c.output()) && c.files[c.output()] != string(c.out) {
				t.Logf("the output has changed:\n%s", unified("want", c.files[c.output()], c.output(), string(c.out)))
			}
			return
		}
	}
	if c.program != nil || c.has(c.output()) {
		c.compare(t, c.output(), string(c.out))
	}
}

// compare compares one file of the case, or rewrites it.
func (c *golden) compare(t *testing.T, name, got string) {
	t.Helper()
	if c.files[name] == got && c.has(name) {
		return
	}
	if !*update {
		t.Errorf("%s differs; %s\n%s", name, accept, unified("want", c.files[name], name, got))
		return
	}
	c.files[name] = got
	if c.page == nil {
		writeFile(t, filepath.Join(c.path, name), []byte(got))
		return
	}
	c.put(name, []byte(got))
	writeFile(t, c.path, txtar.Format(c.page))
}

// put changes a file of the page; a new one goes before stdout, which is the last.
func (c *golden) put(name string, data []byte) {
	at := len(c.page.Files)
	for i, f := range c.page.Files {
		if f.Name == name {
			c.page.Files[i].Data = data
			return
		}
		if f.Name == "stdout" {
			at = i
		}
	}
	files := append([]txtar.File(nil), c.page.Files[:at]...)
	files = append(files, txtar.File{Name: name, Data: data})
	c.page.Files = append(files, c.page.Files[at:]...)
}

func unified(oldName, old, newName, new string) string {
	return string(diff.Diff(oldName, []byte(old), newName, []byte(new)))
}
