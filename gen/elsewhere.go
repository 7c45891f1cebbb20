package gen

import (
	"bytes"
	"go/build"
	"io"
	"maps"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/tools/go/packages"
)

// The go command leaves out files that are for another system than this one, or for other build tags. Their outputs
// are wanted all the same: whoever generates on Linux commits what everybody else builds. A load for that system
// gives them (Config.Env), so a Session only says which files there are, and which system would do.

// LeftOut is an annotated file that the loaded packages do not contain.
type LeftOut struct {
	Path         string
	GOOS, GOARCH string   // a system whose builds contain it; "": none does without the tags
	Tags         []string // what it needs then
}

// LeftOut gives the annotated files in the folders of the last Load that it has left out, sorted by path; not those
// that no build can contain.
func (s *Session) LeftOut() []LeftOut {
	if s.last == nil {
		return nil
	}
	ignored := s.last.ignored(s.roots)
	var list []LeftOut
	for _, path := range slices.Sorted(maps.Keys(ignored)) {
		text := s.last.text(path)
		if _, output := isOutput(text); output || !isTagged(text) && !mentionsDirective.Match(text) {
			continue
		}
		if left, ok := s.last.leftOut(path, text); ok {
			list = append(list, left)
		}
	}
	return list
}

// ignored gives the Go files of the folders that belong to no package in the list.
func (ld *loader) ignored(roots []*packages.Package) map[string]bool {
	files, built, listed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range roots {
		listed[p.Dir] = true
		for _, f := range p.IgnoredFiles {
			files[f] = true
		}
		for _, f := range p.GoFiles {
			built[f] = true
		}
	}
	for _, dir := range ld.wildFolders() { // the go command is silent about those without a file for this system
		if listed[dir] {
			continue
		}
		names, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well formed
		for _, f := range names {
			files[f] = true
		}
	}
	maps.DeleteFunc(files, func(f string, _ bool) bool { return built[f] || filepath.Ext(f) != ".go" })
	return files
}

// leftOut finds out what a file is for. It is not ok if the file is for nothing, or for this system.
func (ld *loader) leftOut(path string, text []byte) (left LeftOut, ok bool) {
	left = LeftOut{Path: path}
	if ld.matches(path, text, ld.env.GOOS, ld.env.GOARCH) {
		return left, false
	}
	for _, s := range systems() {
		if ld.matches(path, text, s.goos, s.goarch) {
			left.GOOS, left.GOARCH = s.goos, s.goarch
			return left, true
		}
	}
	if c, found := findConstraint(text); found {
		for _, t := range tagsOf(c.expr) {
			if t != tag && t != "ignore" && !knownOS[t] && !knownArch[t] {
				left.Tags = append(left.Tags, t)
			}
		}
	}
	return left, ld.matches(path, text, ld.env.GOOS, ld.env.GOARCH, left.Tags...)
}

// matches reports whether builds for a system contain a file, with further tags.
func (ld *loader) matches(path string, text []byte, goos, goarch string, more ...string) bool {
	tags := slices.Concat([]string{tag}, ld.cfg.Tags, more)
	if !ld.cfg.OnlyTags {
		tags = append(tags, ld.env.tags()...)
	}
	b := build.Default
	b.GOOS, b.GOARCH, b.BuildTags = goos, goarch, tags
	b.CgoEnabled = ld.env.CGO_ENABLED == "1" && goos == ld.env.GOOS && goarch == ld.env.GOARCH
	b.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	match, err := b.MatchFile(filepath.Dir(path), filepath.Base(path))
	return err == nil && match
}

// A system is one that Go compiles for.
type system struct{ goos, goarch string }

// systems gives them, those of this processor and those that most people have first.
func systems() []system {
	var list []system
	for _, goos := range []string{"linux", "darwin", "windows", "freebsd", "openbsd", "netbsd", "dragonfly", "solaris", "illumos", "android", "ios", "aix", "plan9", "js", "wasip1"} {
		for _, goarch := range []string{runtime.GOARCH, "amd64", "arm64", "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm"} {
			if s := (system{goos, goarch}); supported[goos+"/"+goarch] && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// supported are the systems of go tool dist list.
var supported = set(`aix/ppc64 android/386 android/amd64 android/arm android/arm64 darwin/amd64 darwin/arm64 dragonfly/amd64
	freebsd/386 freebsd/amd64 freebsd/arm freebsd/arm64 illumos/amd64 ios/amd64 ios/arm64 js/wasm linux/386 linux/amd64 linux/arm
	linux/arm64 linux/loong64 linux/mips linux/mips64 linux/mips64le linux/mipsle linux/ppc64 linux/ppc64le linux/riscv64 linux/s390x
	netbsd/386 netbsd/amd64 netbsd/arm netbsd/arm64 openbsd/386 openbsd/amd64 openbsd/arm openbsd/arm64 openbsd/ppc64 openbsd/riscv64
	plan9/386 plan9/amd64 plan9/arm solaris/amd64 wasip1/wasm windows/386 windows/amd64 windows/arm64`)

// onlyElsewhere reports whether a package has nothing to compile here, but annotated files for other systems.
func (ld *loader) onlyElsewhere(p *packages.Package) bool {
	return len(p.GoFiles) == 0 && slices.ContainsFunc(p.IgnoredFiles, func(file string) bool {
		text := ld.text(file)
		if _, output := isOutput(text); output || !mentionsAsync(text) {
			return false
		}
		_, left := ld.leftOut(file, text)
		return left
	})
}
