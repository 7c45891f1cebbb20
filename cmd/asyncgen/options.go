package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncgen/asyncgen/gen"
)

const helpTemplate = `asyncgen compiles annotated Go (//async:func, rt.Await) to plain Go state machines.

Usage:
  asyncgen [flags] [packages]               generate next to each source
  asyncgen run [build flags] package [args] run a program, writing nothing into the tree
  asyncgen build [build flags] [packages]   go build, likewise
  asyncgen test [test flags] [packages]     go test, likewise
  asyncgen vet [flags] [packages]           only report what is wrong or most likely wrong
  asyncgen fix [flags] [packages]           apply each fix to the source where only one is possible
  asyncgen clean [-n] [packages]            remove all outputs, even if the sources do not compile
  asyncgen explain [code...]                explain an error code, for example AG0014; without a code, list all
  asyncgen graph [flags] FUNC [packages]    draw a function's state machine: FUNC.svg, or -o FILE
  asyncgen explain-frame FUNC [packages]    show what a function's frame holds, why, and its size
  asyncgen init                             set up the module of this folder: tool line, go generate, editor, CI
  asyncgen completion bash|zsh|fish         print a shell script that completes verbs, flags and packages

FUNC is a name as in tracebacks (fetch, Client.Get, a literal main.func1), or FILE.go:LINE.
Packages are as for the go command: a folder (./primer), a pattern (./...), an import path.
The default is the package in this folder.

Flags:
      --watch        regenerate at every change, until Ctrl-C; with run: restart the program
      --check        write nothing; exit 1 and show a diff when an output is missing, stale or orphaned
  -o, --output DIR   write a module of plain Go into another folder, with all that it needs to build
      --tags LIST    build tags besides asyncgen, separated by commas
      --diff         with fix and init: write nothing, show what would change; exit 1 if anything would
      --replace DIR  with init: use the asyncgen in this folder, or a fork, MODULE@VERSION, instead of a release
      --vet LIST     with fix: also apply the fixes of these analyzers, for example blocking,neverawaited
      --format NAME  with graph: svg, dot or mermaid; otherwise the ending of -o says it (.svg, .dot, .mmd; - is
                     standard output)
  -n, --dry-run      with clean: remove nothing, list what would be removed
      --json         print mistakes as JSON, one object a line, on standard output
      --verbose      report each step, with a summary; on a terminal, several packages get a summary anyway
      --dump STAGE   print a stage of the compiler as text: %s
      --version      print the version
  -h, --help         print this

go vet -vettool=$(which asyncgen) -tags asyncgen ./... runs the same checks from go vet.

run, build and test pass their flags on to the go command; there, sources need no build tag.

Stale outputs are removed; files that asyncgen did not make never are. Errors in a package stop only that package
and its importers; everything else is still generated. While there are errors, run --watch keeps the previous
program running.

Examples:
  asyncgen ./...                  writes primer_async.go for primer.go, and so on
  asyncgen --check ./...          in CI: exit 1 and show a diff if an output is out of date
  asyncgen -o ../plain ./...      the same module as plain Go, in another folder
  asyncgen --watch ./...          keep the outputs current while you edit
  asyncgen run ./primer           run it as it stands
  asyncgen run --watch ./primer   run it again at every change
  asyncgen test -race ./...       test it as it stands
  asyncgen --json vet ./...       mistakes, one JSON object a line
  asyncgen fix --diff ./...       show what fix would change
  asyncgen graph amain ./primer   amain.svg, a picture of the state machine
  source <(asyncgen completion bash)

Environment:
  ASYNCGENCACHE   folder that remembers which outputs are current; off: there is none

Exit status: 0 done, 1 something to fix, 2 wrong usage, 130 interrupted; with run, the program's.
`

var helpText = fmt.Sprintf(helpTemplate, strings.Join(gen.Stages, ", "))

// options are the flags.
type options struct {
	check, diff, dryRun, help, json, verbose, version, watching bool
	dump, format, output, replace, tags                         string
	suggested                                                   []string // --vet
}

// flagSet defines the flags, which helpText describes; vet has no use for some of them.
func (o *options) flagSet(vet bool) *pflag.FlagSet {
	set := o.helpFlags()
	if !vet {
		set.BoolVar(&o.check, "check", false, "")
		set.StringVar(&o.dump, "dump", "", "")
		set.StringVarP(&o.output, "output", "o", "", "")
		set.BoolVar(&o.watching, "watch", false, "")
	}
	set.StringVar(&o.tags, "tags", "", "")
	set.BoolVar(&o.json, "json", false, "")
	set.BoolVar(&o.verbose, "verbose", false, "")
	return set
}

