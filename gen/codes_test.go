package gen

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// elsewhere are the codes that no golden can produce, and the files in which a test does.
var elsewhere = map[Code]string{
	CodeBug:        "codes_test.go",
	codeFileOrder:  "initorder_test.go",
	CodeNotWritten: "../cmd/asyncgen/testdata/script/in_the_way.txtar",
	CodeNotCurrent: "../cmd/asyncgen/testdata/script/json.txtar",
}

// everyCodeIsProduced demands that each code has a golden, and none is without a page.
func everyCodeIsProduced(t *testing.T, cases []*golden) {
	produced := map[Code]string{}
	for code, file := range elsewhere {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), string(code)) {
			t.Errorf("%s does not mention %s: %v", file, code, err)
		}
		produced[code] = file
	}
	for _, c := range cases {
		for _, d := range c.diags {
			produced[d.Code] = c.name
		}
	}
	for code, where := range produced {
		if !slices.Contains(Codes(), code) {
			t.Errorf("%s: code %q has no page in docs/errors", where, code)
		}
	}
	for _, code := range Codes() {
		if produced[code] == "" {
			t.Errorf("%s is in docs/errors, but no golden produces it", code)
		}
	}
}

// AG0002 is said when the compiler has failed, at the function whose output is broken, whatever is wrong with it.
func TestBrokenOutputIsABugOfItsFunction(t *testing.T) {
	const source = `//go:build asyncgen

package main

import "github.com/asyncgen/asyncgen/rt"

//async:func
func first() rt.Coro[int] { rt.Await(rt.Sleep(0)); return rt.Return(1) }

//async:func
func second() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return first()
}

var kept = 3

var literal = func() rt.Coro[int] { rt.Await(rt.Sleep(0)); return rt.Return(1) }

func main() { rt.Main(second()) }
`
	for _, test := range []struct{ old, new, want string }{
		{"first.begin()", "first.begin(1)", "11:6"},
		{"first.begin()", "first.begin(", "11:6"},
		{"return rt.New(&firstFrame{})", "return rt.New(&noFrame{})", "8:6"},
		{"return rt.New(&literal", "return rt.New(literal", "18:1"},
		{"var kept = 3", "var kept = x", "16:1"},
		{"func second", "func secon", "20:23"},
	} {
		p, err := memoryPackage(source)
		if err != nil {
			t.Fatal(err)
		}
		c := newCompiler(p, Options{})
		if !c.front() {
			t.Fatal(c.diags)
		}
		out := c.outputs()[0]
		edits, found := out.steps[0], false
		for i, ed := range edits {
			if strings.Contains(ed.text, test.old) {
				edits[i].text, found = strings.Replace(ed.text, test.old, test.new, 1), true
			}
		}
		if !found { // text of the source
			at := strings.Index(source, test.old)
			edits = append(edits, edit{at + len(test.old) - 1, at + len(test.old), test.new[len(test.old)-1:]})
		}
		out.text, out.steps = out.src.Text, nil
		out = c.edited(out, edits)
		c.verify([]output{out})
		if len(c.diags) != 1 || c.diags[0].Code != CodeBug || !strings.HasSuffix(c.diags[0].Pos.String(), "in.go:"+test.want) {
			t.Errorf("%s: got %v, want %s", test.new, c.diags, test.want)
		}
	}
}

// What every page looks like: a title, what it means, and examples of wrong and right code.
var (
	pageTitle = regexp.MustCompile(`^# (AG\d{4}): [^\n]+[^.\n]\n\n[^#\s]`)
	goBlock   = regexp.MustCompile("(?s)(Wrong|Right):\n\n```go\n(.*?)```\n")
	imported  = regexp.MustCompile(`\b(errors|fmt|os|slices|time)\.`)
)

// TestPagesSayWhatIsWrongAndWhatIsRight compiles the examples: the wrong one has the mistake that the
// page is about and no other, the right one has none.
func TestPagesSayWhatIsWrongAndWhatIsRight(t *testing.T) {
	module := newModule(t)
	want := map[string][]Code{}
	for _, code := range Codes() {
		page, _ := code.Page()
		if m := pageTitle.FindStringSubmatch(page); m == nil || m[1] != string(code) {
			t.Errorf("%s does not begin with a title and what it means", code)
		}
		blocks := goBlock.FindAllStringSubmatch(page, -1)
		if elsewhere[code] == "" && (len(blocks) < 2 || blocks[0][1] != "Wrong" || blocks[len(blocks)-1][1] != "Right") {
			t.Errorf("%s has no wrong and right example", code)
		}
		for i, b := range blocks {
			dir := filepath.Join(module, strings.ToLower(string(code))+"_"+string(rune('a'+i)))
			writeFile(t, filepath.Join(dir, "in.go"), []byte(wholeFile(b[2])))
			writeFile(t, filepath.Join(dir, "fetch.go"), []byte(fetch))
			want[filepath.Base(dir)] = nil
			if b[1] == "Wrong" {
				want[filepath.Base(dir)] = []Code{code}
			}
		}
	}
	diags := allDiagnostics(t, module)
	got := map[string][]Code{}
	for dir := range want {
		got[dir] = nil
	}
	for _, d := range diags {
		dir := filepath.Base(filepath.Dir(d.Pos.Filename))
		got[dir] = append(got[dir], d.Code)
		t.Logf("%s: %s", dir, d)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes of the examples: -want +got:\n%s", diff)
	}
}

// allDiagnostics gives all diagnostics of a module.
func allDiagnostics(t *testing.T, module string) []Diagnostic {
	t.Helper()
	list, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		_, more := Generate(p, Options{})
		diags = append(diags, more...)
	}
	return diags
}

// wholeFile completes an example that is only a part of a file.
func wholeFile(example string) string {
	if strings.Contains(example, "package ") {
		return example
	}
	text := "//go:build asyncgen\n\npackage p\n\nimport \"github.com/asyncgen/asyncgen/rt\"\n"
	seen := map[string]bool{}
	for _, m := range imported.FindAllStringSubmatch(example, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			text += "import \"" + m[1] + "\"\n"
		}
	}
	return text + "\nvar _ rt.None\n\n" + example
}

// fetch is what the examples await.
const fetch = `//go:build asyncgen

package p

import "github.com/asyncgen/asyncgen/rt"

//async:func
func fetch(url string) rt.Coro[int] {
	rt.Await(rt.Sleep(1))
	return rt.Return(len(url))
}
`
