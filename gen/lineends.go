package gen

import "bytes"

// Sources have the line ends of the system that they were written on. The compiler sees \n alone, because
// sourceText gives no other; the output has the line ends of its source, since git converts both alike.

// commentLen is the length of the comment with which a text begins. That of the syntax tree does not say it: the
// scanner drops carriage returns from comments.
func commentLen(text []byte) int {
	if bytes.HasPrefix(text, []byte("/*")) {
		return bytes.Index(text, []byte("*/")) + len("*/")
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return len(bytes.TrimSuffix(line, []byte("\r")))
}

// endsInCRLF reports whether the first line of a text ends as those of Windows do.
func endsInCRLF(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.HasSuffix(line, []byte("\r"))
}

// withLF is a text whose lines end in \n alone.
func withLF(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

// withLineEndsOf is a text whose lines end as those of a model do.
func withLineEndsOf(model, text []byte) []byte {
	if text = withLF(text); endsInCRLF(model) {
		return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}
