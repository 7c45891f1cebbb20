package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Tree is what has to stand beside the outputs of a module for them to build in another folder.
type Tree struct {
	ModuleDir, ModulePath string
	Files                 []Copy // sorted by Path
}

// Copy is a file of a Tree.
type Copy struct {
	Path    string // relative to the module
	Content []byte
}

// LoadTree finds the files of the matched packages, and of all that they import from the module:
// everything but annotated source and its outputs. It includes go.mod, in which relative paths are
// made absolute, and go.sum.
func LoadTree(ctx context.Context, cfg Config) (*Tree, error) {
	cfg.Deps = true
	ld, err := newLoader(ctx, cfg)
	if err != nil {
		return nil, err
	}
	list, err := ld.list()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s matched no packages", strings.Join(ld.cfg.Patterns, " "))
	}
	t := &Tree{}
	seen := map[string]bool{}
	for _, p := range list {
		switch {
		case p.Module == nil || !p.Module.Main:
			return nil, fmt.Errorf("%s is not part of a module that could be converted", p.PkgPath)
		case t.ModuleDir == "":
			t.ModuleDir, t.ModulePath = p.Module.Dir, p.Module.Path
		case t.ModuleDir != p.Module.Dir:
			return nil, fmt.Errorf("packages of two modules, %s and %s: one at a time can be converted", t.ModulePath, p.Module.Path)
		}
		for _, file := range slices.Concat(p.GoFiles, p.OtherFiles, p.EmbedFiles, p.IgnoredFiles) {
			if seen[file] {
				continue
			}
			seen[file] = true
			if err := t.add(file); err != nil {
				return nil, err
			}
		}
	}
	if err := t.addModule(); err != nil {
		return nil, err
	}
	slices.SortFunc(t.Files, func(a, b Copy) int { return strings.Compare(a.Path, b.Path) })
	return t, nil
}

// add takes a file, unless it is annotated source or the output of one.
func (t *Tree) add(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if filepath.Ext(file) == ".go" {
		if _, output := isOutput(text); output || isTagged(text) || bytes.Contains(text, []byte(directive)) {
			return nil
		}
	}
	rel, err := filepath.Rel(t.ModuleDir, file)
	if err != nil {
		return err
	}
	t.Files = append(t.Files, Copy{rel, text})
	return nil
}

// addModule adds go.mod and go.sum.
func (t *Tree) addModule() error {
	text, err := os.ReadFile(filepath.Join(t.ModuleDir, "go.mod"))
	if err != nil {
		return err
	}
	if text, err = absoluteReplacements(text, t.ModuleDir); err != nil {
		return err
	}
	t.Files = append(t.Files, Copy{"go.mod", text})
	text, err = os.ReadFile(filepath.Join(t.ModuleDir, "go.sum"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	t.Files = append(t.Files, Copy{"go.sum", text})
	return err
}

// absoluteReplacements makes the relative paths of replace directives absolute. A go.mod without
// any is not touched.
func absoluteReplacements(text []byte, dir string) ([]byte, error) {
	f, err := modfile.Parse(filepath.Join(dir, "go.mod"), text, nil)
	if err != nil {
		return nil, err
	}
	changed := false
	for _, r := range slices.Clone(f.Replace) {
		if r.New.Version != "" || filepath.IsAbs(r.New.Path) {
			continue
		}
		changed = true
		if err := f.AddReplace(r.Old.Path, r.Old.Version, filepath.Join(dir, r.New.Path), ""); err != nil {
			return nil, err
		}
	}
	if !changed {
		return text, nil
	}
	return f.Format()
}
