package gen

import (
	"flag"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"math/rand"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzMutations changes the goldens' sources at random, within what type-checks: it renames, wraps, moves and drops
// statements, replaces literals and operators, breaks lines, puts comments between tokens. What comes out must do
// as FuzzGenerate says, and its names must mean what they mean in the source.
func FuzzMutations(f *testing.F) {
	sources := mutationSources(f)
	for n := range sources {
		f.Add(uint16(n), int64(n))
	}
	f.Fuzz(func(t *testing.T, n uint16, seed int64) {
		text := mutate(rand.New(rand.NewSource(seed)), sources[int(n)%len(sources)])
		p, err := memoryPackage(text)
		if err != nil {
			t.Fatalf("a mutation does not type-check: %v\n%s", err, numbered(text))
		}
		checkGenerate(t, p)
		_, wrong := compareBindings(p)
		for _, w := range wrong {
			t.Error(w)
		}
		if t.Failed() {
			t.Log("\n" + numbered(text))
		}
	})
}

// mutationSources are the goldens that asyncgen compiles.
func mutationSources(t testing.TB) []string {
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range page.Files {
			if file.Name != "in.go" || strings.HasPrefix(filepath.Base(name), "err_") {
				continue
			}
			if _, err := memoryPackage(string(file.Data)); err == nil {
				list = append(list, string(file.Data))
			}
		}
	}
	return list
}

// mutate makes a few changes to a source that type-checks; the result does as well.
func mutate(r *rand.Rand, text string) string {
	for n := 1 + r.Intn(4); n > 0; n-- {
		for range 10 { // many changes do not type-check
			p, err := memoryPackage(text)
			if err != nil {
				return text
			}
			m := &mutation{r: r, p: p, syntax: p.Files[0].Syntax, text: text}
			m.file = p.Fset.File(m.syntax.FileStart)
			changed := mutations[r.Intn(len(mutations))](m)
			if changed == text {
				continue
			}
			if _, err := memoryPackage(changed); err == nil {
				text = changed
				break
			}
		}
	}
	if r.Intn(8) == 0 {
		if crlf := strings.ReplaceAll(text, "\n", "\r\n"); !strings.Contains(text, "`") {
			text = crlf
		}
	}
	return text
}

// A mutation looks for a place to change.
type mutation struct {
	r      *rand.Rand
	p      *Package
	syntax *ast.File
	file   *token.File
	text   string
}

var mutations = []func(*mutation) string{
	(*mutation).rename, (*mutation).rename, (*mutation).rename, (*mutation).renameImport,
	(*mutation).wrapStatement, (*mutation).wrapStatement, (*mutation).moveStatement, (*mutation).insertStatement, (*mutation).insertStatement,
	(*mutation).replaceLiteral, (*mutation).replaceOperator, (*mutation).parenthesize, (*mutation).declareWithVar,
	(*mutation).comment, (*mutation).breakLine,
}

// nastyNames are those that generated code uses, and predeclared ones.
var nastyNames = strings.Fields(`len cap new nil true false iota append make string int bool error any panic recover print
	rt f x T t r arg args state State Value More Resume Frame begin defers Link awaited await1 loop1 end1 next1 exit ok err
	Done Suspended NoneFrame Lock String Info fmt time é Ünder ñ init main _`)

func (m *mutation) pick(list ...string) string { return list[m.r.Intn(len(list))] }

// replace puts text in place of a node.
func (m *mutation) replace(n ast.Node, text string) string {
	return insertAll(m.text, []insertion{{m.file.Offset(n.Pos()), int(n.End() - n.Pos()), text}})
}

func (m *mutation) source(n ast.Node) string {
	return m.text[m.file.Offset(n.Pos()):m.file.Offset(n.End())]
}

// nodes are those that keep accepts.
func (m *mutation) nodes(keep func(ast.Node) bool) []ast.Node {
	var list []ast.Node
	ast.Inspect(m.syntax, func(n ast.Node) bool {
		if n != nil && keep(n) {
			list = append(list, n)
		}
		return true
	})
	return list
}

