package gen

import (
	"slices"
	"strings"

	shown "github.com/asyncgen/asyncgen/docs"
)

// Code names a kind of mistake, for good: a code never changes its meaning and is never given to
// another one. Its page, docs/errors/CODE.md, begins with its title. What the analyzers of asyncvet
// find goes by their names instead, which stand in the messages.
type Code string

// What Generate and Load refuse, and what cannot be written.
const (
	CodeGo              Code = "AG0001" // in the go command's words
	CodeBug             Code = "AG0002"
	codeNoTag           Code = "AG0003"
	codeTagNotRequired  Code = "AG0004"
	codeTagImpossible   Code = "AG0005"
	codeTagNotExclusive Code = "AG0006"
	codeCgo             Code = "AG0007"
	codeDirectivePlace  Code = "AG0008"
	codeNoBody          Code = "AG0009"
	codeResult          Code = "AG0010"
	codeMarkerOutside   Code = "AG0011"
	codeMarkerInLiteral Code = "AG0012"
	codeNotCalled       Code = "AG0013"
	codeNeverAwaited    Code = "AG0014"
	codeAfterGo         Code = "AG0015"
	codeAfterDefer      Code = "AG0016"
	codeDeferMode       Code = "AG0017"
	codeGoDeferGroup    Code = "AG0018"
	codeAwaitEach       Code = "AG0019"
	codeStatement       Code = "AG0020"
	codeNoStream        Code = "AG0021"
	codeYieldType       Code = "AG0022"
	codeStreamReturn    Code = "AG0023"
	codeTypeName        Code = "AG0024"
	CodeNotWritten      Code = "AG0025"
	CodeNotCurrent      Code = "AG0026"
	codeMisspelled      Code = "AG0027"
	codeFileOrder       Code = "AG0028"
	codeGoroutine       Code = "AG0029"
)

// Codes lists all codes.
func Codes() []Code {
	entries, err := shown.Errors.ReadDir("errors")
	if err != nil {
		panic("gen: no pages: " + err.Error())
	}
	var list []Code
	for _, e := range entries {
		list = append(list, Code(strings.TrimSuffix(e.Name(), ".md")))
	}
	slices.Sort(list)
	return list
}

// Page is what there is to know about a code: what it means, what is wrong, what is right.
func (c Code) Page() (text string, ok bool) {
	page, err := shown.Errors.ReadFile("errors/" + string(c) + ".md")
	return string(page), err == nil
}

// Title is the code's meaning in a few words.
func (c Code) Title() string {
	page, _ := c.Page()
	line, _, _ := strings.Cut(page, "\n")
	return strings.TrimPrefix(line, "# "+string(c)+": ")
}
