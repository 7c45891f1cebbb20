package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"

	"github.com/asyncgen/asyncgen/gen"
)

// convert is asyncgen -o: a module, or modules of a workspace, as plain Go in another folder.
func (c *command) convert(patterns []string) int {
	count := startCounts()
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
			rel, err := filepath.Rel(tree.Dir, f.Path)
			if err != nil {
				return c.misuse("%v", err)
			}
			files = append(files, gen.File{Path: filepath.Join(dir, rel), Source: f.Source, Content: f.Content})
		}
	}
	if c.check {
		return c.checkTree(files, diags)
	}
	if len(diags) == 0 {
		diags = c.removeOrphans(orphansOf(files), &count)
	}
	diags = append(diags, c.writeTree(files, &count)...)
	c.report.diagnostics(diags)
	if c.verbose || c.report.terminal {
		c.report.say("%v", count)
	}
	if len(diags) > 0 {
		return fixMe
	}
	return done
}

// mayReplace refuses a folder that is something else than an earlier conversion.
func mayReplace(dir string, tree *gen.Tree) error {
	for at := range tree.Modules {
		if rel, err := filepath.Rel(dir, filepath.Join(tree.Dir, at)); err == nil && filepath.IsLocal(rel) {
			return fmt.Errorf("-o %s: the module itself is in there", dir)
		}
	}
	_, alone := tree.Modules["."]
	if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil && alone && len(tree.Modules) == 1 {
		return fmt.Errorf("-o %s: a workspace is there", dir)
	}
	for _, at := range slices.Concat([]string{"."}, slices.Sorted(maps.Keys(tree.Modules))) {
		text, err := os.ReadFile(filepath.Join(dir, at, "go.mod"))
		if err != nil {
			continue
		}
		if path := modfile.ModulePath(text); path != tree.Modules[at] {
			return fmt.Errorf("-o %s: another module, %s, is there", filepath.Join(dir, at), path)
		}
	}
	return nil
}

// orphansOf gives the outputs of earlier conversions, in folders that files are written to, whose sources
// are gone.
func orphansOf(files []gen.File) []string {
	stay, dirs := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		stay[f.Path] = true
		dirs[filepath.Dir(f.Path)] = true
	}
	var gone []string
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		for _, path := range gen.OutputsIn(dir) {
			if !stay[path] {
				gone = append(gone, path)
			}
		}
	}
	return gone
}

// writeTree writes files, after their folders.
func (c *command) writeTree(files []gen.File, count *counts) []gen.Diagnostic {
	var diags []gen.Diagnostic
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return append(diags, fileError(filepath.Dir(f.Path), err))
		}
		diags = append(diags, c.write([]gen.File{f}, count)...)
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
	if len(diags) == 0 {
		for _, path := range orphansOf(files) {
			c.different(path, "orphaned: its source is gone or no longer annotated", nil, nil)
			code = fixMe
		}
	}
	c.report.diagnostics(diags)
	if len(diags) > 0 {
		code = fixMe
	}
	return code
}
