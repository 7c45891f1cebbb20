package gen

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// check type-checks the wanted packages in parallel and gives those without mistakes.
func (ld *loader) check(wanted []*packages.Package) []*Package {
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	checked := ld.counter(len(wanted))
	for _, p := range wanted {
		room <- struct{}{}
		all.Go(func() {
			ld.units[p.ID].check()
			checked()
			<-room
		})
	}
	all.Wait()
	keep := ld.cfg.Cache != nil && !ld.cfg.Overlay && ld.steady()
	var list []*Package
	for _, p := range wanted {
		u := ld.units[p.ID]
		switch {
		case u.bad:
			ld.refused = append(ld.refused, p.PkgPath)
		case u.annotated:
			result := u.result()
			if keep {
				result.keep = func(hashes map[string]string) { ld.keep("outputs", p, hashes) }
			}
			list = append(list, result)
		case keep:
			ld.keep("outputs", p, map[string]string{}) // there are none
		}
	}
	for _, u := range ld.units {
		ld.diags = append(ld.diags, u.diags...)
	}
	ld.diags = append(ld.diags, ld.deps.diags...)
	return list
}

// counter tells Config.Checked of another package at each call.
func (ld *loader) counter(of int) func() {
	tell := ld.cfg.Checked
	if tell == nil {
		return func() {}
	}
	tell(0, of)
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		tell(done, of)
	}
}

// check parses and type-checks the package, after those that it imports.
func (u *unit) check() {
	u.once.Do(func() {
		u.parse()
		u.listErrors()
		for _, dep := range u.pkg.Imports {
			if d := u.ld.units[dep.ID]; d != nil {
				d.check()
				u.bad = u.bad || d.bad
			}
		}
		u.bad = u.bad || len(u.diags) > 0
		if !u.bad { // otherwise errors would be consequences of the others
			u.typeCheck()
		}
	})
}

