package main

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncgen/asyncgen/gen"
	"github.com/asyncgen/asyncgen/gen/asyncvet"
)

// The scripts know nothing: at each press of Tab they ask asyncgen, which looks into the tables that
// its verbs and flags are defined by, and into the help text for what these are for.

// completeVerb is what the scripts call.
const completeVerb = "__complete"

//go:embed completion/bash.sh
var bashScript string

//go:embed completion/zsh.sh
var zshScript string

//go:embed completion/fish.fish
var fishScript string

// scripts are those of the shells.
var scripts = map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}

// shells are the names that completion takes.
func shells() []string { return slices.Sorted(maps.Keys(scripts)) }

// completion prints the script for a shell.
func (c *command) completion(args []string) int {
	rest, code, ok := c.parse(c.helpFlags(), args)
	if !ok {
		return code
	}
	if len(rest) != 1 || scripts[rest[0]] == "" {
		return c.misuse("completion for which shell? %s. For example, in ~/.bashrc: source <(asyncgen completion bash)", strings.Join(shells(), ", "))
	}
	fmt.Fprint(c.stdout, scripts[rest[0]])
	return done
}

// complete prints what the last word can become: a word on each line, behind a tab what it is.
func (c *command) complete(words []string) int {
	if len(words) == 0 {
		words = []string{""}
	}
	before, word := words[:len(words)-1], words[len(words)-1]
	for _, w := range c.candidates(before, word) {
		line := w
		if text := description(w, before); text != "" {
			line += "\t" + text
		}
		fmt.Fprintln(c.stdout, line)
	}
	return done
}

// candidates gives the words that begin with word and can stand there, after the words before.
func (c *command) candidates(before []string, word string) []string {
	name, rest := splitVerb(before)
	set := c.flagsOf(name)
	if values := valuesOf(set, before, word); values != nil {
		return values(word)
	}
	if flag, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(flag, "-") {
		values := valuesOf(set, []string{flag}, value)
		if values == nil {
			return nil
		}
		return prefixed(flag+"=", values(value))
	}
	if strings.HasPrefix(word, "-") {
		return beginning(word, flagNames(name, set))
	}
	switch name {
	case "":
		return append(beginning(word, verbNames()), folders(word)...)
	case "explain":
		return beginning(word, explained())
	case "completion":
		return beginning(word, shells())
	case "init":
		return nil
	case "graph", "explain-frame":
		if len(arguments(set, rest)) == 0 {
			return beginning(word, functionsHere())
		}
	case "run":
		if len(splitGoArgs(rest, true).packages) > 0 {
			return nil // the program's arguments
		}
	}
	return folders(word)
}

// flagsOf gives the flags of a verb of asyncgen's own, or nil.
func (c *command) flagsOf(name string) *pflag.FlagSet {
	if name == "" {
		return c.flagSet(false)
	}
	for _, v := range verbs() {
		if v.name == name && v.flags != nil {
			return v.flags(&c.options)
		}
	}
	return nil
}

