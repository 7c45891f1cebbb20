package main

import (
	"fmt"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
	"github.com/asyncgen/asyncgen/gen/asyncvet"
)

// explain prints the pages of codes and what analyzers are for, or lists all of them.
func (c *command) explain(args []string) int {
	codes, code, ok := c.parse(c.helpFlags(), args)
	if !ok {
		return code
	}
	if len(codes) == 0 {
		for _, code := range gen.Codes() {
			fmt.Fprintf(c.stdout, "%-13s  %s\n", code, code.Title())
		}
		for _, a := range asyncvet.Analyzers {
			title, _, _ := strings.Cut(a.Doc, "\n")
			fmt.Fprintf(c.stdout, "%-13s  %s\n", a.Name, title)
		}
		return done
	}
	for i, word := range codes {
		page, ok := explanation(word)
		if !ok {
			return c.misuse("there is no code %s: asyncgen explain lists them", word)
		}
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		fmt.Fprint(c.stdout, page)
	}
	return done
}

// explanation is the page of a code, or what an analyzer says about itself.
func explanation(word string) (text string, ok bool) {
	if a := analyzer(word); a != nil {
		return fmt.Sprintf("# %s: %s\n\n%s\n", a.Name, a.Doc, a.URL), true
	}
	return gen.Code(strings.ToUpper(word)).Page()
}

// analyzer gives the analyzer of a name, or nil.
func analyzer(name string) *analysis.Analyzer {
	for _, a := range asyncvet.Analyzers {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func analyzerNames() []string {
	var names []string
	for _, a := range asyncvet.Analyzers {
		names = append(names, a.Name)
	}
	return names
}
