package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// x_windows.go has an output on Linux, too: who generates there commits it for everybody. The packages are loaded
// once more for each system that such files are for, and of what comes out only their outputs are taken. Which tags of
// his own a user means nobody can know: files that need such tags are named.

// loadEverywhere is loadAndGenerate for files that stay in the tree, with those for other systems.
func (c *command) loadEverywhere(session *gen.Session, changed []string) ([]result, []gen.Diagnostic, error) {
	results, diags, err := c.loadAndGenerate(session, gen.Options{}, changed...)
	if err != nil {
		return nil, nil, err
	}
	bySystem := map[string][]string{}
	for _, left := range session.LeftOut() {
		if left.GOOS == "" {
			c.report.say("%s: left out: it needs --tags %s", c.report.relative(left.Path), strings.Join(left.Tags, ","))
			continue
		}
		system := left.GOOS + "/" + left.GOARCH
		bySystem[system] = append(bySystem[system], left.Path)
	}
	for _, system := range slices.Sorted(maps.Keys(bySystem)) {
		more, said := c.loadFor(system, bySystem[system])
		results, diags = append(results, more...), append(diags, said...)
	}
	return results, diags, nil
}

// loadFor gives the outputs of files that are for another system.
func (c *command) loadFor(system string, files []string) ([]result, []gen.Diagnostic) {
	goos, goarch, _ := strings.Cut(system, "/")
	var dirs []string
	wanted := map[string]bool{} // sources and outputs
	for _, file := range files {
		output, _ := gen.OutputOf(file)
		wanted[file], wanted[output] = true, true
		if dir := filepath.Dir(file); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	cfg := c.config(dirs)
	cfg.SkipCurrent = true
	cfg.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	results, diags, err := c.loadAndGenerate(c.session(cfg), gen.Options{})
	if err != nil {
		d := gen.Diagnostic{Code: gen.CodeGo, Message: fmt.Sprintf("for GOOS=%s GOARCH=%s: %v", goos, goarch, err)}
		d.Pos.Filename = files[0]
		return nil, []gen.Diagnostic{d}
	}
	for i := range results {
		r := &results[i]
		if len(r.pkg.Current) == 0 && len(r.diags) == 0 && inPlace(r.files) {
			r.pkg.Written(r.files)
		}
		r.partly = true
		r.files = slices.DeleteFunc(r.files, func(f gen.File) bool { return !wanted[f.Source] })
		r.pkg.Current = slices.DeleteFunc(r.pkg.Current, func(path string) bool { return !wanted[path] })
		r.pkg.Orphans = nil
	}
	return results, diags
}

// inPlace reports whether outputs are there as they should be.
func inPlace(files []gen.File) bool {
	return !slices.ContainsFunc(files, func(f gen.File) bool {
		text, err := os.ReadFile(f.Path)
		return err != nil || !bytes.Equal(text, f.Content)
	})
}
