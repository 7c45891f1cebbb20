package main

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// explain prints the pages of codes, or lists all codes.
func (c *command) explain(args []string) int {
	codes, code, ok := c.parse(c.helpFlags(), args)
	if !ok {
		return code
	}
	if len(codes) == 0 {
		for _, code := range gen.Codes() {
			fmt.Fprintf(c.stdout, "%s  %s\n", code, code.Title())
		}
		return done
	}
	for i, word := range codes {
		page, ok := gen.Code(strings.ToUpper(word)).Page()
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
