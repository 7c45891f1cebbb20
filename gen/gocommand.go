package gen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// goEnv is what the go command says about the place where it runs.
type goEnv struct{ GOFLAGS, GOMOD string }

func readGoEnv(ctx context.Context, cfg Config) (goEnv, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json", "GOFLAGS", "GOMOD")
	cmd.Dir, cmd.Env = cfg.Dir, cfg.Env
	var e goEnv
	text, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return e, errors.New(strings.TrimSpace(string(exit.Stderr)))
		}
		return e, fmt.Errorf("the go command is needed: %w", err)
	}
	return e, json.Unmarshal(text, &e)
}

// tags gives the build tags that GOFLAGS sets.
func (e goEnv) tags() []string {
	var tags []string
	for _, flag := range strings.Fields(e.GOFLAGS) {
		for _, name := range []string{"-tags=", "--tags="} {
			if list, ok := strings.CutPrefix(flag, name); ok {
				tags = strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
			}
		}
	}
	return tags
}

// goCommandError is what the go command said, without what go/packages says about it.
func goCommandError(err error) error {
	text := err.Error()
	if _, said, ok := strings.Cut(text, "stderr: "); ok {
		text = said
	}
	return errors.New(strings.TrimPrefix(strings.TrimSpace(text), "go: "))
}

// compilerSays gives the compiler's errors for files that do not parse, since those are what
// a programmer knows; go/parser's, which come in, say the same less well. The compiler stops after
// parsing, so that it does not need to know what the files import.
func (ld *loader) compilerSays(broken map[string][]Diagnostic) []Diagnostic {
	files := slices.Sorted(maps.Keys(broken))
	text := ld.compile(files)
	var diags []Diagnostic
	for line := range strings.Lines(string(text)) {
		place, msg, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		pos := ld.position(place)
		if broken[pos.Filename] == nil || !strings.HasPrefix(msg, "syntax error") {
			continue
		}
		diags = append(diags, Diagnostic{pos, msg})
	}
	for _, file := range files {
		if !slices.ContainsFunc(diags, func(d Diagnostic) bool { return d.Pos.Filename == file }) {
			diags = append(diags, broken[file]...)
		}
	}
	return diags
}

// compile gives what the compiler prints. Its output goes to a folder of its own: when it fails, the
// compiler removes the output file, and for root that would work with /dev/null, too.
func (ld *loader) compile(files []string) []byte {
	temp, err := os.MkdirTemp("", "asyncgen-")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(temp)
	args := append([]string{"tool", "compile", "-e", "-p=p", "-o=" + filepath.Join(temp, "p.o")}, files...)
	cmd := exec.CommandContext(ld.ctx, "go", args...)
	cmd.Dir, cmd.Env = ld.cfg.Dir, ld.cfg.Env
	text, _ := cmd.CombinedOutput()
	return text
}

// position reads file:line:col, as the go command writes it, relative to where it ran.
func (ld *loader) position(text string) token.Position {
	var p token.Position
	rest, last, ok := cutNumber(text)
	if !ok {
		return p
	}
	if file, line, ok := cutNumber(rest); ok {
		p.Filename, p.Line, p.Column = file, line, last
	} else {
		p.Filename, p.Line = rest, last
	}
	if !filepath.IsAbs(p.Filename) {
		p.Filename = filepath.Join(ld.cfg.Dir, p.Filename)
	}
	return p
}

// cutNumber cuts :n off the end.
func cutNumber(text string) (string, int, bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return text, 0, false
	}
	n, err := strconv.Atoi(text[at+1:])
	return text[:at], n, err == nil
}
