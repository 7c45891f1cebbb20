package gen

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// The type checker knows in which order Go initializes the variables of a package. That of the output must be that of
// the source: whatever initorder.go overlooks is refused here, and never a program that starts with other values.

// compareInit refuses outputs that Go would initialize in another order than their sources.
func (c *compiler) compareInit(outputs []output, made []*types.Initializer) {
	sourceOf := map[string]string{}
	for _, out := range outputs {
		sourceOf[out.Path] = out.Source
	}
	want, got := c.initNames(c.pkg.Info.InitOrder, nil), c.initNames(made, sourceOf)
	for i, in := range want {
		if i < len(got) && got[i].name == in.name {
			continue
		}
		c.diags = append(c.diags, Diagnostic{Pos: in.pos, Code: CodeBug, Message: fmt.Sprintf(
			"asyncgen's output would not initialize %s when its source does, which is a bug in asyncgen, please report it", in.name)})
		return
	}
}

// An initialized declaration has the same name in the source and in the output.
type initialized struct {
	name string
	pos  token.Position
}

// initNames names the declarations that are initialized, in order, without those that only the output has. One that
// declares nothing but _ is named for its file and its place among those.
func (c *compiler) initNames(order []*types.Initializer, sourceOf map[string]string) []initialized {
	var list []initialized
	blanks := map[string][]*initialized{} // by file
	for _, in := range order {
		var names []string
		for _, v := range in.Lhs {
			if v.Name() != "_" {
				names = append(names, v.Name())
			}
		}
		pos := c.pkg.Fset.PositionFor(in.Lhs[0].Pos(), false)
		if source := sourceOf[pos.Filename]; source != "" {
			pos.Filename = source
		}
		if len(names) > 0 && c.pkg.Types.Scope().Lookup(names[0]) == nil {
			continue // generated
		}
		list = append(list, initialized{strings.Join(names, ", "), pos})
	}
	for i := range list {
		if list[i].name == "" {
			blanks[list[i].pos.Filename] = append(blanks[list[i].pos.Filename], &list[i])
		}
	}
	for file, all := range blanks {
		slices.SortFunc(all, func(a, b *initialized) int { return a.pos.Offset - b.pos.Offset })
		for i, in := range all {
			in.name = fmt.Sprintf("variable _ number %d of %s", i+1, base(file))
		}
	}
	return list
}