// one is a node of type N, or the zero value.
func one[N ast.Node](m *mutation, keep func(N) bool) (n N) {
	list := m.nodes(func(n ast.Node) bool {
		typed, ok := n.(N)
		return ok && keep(typed)
	})
	if len(list) > 0 {
		n = list[m.r.Intn(len(list))].(N)
	}
	return n
}

// rename gives an object another name, everywhere.
func (m *mutation) rename() string {
	at := map[token.Pos][]*ast.Ident{} // by the place of the declaration, which the variables of a type switch share
	for id, obj := range m.p.Info.Uses {
		if obj.Pkg() == m.p.Types && obj.Pos().IsValid() {
			at[obj.Pos()] = append(at[obj.Pos()], id)
		}
	}
	def := one(m, func(id *ast.Ident) bool {
		obj, defines := m.p.Info.Defs[id]
		_, pkg := obj.(*types.PkgName)
		return defines && id != m.syntax.Name && id.Name != "_" && id.Name != "main" && !pkg
	})
	if def == nil {
		return m.text
	}
	name := m.pick(nastyNames...)
	var edits []insertion
	for _, id := range append(at[def.Pos()], def) {
		edits = append(edits, insertion{m.file.Offset(id.Pos()), len(id.Name), name})
	}
	slices.SortFunc(edits, func(a, b insertion) int { return a.at - b.at })
	return insertAll(m.text, slices.Compact(edits))
}

// renameImport imports a package under another name.
func (m *mutation) renameImport() string {
	spec := one(m, func(s *ast.ImportSpec) bool { return s.Name == nil })
	if spec == nil {
		return m.text
	}
	name := m.pick(nastyNames...)
	edits := []insertion{{m.file.Offset(spec.Pos()), 0, name + " "}}
	for id, obj := range m.p.Info.Uses {
		if obj == m.p.Info.Implicits[spec] {
			edits = append(edits, insertion{m.file.Offset(id.Pos()), len(id.Name), name})
		}
	}
	return insertAll(m.text, edits)
}

// A site is a statement in a list of statements.
type site struct {
	list []ast.Stmt
	at   int
}

// statement is any in a list.
func (m *mutation) statement() (site, bool) {
	var all []site
	ast.Inspect(m.syntax, func(n ast.Node) bool {
		list := statements(n)
		for i := range list {
			all = append(all, site{list, i})
		}
		return true
	})
	if len(all) == 0 {
		return site{}, false
	}
	return all[m.r.Intn(len(all))], true
}

// wrapStatement puts other statements around a statement, and perhaps around those that follow.
func (m *mutation) wrapStatement() string {
	p, ok := m.statement()
	if !ok {
		return m.text
	}
	from, to := p.list[p.at], p.list[p.at+m.r.Intn(len(p.list)-p.at)]
	around := [][2]string{
		{"{\n", "\n}"},
		{"if true {\n", "\n}"},
		{"if false {\n} else {\n", "\n}"},
		{"for range 1 {\n", "\n}"},
		{"for {\n", "\nbreak\n}"},
		{"wrapped:\nfor {\n", "\nbreak wrapped\n}"},
		{"for range once {\n", "\n}"},
		{"for range once {\n", "\nbreak\n}"},
		{"for range rt.AwaitEach(onceAwaited()) {\n", "\n}"},
		{"for range rt.AwaitEach(onceAwaited()) {\n", "\nbreak\n}"},
		{"switch {\ndefault:\n", "\n}"},
		{"select {\ndefault:\n", "\n}"},
		{"switch any(1).(type) {\ncase int:\n", "\n}"},
		{"func() {\n", "\n}()"},
		{"defer func() {\n", "\n}()"},
	}[m.r.Intn(15)]
	text := insertAll(m.text, []insertion{{m.file.Offset(from.Pos()), 0, around[0]}, {m.file.Offset(to.End()), 0, around[1]}})
	if !strings.Contains(text, "func once(") && strings.Contains(text, "once") {
		text += "\nfunc once(yield func() bool) { yield() }\n"
	}
	if !strings.Contains(text, "func onceAwaited(") && strings.Contains(text, "onceAwaited") {
		text += "\n//async:func\nfunc onceAwaited() rt.Stream[int] {\n\trt.Yield(1)\n\treturn nil\n}\n"
	}
	return text
}

