package gen

import (
	"bytes"
	"go/ast"
	"go/types"
	"regexp"
	"strings"
)

// isMarker reports whether an object is one of the functions of rt that only an async function can
// call.
func isMarker(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != rtPath || f.Signature().Recv() != nil {
		return false
	}
	switch f.Name() {
	case "Await", "TryAwait", "CatchAwait", "Throw", "Yield", "AwaitEach":
		return true
	}
	return false
}

// mentionsAsync is a quick look at a file's text: false means that it is not annotated.
func mentionsAsync(text []byte) bool {
	return bytes.Contains(text, []byte(directive)) ||
		bytes.Contains(text, []byte(rtPath)) ||
		isTagged(text)
}

// annotated reports whether a file mentions the directive or uses a marker.
func annotated(f *ast.File, info *types.Info) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if isDirective(c.Text) {
				return true
			}
		}
	}
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && isMarker(info.Uses[id]) {
			found = true
		}
		return !found
	})
	return found
}

// isDirective reports whether a comment is //async:func, which nothing but a remark may follow.
func isDirective(comment string) bool {
	rest, ok := strings.CutPrefix(comment, directive)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// mentionsDirective is isDirective for the lines of a file.
var mentionsDirective = regexp.MustCompile(`(?m)^` + directive + `(\s|$)`)

// nearDirective is what looks like the directive: with spaces that do not belong there, or with another word.
// A sentence that begins so is no directive, if it has the space of a sentence.
var nearDirective = regexp.MustCompile(`(?i)^//(async:\s*fun\w*|async:\w+|\s*async\s*:\s*fun\w*\s*$)`)

// isNearDirective reports whether a comment is meant to be //async:func, but is not.
func isNearDirective(comment string) bool {
	return !isDirective(comment) && nearDirective.MatchString(comment)
}

// importsC reports whether a file needs cgo.
func importsC(f *ast.File) bool {
	for _, imp := range f.Imports {
		if imp.Path.Value == `"C"` {
			return true
		}
	}
	return false
}
