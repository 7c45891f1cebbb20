package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/asyncgen/asyncgen/gen"
)

// generate is asyncgen without a verb.
func (c *command) generate(args []string) int {
	patterns, code, ok := c.parse(c.flagSet(false), args)
	if !ok {
		return code
	}
	switch {
	case c.dump != "" && !slices.Contains(gen.Stages, c.dump):
		return c.misuse("--dump: there is no stage %s: %s", c.dump, strings.Join(gen.Stages, ", "))
	case c.output != "":
		return c.convert(patterns)
	}
	cfg := c.config(patterns)
	cfg.SkipCurrent = c.dump == ""
	list, diags, err := gen.Load(c.ctx, cfg)
	if err != nil {
		return c.cannotLoad(err, patterns)
	}
	if c.dump != "" {
		return c.dumpAll(list, diags)
	}
	results := generateAll(list, gen.Options{})
	if c.check {
		return c.checkAll(results, diags)
	}
	count := counts{}
	for _, r := range results {
		diags = append(diags, r.diags...)
		if len(r.diags) > 0 {
			continue
		}
		diags = append(diags, c.writePackage(r, &count)...)
	}
	for _, r := range results {
		for _, path := range r.pkg.Orphans {
			c.report.say("%s: its source is gone or no longer annotated: remove it", c.report.relative(path))
		}
	}
	c.report.diagnostics(diags)
	if c.verbose {
		c.report.say("%v", count)
	}
	if len(diags) > 0 {
		return fixMe
	}
	return done
}

// dumpAll prints a stage of the compiler.
func (c *command) dumpAll(list []*gen.Package, diags []gen.Diagnostic) int {
	for _, p := range list {
		text, more := gen.Dump(p, gen.Options{}, c.dump)
		fmt.Fprint(c.stdout, text)
		diags = append(diags, more...)
	}
	c.report.diagnostics(diags)
	if len(diags) > 0 {
		return fixMe
	}
	return done
}

// result is what came of a package.
type result struct {
	pkg   *gen.Package
	files []gen.File
	diags []gen.Diagnostic
}

// generateAll generates packages in parallel and lets go of them; the results are in the order of the packages.
func generateAll(list []*gen.Package, opts gen.Options) []result {
	return generateWith(list, opts, (*gen.Package).Release)
}

// generateToKeep is generateAll for those who look at the packages afterwards.
func generateToKeep(list []*gen.Package, opts gen.Options) []result {
	return generateWith(list, opts, func(*gen.Package) {})
}

func generateWith(list []*gen.Package, opts gen.Options, then func(*gen.Package)) []result {
	results := make([]result, len(list))
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, p := range list {
		results[i].pkg = p
		if len(p.Files) == 0 {
			continue // it has only orphans, or was skipped
		}
		room <- struct{}{}
		all.Go(func() {
			results[i].files, results[i].diags = generateOne(p, opts)
			then(p)
			<-room
		})
	}
	all.Wait()
	return results
}

// generateOne turns a broken contract between the compiler's stages into a diagnostic: the other
// packages can still be generated.
func generateOne(p *gen.Package, opts gen.Options) (files []gen.File, diags []gen.Diagnostic) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		files, diags = nil, []gen.Diagnostic{internalError(p.Dir, r)}
	}()
	return gen.Generate(p, opts)
}

// internalError is what a panic of the compiler becomes.
func internalError(dir string, r any) gen.Diagnostic {
	if os.Getenv("ASYNCGEN_DEBUG") != "" {
		fmt.Fprintf(os.Stderr, "panic: %v\n\n%s", r, debug.Stack())
	}
	d := gen.Diagnostic{Code: gen.CodeBug, Message: fmt.Sprintf("internal error, a bug of asyncgen: %v (ASYNCGEN_DEBUG=1 shows the stack)", r)}
	d.Pos.Filename = dir
	return d
}
