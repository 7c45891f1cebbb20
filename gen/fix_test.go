package gen

import (
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two fixes that touch the same place must not both be applied: the second was made for a text that
// is gone.
func TestFixesThatMeetWait(t *testing.T) {
	const text = "0123456789"
	edit := func(from, to int, text string) Edit {
		at := func(offset int) token.Position {
			return token.Position{Filename: "a.go", Line: 1, Column: offset + 1, Offset: offset}
		}
		return Edit{at(from), at(to), text}
	}
	for _, test := range []struct {
		name    string
		fixes   [][]Edit // of a diagnostic each, in order of their places
		want    string
		applied int
	}{
		{"apart", [][]Edit{{edit(1, 2, "a")}, {edit(5, 7, "b")}}, "0a234b789", 2},
		{"one behind the other", [][]Edit{{edit(1, 3, "a")}, {edit(3, 5, "b")}}, "0ab56789", 2},
		{"one around the other", [][]Edit{{edit(1, 1, "("), edit(6, 6, ")")}, {edit(2, 2, "["), edit(5, 5, "]")}}, "0(1[234]5)6789", 2},
		{"overlapping", [][]Edit{{edit(1, 4, "a")}, {edit(3, 5, "b")}}, "0a456789", 1},
		{"one inside the other", [][]Edit{{edit(1, 8, "a")}, {edit(3, 3, "b")}}, "0a89", 1},
		{"two insertions at a place", [][]Edit{{edit(3, 3, "a")}, {edit(3, 3, "b")}}, "012a3456789", 1},
		{"a part of one does", [][]Edit{{edit(3, 3, "a")}, {edit(1, 1, "b"), edit(3, 3, "c")}}, "012a3456789", 1},
	} {
		var list []Diagnostic
		for i, edits := range test.fixes {
			d := Diagnostic{Pos: token.Position{Filename: "a.go", Line: i + 1}}
			d.fix("fix", edits...)
			list = append(list, d)
		}
		read := func(string) ([]byte, error) { return []byte(text), nil }
		contents, applied, err := ApplyFixes(list, read)
		if err != nil || len(applied) != test.applied {
			t.Errorf("%s: %d applied, want %d; %v", test.name, len(applied), test.applied, err)
		}
		if diff := cmp.Diff(test.want, string(contents["a.go"])); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestFormattingTouchesOnlyWhatWasFormatted(t *testing.T) {
	for _, test := range []struct{ before, after, want string }{
		{"package a\n", "package a\nvar  x=1\n", "package a\n\nvar x = 1\n"},
		{"package  a\n", "package  a\nvar x=1\n", "package  a\nvar x=1\n"},
	} {
		if got := string(FormatLike([]byte(test.before), []byte(test.after))); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
