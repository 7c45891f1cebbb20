package gen

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"
)

// Outputs finds what asyncgen has made in the folders of the packages that match, whether their sources
// are still there or not. It works when nothing compiles: a pattern like ./... is looked up in the file
// system, and only for an import path the go command is asked.
func Outputs(ctx context.Context, cfg Config) ([]string, error) {
	ld, err := newLoader(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := ld.patternsExist(); err != nil {
		return nil, err
	}
	var paths, dirs []string
	for _, pattern := range ld.cfg.Patterns {
		switch {
		case !isLocal(pattern):
			paths = append(paths, pattern)
		case strings.Contains(pattern, "..."):
			dirs = append(dirs, ld.folders(pattern)...)
		default:
			dirs = append(dirs, ld.inDir(pattern))
		}
	}
	more, err := ld.foldersOf(paths)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, dir := range append(dirs, more...) {
		if _, err := os.Stat(dir); err != nil {
			return nil, err
		}
		maps.Copy(found, outputsIn(dir))
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// foldersOf asks the go command where packages are; those of other modules do not count.
func (ld *loader) foldersOf(paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	list, err := ld.packages(packages.NeedName|packages.NeedFiles|packages.NeedModule, false, paths, ld.tagFlag())
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, p := range list {
		if p.Module != nil && p.Module.Main && p.Dir != "" {
			dirs = append(dirs, p.Dir)
		}
	}
	return dirs, nil
}

// folders gives the folders that a pattern can match, as the go command has it: not what is hidden, not
// testdata or vendor, and no other module that is not in the workspace.
func (ld *loader) folders(pattern string) []string {
	before, _, _ := strings.Cut(pattern, "...")
	top := ld.inDir(filepath.Dir(before + "x"))
	match := matcher(ld.inDir(pattern))
	modules := ld.workspace()
	var dirs []string
	_ = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if path != top && (SkipsFolder(path) && !modules[path]) {
			return filepath.SkipDir
		}
		if match.MatchString(filepath.ToSlash(path)) {
			dirs = append(dirs, path)
		}
		return nil
	})
	return dirs
}

// wildFolders gives the folders in which a package can turn up that matches.
func (ld *loader) wildFolders() []string {
	var dirs []string
	for _, pattern := range ld.cfg.Patterns {
		switch {
		case !strings.Contains(pattern, "..."):
		case isLocal(pattern):
			dirs = append(dirs, ld.folders(pattern)...)
		case filepath.IsAbs(ld.env.GOMOD) && ld.env.GOMOD != os.DevNull:
			dirs = append(dirs, ld.folders(filepath.Join(filepath.Dir(ld.env.GOMOD), "..."))...)
		}
	}
	return dirs
}

// matcher makes a regular expression of a pattern: ... is any text, and at the end the slash before it
// can be missing.
func matcher(pattern string) *regexp.Regexp {
	text := strings.ReplaceAll(regexp.QuoteMeta(filepath.ToSlash(pattern)), `\.\.\.`, `.*`)
	if before, ok := strings.CutSuffix(text, `/.*`); ok {
		text = before + `(/.*)?`
	}
	return regexp.MustCompile(`^` + text + `$`)
}

// SkipsFolder reports whether a pattern with ... does not look into a folder; with a go.mod, it does if
// that module is part of the workspace.
func SkipsFolder(dir string) bool {
	name := filepath.Base(dir)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "vendor" {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// workspace gives the folders of its modules.
func (ld *loader) workspace() map[string]bool {
	dirs := map[string]bool{}
	text, err := os.ReadFile(ld.env.GOWORK) // there need not be any
	if err != nil {
		return dirs
	}
	work, err := modfile.ParseWork(ld.env.GOWORK, text, nil)
	if err != nil {
		return dirs
	}
	for _, use := range work.Use {
		dir := use.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(ld.env.GOWORK), dir)
		}
		dirs[filepath.Clean(dir)] = true
	}
	return dirs
}
