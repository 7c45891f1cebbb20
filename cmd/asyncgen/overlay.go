package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// run, build and test hand the go command a file that says: in place of this source read that
// output (go help build, -overlay). Nothing is written into the tree.

// runProgram is asyncgen run.
func (c *command) runProgram(args []string) int {
	return c.withOverlay("run", args, func(g goArgs, overlay []string, temp string) int {
		binary, code := c.buildProgram(g, overlay, temp, c.supervise)
		if code != done || g.dry {
			return code
		}
		program, err := programOf(g, binary)
		if err != nil {
			return c.misuse("run: %v", err)
		}
		return c.supervise(program)
	})
}

// buildProgram builds the one program that the packages are: go run would turn its exit code into 1.
func (c *command) buildProgram(g goArgs, overlay []string, temp string, run func(*exec.Cmd) int) (binary string, code int) {
	bin := filepath.Join(temp, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return "", c.failed(err)
	}
	build := slices.Concat([]string{"build"}, g.flags, overlay, []string{"-o", bin + string(filepath.Separator)}, g.packages)
	if code := run(exec.Command("go", build...)); code != done || g.dry {
		return "", code
	}
	made, err := os.ReadDir(bin)
	switch {
	case err != nil:
		return "", c.failed(err)
	case len(made) == 0:
		return "", c.misuse("%s is not a program: package main is", g.packages[0])
	case len(made) > 1:
		return "", c.misuse("%s matches %d programs: run one", g.packages[0], len(made))
	}
	return filepath.Join(bin, made[0].Name()), done
}

// programOf is the program with its arguments, behind what starts it: -exec, or the go_GOOS_GOARCH_exec on the path when
// it is for another system.
func programOf(g goArgs, binary string) (*exec.Cmd, error) {
	settings := goSettings(g.dir)
	starter := g.starter
	for _, f := range strings.Fields(settings.GOFLAGS) {
		if name, value, _ := strings.Cut(strings.TrimLeft(f, "-"), "="); name == "exec" && starter == "" {
			starter = value
		}
	}
	words, err := splitQuoted(starter)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 && (settings.GOOS != runtime.GOOS || settings.GOARCH != runtime.GOARCH) {
		if path, err := exec.LookPath("go_" + settings.GOOS + "_" + settings.GOARCH + "_exec"); err == nil {
			words = []string{path}
		}
	}
	words = slices.Concat(words, []string{binary}, g.rest)
	program := exec.Command(words[0], words[1:]...)
	program.Dir = g.dir
	return program, nil
}

// build is asyncgen build.
func (c *command) build(args []string) int { return c.goCommand("build", args) }

// test is asyncgen test.
func (c *command) test(args []string) int { return c.goCommand("test", args) }

func (c *command) goCommand(name string, args []string) int {
	return c.withOverlay(name, args, func(g goArgs, overlay []string, _ string) int {
		return c.supervise(exec.Command("go", slices.Concat([]string{name}, g.flags, overlay, g.packages, g.rest)...))
	})
}

// withOverlay generates what the packages need, and calls f with the flag for the go command and a
// folder that is there until f returns.
func (c *command) withOverlay(name string, args []string, f func(g goArgs, overlay []string, temp string) int) int {
	g := splitGoArgs(args, name == "run")
	switch {
	case g.help:
		fmt.Fprint(c.stdout, helpText)
		return done
	case name == "run" && len(g.packages) == 0:
		return c.misuse("run needs a package, for example: asyncgen run ./primer")
	case g.watch && name != "run":
		return c.misuse("%s: --watch goes with run, and without a verb", name)
	case g.watch && g.dry:
		return c.misuse("run: -n runs nothing: it does not go with --watch")
	case g.overlay:
		return c.misuse("%s: leave out -overlay: asyncgen itself uses it to put its output in place of the sources", name)
	}
	settings := goSettings(g.dir).GOFLAGS
	if strings.Contains(settings, "-overlay") {
		return c.misuse("%s: take -overlay out of GOFLAGS: asyncgen itself uses it to put its output in place of the sources", name)
	}
	g.cover = g.cover || strings.Contains(settings, "-cover")
	temp, err := os.MkdirTemp("", "asyncgen-")
	if err != nil {
		return c.failed(err)
	}
	defer os.RemoveAll(temp)
	if g.watch {
		return c.runWatching(g, temp)
	}
	var overlay []string
	code := c.interruptible(func() (code int) {
		overlay, code = c.makeOverlay(name, g, temp)
		return code
	})
	if code != done {
		return code
	}
	return f(g, overlay, temp)
}