// moveStatement swaps two statements, drops or repeats one.
func (m *mutation) moveStatement() string {
	p, ok := m.statement()
	if !ok {
		return m.text
	}
	s := p.list[p.at]
	switch m.r.Intn(3) {
	case 0:
		return m.replace(s, "")
	case 1:
		return m.replace(s, m.source(s)+"\n"+m.source(s))
	}
	other := p.list[m.r.Intn(len(p.list))]
	if other == s {
		return m.text
	}
	edits := []insertion{
		{m.file.Offset(s.Pos()), int(s.End() - s.Pos()), m.source(other)},
		{m.file.Offset(other.Pos()), int(other.End() - other.Pos()), m.source(s)},
	}
	return insertAll(m.text, edits)
}

// insertStatement suspends, leaves, or declares before a statement.
func (m *mutation) insertStatement() string {
	p, ok := m.statement()
	if !ok {
		return m.text
	}
	name := m.pick(nastyNames...)
	text := m.pick("rt.Await(rt.Sleep(0))", "return nil", "panic(1)", "break", "continue", "goto inserted\ninserted:", "return",
		"defer func() { recover() }()", "defer println(1 << 3)", "defer rt.Await(rt.Sleep(0))", "rt.Throw(nil)",
		fmt.Sprintf("const %s = iota\n_ = %[1]s", name), fmt.Sprintf("type %s int\n_ = %[1]s(1)", name), fmt.Sprintf("type %s[T any] struct{ v T }\n_ = %[1]s[int]{}", name),
		fmt.Sprintf("var %s [3]int\n_ = &%[1]s", name), fmt.Sprintf("%s := 1\ndefer func() { %[1]s++ }()", name), fmt.Sprintf("%s := func() {}\n%[1]s()", name),
		fmt.Sprintf("const %s = len([3]int{})\nvar _ [%[1]s]int", name))
	return insertAll(m.text, []insertion{{m.file.Offset(p.list[p.at].Pos()), 0, text + "\n"}})
}

func (m *mutation) replaceLiteral() string {
	lit := one(m, func(*ast.BasicLit) bool { return true })
	if lit == nil {
		return m.text
	}
	switch lit.Kind {
	case token.INT:
		return m.replace(lit, m.pick("0", "1", "2", "1<<40", "-1", "0x7f", "'a'", "2.0", "len([3]int{})"))
	case token.STRING:
		return m.replace(lit, m.pick(`""`, `"\n"`, `"é"`, "`a\nb`", `"a" + "b"`))
	}
	return m.text
}

func (m *mutation) replaceOperator() string {
	e := one(m, func(*ast.BinaryExpr) bool { return true })
	if e == nil {
		return m.text
	}
	op := m.pick("+", "-", "*", "&", "|", "^", "<<", ">>", "&&", "||", "==", "!=", "<", ">=")
	return insertAll(m.text, []insertion{{m.file.Offset(e.OpPos), len(e.Op.String()), op}})
}

// parenthesize puts parentheses around an expression or a type.
func (m *mutation) parenthesize() string {
	e := one(m, func(e ast.Expr) bool {
		tv, ok := m.p.Info.Types[e]
		return ok && (tv.IsValue() || tv.IsType())
	})
	if e == nil {
		return m.text
	}
	return m.replace(e, "("+m.source(e)+")")
}

