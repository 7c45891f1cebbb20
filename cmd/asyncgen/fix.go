package main

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// A fix can uncover another mistake: with the directive, a function's own statements are looked at as
// async code. So fix loads the packages again with what it has made of them, in memory, until there
// is nothing left to mend, and writes at the end.
//
// What analyzers suggest is applied only if they are named: some of it has to be read before it is
// done, like saying that an error is ignored on purpose.

// maxRounds ends what would go on forever if a fix did not help.
const maxRounds = 10

// fixer is what came of the files so far.
type fixer struct {
	*command
	contents  map[string][]byte // of the files that change
	analyzers []string          // those whose fixes are wanted, too
	applied   int
}

// fix applies the fixes that come with mistakes.
func (c *command) fix(args []string) int {
	patterns, code, ok := c.parse(c.fixFlags(), args)
	if !ok {
		return code
	}
	for _, name := range c.suggested {
		if analyzer(name) == nil {
			return c.misuse("fix --vet: there is no analyzer %s: %s", name, strings.Join(analyzerNames(), ", "))
		}
	}
	return c.interruptible(func() int {
		f := &fixer{command: c, contents: map[string][]byte{}, analyzers: c.suggested}
		c.report.read = f.read
		left, err := f.rounds(patterns)
		switch {
		case err != nil:
			return c.cannotLoad(err, patterns)
		case f.broke(left):
			c.report.diagnostics(left)
			c.report.say("asyncgen: with its fixes the source does not compile, which is a bug in asyncgen: nothing is written")
			return fixMe
		case c.diff:
			left = append(left, f.show()...)
		default:
			left = append(left, f.finish()...)
		}
		c.report.diagnostics(left)
		if len(left) > 0 || c.diff && f.applied > 0 {
			return fixMe
		}
		return done
	})
}

// rounds applies fixes as long as there are any, and gives the mistakes that are left.
func (f *fixer) rounds(patterns []string) (left []gen.Diagnostic, err error) {
	for range maxRounds {
		if left, err = f.mistakes(patterns); err != nil || f.broke(left) {
			return left, err
		}
		contents, applied, err := gen.ApplyFixes(left, f.read)
		if err != nil {
			return nil, err
		}
		if len(applied) == 0 {
			return left, nil
		}
		f.applied += len(applied)
		for path, text := range contents {
			old, _ := f.read(path) // ApplyFixes has read it
			f.contents[path] = gen.FormatLike(old, text)
		}
		f.report.fixed(applied)
	}
	return left, nil
}

// mistakes gives what is wrong with the packages as they are now: what is refused, and what the wanted
// analyzers find and can mend.
func (f *fixer) mistakes(patterns []string) ([]gen.Diagnostic, error) {
	cfg := f.config(patterns)
	cfg.Contents, cfg.Helpers = f.contents, len(f.analyzers) > 0
	diags, findings, err := f.command.mistakes(cfg)
	for _, d := range findings {
		if slices.Contains(f.analyzers, string(d.Code)) && len(d.Fixes) > 0 {
			diags = append(diags, d)
		}
	}
	return diags, err
}

// broke reports whether a file that was changed does not compile: it did before, for otherwise
// nobody would have looked for more mistakes in it.
func (f *fixer) broke(list []gen.Diagnostic) bool {
	return slices.ContainsFunc(list, func(d gen.Diagnostic) bool {
		return d.Code == gen.CodeGo && f.contents[d.Pos.Filename] != nil
	})
}

func (f *fixer) read(path string) ([]byte, error) {
	if text, ok := f.contents[path]; ok {
		return text, nil
	}
	return os.ReadFile(path)
}

// show prints what would change.
func (f *fixer) show() []gen.Diagnostic {
	return f.each(func(path string, old, content []byte) []gen.Diagnostic {
		f.showDiff(path, old, content)
		return nil
	})
}

// finish writes what has changed.
func (f *fixer) finish() []gen.Diagnostic {
	count := counts{}
	return f.each(func(path string, _, content []byte) []gen.Diagnostic {
		return f.write([]gen.File{{Path: path, Content: content}}, &count)
	})
}

// each does something with each file that changes, as it was and as it is to be.
func (f *fixer) each(do func(path string, old, content []byte) []gen.Diagnostic) []gen.Diagnostic {
	var diags []gen.Diagnostic
	for _, path := range slices.Sorted(maps.Keys(f.contents)) {
		old, err := os.ReadFile(path)
		if err != nil {
			diags = append(diags, fileError(path, err))
			continue
		}
		diags = append(diags, do(path, old, f.contents[path])...)
	}
	return diags
}
