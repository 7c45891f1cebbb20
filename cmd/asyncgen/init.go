package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/asyncgen/asyncgen/gen"
)

// init sets a module up. It makes files and adds a line to go.mod; whatever else is there it leaves as it
// is, and says what to add by hand.

const (
	modulePath = "github.com/asyncgen/asyncgen"
	toolPath   = modulePath + "/cmd/asyncgen"

	generateLine = "//go:generate go tool asyncgen"
	editorLine   = `"gopls": {"build.buildFlags": ["-tags=asyncgen"]}`
	checkLine    = "go tool asyncgen --check ./..."
)

// firstProgram is the README's.
//
//go:embed first.txt
var firstProgram []byte

// setup is one run of asyncgen init.
type setup struct {
	*command
	dir     string // where asyncgen runs
	module  string // the folder of go.mod
	repo    string // the folder that editors open and where CI looks for its files
	changed bool
	byHand  bool     // something is left to do
	next    []string // what to run next
}

// init sets up the module that the current folder is in.
func (c *command) init(args []string) int {
	rest, code, ok := c.parse(c.initFlags(), args)
	switch {
	case !ok:
		return code
	case len(rest) > 0:
		return c.misuse("init sets up the module of the current folder, and takes no packages: go -C or cd to another one")
	}
	s := &setup{command: c}
	return c.interruptible(func() int {
		if err := s.find(); err != nil {
			c.report.say("asyncgen: %v", err)
			return usage
		}
		if _, _, err := s.replacement(); err != nil {
			return c.misuse("init %v", err)
		}
		if err := s.all(); err != nil {
			return c.failed(err)
		}
		return s.finish()
	})
}

// find finds the module.
func (s *setup) find() (err error) {
	if s.dir, err = os.Getwd(); err != nil {
		return err
	}
	out, err := exec.CommandContext(s.ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return errors.New("there is no go.mod here or in a folder above: run go mod init NAME first, for example go mod init example.com/hello")
	}
	s.module = filepath.Dir(file)
	s.repo = s.module
	for dir := s.module; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			s.repo = dir
		}
		if s.repo == dir && dir != s.module || dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// all does one thing after the other. The tool comes last: it may need the network.
func (s *setup) all() error {
	for _, step := range []func() error{s.program, s.generateFile, s.editor, s.ci, s.tool} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) finish() int {
	switch {
	case s.diff && s.changed:
		return fixMe
	case !s.changed && s.byHand:
		s.tell("Nothing was changed: add the rest by hand.")
	case !s.changed:
		s.tell("Nothing had to be changed.")
	case len(s.next) > 0:
		s.tell("Next: %s", strings.Join(s.next, "\n      "))
	}
	return done
}

// tell says what was done, on standard output, which is all that init has to say there.
func (s *setup) tell(format string, args ...any) {
	if !s.diff {
		fmt.Fprintf(s.stdout, format+"\n", args...)
	}
}

// made makes a file that is not there, and says why.
func (s *setup) made(path, why string, content []byte) error {
	s.changed = true
	if s.diff {
		s.showDiff(path, nil, content)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := s.put(path, content); err != nil {
		return err
	}
	s.tell("created %s: %s", s.rel(path), why)
	return nil
}

// put writes a file.
func (s *setup) put(path string, content []byte) error {
	if diags := s.write([]gen.File{{Path: path, Content: content}}, &counts{}); len(diags) > 0 {
		return errors.New(s.rel(path) + " " + diags[0].Message)
	}
	return nil
}

// left says that a file stays as it is, and what is missing in it.
func (s *setup) left(path, missing string) {
	s.tell("%s: exists and is left unchanged. Add by hand:\n\n%s", s.rel(path), indent("\t", missing))
	s.byHand = true
}

func (s *setup) fine(path, why string) { s.tell("%s: nothing to do, %s", s.rel(path), why) }

func (s *setup) rel(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil {
		return rel
	}
	return path
}

// program makes a first program in a module that has no Go files at all.
func (s *setup) program() error {
	found := errors.New("found")
	err := filepath.WalkDir(s.module, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != s.module && (strings.HasPrefix(d.Name(), ".") || d.Name() == "vendor"):
			return fs.SkipDir
		case filepath.Ext(path) == ".go":
			return found
		}
		return nil
	})
	if err == nil {
		s.next = append(s.next, "go tool asyncgen run .                      run main.go as it stands",
			"go generate ./... && go build -o hello .    make main_async.go, and a program of it")
		return s.made(filepath.Join(s.dir, "main.go"), "a starter program", firstProgram)
	}
	if errors.Is(err, found) {
		return nil
	}
	return err
}