// declareWithVar writes var x = … for x := …, or a type with it.
func (m *mutation) declareWithVar() string {
	s := one(m, func(s *ast.AssignStmt) bool { return s.Tok == token.DEFINE && len(s.Lhs) == len(s.Rhs) })
	if s == nil {
		return m.text
	}
	edits := []insertion{{m.file.Offset(s.Pos()), 0, "var "}, {m.file.Offset(s.TokPos), 2, "="}}
	if tv := m.p.Info.Types[s.Rhs[0]]; tv.Type != nil && m.r.Intn(2) == 0 {
		t := types.TypeString(types.Default(tv.Type), func(p *types.Package) string {
			if p == m.p.Types {
				return ""
			}
			return p.Name()
		})
		edits[1].text = t + " ="
	}
	return insertAll(m.text, edits)
}

// token is the offset of a random token.
func (m *mutation) token(keep func(token.Token) bool) int {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(m.text))
	s.Init(file, []byte(m.text), nil, 0)
	var offsets []int
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			break
		}
		if keep(tok) && file.Offset(pos) > int(m.file.Offset(m.syntax.Name.End())) {
			offsets = append(offsets, file.Offset(pos))
		}
	}
	if len(offsets) == 0 {
		return 0
	}
	return offsets[m.r.Intn(len(offsets))]
}

// comment puts a comment before a token.
func (m *mutation) comment() string {
	at := m.token(func(token.Token) bool { return true })
	text := m.pick("/* c */", "/* a\nb */", "// c\n", "/*}*/", "/* // */")
	return insertAll(m.text, []insertion{{at, 0, text}})
}

// breakLine goes on in the next line after a token that allows it.
func (m *mutation) breakLine() string {
	at := m.token(func(tok token.Token) bool {
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK, token.COMMA, token.ADD, token.LAND, token.PERIOD, token.ASSIGN, token.DEFINE, token.COLON:
			return true
		}
		return false
	})
	if at == 0 {
		return m.text
	}
	size := 1
	for _, op := range []string{"&&", ":="} {
		if strings.HasPrefix(m.text[at:], op) {
			size = 2
		}
	}
	return insertAll(m.text, []insertion{{at + size, 0, "\n"}})
}

var (
	mutationSeed   = flag.Int64("mutation.seed", 1, "first seed of TestMutationsRun")
	mutationRounds = flag.Int("mutation.rounds", 30, "mutations to run")
)

// open matches what makes it open what a program prints, or when: goroutines, counts of allocations, numbers for which a sleep takes
// minutes.
var open = regexp.MustCompile(`(?m)^\s*go\b|AllocsPerRun|1<<40`)

// TestMutationsRun runs mutations of those goldens that need no concurrency: they must print what the eager program prints.
func TestMutationsRun(t *testing.T) {
	sources := mutationSources(t)
	seed := *mutationSeed
	for done := 0; done < *mutationRounds; done += *randomBatch {
		var texts []string
		var seeds []int64
		for ; len(texts) < min(*randomBatch, *mutationRounds-done); seed++ {
			r := rand.New(rand.NewSource(seed))
			text := mutate(r, sources[r.Intn(len(sources))])
			if open.MatchString(text) {
				continue
			}
			if lazy, err := eagerSource(text); err == nil && eagerChecks(t, lazy) && !refused(t, text) {
				texts, seeds = append(texts, text), append(seeds, seed)
			}
		}
		for i, failure := range compareRuns(t, texts...) {
			if failure != "" && !strings.HasPrefix(failure, invalid) {
				t.Errorf("seed %d:\n%s\n%s", seeds[i], numbered(texts[i]), failure)
			}
		}
	}
}

// refused reports whether a mutation has become a program that asyncgen refuses, as it should.
func refused(t testing.TB, text string) bool {
	p, err := memoryPackage(text)
	if err != nil {
		t.Fatal(err)
	}
	_, diags := Generate(p, Options{})
	return len(diags) > 0 && diags[0].Code != CodeBug
}
