package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts in testdata compare with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"asyncgen": main})
}

// goMod is the go.mod of a script that has none of its own.
const goMod = `module m

go 1.26

require github.com/asyncgen/asyncgen v0.0.0

replace github.com/asyncgen/asyncgen => CHECKOUT
`

// TestScripts runs testdata/script/*.txtar; go doc github.com/rogpeppe/go-internal/testscript
// describes their language. They stand in a module m that uses this checkout.
func TestScripts(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	goVars, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	tool, err := exec.LookPath("asyncgen") // as testscript.Main has made it
	if err != nil {
		t.Fatal(err)
	}
	cache, modCache, _ := strings.Cut(strings.TrimSpace(string(goVars)), "\n")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"await": await, "packages": makePackages, "listing": listing, "terminal": terminal},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GOCACHE", cache)
			env.Setenv("GOMODCACHE", modCache)
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GOWORK", "off")
			env.Setenv("GOPROXY", "off")
			env.Setenv("CHECKOUT", checkout)
			env.Setenv("ASYNCGENCACHE", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("ASYNCGEN", tool)
			return writeModule(env.WorkDir, checkout)
		},
		Condition: func(cond string) (bool, error) {
			return cond == "root" && os.Getuid() == 0, nil
		},
	})
}

func writeModule(dir, checkout string) error {
	mod := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(mod); err == nil {
		return nil
	}
	if err := os.WriteFile(mod, []byte(strings.ReplaceAll(goMod, "CHECKOUT", checkout)), 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// listing FILE MARK... writes a listing of the README into a file: that behind <!-- MARK -->.
func listing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: listing FILE MARK...")
	}
	text, err := readmeListing(strings.Join(args[1:], " "))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func readmeListing(mark string) (string, error) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		return "", err
	}
	_, rest, found := strings.Cut(string(readme), "<!-- "+mark+" -->\n```")
	_, rest, fence := strings.Cut(rest, "\n")
	text, _, end := strings.Cut(rest, "\n```\n")
	if !found || !fence || !end {
		return "", fmt.Errorf("README.md has no listing <!-- %s -->", mark)
	}
	return text + "\n", nil
}

// The README shows what init makes.
func TestReadmeHasWhatInitMakes(t *testing.T) {
	for mark, made := range map[string][]byte{"run: first": firstProgram, "workflow": workflow(".")} {
		text, err := readmeListing(mark)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(made), text); diff != "" {
			t.Errorf("%s: -init +README.md:\n%s", mark, diff)
		}
	}
}
