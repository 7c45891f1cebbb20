package gen

import (
	"bytes"
	"go/format"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// fuzzHead stands before the functions that the fuzzer makes up.
const fuzzHead = `//go:build asyncgen

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/rt"
)

var _, _, _, _, _ = errors.New, fmt.Sprint, slices.Sort[[]int], strings.ToUpper, time.Now

`

// FuzzGenerate gives the compiler arbitrary declarations. What is valid Go must give either
// diagnostics or an output that type-checks (Generate's own verification says so), the same twice,
// clean for gofmt; nothing may panic. Run it with go test ./gen -fuzz FuzzGenerate -fuzztime 5m.
func FuzzGenerate(f *testing.F) {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range page.Files {
			if file.Name == "in.go" {
				f.Add(declarations(string(file.Data)))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := memoryPackage(fuzzHead + text)
		if err != nil || p.Files[0].Syntax.Name.Name != "main" {
			t.Skip("not Go")
		}
		checkGenerate(t, p)
	})
}

// FuzzRandomFunctions compiles the functions of random_test.go for any seed, without running them.
func FuzzRandomFunctions(f *testing.F) {
	for seed := range int64(10) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) {
		text := render(randomFunctions(seed, 3))
		p, err := memoryPackage(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		checkGenerate(t, p)
	})
}

// checkGenerate demands of Generate what FuzzGenerate promises.
func checkGenerate(t *testing.T, p *Package) {
	defer func(start time.Time) {
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("it took %v", d)
		}
	}(time.Now())
	for _, opts := range []Options{{}, {Overlay: true}} {
		files, diags := Generate(p, opts)
		for _, d := range diags {
			if strings.Contains(d.Message, "is a bug in asyncgen") {
				t.Error(d)
			}
			if !d.Pos.IsValid() || d.Message == "" {
				t.Errorf("a diagnostic without a place or a text: %v", d)
			}
		}
		if len(diags) > 0 {
			return
		}
		if len(files) != 1 {
			t.Fatalf("%d outputs", len(files))
		}
		again, _ := Generate(p, opts)
		if len(again) != 1 || !bytes.Equal(files[0].Content, again[0].Content) {
			t.Error("generated twice, the output differs")
		}
		if _, err := format.Source(files[0].Content); err != nil {
			t.Errorf("gofmt: %v", err)
		}
	}
}

var importDecl = regexp.MustCompile(`(?s)import (\(.*?\n\)|"[^"\n]*")\n`)

// declarations is what stands below the imports of a file.
func declarations(text string) string {
	if at := importDecl.FindStringIndex(text); at != nil {
		return strings.TrimSpace(text[at[1]:]) + "\n"
	}
	return text
}