// flagNames gives the flags of a verb as they are written.
func flagNames(verb string, set *pflag.FlagSet) []string {
	var names []string
	if set == nil {
		for name := range goFlags[verb] {
			names = append(names, "-"+name)
		}
		slices.Sort(names)
		return names
	}
	set.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// valuesOf gives the values of the flag that stands last before a word and takes it, or nil.
func valuesOf(set *pflag.FlagSet, before []string, word string) func(word string) []string {
	if len(before) == 0 {
		return nil
	}
	flag := before[len(before)-1]
	if !strings.HasPrefix(flag, "-") || strings.Contains(flag, "=") {
		return nil
	}
	name := strings.TrimLeft(flag, "-")
	if set == nil {
		return goValues(name)
	}
	f := set.Lookup(name)
	if f == nil && len(name) == 1 {
		f = set.ShorthandLookup(name)
	}
	if f == nil || f.NoOptDefVal != "" {
		return nil
	}
	switch f.Name {
	case "dump":
		return func(word string) []string { return beginning(word, gen.Stages) }
	case "vet":
		return func(word string) []string { return listOf(word, analyzerNames()) }
	case "format":
		return func(word string) []string { return beginning(word, slices.Sorted(maps.Keys(graphFormats))) }
	case "output":
		return folders
	}
	return nothing
}

// goValues gives the values of a flag of the go command.
func goValues(name string) func(word string) []string {
	switch {
	case goBool[name]:
		return nil
	case name == "C" || name == "o" || name == "outputdir":
		return folders
	case name == "mod":
		return func(word string) []string { return beginning(word, []string{"mod", "readonly", "vendor"}) }
	case name == "covermode":
		return func(word string) []string { return beginning(word, []string{"atomic", "count", "set"}) }
	}
	return nothing
}

// nothing stands for values that only the user knows.
func nothing(string) []string { return nil }

// beginning gives the words that begin like this.
func beginning(word string, list []string) []string {
	var found []string
	for _, w := range list {
		if strings.HasPrefix(w, word) {
			found = append(found, w)
		}
	}
	return found
}

// listOf completes the last of several words with commas between.
func listOf(word string, list []string) []string {
	at := strings.LastIndexByte(word, ',') + 1
	return prefixed(word[:at], beginning(word[at:], list))
}

func prefixed(prefix string, list []string) []string {
	var words []string
	for _, w := range list {
		words = append(words, prefix+w)
	}
	return words
}

// folders gives the folders that a path can go on to, and all packages below it.
func folders(word string) []string {
	if word == "" || word == "." {
		word = "./"
	}
	dir, name := filepath.Split(word)
	entries, err := os.ReadDir(filepath.Join(dir, "."))
	if err != nil || dir == "" {
		return nil // as packages, paths begin with a dot or a slash
	}
	found := beginning(word, []string{dir + "..."})
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_")
		info, err := os.Stat(filepath.Join(dir, e.Name())) // follows links
		if err == nil && info.IsDir() && strings.HasPrefix(e.Name(), name) && (!hidden || name != "") {
			found = append(found, dir+e.Name()+"/")
		}
	}
	return found
}

// arguments are the words that are neither flags nor values of flags.
func arguments(set *pflag.FlagSet, words []string) []string {
	set.ParseErrorsAllowlist.UnknownFlags = true
	_ = set.Parse(words) // what is wrong with them is said when they are run
	return set.Args()
}

// functionsHere gives the async functions of the package in this folder, by the names that FUNC can be.
func functionsHere() []string {
	files, _ := filepath.Glob("*.go") // the pattern is well formed
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if _, output := gen.IsOutput(text); err == nil && !output {
			names = append(names, gen.FuncNames(text)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// explained gives the words that explain takes.
func explained() []string {
	var words []string
	for _, code := range gen.Codes() {
		words = append(words, string(code))
	}
	return append(words, analyzerNames()...)
}

// description says in a few words what a candidate is.
func description(word string, before []string) string {
	if flag, ok := strings.CutPrefix(word, "--"); ok {
		return flagHelp(flag)
	}
	for _, a := range asyncvet.Analyzers {
		if a.Name == word {
			title, _, _ := strings.Cut(a.Doc, "\n")
			return title
		}
	}
	if slices.Contains(gen.Codes(), gen.Code(word)) {
		return gen.Code(word).Title()
	}
	if name, _ := splitVerb(before); name == "" {
		return verbHelp(word)
	}
	return ""
}

var flagLine = regexp.MustCompile(`(?m)^ +(?:-\w, )?--([\w-]+)(?: [A-Z]+)?  +(.*)$`)

// flagHelp gives what the help text says of a flag.
func flagHelp(name string) string {
	for _, m := range flagLine.FindAllStringSubmatch(helpText, -1) {
		if m[1] == name {
			return firstPart(m[2])
		}
	}
	return ""
}

// verbHelp gives what the help text says of a verb: all begin in the same column.
func verbHelp(name string) string {
	column := 0
	for line := range strings.Lines(helpText) {
		if column == 0 && strings.HasPrefix(line, "  asyncgen ") {
			column = strings.Index(line, "generate ")
		}
		if strings.HasPrefix(line, "  asyncgen "+name+" ") && len(line) > column {
			return firstPart(strings.TrimSpace(line[column:]))
		}
	}
	return ""
}

// firstPart leaves out what is said behind a semicolon.
func firstPart(text string) string {
	text, _, _ = strings.Cut(text, ";")
	return text
}
