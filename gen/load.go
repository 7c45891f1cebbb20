package gen

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"
)

// Loading takes two calls of the go command. The first lists the matched packages with what they
// import, and compiles nothing. A look at the text of the files then tells which packages can have
// annotated source; only these are parsed and type-checked (typecheck.go). What they import comes
// from export data, which the second call makes or finds in the build cache.

// loader is the state of one Load.
type loader struct {
	ctx   context.Context
	cfg   Config
	env   goEnv
	fset  *token.FileSet
	sizes types.Sizes
	texts map[string][]byte // of the files that were looked at
	units map[string]*unit  // packages to check from source, by ID
	deps  *exports          // the others
	diags []Diagnostic

	annotated map[string]bool   // packages that can have annotated source, by ID
	digests   map[string]string // by ID
	refused   []string          // paths of packages that have annotated source and mistakes, or import such
}

func newLoader(ctx context.Context, cfg Config) (*loader, error) {
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"."}
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	cfg.Dir = dir
	env, err := readGoEnv(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if strings.Contains(env.GOFLAGS, "-overlay") || len(cfg.Contents) > 0 {
		cfg.Cache = nil // files are not what they seem
	}
	return &loader{
		ctx:       ctx,
		cfg:       cfg,
		env:       env,
		fset:      token.NewFileSet(),
		sizes:     types.SizesFor("gc", env.GOARCH),
		texts:     map[string][]byte{},
		units:     map[string]*unit{},
		annotated: map[string]bool{},
		digests:   map[string]string{},
	}, nil
}

// tagFlag sets build tags. On the command line it hides those of GOFLAGS.
func (ld *loader) tagFlag(more ...string) string {
	tags := slices.Concat(more, ld.cfg.Tags)
	if !ld.cfg.OnlyTags {
		tags = append(tags, ld.env.tags()...)
	}
	return "-tags=" + strings.Join(tags, ",")
}

// packages runs the go command.
func (ld *loader) packages(mode packages.LoadMode, tests bool, patterns []string, tags string) ([]*packages.Package, error) {
	list, err := packages.Load(&packages.Config{
		Mode:       mode,
		Context:    ld.ctx,
		Dir:        ld.cfg.Dir,
		Env:        append(slices.Clip(ld.cfg.Env), "GOPACKAGESDRIVER=off"),
		BuildFlags: append(slices.Clip(ld.cfg.Flags), tags),
		Fset:       ld.fset,
		Overlay:    ld.cfg.Contents,
		Tests:      tests,
	}, patterns...)
	if err != nil {
		if ld.ctx.Err() != nil {
			return nil, ld.ctx.Err()
		}
		return nil, goCommandError(err)
	}
	return list, nil
}

// listMode asks for everything that is known without compiling.
const listMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedModule | packages.NeedForTest | packages.NeedEmbedFiles

