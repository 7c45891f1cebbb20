// Command asyncgen compiles annotated Go to plain Go: see its -h and the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Exit codes.
const (
	done  = 0
	fixMe = 1 // something to fix: in the source, in the outputs, in the file system
	usage = 2 // the command line is wrong
)

func main() {
	asTool(os.Args[1:])
	asVettool(os.Args[1:])
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// command is one run of asyncgen.
type command struct {
	ctx    context.Context
	stdout io.Writer
	report *reporter
	bar    *progress // while it is there
	noBar  bool      // somebody else prints
	verb   string    // "": generate
	options
}

// verb is one of the words that can stand before the packages.
type verb struct {
	name  string
	run   func(c *command, args []string) int
	flags func(o *options) *pflag.FlagSet // nil: the flags are the go command's
}

// verbs is a function, for the verbs refer back to it.
func verbs() []verb {
	return []verb{
		{"run", (*command).runProgram, nil},
		{"build", (*command).build, nil},
		{"test", (*command).test, nil},
		{"vet", (*command).vet, (*options).vetFlags},
		{"fix", (*command).fix, (*options).fixFlags},
		{"clean", (*command).clean, (*options).cleanFlags},
		{"explain", (*command).explain, (*options).helpFlags},
		{"graph", (*command).graph, (*options).graphFlags},
		{"explain-frame", (*command).explainFrame, (*options).vetFlags},
		{"init", (*command).init, (*options).initFlags},
		{"completion", (*command).completion, (*options).helpFlags},
	}
}

func run(args []string, stdout, stderr io.Writer) int {
	c := &command{ctx: context.Background(), stdout: stdout, report: newReporter(stdout, stderr)}
	if len(args) > 0 && args[0] == completeVerb {
		return c.complete(args[1:])
	}
	name, rest := splitVerb(args)
	if i := slices.IndexFunc(verbs(), func(v verb) bool { return v.name == name }); i >= 0 {
		c.verb = name
		return verbs()[i].run(c, rest)
	}
	return c.interruptible(func() int { return c.generate(args) })
}

// splitVerb finds the verb, the first argument that is neither a flag nor the value of one.
func splitVerb(args []string) (name string, rest []string) {
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		switch a := args[i]; {
		case a == "-o" || a == "--output" || a == "--tags" || a == "--vet" || a == "--dump" || a == "--format" || a == "--replace":
			i++
		case !strings.HasPrefix(a, "-"):
			return a, slices.Delete(slices.Clone(args), i, i+1)
		}
	}
	return "", args
}

// interruptible stops what is going on at Ctrl-C, and lets temporary files be removed.
func (c *command) interruptible(f func() int) int {
	ctx, stop := signal.NotifyContext(c.ctx, os.Interrupt)
	defer stop()
	c.ctx = ctx
	code := f()
	if ctx.Err() != nil {
		return 130 // as shells count an interrupt
	}
	return code
}

// parse reads the flags of generate and vet. ok is false if the run ends here, with the code.
func (c *command) parse(set *pflag.FlagSet, args []string) (rest []string, code int, ok bool) {
	err := set.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp), err == nil && c.help:
		fmt.Fprint(c.stdout, helpText)
		return nil, done, false
	case err != nil:
		return nil, c.misuse("%v%s", err, flagHint(set, err)), false
	case c.version:
		fmt.Fprintln(c.stdout, versionLine())
		return nil, done, false
	}
	c.report.json = c.json
	return set.Args(), done, true
}

// misuse reports a wrong command line.
func (c *command) misuse(format string, args ...any) int {
	c.report.say("asyncgen: "+format, args...)
	c.report.say("Run asyncgen -h for help.")
	return usage
}

// isWord reports whether a pattern could be meant as a verb.
func isWord(pattern string) bool { return !strings.ContainsAny(pattern, "./\\@") }

// cannotLoad reports packages that are not there.
func (c *command) cannotLoad(err error, patterns []string) int {
	if c.ctx.Err() != nil {
		return fixMe // it was interrupted
	}
	hint := patternHint(patterns)
	if c.verb == "" && len(patterns) > 0 && isWord(patterns[0]) {
		return c.misuse("unknown verb %s, and there is no package of this name%s", patterns[0], hint)
	}
	if strings.Contains(err.Error(), "go.mod file not found") {
		hint = " (begin with go mod init NAME, then asyncgen init)"
	}
	c.report.say("asyncgen: %v%s", err, hint)
	return usage
}
