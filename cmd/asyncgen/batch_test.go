package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// makePackages is the scripts' command "packages n": it writes packages p0, p1, … of which each imports
// the one before it, but for every tenth.
func makePackages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: packages n")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for i := range n {
		imports, value := "", "1"
		if i%10 > 0 {
			imports = fmt.Sprintf("\t\"m/p%d\"\n\n", i-1)
			value = fmt.Sprintf("1 + rt.Await(p%d.F())", i-1)
		}
		text := fmt.Sprintf(`//go:build asyncgen

package p%d

import (
%s	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func F() rt.Coro[int] {
	rt.Await(rt.Sleep(0))
	return rt.Return(%s)
}
`, i, imports, value)
		dir := ts.MkAbs(fmt.Sprintf("p%d", i))
		ts.Check(os.MkdirAll(dir, 0o755))
		ts.Check(os.WriteFile(filepath.Join(dir, "p.go"), []byte(text), 0o644))
	}
}