// list gives the matched packages with what they import. Of p and p [p.test] only the latter is
// in the list, which is p with its in-package tests.
func (ld *loader) list() ([]*packages.Package, error) {
	if err := ld.patternsExist(); err != nil {
		return nil, err
	}
	list, err := ld.packages(listMode, ld.cfg.Tests, ld.cfg.Patterns, ld.tagFlag(tag))
	if err != nil {
		return nil, err
	}
	if ld.cfg.Deps {
		list = withDeps(list)
	}
	var problems []error
	var roots []*packages.Package
	tested := map[string]bool{} // packages that come with their tests
	for _, p := range list {
		switch {
		case len(p.GoFiles) == 0 && len(p.Errors) > 0 && !ld.mayBeAnnotated(p) && !ld.hasOutput(p):
			for _, e := range p.Errors {
				problems = append(problems, errors.New(e.Msg))
			}
			continue
		case isTestMain(p):
			continue
		case p.ForTest == p.PkgPath:
			tested[p.PkgPath] = true
		}
		roots = append(roots, p)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	roots = slices.DeleteFunc(roots, func(p *packages.Package) bool {
		return p.ForTest == "" && tested[p.PkgPath]
	})
	slices.SortFunc(roots, func(a, b *packages.Package) int { return strings.Compare(a.ID, b.ID) })
	return roots, nil
}

// listUntagged gives what a pattern matches without the tag asyncgen: a folder can have only an
// output left, or annotated source that the tag hides.
func (ld *loader) listUntagged() ([]*packages.Package, error) {
	wild := func(p string) bool { return strings.Contains(p, "...") }
	if ld.cfg.Overlay || !slices.ContainsFunc(ld.cfg.Patterns, wild) {
		return nil, nil
	}
	return ld.packages(packages.NeedName|packages.NeedFiles, false, ld.cfg.Patterns, ld.tagFlag())
}

// withDeps adds the packages of the main modules that are imported, directly or not. The variants
// that a test makes of them have the same files, and are left out when the package itself is there.
func withDeps(list []*packages.Package) []*packages.Package {
	have := map[string]bool{}
	for _, p := range list {
		have[p.ID] = true
	}
	var plain, variants []*packages.Package
	packages.Visit(list, nil, func(p *packages.Package) {
		switch {
		case have[p.ID] || p.Module == nil || !p.Module.Main:
		case p.ForTest == "":
			have[p.PkgPath] = true
			plain = append(plain, p)
		default:
			variants = append(variants, p)
		}
	})
	for _, p := range variants {
		if !have[p.PkgPath] {
			have[p.PkgPath] = true
			plain = append(plain, p)
		}
	}
	return append(list, plain...)
}

// patternsExist complains of a pattern like ./typo/..., about which the go command only warns.
func (ld *loader) patternsExist() error {
	for _, p := range ld.cfg.Patterns {
		before, _, wild := strings.Cut(p, "...")
		if !wild || !isLocal(p) {
			continue
		}
		if _, err := os.Stat(ld.inDir(filepath.Dir(before + "x"))); err != nil {
			return fmt.Errorf("%s matched no packages: %w", p, err)
		}
	}
	return nil
}

// isLocal reports whether a pattern is about the file system.
func isLocal(pattern string) bool {
	return pattern == "." || pattern == ".." || strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../") || filepath.IsAbs(pattern)
}

// inDir makes a path absolute.
func (ld *loader) inDir(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(ld.cfg.Dir, path)
}

// isTestMain reports whether p is the main package that go test makes up.
func isTestMain(p *packages.Package) bool {
	return p.Name == "main" && strings.HasSuffix(p.ID, ".test")
}

// mayBeAnnotated looks at the text of a package's files, for there can be hundreds of packages
// without an async function. What it takes for annotated need not be.
func (ld *loader) mayBeAnnotated(p *packages.Package) bool {
	return slices.ContainsFunc(slices.Concat(p.GoFiles, p.IgnoredFiles), func(file string) bool {
		text := ld.text(file)
		_, output := isOutput(text)
		return !output && mentionsAsync(text)
	})
}

// hasOutput reports whether a generated file lies in the folder.
func (ld *loader) hasOutput(p *packages.Package) bool {
	return slices.ContainsFunc(slices.Concat(p.GoFiles, p.IgnoredFiles), func(file string) bool {
		_, output := isOutput(ld.text(file))
		return output
	})
}

// text reads a file once. For one that cannot be read it is nil, and there is an error when it is parsed.
func (ld *loader) text(file string) []byte {
	text, ok := ld.texts[file]
	if !ok {
		text, _ = ld.read(file)
		ld.texts[file] = text
	}
	return text
}

// choose gives the packages that can have annotated source: those to load, and those whose outputs
// are current.
func (ld *loader) choose(roots []*packages.Package) (wanted []*packages.Package, skipped []*Package) {
	for _, p := range roots {
		if !ld.mayBeAnnotated(p) || ld.onlyElsewhere(p) {
			continue
		}
		ld.annotated[p.ID] = true
		if outputs, ok := ld.current(p); !ok {
			wanted = append(wanted, p)
		} else if len(outputs) > 0 {
			skipped = append(skipped, &Package{Path: p.PkgPath, Name: p.Name, Dir: p.Dir, Fset: ld.fset, Current: outputs})
		}
	}
	return wanted, skipped
}

// read gives a file's content.
func (ld *loader) read(path string) ([]byte, error) {
	if text, ok := ld.cfg.Contents[path]; ok {
		return text, nil
	}
	return os.ReadFile(path)
}

// prepare decides which packages are checked from source: those with annotated source, variants of
// packages that exist only for a test, helpers if they are asked for, and what stands between them. Of
// the rest it gets export data.
func (ld *loader) prepare(wanted []*packages.Package) error {
	frontier := map[string]*packages.Package{}
	var source func(p *packages.Package) bool
	seen := map[string]bool{}
	source = func(p *packages.Package) bool {
		if from, ok := seen[p.ID]; ok {
			return from
		}
		from := ld.annotated[p.ID] || p.ForTest != "" || ld.isHelper(p)
		for _, dep := range p.Imports {
			if source(dep) {
				from = true
			}
		}
		seen[p.ID] = from
		if from {
			ld.addUnit(p)
		}
		return from
	}
	for _, p := range wanted {
		ld.addUnit(p)
	}
	for _, p := range wanted {
		source(p)
	}
	for _, u := range ld.units {
		for _, dep := range u.pkg.Imports {
			if ld.units[dep.ID] == nil && dep.PkgPath != "unsafe" && dep.PkgPath != "C" {
				frontier[dep.PkgPath] = dep
			}
		}
	}
	return ld.export(frontier)
}

// isHelper reports whether a package is to be checked from source because async code may call it. The
// types of cgo are known only to its output.
func (ld *loader) isHelper(p *packages.Package) bool {
	return ld.cfg.Helpers && p.Module != nil && p.Module.Main && p.Imports["C"] == nil
}

func (ld *loader) addUnit(p *packages.Package) {
	if ld.units[p.ID] == nil {
		ld.units[p.ID] = &unit{ld: ld, pkg: p}
	}
}

// hidden reports annotated files that no build with the tag asyncgen can contain.
func (ld *loader) hidden(p *packages.Package) []Diagnostic {
	var diags []Diagnostic
	for _, file := range slices.Concat(p.GoFiles, p.IgnoredFiles) {
		text := ld.text(file)
		if !mentionsDirective.Match(text) {
			continue
		}
		if besideOutputs(text) {
			if _, output := isOutput(text); !output {
				diags = append(diags, tagProblems(&Source{Path: file, Text: text}, ld.cfg.Overlay)...)
			}
		}
	}
	return diags
}

// addOrphans looks for orphaned outputs in the folders of all matched packages, and in those that a
// pattern with ... can match: the go command is silent about a folder without Go files for this system.
func (ld *loader) addOrphans(list []*Package, roots []*packages.Package) []*Package {
	byDir := map[string]*Package{}
	for _, p := range slices.Backward(list) {
		byDir[p.Dir] = p
	}
	for _, dir := range ld.wildFolders() {
		roots = append(roots, &packages.Package{PkgPath: dir, Dir: dir})
	}
	seen := map[string]bool{}
	for _, root := range roots {
		if seen[root.Dir] || root.Dir == "" {
			continue
		}
		seen[root.Dir] = true
		gone := orphans(root.Dir)
		if len(gone) == 0 {
			continue
		}
		p := byDir[root.Dir]
		if p == nil {
			p = &Package{Path: root.PkgPath, Name: root.Name, Dir: root.Dir, Fset: ld.fset}
			list = append(list, p)
		}
		p.Orphans = gone
	}
	return list
}

// unit is a package that is checked from source, once.
type unit struct {
	ld    *loader
	pkg   *packages.Package
	once  sync.Once
	files []*Source
	types *types.Package
	info  *types.Info
	diags []Diagnostic // of this package
	bad   bool         // it or something that it imports has mistakes
	made  *Package     // see result

	annotated bool // one of the files is
}

// exports are the packages whose types come from export data.
type exports struct {
	mu       sync.Mutex // the importer is for one at a time
	importer types.Importer
	files    map[string]string // import path → file with export data
	broken   map[string]bool   // import paths of packages that do not compile
	asked    map[string]bool   // import paths of packages that need not be asked for again
	diags    []Diagnostic      // why
}

// compile gives what the compiler prints. Its output goes to a folder of its own: when it fails, the
// compiler removes the output file, and for root that would work with /dev/null, too.
func (ld *loader) compile(files []string) []byte {
	temp, err := os.MkdirTemp("", "asyncgen-")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(temp)
	args := append([]string{"tool", "compile", "-e", "-p=p", "-o=" + filepath.Join(temp, "p.o")}, files...)
	cmd := exec.CommandContext(ld.ctx, "go", args...)
	cmd.Dir, cmd.Env = ld.cfg.Dir, ld.cfg.Env
	text, _ := cmd.CombinedOutput()
	return text
}
