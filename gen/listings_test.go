package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A page is README.md or one of docs/.
type page struct {
	path     string // relative to the checkout
	text     string
	prose    string // the text without listings
	listings []*listing
}

// A listing is a fenced block of a page. A comment in the line above it, <!-- MARK: ARGS -->, says what it
// is; docs_test.go knows the marks.
type listing struct {
	page *page
	line int // of the fence
	lang string
	mark string
	args []string
	text string
}

var (
	fence      = regexp.MustCompile("^```(.*)$")
	markOfList = regexp.MustCompile(`^<!-- (\w+): (.*) -->$`)
)

// readPages reads README.md and docs/*.md.
func readPages(t *testing.T) []*page {
	paths, err := filepath.Glob("../docs/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	var pages []*page
	for _, path := range append(paths, "../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := &page{path: filepath.ToSlash(path[len("../"):]), text: string(text)}
		p.readListings(t)
		pages = append(pages, p)
	}
	return pages
}

func (p *page) readListings(t *testing.T) {
	lines := strings.Split(p.text, "\n")
	for i := 0; i < len(lines); i++ {
		m := fence.FindStringSubmatch(lines[i])
		if m == nil {
			p.prose += lines[i] + "\n"
			continue
		}
		l := &listing{page: p, line: i + 1, lang: m[1]}
		if i > 0 {
			if m := markOfList.FindStringSubmatch(lines[i-1]); m != nil {
				l.mark, l.args = m[1], strings.Fields(m[2])
			}
		}
		n := slices.Index(lines[i+1:], "```")
		if n < 0 {
			t.Fatalf("%s:%d: this listing has no end", p.path, i+1)
		}
		if n > 0 {
			l.text = strings.Join(lines[i+1:i+1+n], "\n") + "\n"
		}
		p.listings = append(p.listings, l)
		i += n + 1
	}
}

// outputOf is the listing of what l prints: the next one, if it is text without a mark.
func (p *page) outputOf(l *listing) *listing {
	rest := p.listings[slices.Index(p.listings, l)+1:]
	if l.lang == "python" && len(rest) > 0 && rest[0].lang == "go" { // both print the same
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0].lang == "text" && rest[0].mark == "" {
		return rest[0]
	}
	return nil
}

// compare compares the listing with what should stand there, or rewrites it.
func (l *listing) compare(t *testing.T, want string) {
	t.Helper()
	switch {
	case l.text == want:
	case !*update:
		t.Errorf("%s:%d is not current; %s\n%s", l.page.path, l.line, accept, unified("page", l.text, "current", want))
	default:
		lines := strings.SplitAfter(l.page.text, "\n")
		n := strings.Count(l.text, "\n")
		l.page.text = strings.Join(lines[:l.line], "") + want + strings.Join(lines[l.line+n:], "")
		writeFile(t, filepath.Join("..", l.page.path), []byte(l.page.text))
		for _, other := range l.page.listings {
			if other.line > l.line {
				other.line += strings.Count(want, "\n") - n
			}
		}
		l.text = want
	}
}

// declared gives the declarations of a Go file that have these names (a method's is Type.Method),
// with their comments; without names, the whole file.
func declared(t *testing.T, path string, names []string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		return string(text)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, d := range f.Decls {
		from := d.Pos()
		if doc := docOf(d); doc != nil {
			from = doc.Pos()
		}
		found[nameOf(d)] = string(text[fset.Position(from).Offset:fset.Position(d.End()).Offset]) + "\n"
	}
	var parts []string
	for _, name := range names {
		if found[name] == "" {
			t.Fatalf("%s does not declare %s", path, name)
		}
		parts = append(parts, found[name])
	}
	return strings.Join(parts, "\n")
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// nameOf is the name of a function, Type.Method, or of the first type that a declaration declares.
func nameOf(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		recv := d.Recv.List[0].Type
		if star, ok := recv.(*ast.StarExpr); ok {
			recv = star.X
		}
		switch generic := recv.(type) {
		case *ast.IndexExpr:
			recv = generic.X
		case *ast.IndexListExpr:
			recv = generic.X
		}
		return recv.(*ast.Ident).Name + "." + d.Name.Name
	case *ast.GenDecl:
		if spec, ok := d.Specs[0].(*ast.TypeSpec); ok {
			return spec.Name.Name
		}
	}
	return ""
}