// generateFile makes the file with the line for go generate in the package of this folder. It must be one
// that ordinary builds see.
func (s *setup) generateFile() error {
	path := filepath.Join(s.dir, "generate.go")
	line := generateLine
	if s.dir == s.module {
		line += " ./..."
	}
	files, err := filepath.Glob(filepath.Join(s.dir, "*.go"))
	if err != nil {
		return err
	}
	name := ""
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		seen, _ := build.Default.MatchFile(s.dir, filepath.Base(f))
		if seen && bytes.Contains(text, []byte("\n"+generateLine)) {
			s.fine(f, "it has the line for go generate")
			return nil
		}
		if syntax, err := parser.ParseFile(token.NewFileSet(), f, text, parser.PackageClauseOnly); err == nil && name == "" {
			name = strings.TrimSuffix(syntax.Name.Name, "_test")
		}
	}
	switch {
	case s.diff && name == "" && s.changed: // by the first program
		name = "main"
	case name == "":
		s.tell("%s: not created, since this folder has no package. Run asyncgen init again in the folder of one, or add to a file that has no build tag:\n\n\t%s\n", s.rel(path), generateLine)
		s.byHand = true
		return nil
	case slices.Contains(files, path):
		s.left(path, line)
		return nil
	}
	return s.made(path, line, []byte("package "+name+"\n\n"+line+"\n"))
}

// taggedFlag finds asyncgen among the build tags that an editor's settings give.
var taggedFlag = regexp.MustCompile(`-tags=?[ \w,]*\basyncgen\b`)

// editor has gopls see annotated source.
func (s *setup) editor() error {
	path := filepath.Join(s.repo, ".vscode", "settings.json")
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.made(path, "gopls build tag",
			[]byte("{\n\t\"gopls\": {\n\t\t\"build.buildFlags\": [\"-tags=asyncgen\"]\n\t}\n}\n"))
	case err != nil:
		return err
	case taggedFlag.Match(text):
		s.fine(path, "gopls has the build tag")
	default:
		s.left(path, editorLine)
	}
	return nil
}

// ci has GitHub check that outputs are current.
func (s *setup) ci() error {
	dir := filepath.Join(s.repo, ".github", "workflows")
	rel, err := filepath.Rel(s.repo, s.module)
	if err != nil {
		return err
	}
	rel = filepath.ToSlash(rel)
	files, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if checks(string(text), rel) {
			s.fine(f, "it checks that outputs are current")
			return nil
		}
	}
	path := filepath.Join(dir, "asyncgen.yml")
	if text, err := os.ReadFile(path); err == nil && rel != "." && strings.Contains(string(text), "asyncgen --check") {
		path = filepath.Join(dir, "asyncgen-"+strings.ReplaceAll(rel, "/", "-")+".yml") // that one is another module's
	}
	if slices.Contains(files, path) {
		step := "- run: " + checkLine
		if rel != "." {
			step += fmt.Sprintf("\n  working-directory: %q", rel)
		}
		s.left(path, step)
		return nil
	}
	return s.made(path, "checks on GitHub that outputs are current", workflow(rel))
}

// checks reports whether a workflow checks the module in a folder of the repository.
func checks(text, dir string) bool {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, "asyncgen --check") {
			continue
		}
		at := "."
		if _, folder, ok := strings.Cut(line, "cd "); ok {
			at, _, _ = strings.Cut(folder, " ")
		}
		for _, near := range lines[max(0, i-1):min(len(lines), i+2)] {
			if _, folder, ok := strings.Cut(near, "working-directory:"); ok {
				at = strings.Trim(strings.TrimSpace(folder), `"'`)
			}
		}
		if strings.Trim(at, "./") == strings.Trim(dir, "./") {
			return true
		}
	}
	return false
}

// workflow is a GitHub workflow for the module in a folder of the repository.
func workflow(dir string) []byte {
	text, mod := "", "go.mod"
	if dir != "." {
		mod = dir + "/go.mod"
		text = fmt.Sprintf("\n        working-directory: %q", dir)
	}
	return []byte(`name: asyncgen
on: [push, pull_request]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-go@v6
        with:
          go-version-file: ` + mod + `
      - run: ` + checkLine + text + "\n")
}

// tool adds the tool line to go.mod, and requires the module for the packages of this one, which import rt: the go
// command would have it that only the tool does.
func (s *setup) tool() error {
	path := filepath.Join(s.module, "go.mod")
	old, mod, err := readMod(path)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(mod.Tool, func(t *modfile.Tool) bool { return t.Path == toolPath }) {
		s.fine(path, "it has the tool line")
		return nil
	}
	s.changed = true
	if target, version, err := s.replacement(); err != nil {
		return err
	} else if target != "" {
		if err := mod.AddReplace(modulePath, "", target, version); err != nil {
			return err
		}
	}
	if s.diff {
		content, err := withTool(mod)
		if err == nil {
			s.showDiff(path, old, content)
		}
		return err
	}
	if version, ok := replacedVersion(mod); ok {
		err = s.addReplaced(path, mod, version)
	} else {
		err = s.addReleased(path, mod)
	}
	if err != nil {
		return err
	}
	if err := s.direct(path); err != nil {
		return err
	}
	s.tell("%s: added tool %s: run it as go tool asyncgen", s.rel(path), toolPath)
	if _, err := os.Stat(filepath.Join(s.module, "vendor", "modules.txt")); err == nil {
		s.next = append(s.next, "go mod vendor")
	}
	return nil
}

