package asyncvet

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/gen"
)

// rightCode finds the right examples of a page; those that are whole files stand in no function of this test.
var rightCode = regexp.MustCompile("(?s)Right:\n\n```go\n(.*?)```\n")

// What the pages of docs/errors call right passes vet as well: nobody should be sent from one mistake to the next.
func TestRightCodeOfPagesPassesVet(t *testing.T) {
	dir := filepath.Join("testdata", "pages")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const fetch = "//async:func\nfunc fetch(url string) rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(len(url))\n}\n"
	examples := 0
	for _, code := range gen.Codes() {
		page, _ := code.Page()
		for i, m := range rightCode.FindAllStringSubmatch(page, -1) {
			if strings.Contains(m[1], "package ") {
				continue
			}
			text := "package p\n\nimport \"github.com/asyncgen/asyncgen/rt\"\n"
			for _, path := range []string{"errors", "fmt", "os", "slices", "time"} {
				if regexp.MustCompile(`\b` + path + `\.`).MatchString(m[1]) {
					text += "import \"" + path + "\"\n"
				}
			}
			folder := filepath.Join(dir, strings.ToLower(string(code))+string(rune('a'+i)))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "in.go"), []byte(text+"\n"+fetch+"\n"+m[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			examples++
		}
	}
	list, diags, err := gen.Load(context.Background(), gen.Config{Dir: dir, Patterns: []string{"./..."}, Overlay: true, Helpers: true})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := Run(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(diags, findings...) {
		t.Error(d)
	}
	if len(list) < examples || examples < 15 {
		t.Errorf("%d of %d examples were looked at: there must be more", len(list), examples)
	}
}
