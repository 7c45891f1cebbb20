package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/gen"
)

// The go command's cover tool reads files as they are, whatever -overlay says (go.dev/issue/73802), and
// of an output it would count the states rather than the user's statements. So asyncgen has the go command
// run it in place of every tool (-toolexec). When that is cover, it lets cover put its counters into the
// annotated source, and compiles what comes of it.

// coverFlag comes before what the go command gives a tool: the file with a coverJob, then -- and the
// user's own -toolexec.
const coverFlag = "--in-place-of-cover"

// coverJob is what asyncgen needs to know when the go command runs it.
type coverJob struct {
	Sources []string // those that are compiled, by absolute path
	Tags    []string
	Flags   []string // for go list
	Dir     string
	Tests   bool
}

// toolexec gives the flag that has the go command run this program in place of cover.
func (j coverJob) toolexec(temp, wrapped string) (flag string, err error) {
	text, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	file := filepath.Join(temp, "cover.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	var words []string
	for _, w := range []string{self, coverFlag, file, "--"} {
		quoted, err := quote(w)
		if err != nil {
			return "", err
		}
		words = append(words, quoted)
	}
	return strings.TrimSpace("-toolexec=" + strings.Join(words, " ") + " " + wrapped), nil
}

// quote has the go command take a word as one, with spaces or without.
func quote(word string) (string, error) {
	for _, q := range []string{"", "'", `"`} {
		if q == "" && strings.ContainsAny(word, " \t'\"") || q != "" && strings.Contains(word, q) {
			continue
		}
		return q + word + q, nil
	}
	return "", fmt.Errorf("%s: a path with both kinds of quotation marks cannot be given to the go command", word)
}

// asTool runs a tool for the go command. It returns if it is not the go command that calls.
func asTool(args []string) {
	if len(args) < 4 || args[0] != coverFlag {
		return
	}
	report := newReporter(os.Stdout, os.Stderr)
	if err := runTool(args[1], args[3:], report); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			os.Exit(exit.ExitCode())
		}
		report.say("asyncgen: %v", err)
		os.Exit(fixMe)
	}
	os.Exit(done)
}

// runTool runs the tool that tool names with its arguments; before it can stand the user's -toolexec.
func runTool(jobFile string, tool []string, report *reporter) error {
	cmd := exec.Command(tool[0], tool[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	i := slices.IndexFunc(tool, func(w string) bool { return strings.TrimSuffix(filepath.Base(w), ".exe") == "cover" })
	if i < 0 {
		return cmd.Run()
	}
	if slices.Equal(tool[i+1:], []string{"-V=full"}) {
		// The go command takes this for the tool, when it looks for what it has built before.
		cmd.Stdout = nil
		out, err := cmd.Output()
		fmt.Printf("%s asyncgen %x\n", bytes.TrimSpace(out), executableHash())
		return err
	}
	if err := cmd.Run(); err != nil {
		return err
	}
	var job coverJob
	text, err := os.ReadFile(jobFile)
	if err == nil {
		err = json.Unmarshal(text, &job)
	}
	if err != nil {
		return err
	}
	return job.compile(tool[i+1:], report)
}

// compile compiles what the cover tool has made of annotated sources.
func (j coverJob) compile(args []string, report *reporter) error {
	list, sources := coverFiles(args)
	if !slices.ContainsFunc(sources, j.isAnnotated) {
		return nil
	}
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	made := strings.Split(strings.TrimSpace(string(text)), "\n") // the first has the counters, the others are the sources
	if len(made) != len(sources)+1 {
		return fmt.Errorf("cover has made %d files of %d", len(made), len(sources))
	}
	counters, err := os.ReadFile(made[0])
	if err != nil {
		return err
	}
	contents := map[string][]byte{filepath.Join(filepath.Dir(sources[0]), "asyncgen_counters.go"): counters}
	to := map[string]string{}
	for i, s := range sources {
		if !j.isAnnotated(s) {
			continue
		}
		text, err := os.ReadFile(made[i+1])
		if err != nil {
			return err
		}
		if _, rest, ok := bytes.Cut(text, []byte("\n")); ok && bytes.HasPrefix(text, []byte("//line ")) {
			text = rest // now its lines are those of the source
		}
		contents[s], to[s] = text, made[i+1]
	}
	return j.generate(contents, to, filepath.Dir(sources[0]), report)
}

func (j coverJob) isAnnotated(path string) bool { return slices.Contains(j.Sources, path) }

// generate compiles the sources among contents, and writes each where the go command looks for it.
func (j coverJob) generate(contents map[string][]byte, to map[string]string, dir string, report *reporter) error {
	pkgs, diags, err := gen.Load(context.Background(), gen.Config{Dir: j.Dir, Patterns: []string{dir}, Tags: j.Tags, Flags: j.Flags,
		Overlay: true, Tests: j.Tests, Contents: contents})
	if err != nil {
		return err
	}
	for _, r := range (&command{ctx: context.Background()}).generateAll(pkgs, gen.Options{Overlay: true}) {
		diags = append(diags, r.diags...)
		for _, f := range r.files {
			if to[f.Path] == "" {
				continue // a test
			}
			text := fmt.Sprintf("//line %s:1:1\n%s", f.Path, f.Content)
			if err := os.WriteFile(to[f.Path], []byte(text), 0o600); err != nil {
				return err
			}
			delete(to, f.Path)
		}
	}
	report.diagnostics(diags)
	if len(diags) > 0 || len(to) > 0 {
		return fmt.Errorf("%s cannot be compiled with -cover, which is a bug in asyncgen", dir)
	}
	return nil
}

// coverFiles gives what matters of the command line of cover: where it says what it has made, and its sources.
func coverFiles(args []string) (list string, sources []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-outfilelist" && i+1 < len(args):
			list = args[i+1]
			i++
		case strings.HasPrefix(args[i], "-"):
			i++ // its value
		default:
			sources = append(sources, args[i])
		}
	}
	return list, sources
}
