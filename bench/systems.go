package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/asyncgen/asyncgen/bench/internal/goroutines"
	"github.com/asyncgen/asyncgen/bench/internal/harness"
	"github.com/asyncgen/asyncgen/bench/internal/pull"
	"github.com/asyncgen/asyncgen/bench/internal/tasks"
)

// ours is the system that the others are compared with.
const ours = "asyncgen"

// system is something that can run the rows.
type system struct {
	name, title string

	// prepare gives the command that takes [--time SECONDS] [--n N] ROW..., and the version. What it
	// has to build goes into dir.
	prepare func(dir string) (command []string, version string, err error)
}

var systems = []system{
	{ours, "asyncgen", goSystem(ours)},
	{"goroutines", "goroutines", goSystem("goroutines")},
	{"pull", "iter.Pull", goSystem("pull")},
	{"asyncio", "asyncio", asyncio},
	{"node", "Node", node},
	{"cpp", "C++20", cpp},
	{"rust", "Rust", rust},
}

func systemNames() []string {
	var names []string
	for _, s := range systems {
		names = append(names, s.name)
	}
	return names
}

// goSystems are the rows of those systems that bench itself runs, in another process.
var goSystems = map[string][]harness.Row{
	ours:         tasks.Rows,
	"goroutines": goroutines.Rows,
	"pull":       pull.Rows,
}

func goSystem(name string) func(string) ([]string, string, error) {
	return func(string) ([]string, string, error) {
		self, err := os.Executable()
		return []string{self, rowsCommand, name}, runtime.Version(), err
	}
}

//go:embed peers
var peers embed.FS

// source writes a program of peers into dir.
func source(dir, name string) (string, error) {
	text, err := peers.ReadFile("peers/" + name)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, name)
	return file, os.WriteFile(file, text, 0o600)
}

// errMissing says that a language is not installed.
var errMissing = errors.New("not installed")

// version is the first line that a command prints.
func version(command string, args ...string) (string, error) {
	out, err := exec.Command(command, args...).CombinedOutput()
	line, _, _ := strings.Cut(string(out), "\n")
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", errMissing, command, err)
	}
	return strings.TrimSpace(line), nil
}

// asyncio looks for CPython 3.13, and takes another one if there is none. BENCH_PYTHON names one.
func asyncio(dir string) ([]string, string, error) {
	pythons := []string{os.Getenv("BENCH_PYTHON"), "python3.13"}
	if home, err := os.UserHomeDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.13*/bin/python3"))
		pythons = append(pythons, found...)
	}
	for _, python := range append(pythons, "python3") {
		if python == "" {
			continue
		}
		if v, err := version(python, "--version"); err == nil {
			file, err := source(dir, "asyncio_rows.py")
			return []string{python, file}, v, err
		}
	}
	return nil, "", fmt.Errorf("%w: python3", errMissing)
}

func node(dir string) ([]string, string, error) {
	v, err := version("node", "--version")
	if err != nil {
		return nil, "", err
	}
	file, err := source(dir, "node_rows.mjs")
	return []string{"node", file}, "node " + v, err
}

func cpp(dir string) ([]string, string, error) {
	return built(dir, "coroutines_rows.cpp", "g++", "-O2", "-std=c++20")
}

func rust(dir string) ([]string, string, error) {
	return built(dir, "futures_rows.rs", "rustc", "-O", "--edition", "2024")
}

// built compiles a program of peers.
func built(dir, name, compiler string, flags ...string) ([]string, string, error) {
	v, err := version(compiler, "--version")
	if err != nil {
		return nil, "", err
	}
	file, err := source(dir, name)
	if err != nil {
		return nil, "", err
	}
	program := strings.TrimSuffix(file, filepath.Ext(file))
	if out, err := exec.Command(compiler, append(flags, file, "-o", program)...).CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("%s %s: %w\n%s", compiler, name, err, out)
	}
	return []string{program}, v + " " + strings.Join(flags, " "), nil
}
