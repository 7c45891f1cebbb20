package main

import (
	"go/token"
	"testing"

	"github.com/asyncgen/asyncgen/gen"
)

func TestExcerptUnderlinesWhatIsWrong(t *testing.T) {
	at := func(line, column int) token.Position { return token.Position{Line: line, Column: column} }
	for _, test := range []struct {
		name, source string
		pos, end     token.Position
		line, mark   string
	}{
		{"a point", "x := y\n", at(1, 6), token.Position{}, "x := y", "     ^"},
		{"a range", "\tf(1) // now\n", at(1, 2), at(1, 6), "\tf(1) // now", "\t^~~~"},
		{"tabs inside keep their width", "\tx\t= f()\n", at(1, 6), at(1, 9), "\tx\t= f()", "\t \t  ^~~"},
		{"to the end of the first line", "go func() {\n}()\n", at(1, 1), at(2, 4), "go func() {", "^~~~~~~~~~~"},
		{"wide letters take two columns", "s := \"日本\" + f()\n", at(1, 17), at(1, 20), "s := \"日本\" + f()", "              ^~~"},
		{"wide letters are underlined", "f(\"日本\")\n", at(1, 3), at(1, 11), "f(\"日本\")", "  ^~~~~~"},
		{"combining letters take none", "s := \"e\u0301\" + f()\n", at(1, 14), at(1, 17), "s := \"e\u0301\" + f()", "           ^~~"},
		{"no carriage return", "f()\r\n", at(1, 1), at(2, 1), "f()", "^~~"},
		{"at the end of the line", "f(\n", at(1, 3), token.Position{}, "f(", "  ^"},
		{"a line that is gone", "f()\n", at(9, 1), token.Position{}, "", ""},
		{"a column that is gone", "f()\n", at(1, 9), token.Position{}, "", ""},
		{"an empty line", "\n", at(1, 1), token.Position{}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			line, mark := excerpt(gen.Diagnostic{Pos: test.pos, End: test.end}, []byte(test.source))
			if line != test.line || mark != test.mark {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", line, mark, test.line, test.mark)
			}
		})
	}
}
