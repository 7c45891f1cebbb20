package gen

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/go/packages"
)

// layers is the order in which the files of the package can be read: a file uses only the types,
// functions, variables and constants that are declared in itself and in the files above it. Methods
// and fields do not count: statements nest, so the methods that lower them call each other.
var layers = []string{
	"doc.go", "codes.go", "diag.go", "lineends.go", "fix.go", "names.go", "sizes.go", "package.go",
	"constraint.go", "annotated.go", "output.go", "gocommand.go", "load.go", "cache.go", "exports.go", "typecheck.go", "session.go", "elsewhere.go", "clean.go", "convert.go",
	"ir.go", "naming.go", "typesets.go", "find.go", "facts.go", "untyped.go", "returns.go", "predeclared.go", "typewriter.go", "types.go", "localtypes.go", "hiding.go", "signature.go", "hinttypes.go", "hints.go", "hintpairs.go", "hintcalls.go", "hintdurations.go", "hintargs.go", "gohints.go", "check.go", "goroutines.go", "onthespot.go", "dropped.go", "known.go", "closing.go", "weights.go", "initorder.go", "rtcalls.go",
	"build.go", "outside.go", "suspend.go", "spill.go", "waits.go", "calls.go", "jumps.go", "consts.go", "lower.go", "switches.go", "ranges.go",
	"streams.go", "live.go", "frame.go", "keep.go", "inplace.go", "share.go", "fragment.go", "loads.go", "loops.go", "declare.go", "clear.go", "ending.go", "layout.go", "lines.go", "emit.go", "leave.go", "helpers.go", "clauses.go", "frames.go", "lists.go", "tasks.go", "handles.go", "verify.go", "initcheck.go", "fileorder.go", "unused.go", "failed.go", "gen.go", "beside.go", "vet.go", "dump.go",
	"inspect.go", "graph.go", "graphlabels.go", "graphlines.go", "graphrows.go", "graphtext.go", "graphlayout.go", "svg.go", "framefields.go",
}

func TestFilesUseOnlyWhatStandsAbove(t *testing.T) {
	list, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax}, ".")
	if err != nil || len(list[0].Errors) > 0 {
		t.Fatal(err, list[0].Errors)
	}
	pkg := list[0]
	for _, path := range pkg.GoFiles {
		if !slices.Contains(layers, filepath.Base(path)) {
			t.Errorf("%s is not in the list of layers", filepath.Base(path))
		}
	}
	wrong := map[string]string{} // what is used where → the first place
	for id, obj := range pkg.TypesInfo.Uses {
		if obj.Pkg() != pkg.Types || obj.Parent() != pkg.Types.Scope() {
			continue
		}
		use, def := pkg.Fset.Position(id.Pos()), pkg.Fset.Position(obj.Pos())
		from, to := filepath.Base(use.Filename), filepath.Base(def.Filename)
		if slices.Index(layers, from) < slices.Index(layers, to) {
			text := fmt.Sprintf("%s uses %s, which is declared below it, in %s", from, obj.Name(), to)
			if at := use.String(); wrong[text] == "" || at < wrong[text] {
				wrong[text] = at
			}
		}
	}
	for _, text := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%s: %s", wrong[text], text)
	}
}
