package main

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/asyncgen/asyncgen/gen"
	"github.com/asyncgen/asyncgen/gen/asyncvet"
)

// vet reports mistakes: what Generate refuses, and in the other packages what the analyzers find.
func (c *command) vet(args []string) int {
	patterns, code, ok := c.parse(c.vetFlags(), args)
	if !ok {
		return code
	}
	return c.interruptible(func() int {
		cfg := c.config(patterns)
		cfg.Overlay, cfg.Helpers = true, true
		diags, findings, err := c.mistakes(cfg)
		if err != nil {
			return c.cannotLoad(err, patterns)
		}
		diags = append(diags, findings...)
		c.report.diagnostics(diags)
		if len(diags) > 0 {
			return fixMe
		}
		return done
	})
}

// mistakes gives what is refused, and with Config.Helpers what the analyzers find where nothing is.
func (c *command) mistakes(cfg gen.Config) (refused, findings []gen.Diagnostic, err error) {
	list, refused, err := gen.Load(c.ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	var compiles []*gen.Package
	for _, r := range c.generateToKeep(list, gen.Options{Overlay: cfg.Overlay}) {
		refused = append(refused, r.diags...)
		if len(r.diags) == 0 && r.pkg.Types != nil {
			compiles = append(compiles, r.pkg)
		}
	}
	if !cfg.Helpers {
		return refused, nil, nil
	}
	findings, err = asyncvet.Run(compiles)
	if err != nil {
		refused = append(refused, gen.Diagnostic{Code: gen.CodeBug, Message: "internal error, a bug of asyncgen: " + err.Error()})
	}
	return refused, findings, nil
}

// asVettool serves go vet -vettool, which asks for the version and the flags, and then has one
// package after the other analyzed. It returns if it is not go vet that calls.
func asVettool(args []string) {
	if slices.Equal(args, []string{"-V=full"}) || slices.Equal(args, []string{"-flags"}) ||
		len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg") {
		unitchecker.Main(asyncvet.Analyzers...)
	}
}