func (o *options) vetFlags() *pflag.FlagSet { return o.flagSet(true) }

func (o *options) fixFlags() *pflag.FlagSet {
	set := o.vetFlags()
	set.BoolVar(&o.diff, "diff", false, "")
	set.StringSliceVar(&o.suggested, "vet", nil, "")
	return set
}

func (o *options) cleanFlags() *pflag.FlagSet {
	set := o.helpFlags()
	set.BoolVarP(&o.dryRun, "dry-run", "n", false, "")
	set.BoolVar(&o.verbose, "verbose", false, "")
	set.BoolVar(&o.json, "json", false, "")
	return set
}

func (o *options) graphFlags() *pflag.FlagSet {
	set := o.flagSet(true)
	set.StringVarP(&o.output, "output", "o", "", "")
	set.StringVar(&o.format, "format", "", "")
	return set
}

func (o *options) initFlags() *pflag.FlagSet {
	set := o.helpFlags()
	set.BoolVar(&o.diff, "diff", false, "")
	set.StringVar(&o.replace, "replace", "", "")
	return set
}

// helpFlags are those that every verb of asyncgen's own has.
func (o *options) helpFlags() *pflag.FlagSet {
	set := pflag.NewFlagSet("asyncgen", pflag.ContinueOnError)
	set.Usage = func() {}
	set.BoolVar(&o.version, "version", false, "")
	set.BoolVarP(&o.help, "help", "h", false, "")
	return set
}

// config says what to load.
func (o *options) config(patterns []string) gen.Config {
	return gen.Config{Patterns: patterns, Tags: splitTags(o.tags), Tests: true, Cache: openCache()}
}

// splitTags splits as the go command does.
func splitTags(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// flagHint names the flag that was meant.
func flagHint(set *pflag.FlagSet, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	set.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if name := nearest(strings.TrimLeft(unknown.GetSpecifiedName(), "-"), names); name != "" {
		return " (did you mean --" + name + "?)"
	}
	return ""
}

// patternHint says what may have been meant by a package that does not exist: a verb, or a folder.
func patternHint(patterns []string) string {
	if len(patterns) == 0 {
		return ""
	}
	if name := nearest(patterns[0], verbNames()); name != "" {
		return fmt.Sprintf(" (did you mean asyncgen %s?)", name)
	}
	if _, err := os.Stat(patterns[0]); err == nil && !strings.HasPrefix(patterns[0], ".") && !filepath.IsAbs(patterns[0]) {
		return fmt.Sprintf(" (did you mean ./%s?)", patterns[0])
	}
	return ""
}

// nearest gives the word that is at most two mistakes away, if any, and at most half wrong.
func nearest(typed string, words []string) string {
	best, at := 3, ""
	for _, w := range words {
		if d := distance(typed, w); d < best && 2*d <= len(w) {
			best, at = d, w
		}
	}
	return at
}

// distance counts the letters to insert, delete, replace or swap to turn a into b.
func distance(a, b string) int {
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := []int{i + 1}
		for j := range len(b) {
			d := last[j]
			if a[i] != b[j] {
				d++
			}
			d = min(d, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d = min(d, before[j-1]+1)
			}
			row = append(row, d)
		}
		before, last = last, row
	}
	return last[len(b)]
}

// versionLine says what this binary is, as far as the go command has recorded it.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "asyncgen (unknown version)"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
	}
	return strings.Join(append([]string{"asyncgen", version}, append(commit(info, version), info.GoVersion)...), " ")
}

// commit says which commit this binary is of and when it was made, as far as the version does not.
func commit(info *debug.BuildInfo, version string) []string {
	setting := func(key string) string {
		if i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == key }); i >= 0 {
			return info.Settings[i].Value
		}
		return ""
	}
	rev := setting("vcs.revision")
	if rev == "" {
		return nil
	}
	var words []string
	if rev = rev[:min(12, len(rev))]; !strings.Contains(version, rev) {
		words = append(words, rev)
	}
	if setting("vcs.modified") == "true" && !strings.Contains(version, "+dirty") {
		words = append(words, "with changes")
	}
	if at := setting("vcs.time"); at != "" {
		words = append(words, "of "+at)
	}
	return words
}
