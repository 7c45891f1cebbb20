package gen

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Config says what to load.
type Config struct {
	Dir      string   // where the go command runs; "" is the current directory
	Patterns []string // as the go command takes them; none is "."
	Tags     []string // build tags besides asyncgen, and besides those that GOFLAGS sets
	OnlyTags bool     // Tags hide those of GOFLAGS, as on the go command's command line
	Env      []string // nil: os.Environ()
	Flags    []string // build flags for the go command that change what is built: -mod=mod, -race
	Overlay  bool     // run, build, test, vet: sources need no build tag
	Tests    bool     // _test.go files too
	Deps     bool     // also what the matched packages import from the main module or the workspace
	Helpers  bool     // type-check that from source, for Package.Imports: what async code calls

	Contents map[string][]byte // files that are to be seen with another content, by absolute path

	Cache       Cache // what earlier runs found out; nil: nothing is kept
	SkipCurrent bool  // do not load packages whose outputs are in their places, as far as Cache knows

	Checked func(done, of int) // is told how many packages have been type-checked, from one goroutine at a time; can be nil
}

// Cache keeps values by key. It may forget them, but must not change them.
type Cache interface {
	// Get gives a value, if it is there.
	Get(key string) ([]byte, bool)
	// Put keeps a value, or does not.
	Put(key string, value []byte)
}

// Package is a type-checked package with annotated source. p and its in-package tests are one
// Package, p_test is another.
//
// A package that has nothing annotated but orphaned outputs in its folder has no Files and no Types,
// nor has one that was skipped.
type Package struct {
	Path, Name, Dir string

	ModuleDir, ModulePath string
	GoVersion             string // of the module: go1.26; "" is the newest

	Fset   *token.FileSet
	Files  []*Source // every file of the package, annotated or not, sorted by path
	Others []*Source // those of its folder that this build leaves out, outputs aside: only for the names in them
	Types  *types.Package
	Info   *types.Info
	Sizes  types.Sizes
	Deps   types.Importer // whatever the package imports, directly or not

	// Imports are those of the imported packages that were type-checked from source.
	Imports []*Package

	Current []string // the outputs of a package that was skipped
	Orphans []string // outputs in Dir whose source is gone or no longer annotated; see orphans

	keep func(hashes map[string]string) // keeps those of the outputs in the cache; nil without one
}

// Release lets go of the syntax and the types, which nobody needs when the outputs are there.
func (p *Package) Release() {
	p.Files, p.Others, p.Types, p.Info, p.Deps, p.Imports = nil, nil, nil, nil, nil, nil
}

// Source is one Go file.
type Source struct {
	Path      string // absolute
	Rel       string // relative to the module, with slashes: primer/main.go
	Text      []byte
	Syntax    *ast.File
	Tagged    bool // its //go:build line requires asyncgen
	Annotated bool // it has an output: it is tagged, mentions //async:func or uses a marker
}

// File is an output.
type File struct {
	Path    string // where it belongs: primer_async.go beside primer.go; in overlay mode primer.go itself
	Source  string // the annotated source
	Content []byte
}

// Options of Generate.
type Options struct {
	Overlay bool // the output replaces the source and carries //line directives
}

// edit replaces a part of Source.Text, given by byte offsets.
type edit struct {
	start, end int
	text       string
}

// sortEdits puts edits in the order of the text. Those of one place stay as they are.
func sortEdits(list []edit) []edit {
	slices.SortStableFunc(list, func(a, b edit) int { return a.start - b.start })
	return list
}

// applyEdits makes edits, which must not overlap.
func applyEdits(text []byte, edits []edit) []byte {
	var w bytes.Buffer
	at := 0
	for _, ed := range sortEdits(edits) {
		w.Write(text[at:ed.start])
		w.WriteString(ed.text)
		at = ed.end
	}
	w.Write(text[at:])
	return w.Bytes()
}

// beforeEdits gives the byte of the text before edits that has become a byte of the text after them; made says that an
// edit has written it: then it is the beginning of what that has replaced.
func beforeEdits(edits []edit, at int) (before int, made bool) {
	moved := 0
	for _, ed := range edits {
		from := ed.start + moved
		if at < from {
			break
		}
		if at < from+len(ed.text) {
			return ed.start, true
		}
		moved += len(ed.text) - (ed.end - ed.start)
	}
	return at - moved, false
}

const (
	rtPath    = "github.com/asyncgen/asyncgen/rt"
	directive = "//async:func"
)
