package gen

import (
	"bytes"
	"go/scanner"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// programs gives in.go of each golden that is a program of one file, by the name of its page.
func programs(t *testing.T) map[string]string {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Files {
			if _, err := memoryPackage(string(f.Data)); f.Name == "in.go" && err == nil {
				sources[filepath.Base(name)] = string(f.Data)
			}
		}
	}
	if len(sources) < 100 {
		t.Fatalf("%d programs: there must be more", len(sources))
	}
	return sources
}

// generated gives the output of a program, "" if it is refused.
func generated(t *testing.T, text string, opts Options) string {
	t.Helper()
	p, err := memoryPackage(text)
	if err != nil {
		t.Fatal(err)
	}
	files, diags := Generate(p, opts)
	for _, d := range diags {
		if d.Code == CodeBug {
			t.Error(d)
		}
	}
	if len(files) == 0 {
		return ""
	}
	return string(files[0].Content)
}

// A source that git has checked out on Windows gives the same output, with the line ends of Windows.
func TestLineEndsOfWindowsMakeNoDifference(t *testing.T) {
	windows := strings.NewReplacer("\n", "\r\n")
	for name, text := range programs(t) {
		for _, opts := range []Options{{}, {Overlay: true}} {
			want, got := windows.Replace(generated(t, text, opts)), generated(t, windows.Replace(text), opts)
			if got != want {
				t.Errorf("%s, %+v:\n%s", name, opts, unified("LF", want, "CRLF", got))
			}
		}
	}
}

// A carriage return in a comment, which the scanner drops, takes nothing of what follows with it.
func TestCarriageReturnsInComments(t *testing.T) {
	for name, text := range programs(t) {
		var w bytes.Buffer
		var s scanner.Scanner
		fset := token.NewFileSet()
		s.Init(fset.AddFile("", -1, len(text)), []byte(text), nil, scanner.ScanComments)
		at := 0
		for {
			pos, tok, _ := s.Scan()
			if tok == token.EOF {
				break
			}
			offset := int(pos) - 1
			w.WriteString(text[at:offset])
			if tok != token.COMMENT && tok != token.PACKAGE && tok != token.SEMICOLON && w.Bytes()[w.Len()-1] != '\n' {
				w.WriteString(" /* a\rb\r*/ ")
			}
			at = offset
		}
		w.WriteString(text[at:])
		for _, opts := range []Options{{}, {Overlay: true}} {
			if generated(t, w.String(), opts) == "" && generated(t, text, opts) != "" {
				t.Errorf("%s, %+v: there is no output any more", name, opts)
			}
		}
	}
}