// addReleased has the go command find the module, unless go.mod requires it already.
func (s *setup) addReleased(path string, mod *modfile.File) error {
	version, there := toolVersion(mod)
	problem := s.goGet(version)
	switch {
	case problem == nil:
		return nil
	case !there:
		return fmt.Errorf("%s: the tool line cannot be added: %w\nEverything else is done: run asyncgen init again when the network is there, or go get -tool %s@VERSION", s.rel(path), problem, toolPath)
	}
	return s.putTool(path, mod) // perhaps there is no network, and the line is enough
}

// addReplaced adds what go.mod says of a module that it replaces. go get would ask the network for releases of it, of
// which there may be none; go list asks only for what the compiler is made of.
func (s *setup) addReplaced(path string, mod *modfile.File, version string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, there := toolVersion(mod); !there {
		mod.AddNewRequire(modulePath, version, false)
	}
	if err := s.putTool(path, mod); err != nil {
		return err
	}
	cmd := exec.CommandContext(s.ctx, "go", "list", "-mod=mod", "-deps", toolPath)
	cmd.Dir = s.module
	cmd.Env = append(os.Environ(), "GOWORK=off") // in a workspace, the go command changes no go.mod
	var problem strings.Builder
	cmd.Stderr = &problem
	if err := cmd.Run(); err != nil {
		return errors.Join(fmt.Errorf("%s: the tool line cannot be added: %s: %s\nEverything else is done: run asyncgen init again when that is fixed",
			s.rel(path), strings.Join(cmd.Args, " "), strings.TrimSpace(problem.String())), s.put(path, old))
	}
	return nil
}

// putTool writes go.mod with the tool line.
func (s *setup) putTool(path string, mod *modfile.File) error {
	content, err := withTool(mod)
	if err != nil {
		return err
	}
	return s.put(path, content)
}

// replacement is what --replace says, as go.mod has it: a folder with asyncgen's source, or another module.
func (s *setup) replacement() (target, version string, err error) {
	if target, version, _ = strings.Cut(s.replace, "@"); version != "" || target == "" {
		return target, version, nil
	}
	dir, err := filepath.Abs(target)
	if err != nil {
		return "", "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || modfile.ModulePath(text) != modulePath {
		return "", "", fmt.Errorf("--replace %s: this is neither a folder with the go.mod of %s nor MODULE@VERSION", s.replace, modulePath)
	}
	if target, err = filepath.Rel(s.module, dir); err != nil {
		return "", "", err
	}
	if target = filepath.ToSlash(target); !strings.HasPrefix(target, "../") {
		target = "./" + target
	}
	return target, "", nil
}

// direct says that packages of this module import those of asyncgen.
func (s *setup) direct(path string) error {
	_, mod, err := readMod(path)
	if err != nil {
		return err
	}
	var list []*modfile.Require
	found := false
	for _, r := range mod.Require {
		ours := r.Mod.Path == modulePath
		found = found || ours && r.Indirect
		list = append(list, &modfile.Require{Mod: r.Mod, Indirect: r.Indirect && !ours})
	}
	if !found {
		return nil
	}
	mod.SetRequireSeparateIndirect(list)
	mod.Cleanup()
	content, err := mod.Format()
	if err != nil {
		return err
	}
	return s.put(path, content)
}

func readMod(path string) ([]byte, *modfile.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	mod, err := modfile.Parse(path, text, nil)
	return text, mod, err
}

func withTool(mod *modfile.File) ([]byte, error) {
	if err := mod.AddTool(toolPath); err != nil {
		return nil, err
	}
	return mod.Format()
}

// toolVersion is the version that is there already, for the module requires it, or is it; else that of
// this program.
func toolVersion(mod *modfile.File) (version string, there bool) {
	for _, r := range mod.Require {
		if r.Mod.Path == modulePath {
			return r.Mod.Version, true
		}
	}
	if mod.Module != nil && mod.Module.Mod.Path == modulePath {
		return "", true
	}
	info, ok := debug.ReadBuildInfo()
	if ok && semver.IsValid(info.Main.Version) && semver.Build(info.Main.Version) == "" {
		return info.Main.Version, false
	}
	return "latest", false
}

// replacedVersion is a version of the module that go.mod replaces, if it does. Where it replaces every version, it is
// the one that the go command takes then.
func replacedVersion(mod *modfile.File) (version string, ok bool) {
	for _, r := range mod.Replace {
		if r.Old.Path == modulePath {
			return cmp.Or(r.Old.Version, "v0.0.0-00010101000000-000000000000"), true
		}
	}
	return "", false
}

// goGet lets the go command add the tool, and what it is made of, to go.mod and go.sum.
func (s *setup) goGet(version string) error {
	what := toolPath
	if version != "" {
		what += "@" + version
	}
	cmd := exec.CommandContext(s.ctx, "go", "get", "-tool", what)
	cmd.Dir = s.module
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go get -tool %s: %s", what, bytes.TrimSpace(out))
	}
	return nil
}
