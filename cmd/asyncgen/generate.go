package main

import (
	"fmt"
	"runtime"
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
	case c.watching && (c.check || c.dump != "" || c.output != ""):
		return c.misuse("--watch writes outputs beside their sources: it does not go with --check, --dump or -o")
	case c.output != "":
		return c.convert(patterns)
	case c.watching:
		return c.watch(patterns)
	}
	if c.dump != "" {
		return c.dumpAll(patterns)
	}
	cfg := c.config(patterns)
	cfg.SkipCurrent = true
	session := c.session(cfg)
	if c.check {
		return c.checkAll(session, patterns)
	}
	code, _ = c.generateRound(session, patterns)
	return code
}

// generateRound loads, generates and writes; it gives the outputs that it has generated, and without content those
// that it has removed.
func (c *command) generateRound(session *gen.Session, patterns []string, changed ...string) (code int, outputs []gen.File) {
	count := startCounts()
	results, diags, err := c.loadEverywhere(session, changed)
	switch {
	case err != nil:
		return c.cannotLoad(err, patterns), nil
	case c.ctx.Err() != nil:
		return fixMe, nil
	}
	refused := session.Refused()
	for _, r := range results {
		diags = append(diags, r.diags...)
		diags = append(diags, c.removeOrphans(r.pkg.Orphans, &count)...)
		for _, path := range r.pkg.Orphans {
			outputs = append(outputs, gen.File{Path: path})
		}
		if len(r.diags) > 0 {
			refused = append(refused, r.pkg.Path)
			continue
		}
		diags = append(diags, c.writePackage(r, &count)...)
		outputs = append(outputs, r.files...)
	}
	count.refused = distinct(refused)
	c.report.diagnostics(diags)
	if c.verbose || c.watching || c.report.terminal && several(patterns) {
		c.report.say("%v", count)
	}
	if len(diags) > 0 {
		return fixMe, outputs
	}
	return done, outputs
}

// session is for packages whose progress is shown.
func (c *command) session(cfg gen.Config) *gen.Session {
	cfg.Checked = func(done, of int) { c.bar.checked(done, of) }
	return gen.NewSession(cfg)
}

// several reports whether more than one package was asked for.
func several(patterns []string) bool {
	return len(patterns) > 1 || slices.ContainsFunc(patterns, isWild)
}

// loadAndGenerate is the part that writes nothing, and shows on a terminal how far it has come.
func (c *command) loadAndGenerate(session *gen.Session, opts gen.Options, changed ...string) ([]result, []gen.Diagnostic, error) {
	c.bar = c.startProgress()
	defer func() {
		c.bar.end()
		c.bar = nil
	}()
	list, diags, err := session.Load(c.ctx, changed...)
	if err != nil {
		return nil, nil, err
	}
	return c.generateAll(list, opts), diags, nil
}

// dumpAll prints a stage of the compiler.
func (c *command) dumpAll(patterns []string) int {
	list, diags, err := gen.Load(c.ctx, c.config(patterns))
	if err != nil {
		return c.cannotLoad(err, patterns)
	}
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
	pkg    *gen.Package
	files  []gen.File
	diags  []gen.Diagnostic
	partly bool // files are not all outputs of the package
}

// generateAll generates packages in parallel and lets go of them; the results are in the order of the packages.
func (c *command) generateAll(list []*gen.Package, opts gen.Options) []result {
	return c.generateWith(list, opts, (*gen.Package).Release)
}

// generateToKeep is generateAll for those who look at the packages afterwards.
func (c *command) generateToKeep(list []*gen.Package, opts gen.Options) []result {
	return c.generateWith(list, opts, func(*gen.Package) {})
}

func (c *command) generateWith(list []*gen.Package, opts gen.Options, then func(*gen.Package)) []result {
	results := make([]result, len(list))
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	c.bar.generating(len(list))
	for i, p := range list {
		results[i].pkg = p
		if len(p.Files) == 0 {
			c.bar.generated()
			continue // it has only orphans, or was skipped
		}
		room <- struct{}{}
		all.Go(func() {
			if c.ctx.Err() == nil {
				results[i].files, results[i].diags = gen.Generate(p, opts)
			}
			then(p)
			c.bar.generated()
			<-room
		})
	}
	all.Wait()
	return results
}
