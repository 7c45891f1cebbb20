package gen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
)

// goEnv is what the go command says about the place where it runs.
type goEnv struct {
	GOFLAGS, GOMOD, GOWORK, GOROOT, GOMODCACHE string

	// Those that change what there is to compile, or what becomes of it.
	GOVERSION, GOOS, GOARCH, GOEXPERIMENT, CGO_ENABLED, CC, CGO_CFLAGS, CGO_CPPFLAGS string
}

func readGoEnv(ctx context.Context, cfg Config) (goEnv, error) {
	var e goEnv
	args := []string{"env", "-json"}
	for f := range reflect.TypeFor[goEnv]().Fields() {
		args = append(args, f.Name)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = cfg.Dir, cfg.Env
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

// cutNumber cuts :n off the end.
func cutNumber(text string) (string, int, bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return text, 0, false
	}
	n, err := strconv.Atoi(text[at+1:])
	return text[:at], n, err == nil
}