// parse reads all files, so that the syntax errors of all are known.
func (u *unit) parse() {
	broken := map[string][]Diagnostic{}
	for _, path := range slices.Sorted(slices.Values(u.pkg.GoFiles)) {
		var err error
		text := u.ld.texts[path]
		if text == nil {
			text, err = u.ld.read(path)
		}
		if err != nil {
			var cause *fs.PathError // without the path, which is in the position
			if errors.As(err, &cause) {
				err = cause.Err
			}
			u.diags = append(u.diags, goError(token.Position{Filename: path}, err.Error()))
			continue
		}
		if _, ok := isOutput(text); ok {
			continue // it has lost its build constraint
		}
		syntax, err := parser.ParseFile(u.ld.fset, path, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
		if err != nil {
			broken[path] = syntaxErrors(path, err)
			continue
		}
		u.files = append(u.files, &Source{
			Path:   path,
			Rel:    u.ld.relative(u.pkg, path),
			Text:   text,
			Syntax: syntax,
			Tagged: isTagged(text),
		})
	}
	if len(broken) > 0 {
		u.diags = append(u.diags, u.ld.compilerSays(broken)...)
		u.hintConflicts()
	}
}

// others parses the files of the package that this build leaves out. One that does not parse has the names before the error.
func (u *unit) others() []*Source {
	var list []*Source
	entries, _ := os.ReadDir(u.pkg.Dir)
	for _, e := range entries {
		path := filepath.Join(u.pkg.Dir, e.Name())
		if filepath.Ext(path) != ".go" || slices.Contains(u.pkg.GoFiles, path) {
			continue
		}
		text := u.ld.texts[path]
		if text == nil {
			text, _ = u.ld.read(path)
		}
		if _, output := isOutput(text); output {
			continue
		}
		syntax, _ := parser.ParseFile(u.ld.fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if syntax != nil && syntax.Name != nil && syntax.Name.Name == u.pkg.Name {
			list = append(list, &Source{Path: path, Text: text, Syntax: syntax})
		}
	}
	return list
}

func syntaxErrors(path string, err error) []Diagnostic {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []Diagnostic{goError(token.Position{Filename: path}, err.Error())}
	}
	list.RemoveMultiples() // one a line: the rest are consequences
	var diags []Diagnostic
	for _, e := range list {
		diags = append(diags, goError(e.Pos, e.Msg))
	}
	return diags
}

// listErrors takes over what the go command says about the package itself: an import cycle, two
// package names in a folder, an embedded file that is missing.
func (u *unit) listErrors() {
	for _, e := range u.pkg.Errors {
		pos := u.ld.position(e.Pos)
		sameLine := func(d Diagnostic) bool { return d.Pos.Filename == pos.Filename && d.Pos.Line == pos.Line }
		if e.Kind == packages.ParseError && len(u.diags) > 0 || slices.ContainsFunc(u.diags, sameLine) {
			continue // ours has it
		}
		if pos.Filename == "" {
			pos.Filename = u.pkg.Dir
		}
		u.diags = append(u.diags, goError(pos, e.Msg))
	}
}

// typeCheck checks the parsed files and finds out which of them are annotated.
func (u *unit) typeCheck() {
	u.info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	u.types = u.checkTypes(u.ld.fset, u.files, u.info, u.typeError)
	u.hintTypeErrors()
	u.bad = u.bad || len(u.diags) > 0
	for _, f := range u.files {
		f.Annotated = f.Tagged || annotated(f.Syntax, u.info)
		u.annotated = u.annotated || f.Annotated
		if f.Annotated && importsC(f.Syntax) {
			u.bad = true
			u.diags = append(u.diags, Diagnostic{Pos: u.ld.fset.Position(f.Syntax.Name.Pos()), Code: codeCgo,
				Message: `a file with async functions cannot import "C": move what needs cgo to another file`})
		}
	}
	if u.annotated && len(u.diags) > 0 {
		u.besideTypeErrors()
	}
}

// checkTypes checks the types of files, and gives each error to a function.
func (u *unit) checkTypes(fset *token.FileSet, files []*Source, info *types.Info, report func(error)) *types.Package {
	conf := types.Config{
		Importer:    importerFunc(u.importPackage),
		Error:       report,
		Sizes:       u.ld.sizes,
		FakeImportC: true,
		GoVersion:   u.goVersion(),
	}
	var syntax []*ast.File
	for _, f := range inGoOrder(files) {
		syntax = append(syntax, f.Syntax)
	}
	p, _ := conf.Check(u.pkg.PkgPath, fset, syntax, info)
	return p
}

// inGoOrder puts files, which are sorted by path, into the order in which the go command hands them to the compiler:
// those of the tests come last.
func inGoOrder(files []*Source) []*Source {
	var list, tests []*Source
	for _, f := range files {
		if strings.HasSuffix(f.Path, "_test.go") {
			tests = append(tests, f)
		} else {
			list = append(list, f)
		}
	}
	return append(list, tests...)
}

// typeError collects an error. go/types gives the second place of one ("other declaration of x") as
// an error of its own that begins with a tab; the go command prints it below the first.
func (u *unit) typeError(err error) {
	var e types.Error
	if !errors.As(err, &e) {
		u.diags = append(u.diags, goError(token.Position{Filename: u.pkg.Dir}, err.Error()))
		return
	}
	if strings.Contains(e.Msg, errBroken.Error()) {
		u.bad = true
		return // said where it is
	}
	pos := e.Fset.Position(e.Pos)
	if second, ok := strings.CutPrefix(e.Msg, "\t"); ok && len(u.diags) > 0 {
		last := &u.diags[len(u.diags)-1]
		last.Message += "\n\t" + pos.String() + ": " + second
		return
	}
	if pos.Filename == "" {
		pos.Filename = u.pkg.Dir
	}
	msg := e.Msg
	if rest, ok := strings.CutPrefix(msg, "could not import "); ok {
		// could not import PATH (what the go command said about it)
		if _, why, ok := strings.Cut(rest, " ("); ok {
			msg = strings.TrimSuffix(why, ")")
		}
	}
	u.diags = append(u.diags, goError(pos, msg))
}

// importPackage gives what one of the package's files imports.
func (u *unit) importPackage(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dep := u.pkg.Imports[path]
	if dep == nil {
		return nil, fmt.Errorf("cannot find package %s", path)
	}
	if d := u.ld.units[dep.ID]; d != nil {
		return d.types, nil
	}
	return u.ld.deps.importPackage(dep)
}

// importAny gives any package that is known: generated code may have to name a type from a package
// that its source does not import.
func (u *unit) importAny(path string) (*types.Package, error) {
	if _, ok := u.pkg.Imports[path]; ok || path == "unsafe" {
		return u.importPackage(path)
	}
	if dep := find(u.pkg, path, map[string]bool{}); dep != nil {
		if d := u.ld.units[dep.ID]; d != nil {
			return d.types, nil
		}
	}
	return u.ld.deps.importPath(path)
}

// find looks for a package by its path in what p imports, directly or not.
func find(p *packages.Package, path string, seen map[string]bool) *packages.Package {
	for _, dep := range p.Imports {
		if dep.PkgPath == path {
			return dep
		}
		if !seen[dep.ID] {
			seen[dep.ID] = true
			if found := find(dep, path, seen); found != nil {
				return found
			}
		}
	}
	return nil
}

func (u *unit) goVersion() string {
	if u.pkg.Module != nil && u.pkg.Module.GoVersion != "" {
		return "go" + u.pkg.Module.GoVersion
	}
	return ""
}

// result is the package as the compiler sees it, always the same.
func (u *unit) result() *Package {
	if u.made != nil {
		return u.made
	}
	p := &Package{
		Path:      u.pkg.PkgPath,
		Name:      u.pkg.Name,
		Dir:       u.pkg.Dir,
		GoVersion: u.goVersion(),
		Fset:      u.ld.fset,
		Files:     u.files,
		Types:     u.types,
		Info:      u.info,
		Sizes:     u.ld.sizes,
		Deps:      importerFunc(u.importAny),
	}
	if u.annotated {
		p.Others = u.others()
	}
	p.ModuleDir, p.ModulePath = u.ld.module(u.pkg)
	u.made = p
	u.files, u.info = nil, nil // they are the package's, until it is released
	for _, path := range slices.Sorted(maps.Keys(u.pkg.Imports)) {
		if d := u.ld.units[u.pkg.Imports[path].ID]; d != nil {
			p.Imports = append(p.Imports, d.result())
		}
	}
	return p
}

// relative is the path of a file in its module, with slashes.
func (ld *loader) relative(p *packages.Package, file string) string {
	if dir, _ := ld.module(p); dir != "" {
		if rel, err := filepath.Rel(dir, file); err == nil {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.Base(file)
}

// module gives the folder and the path of a package's module. Files named on the command line
// belong to the module in which the go command runs.
func (ld *loader) module(p *packages.Package) (dir, path string) {
	if p.Module != nil {
		return p.Module.Dir, p.Module.Path
	}
	if ld.env.GOMOD != "" && p.PkgPath == "command-line-arguments" {
		return filepath.Dir(ld.env.GOMOD), ""
	}
	return "", ""
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
		diags = append(diags, goError(pos, msg))
	}
	for _, file := range files {
		if !slices.ContainsFunc(diags, func(d Diagnostic) bool { return d.Pos.Filename == file }) {
			diags = append(diags, broken[file]...)
		}
	}
	return diags
}
