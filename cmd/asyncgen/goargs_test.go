package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The packages must be found among flags of which some take the next argument.
func TestSplitGoArgs(t *testing.T) {
	type parts struct{ Flags, Packages, Rest, Tags, Listing string }
	for _, test := range []struct {
		args string
		one  bool
		want parts
	}{
		{args: "./p", one: true, want: parts{Packages: "./p"}},
		{args: "-race ./p -race x", one: true, want: parts{Flags: "-race", Packages: "./p", Rest: "-race x", Listing: "-race"}},
		{args: "-tags a,b -mod mod ./p -tags=c", one: true,
			want: parts{Flags: "-tags a,b -mod mod", Packages: "./p", Rest: "-tags=c", Tags: "a b", Listing: "-mod=mod"}},
		{args: "-gcflags -N a.go b.go c", one: true, want: parts{Flags: "-gcflags -N", Packages: "a.go b.go", Rest: "c"}},
		{args: "./p a.go", one: true, want: parts{Packages: "./p", Rest: "a.go"}},
		{args: "--verbose -x ./p", one: true, want: parts{Flags: "-x", Packages: "./p"}},
		{args: "-v -run x ./p ./q -count 1 -tags=t -args -tags=no", want: parts{
			Flags: "-v -run x", Packages: "./p ./q", Rest: "-count 1 -tags=t -args -tags=no", Tags: "t"}},
		{args: "-cover -coverprofile c.out", want: parts{Flags: "-cover -coverprofile c.out"}},
		{args: "-test.v -test.run x ./p", want: parts{Flags: "-test.v -test.run x", Packages: "./p"}},
		{args: "-args x", want: parts{Rest: "-args x"}},
		{args: "-exec time ./p", want: parts{Flags: "-exec time", Packages: "./p"}},
		{args: "-exec time ./p -exec x", one: true, want: parts{Packages: "./p", Rest: "-exec x"}},
		{args: "-n -p 2 -pgo off -exec=a ./p", one: true, want: parts{Flags: "-n -p 2 -pgo off", Packages: "./p"}},
		{args: "-o x -buildvcs=false ./...", want: parts{Flags: "-o x -buildvcs=false", Packages: "./..."}},
	} {
		g := splitGoArgs(strings.Fields(test.args), test.one)
		join := func(list []string) string { return strings.Join(list, " ") }
		got := parts{join(g.flags), join(g.packages), join(g.rest), join(g.tags), join(g.listing)}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.args, diff)
		}
	}
}

func TestSplitQuoted(t *testing.T) {
	for text, want := range map[string][]string{
		"":                            nil,
		" time -p ":                   {"time", "-p"},
		"'/my tools/run' \"a 'b'\" c": {"/my tools/run", "a 'b'", "c"},
	} {
		if got, err := splitQuoted(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v", text, got, err)
		}
	}
	if _, err := splitQuoted("time 'p"); err == nil {
		t.Error("an open quote passes")
	}
}

func TestNearest(t *testing.T) {
	verbs := []string{"run", "build", "test", "vet"}
	for typed, want := range map[string]string{
		"biuld": "build", "bild": "build", "tset": "test", "tests": "test", "rnu": "run", "vett": "vet",
		"primer": "", "cat": "", "x": "", "": "", "clean": "",
	} {
		if got := nearest(typed, verbs); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
