package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"
)

// Tree is what has to stand beside the outputs of a module, or of modules of one workspace, for them to
// build in another folder.
type Tree struct {
	Dir     string            // that of the module, or of the workspace
	Modules map[string]string // folders relative to Dir → module paths
	Files   []Copy            // sorted by Path
}

// Copy is a file of a Tree.
type Copy struct {
	Path    string // relative to Dir
	Content []byte
}

// LoadTree finds the files of the matched packages, and of all that they import from the module or the
// workspace: everything but annotated source and its outputs. It includes go.mod, in which relative paths
// are made absolute, and go.sum; with modules of a workspace its go.work; and what is vendored.
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
	t, err := ld.newTree(list)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range list {
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
	vendored, err := t.addVendored(list)
	if err != nil {
		return nil, err
	}
	for dir := range t.Modules {
		if err := t.addModule(dir, vendored); err != nil {
			return nil, err
		}
	}
	if _, alone := t.Modules["."]; !alone || len(t.Modules) > 1 {
		if err := t.addWorkspace(ld.env.GOWORK, vendored); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(t.Files, func(a, b Copy) int { return strings.Compare(a.Path, b.Path) })
	return t, nil
}

// newTree finds out which modules there are.
func (ld *loader) newTree(list []*packages.Package) (*Tree, error) {
	modules := map[string]string{} // by folder
	dir := ""
	for _, p := range list {
		if p.Module == nil || !p.Module.Main {
			return nil, fmt.Errorf("%s is not part of a module that could be converted", p.PkgPath)
		}
		dir = p.Module.Dir
		modules[dir] = p.Module.Path
	}
	if len(modules) > 1 {
		dir = filepath.Dir(ld.env.GOWORK)
	}
	t := &Tree{Dir: dir, Modules: map[string]string{}}
	for at, path := range modules {
		rel, err := filepath.Rel(dir, at)
		if err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("module %s is not below the folder of go.work: it cannot be converted together with others", path)
		}
		t.Modules[rel] = path
	}
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
	return t.copy(file, text)
}

func (t *Tree) copy(file string, text []byte) error {
	rel, err := filepath.Rel(t.Dir, file)
	if err != nil {
		return err
	}
	t.Files = append(t.Files, Copy{rel, text})
	return nil
}

// copyIfThere takes a file that need not exist.
func (t *Tree) copyIfThere(file string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.copy(file, text)
}

// addVendored adds the vendor folder, whole, if packages come from there.
func (t *Tree) addVendored(list []*packages.Package) (vendored bool, err error) {
	top := filepath.Join(t.Dir, "vendor")
	packages.Visit(list, nil, func(p *packages.Package) {
		vendored = vendored || strings.HasPrefix(p.Dir, top+string(filepath.Separator))
	})
	if !vendored {
		return false, nil
	}
	return true, filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return t.copyIfThere(path)
	})
}

// addModule adds go.mod and go.sum. If its dependencies are vendored, replaced modules are not looked at, and
// go.mod has to fit vendor/modules.txt to the letter.
func (t *Tree) addModule(dir string, vendored bool) error {
	file := filepath.Join(t.Dir, dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !vendored {
		if text, err = t.absoluteReplacements(file, text); err != nil {
			return err
		}
	}
	if err := t.copy(file, text); err != nil {
		return err
	}
	return t.copyIfThere(filepath.Join(t.Dir, dir, "go.sum"))
}

// absoluteReplacements makes the relative paths of replace directives absolute, but for those of modules
// that come along. A go.mod without any is not touched.
func (t *Tree) absoluteReplacements(file string, text []byte) ([]byte, error) {
	f, err := modfile.Parse(file, text, nil)
	if err != nil {
		return nil, err
	}
	changed := false
	for _, r := range slices.Clone(f.Replace) {
		path, ok := t.elsewhere(file, r)
		if !ok {
			continue
		}
		changed = true
		if err := f.AddReplace(r.Old.Path, r.Old.Version, path, ""); err != nil {
			return nil, err
		}
	}
	if !changed {
		return text, nil
	}
	return f.Format()
}

// elsewhere gives the absolute path of a replacement that a file gives by a relative path, if it stays behind.
func (t *Tree) elsewhere(file string, r *modfile.Replace) (string, bool) {
	if r.New.Version != "" || filepath.IsAbs(r.New.Path) {
		return "", false
	}
	path := filepath.Join(filepath.Dir(file), r.New.Path)
	if rel, err := filepath.Rel(t.Dir, path); err == nil && t.Modules[rel] != "" {
		return "", false
	}
	return path, true
}

// addWorkspace adds go.work, with the modules that come along, and go.work.sum.
func (t *Tree) addWorkspace(file string, vendored bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	f, err := modfile.ParseWork(file, text, nil)
	if err != nil {
		return err
	}
	for _, use := range slices.Clone(f.Use) {
		path := use.Path
		if filepath.IsAbs(path) {
			path, _ = filepath.Rel(t.Dir, path)
		}
		if t.Modules[filepath.Clean(path)] != "" {
			continue
		}
		if err := f.DropUse(use.Path); err != nil {
			return err
		}
	}
	for _, r := range slices.Clone(f.Replace) {
		if path, ok := t.elsewhere(file, r); ok && !vendored {
			if err := f.AddReplace(r.Old.Path, r.Old.Version, path, ""); err != nil {
				return err
			}
		}
	}
	f.Cleanup()
	if err := t.copy(file, modfile.Format(f.Syntax)); err != nil {
		return err
	}
	return t.copyIfThere(filepath.Join(filepath.Dir(file), "go.work.sum"))
}
