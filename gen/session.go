package gen

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// Load finds the packages with annotated source among those that match, and type-checks them. A
// package with mistakes is not in the list, but in the diagnostics. The error says that nothing
// could be loaded at all: no such package, no go command.
func Load(ctx context.Context, cfg Config) ([]*Package, []Diagnostic, error) {
	return NewSession(cfg).Load(ctx)
}

// Session loads the same packages again and again, as their files change. What the go command has said
// is kept as long as the changes cannot alter it, for most of the time goes there: when somebody edits
// the bodies of annotated packages.
type Session struct {
	cfg           Config
	last          *loader // nil: ask the go command
	roots, others []*packages.Package
	refused       []string
	places        places
}

// places are where changes matter.
type places struct {
	dirs  map[string]bool
	files map[string]bool // those that do not tell by their names: embedded ones
}

// NewSession loads nothing yet.
func NewSession(cfg Config) *Session { return &Session{cfg: cfg} }

// Load is like the function Load. changed are the paths of files that are not as they were at the last
// call, folders that came or went among them.
func (s *Session) Load(ctx context.Context, changed ...string) ([]*Package, []Diagnostic, error) {
	ld := s.again(ctx, changed)
	s.last = nil
	if ld == nil {
		var err error
		if ld, err = s.list(ctx); err != nil {
			return nil, nil, err
		}
	}
	wanted, skipped := ld.choose(s.roots)
	if err := ld.prepare(wanted); err != nil {
		return nil, nil, err
	}
	list := append(ld.check(wanted), skipped...)
	all := slices.Concat(s.roots, s.others)
	for _, p := range all {
		ld.diags = append(ld.diags, ld.hidden(p)...)
	}
	if !ld.cfg.Overlay {
		list = ld.addOrphans(list, all)
	}
	slices.SortStableFunc(list, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	s.last, s.refused = ld, ld.refused
	return list, sortDiagnostics(ld.diags), nil
}

// Refused gives the paths of the packages for which the last Load did not give a Package: they have
// annotated source and mistakes, of their own or in what they import.
func (s *Session) Refused() []string { return s.refused }

// Dirs gives the folders of the packages, and of what they import from anywhere but the toolchain and
// the module cache: a change there can change outputs.
func (s *Session) Dirs() map[string]bool { return s.places.dirs }

// Uses reports whether a file that is neither Go nor a go.mod is part of a package.
func (s *Session) Uses(path string) bool { return s.places.files[path] }

// Changed gives the files that are not as the last Load has seen them.
func (s *Session) Changed() []string {
	if s.last == nil {
		return nil
	}
	return s.last.unsteady()
}

// list asks the go command for the packages.
func (s *Session) list(ctx context.Context) (*loader, error) {
	ld, err := newLoader(ctx, s.cfg)
	if err != nil {
		return nil, err
	}
	var othersErr error
	var meanwhile sync.WaitGroup
	meanwhile.Go(func() { s.others, othersErr = ld.listUntagged() })
	s.roots, err = ld.list()
	meanwhile.Wait()
	switch {
	case err != nil:
		return nil, err
	case othersErr != nil:
		return nil, othersErr
	case len(s.roots)+len(s.others) == 0:
		return nil, fmt.Errorf("%s matched no packages", strings.Join(ld.cfg.Patterns, " "))
	}
	s.places = ld.places(slices.Concat(s.roots, s.others))
	return ld, nil
}

func (ld *loader) places(list []*packages.Package) places {
	at := places{map[string]bool{}, map[string]bool{}}
	for _, file := range []string{ld.env.GOMOD, ld.env.GOWORK} {
		if filepath.IsAbs(file) && file != os.DevNull {
			at.dirs[filepath.Dir(file)] = true
		}
	}
	for _, dir := range ld.wildFolders() {
		at.dirs[dir] = true
	}
	packages.Visit(list, nil, func(p *packages.Package) {
		if p.Dir == "" || ld.fixed(p.Dir) {
			return
		}
		at.dirs[p.Dir] = true
		if p.Module != nil && p.Module.Dir != "" {
			at.dirs[p.Module.Dir] = true
		}
		for _, file := range slices.Concat(p.OtherFiles, p.EmbedFiles) {
			at.files[file] = true
			at.dirs[filepath.Dir(file)] = true
		}
	})
	return at
}

// again gives a loader that knows what the last one has heard from the go command, if that still holds.
func (s *Session) again(ctx context.Context, changed []string) *loader {
	if s.last == nil || len(changed) == 0 {
		return nil
	}
	ld := *s.last
	for _, path := range changed {
		text, err := ld.read(path)
		if err != nil {
			text = nil
		}
		if !s.listsTheSame(path, ld.texts[path], text) {
			return nil
		}
		if delete(ld.texts, path); text != nil {
			ld.texts[path] = text
		}
	}
	ld.ctx = ctx
	ld.units, ld.annotated, ld.digests = map[string]*unit{}, map[string]bool{}, map[string]string{}
	ld.diags, ld.refused = nil, nil
	return &ld
}

// listsTheSame reports whether the go command would say the same after a file has changed: it is an
// output, or annotated source whose head is as it was. Of other packages there is export data to be made.
func (s *Session) listsTheSame(path string, old, text []byte) bool {
	if made(path, old) && made(path, text) {
		return true
	}
	before, ok := head(old)
	now, still := head(text)
	if !ok || !still || before != now || !mentionsAsync(text) {
		return false
	}
	found := false
	for _, p := range s.roots {
		if !slices.Contains(p.GoFiles, path) {
			continue
		}
		found = true
		if !s.last.annotated[p.ID] || len(p.Errors) > 0 {
			return false
		}
	}
	return found
}

// made reports whether a file is an output, or one that is not there.
func made(path string, text []byte) bool {
	_, output := isOutput(text)
	return output || text == nil && strings.Contains(filepath.Base(path), "_async")
}

// head is what the go command reads of a Go file.
func head(text []byte) (string, bool) {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly|parser.ParseComments)
	if err != nil || importsC(f) {
		return "", false
	}
	lines := []string{"package " + f.Name.Name}
	for _, imp := range f.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			return "", false
		}
		lines = append(lines, path)
	}
	slices.Sort(lines[1:])
	if c, ok := findConstraint(text); ok {
		lines = append(lines, c.expr.String())
	}
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("//go:")) {
			lines = append(lines, string(line))
		}
	}
	return strings.Join(lines, "\n"), true
}
