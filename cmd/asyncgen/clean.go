package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/asyncgen/asyncgen/gen"
)

// clean removes outputs, orphaned or not.
func (c *command) clean(args []string) int {
	patterns, code, ok := c.parse(c.cleanFlags(), args)
	if !ok {
		return code
	}
	return c.interruptible(func() int {
		paths, err := gen.Outputs(c.ctx, gen.Config{Patterns: patterns})
		if err != nil {
			return c.cannotLoad(err, patterns)
		}
		if c.dryRun {
			for _, path := range paths {
				fmt.Fprintln(c.stdout, c.report.relative(path))
			}
			return done
		}
		var diags []gen.Diagnostic
		for _, path := range paths {
			if err := os.Remove(path); err != nil {
				diags = append(diags, fileError(path, err))
			} else if c.verbose {
				c.report.say("removed %s", c.report.relative(path))
			}
		}
		c.report.diagnostics(diags)
		if len(diags) > 0 {
			return fixMe
		}
		return done
	})
}

// removeOrphans removes outputs that nothing stands behind any more, and says so: nobody has asked for that.
func (c *command) removeOrphans(paths []string, count *counts) []gen.Diagnostic {
	var diags []gen.Diagnostic
	for _, path := range paths {
		switch err := os.Remove(path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			diags = append(diags, fileError(path, err))
		default:
			count.removed++
			c.report.say("removed %s: its source is gone or no longer annotated", c.report.relative(path))
		}
	}
	return diags
}

// distinct counts different texts.
func distinct(list []string) int {
	return len(slices.Compact(slices.Sorted(slices.Values(list))))
}
