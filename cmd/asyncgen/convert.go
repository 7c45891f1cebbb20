package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/asyncgen/asyncgen/gen"
)

// convert is asyncgen -o: the module as plain Go, in another folder.
func (c *command) convert(patterns []string) int {
	tree, err := gen.LoadTree(c.ctx, c.config(patterns))
	if err != nil {
		return c.cannotLoad(err, patterns)
	}
	dir, err := filepath.Abs(c.output)
	if err == nil {
		err = mayReplace(dir, tree)
	}
	if err != nil {
		return c.misuse("%v", err)
	}
	cfg := c.config(patterns)
	cfg.Deps = true
	results, diags, err := c.loadAndGenerate(c.session(cfg), gen.Options{})
	switch {
	case err != nil:
		return c.cannotLoad(err, patterns)
	case c.ctx.Err() != nil:
		return fixMe
	}
	var files []gen.File
	for _, t := range tree.Files {
		files = append(files, gen.File{Path: filepath.Join(dir, t.Path), Content: t.Content})
	}
	for _, r := range results {
		diags = append(diags, r.diags...)
		if len(r.diags) > 0 {
			continue
		}
		for _, f := range r.files {
			rel, err := filepath.Rel(tree.ModuleDir, f.Path)
			if err != nil {
				return c.misuse("%v", err)
			}
			files = append(files, gen.File{Path: filepath.Join(dir, rel), Source: f.Source, Content: f.Content})
		}
	}
	if c.check {
		return c.checkTree(files, diags)
	}
	diags = append(diags, c.writeTree(files)...)
	c.report.diagnostics(diags)
	if len(diags) > 0 {
		return fixMe
	}
	return done
}

// mayReplace refuses a folder that is something else than an earlier conversion.
func mayReplace(dir string, tree *gen.Tree) error {
	if rel, err := filepath.Rel(dir, tree.ModuleDir); err == nil && filepath.IsLocal(rel) {
		return fmt.Errorf("-o %s: the module itself is in there", dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil
	}
	if path := modfile.ModulePath(text); path != tree.ModulePath {
		return fmt.Errorf("-o %s: another module, %s, is there", dir, path)
	}
	return nil
}

// writeTree writes files, after their folders.
func (c *command) writeTree(files []gen.File) []gen.Diagnostic {
	var diags []gen.Diagnostic
	count := startCounts()
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return append(diags, fileError(filepath.Dir(f.Path), err))
		}
		diags = append(diags, c.write([]gen.File{f}, &count)...)
	}
	if c.verbose {
		c.report.say("%v", count)
	}
	return diags
}

// checkTree is -o with --check.
func (c *command) checkTree(files []gen.File, diags []gen.Diagnostic) int {
	code := done
	for _, f := range files {
		if !c.current(f.Path, f.Content, "missing", "stale") {
			code = fixMe
		}
	}
	c.report.diagnostics(diags)
	if len(diags) > 0 {
		code = fixMe
	}
	return code
}
