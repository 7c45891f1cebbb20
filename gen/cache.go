package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// The cache keeps from run to run what Load and its callers found out, so that a run for which little
// has changed has little to do. Two things are kept, both under the digest of a package: the names and
// hashes of its outputs, and where the go command's build cache has the export data of what it imports.

// seed is what all digests have in common: the toolchain and the flags.
func (ld *loader) seed() string {
	return fmt.Sprintf("%+v %q %q", ld.env, ld.cfg.Flags, ld.tagFlag(tag))
}

// digest identifies the types of a package, and its outputs: by its files, by the digests of what it
// imports, and by the seed. It is empty for a package with which the go command finds something wrong.
func (ld *loader) digest(p *packages.Package) string {
	if d, ok := ld.digests[p.ID]; ok {
		return d
	}
	ld.digests[p.ID] = "" // for an import cycle
	if len(p.Errors) > 0 {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q %q %q %q\n", ld.seed(), p.ID, p.PkgPath, p.Name, p.Dir)
	if m := p.Module; m != nil {
		fmt.Fprintf(h, "%q %q %q\n", m.Path, m.Dir, m.GoVersion)
	}
	for _, file := range slices.Sorted(slices.Values(slices.Concat(p.GoFiles, p.OtherFiles))) {
		if err := ld.digestFile(h, file); err != nil {
			return ""
		}
	}
	for _, file := range slices.Sorted(slices.Values(p.IgnoredFiles)) { // of which the names count: see lookAtNames
		if _, output := isOutput(ld.text(file)); !output && filepath.Ext(file) == ".go" {
			if err := ld.digestFile(h, file); err != nil {
				return ""
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
		d := ld.digest(p.Imports[path])
		if d == "" {
			return ""
		}
		fmt.Fprintf(h, "%q %s\n", path, d)
	}
	d := hex.EncodeToString(h.Sum(nil))
	ld.digests[p.ID] = d
	return d
}

// digestFile puts a file into a digest. One of the toolchain or the module cache never changes: its
// path, in which there is a version, stands for its content.
func (ld *loader) digestFile(h io.Writer, file string) error {
	if ld.fixed(file) {
		fmt.Fprintf(h, "%q\n", file)
		return nil
	}
	text := ld.text(file) // what will be parsed
	if text == nil {
		return fs.ErrNotExist
	}
	fmt.Fprintf(h, "%q %s\n", file, hash(text))
	return nil
}

// fixed reports whether a path is in the toolchain or the module cache.
func (ld *loader) fixed(path string) bool {
	return slices.ContainsFunc([]string{ld.env.GOROOT, ld.env.GOMODCACHE}, func(dir string) bool {
		return dir != "" && strings.HasPrefix(path, dir+string(filepath.Separator))
	})
}

// steady reports whether the files are still what digests were made of: somebody may save one while
// the go command runs.
func (ld *loader) steady() bool { return len(ld.unsteady()) == 0 }

// unsteady gives those that are not.
func (ld *loader) unsteady() []string {
	var list []string
	for file, text := range ld.texts {
		if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, text) {
			list = append(list, file)
		}
	}
	return list
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// recall gets a value that was kept for a package.
func (ld *loader) recall(kind string, p *packages.Package, value any) bool {
	if ld.cfg.Cache == nil {
		return false
	}
	d := ld.digest(p)
	if d == "" {
		return false
	}
	text, ok := ld.cfg.Cache.Get(kind + " " + d)
	return ok && json.Unmarshal(text, value) == nil
}

// keep keeps a value for a package. Callers have asked whether the files are steady.
func (ld *loader) keep(kind string, p *packages.Package, value any) {
	if d := ld.digest(p); d != "" {
		text, _ := json.Marshal(value) // maps of strings
		ld.cfg.Cache.Put(kind+" "+d, text)
	}
}

// current gives the outputs of a package if an earlier run made them from the same sources and the
// same dependencies, and they are still what lies in the folder.
func (ld *loader) current(p *packages.Package) (outputs []string, ok bool) {
	var hashes map[string]string // by path
	if !ld.cfg.SkipCurrent || ld.cfg.Overlay || !ld.recall("outputs", p, &hashes) {
		return nil, false
	}
	for path, want := range hashes {
		text, err := os.ReadFile(path)
		if err != nil || hash(text) != want {
			return nil, false
		}
	}
	return slices.Sorted(maps.Keys(hashes)), true
}

// Written notes that the outputs of a package are in their places: the next Load may skip it.
func (p *Package) Written(files []File) {
	if p.keep == nil {
		return
	}
	hashes := map[string]string{}
	for _, f := range files {
		hashes[f.Path] = hash(f.Content)
	}
	p.keep(hashes)
}

// recallExport looks for the export data of a package and of all that it imports. The go command may
// have removed it.
func (ld *loader) recallExport(p *packages.Package) bool {
	var files map[string]string // by import path
	if !ld.recall("export", p, &files) {
		return false
	}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			return false
		}
	}
	maps.Copy(ld.deps.files, files)
	return true
}

// keepExport keeps where export data is; from is the package as the go command gave it with that data.
func (ld *loader) keepExport(p, from *packages.Package) {
	files := map[string]string{}
	complete := true
	packages.Visit([]*packages.Package{from}, nil, func(dep *packages.Package) {
		if dep.PkgPath == "unsafe" {
			return
		}
		files[dep.PkgPath] = dep.ExportFile
		complete = complete && dep.ExportFile != "" && len(dep.Errors) == 0
	})
	if complete {
		ld.keep("export", p, files)
	}
}
