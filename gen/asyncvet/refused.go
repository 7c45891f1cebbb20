package asyncvet

import (
	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// Refused finds what asyncgen refuses to compile, for those who see other findings in an editor. Some
// is refused only by a later stage, and asyncgen vet shows all of it.
var Refused = &analysis.Analyzer{
	Name: "refused",
	Doc: `find what asyncgen refuses to compile

A marker outside an async function, a coroutine that is dropped, an async function after go or defer,
//async:func on a function that cannot be async, and what else asyncgen would not compile.`,
	URL:      docs + "refused",
	Requires: []*analysis.Analyzer{sources},
	Run:      runRefused,
}

func runRefused(pass *analysis.Pass) (any, error) {
	c := newCheck(pass)
	for _, d := range gen.Check(c.Package) {
		if finding := c.fromGen(d); finding.Pos.IsValid() {
			c.report(finding)
		}
	}
	return nil, nil
}
