package scenarios

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tables = "../testdata/cpython"

// testDirs are where the tests are that the tables name: here and in rt.
var testDirs = []string{".", ".."}

// Every line of a table is `| class.test | ours | verdict |`: our tests exist, and where there is none, or
// it differs, the verdict says why.
func TestTablesNameTestsThatExist(t *testing.T) {
	known := testNames(t)
	files, err := filepath.Glob(tables + "/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			rows := 0
			for _, row := range readTable(t, file) {
				rows++
				theirs, ours, verdict := row[0], row[1], row[2]
				switch {
				case ours == "–":
					if !strings.HasPrefix(verdict, "not applicable: ") && !strings.HasPrefix(verdict, "different: ") {
						t.Errorf("%s has no test here, and the verdict does not say why: %q", theirs, verdict)
					}
				case verdict != "same" && !strings.HasPrefix(verdict, "different: "):
					t.Errorf("%s: the verdict is same, or different with a reason: %q", theirs, verdict)
				}
				if ours == "–" {
					continue
				}
				for name := range strings.SplitSeq(ours, ", ") {
					if name, _, _ = strings.Cut(name, "/"); !known[name] {
						t.Errorf("%s: there is no test %s", theirs, name)
					}
				}
			}
			if rows == 0 {
				t.Error("the table is empty")
			}
		})
	}
}

// readTable gives the cells of a table's rows.
func readTable(t *testing.T, file string) (rows [][3]string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		cells := strings.Split(strings.Trim(s.Text(), "|"), "|")
		if !strings.HasPrefix(s.Text(), "|") || strings.HasPrefix(s.Text(), "|---") {
			continue
		}
		if len(cells) != 3 {
			t.Errorf("not three cells: %s", s.Text())
			continue
		}
		row := [3]string{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])}
		if row[0] != "CPython" {
			rows = append(rows, row)
		}
	}
	return rows
}

// testNames is the tests and examples there are.
func testNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for _, dir := range testDirs {
		files, err := filepath.Glob(dir + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
					names[fn.Name.Name] = true
				}
			}
		}
	}
	return names
}