// settings are what the go command says in a folder, be it from the environment or from what go env -w has set.
type settings struct{ GOFLAGS, GOOS, GOARCH string }

// goSettings asks it. Without a go command they are empty: the loader says so.
func goSettings(dir string) (s settings) {
	cmd := exec.Command("go", "env", "-json", "GOFLAGS", "GOOS", "GOARCH")
	cmd.Dir = dir
	text, _ := cmd.Output()
	_ = json.Unmarshal(text, &s)
	return s
}

// overlayConfig says what to load.
func (c *command) overlayConfig(name string, g goArgs) gen.Config {
	return gen.Config{
		Dir:      g.dir,
		Patterns: g.packages,
		Tags:     g.tags,
		OnlyTags: g.tags != nil,
		Flags:    g.listing,
		Overlay:  true,
		Tests:    name == "test",
		Deps:     true,
		Cache:    openCache(),
	}
}

// makeOverlay loads, generates, and writes the overlay.
func (c *command) makeOverlay(name string, g goArgs, temp string) ([]string, int) {
	results, diags, err := c.loadAndGenerate(c.session(c.overlayConfig(name, g)), gen.Options{Overlay: true})
	if err != nil {
		return nil, c.cannotLoad(err, g.packages)
	}
	return c.writeOverlay(name, g, results, diags, temp)
}

// writeOverlay writes the outputs and the file that tells the go command of them.
func (c *command) writeOverlay(name string, g goArgs, results []result, diags []gen.Diagnostic, temp string) ([]string, int) {
	var replace struct{ Replace map[string]string }
	replace.Replace = map[string]string{}
	for _, r := range results {
		diags = append(diags, r.diags...)
		for _, f := range r.files {
			file := filepath.Join(temp, fmt.Sprintf("%d_%s", len(replace.Replace), filepath.Base(f.Path)))
			if err := os.WriteFile(file, f.Content, 0o600); err != nil {
				return nil, c.failed(err)
			}
			replace.Replace[f.Path] = file
			if output, ok := gen.OutputOf(f.Source); ok {
				replace.Replace[output] = "" // not there
			}
		}
	}
	if len(diags) > 0 {
		c.report.diagnostics(diags)
		return nil, fixMe
	}
	if len(replace.Replace) == 0 {
		return g.toolexec(), done
	}
	text, err := json.Marshal(replace)
	if err != nil {
		return nil, c.failed(err)
	}
	file := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, c.failed(err)
	}
	flags := []string{"-overlay=" + file}
	if !g.cover {
		return append(flags, g.toolexec()...), done
	}
	job := coverJob{Tags: g.tags, Flags: g.listing, Tests: name == "test", Sources: slices.Sorted(maps.Keys(replace.Replace))}
	job.Dir, err = filepath.Abs(g.dir)
	if err != nil {
		return nil, c.failed(err)
	}
	tool, err := job.toolexec(temp, g.wrapper)
	if err != nil {
		return nil, c.failed(err)
	}
	return append(flags, tool), done
}

// toolexec is the user's own -toolexec.
func (g goArgs) toolexec() []string {
	if g.wrapper == "" {
		return nil
	}
	return []string{"-toolexec=" + g.wrapper}
}

// failed reports that the system let us down.
func (c *command) failed(err error) int {
	c.report.say("asyncgen: %v", err)
	return fixMe
}
