package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// What completion says of flags and verbs is the help text's, which so has to name them all.
func TestHelpNamesVerbsAndFlags(t *testing.T) {
	c := &command{report: newReporter(io.Discard, io.Discard)}
	for _, v := range append(verbs(), verb{name: ""}) {
		if v.name != "" && verbHelp(v.name) == "" {
			t.Errorf("the help text does not say what asyncgen %s does", v.name)
		}
		if set := c.flagsOf(v.name); set != nil {
			set.VisitAll(func(f *pflag.Flag) {
				if flagHelp(f.Name) == "" {
					t.Errorf("the help text does not say what asyncgen %s --%s does", v.name, f.Name)
				}
			})
		}
	}
}

// completions are command lines up to the cursor, and the words that are offered then.
var completions = []struct{ line, want string }{
	{"asyncgen ve", "vet"},
	{"asyncgen completion ", "bash fish zsh"},
	{"asyncgen --dump li", "live"},
	{"asyncgen --du", "--dump"},
	{"asyncgen --check --ver", "--verbose --version"},
	{"asyncgen vet --ch", ""},
	{"asyncgen fix --vet starve,lock", "starve,lockheld"},
	{"asyncgen explain AG001", "AG0010 AG0011 AG0012 AG0013 AG0014 AG0015 AG0016 AG0017 AG0018 AG0019"},
	{"asyncgen explain bl", "blocking"},
	{"asyncgen test -coverp", "-coverpkg -coverprofile"},
	{"asyncgen build -mod v", "vendor"},
	{"asyncgen run -race ./pr", "./prog/"},
	{"asyncgen run ./prog ./", ""},
	{"asyncgen vet ./prog/", "./prog/... ./prog/inner/"},
	{"asyncgen ./", "./... ./prog/ ./two words/"},
	{"asyncgen graph ", "Client.Get amain fetch"},
	{"asyncgen graph -o x.svg fe", "fetch"},
	{"asyncgen explain-frame Cl", "Client.Get"},
	{"asyncgen explain-frame fetch ./pr", "./prog/"},
}

// completionFolder is where the command lines are written.
func completionFolder(t *testing.T) string {
	dir := t.TempDir()
	for _, d := range []string{"/prog/inner", "/two words", "/.hidden"} {
		if err := os.MkdirAll(dir+d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	source := `package p

//async:func
func fetch() rt.Coro[int] { return nil }

func ordinary() {}

//async:func
func (c *Client[T]) Get() rt.Coro[int] { return nil }

//async:func
func amain() rt.Coro[rt.None] { return
`
	if err := os.WriteFile(dir+"/main.go", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCompletionInBash(t *testing.T) {
	// As bash does, the line is split, also at =.
	testCompletion(t, "bash", `source <(asyncgen completion bash)
while IFS= read -r line; do
	line=${line//=/ = }
	read -ra COMP_WORDS <<<"$line"
	[[ $line == *" " ]] && COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_asyncgen
	for i in ${!COMPREPLY[*]}; do # as it does for file names
		[[ -d ${COMPREPLY[i]} ]] && COMPREPLY[i]+=/
	done
	(IFS=" "; echo "${COMPREPLY[*]}")
done`, append(completions, struct{ line, want string }{"asyncgen --dump=li", "live"}))
}

func TestCompletionInFish(t *testing.T) {
	testCompletion(t, "fish", `asyncgen completion fish | source
while read -l line
	set -l offered (complete -C "$line" | string replace -r '\t.*' '' | string unescape)
	echo "$offered"
end`, append(completions, struct{ line, want string }{"asyncgen --dump=li", "--dump=live"}))
}

func TestCompletionInZsh(t *testing.T) {
	// compadd and _describe work only while a line is edited, so others note what they are given.
	testCompletion(t, "zsh", `compdef() { : }
compadd() { offered+=("${folders[@]}") }
_describe() { offered+=("${found[@]%%:*}") }
source <(asyncgen completion zsh)
while IFS= read -r line; do
	words=(${=line})
	[[ $line == *" " ]] && words+=("")
	CURRENT=$#words
	offered=()
	_asyncgen
	echo "${offered[*]}"
done`, append(completions, struct{ line, want string }{"asyncgen --dump=li", "--dump=live"}))
}

// testCompletion has a shell run a script that reads command lines and prints what is offered for each.
func testCompletion(t *testing.T, shell, script string, cases []struct{ line, want string }) {
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip("no " + shell)
	}
	args := map[string][]string{"bash": {"--norc", "-c"}, "zsh": {"-f", "-c"}, "fish": {"--no-config", "-c"}}
	cmd := exec.CommandContext(t.Context(), path, append(args[shell], script)...)
	cmd.Dir = completionFolder(t)
	var lines, want, stderr strings.Builder
	for _, c := range cases {
		fmt.Fprintln(&lines, c.line)
		fmt.Fprintln(&want, c.want)
	}
	cmd.Stdin, cmd.Stderr = strings.NewReader(lines.String()), &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Errorf("%v\n%s", err, stderr.String())
	}
	if diff := cmp.Diff(want.String(), string(out)); diff != "" {
		t.Errorf("of\n%s-want +got:\n%s", lines.String(), diff)
	}
}
