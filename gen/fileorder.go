package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Among variables that do not need each other Go takes the files by name, and for functions called init as well. An
// output has another name than its source: main.go stands before main2.go, and main_async.go behind it. A build without
// asyncgen then does things in another order. That is refused where it can be seen, which takes two initializers, in two
// files, of which one changes what the other one uses: a variable of the package, or the world outside.

// compareFileOrder refuses files whose outputs Go would take in another order.
func (c *compiler) compareFileOrder(outputs []output) {
	files := inGoOrder(c.pkg.Files)
	named := inGoOrder(slices.SortedStableFunc(slices.Values(files), func(a, b *Source) int {
		return strings.Compare(builtAs(a), builtAs(b))
	}))
	if c.opts.Overlay || slices.Equal(files, named) {
		return
	}
	info := &types.Info{}
	if _, _, err := c.typecheck(outputs, named, info); err != nil {
		c.mistake(outputs, err)
		return
	}
	sourceOf := map[string]string{}
	for _, out := range outputs {
		sourceOf[out.Path] = out.Source
	}
	all := c.effectsOfInitializers()
	if !c.refuseSwapped(c.initNames(c.pkg.Info.InitOrder, nil), c.initNames(info.InitOrder, sourceOf), all) {
		c.refuseSwapped(c.initFuncs(files), c.initFuncs(named), all)
	}
}

// refuseSwapped refuses two initializers that have changed places, if that can be seen, and reports whether there are such.
func (c *compiler) refuseSwapped(want, got []initialized, all map[string]*effects) bool {
	place := map[string]int{}
	for i, in := range got {
		place[in.name] = i
	}
	want = slices.DeleteFunc(want, func(in initialized) bool { return all[in.name].none() })
	for i, first := range want {
		for _, second := range want[i+1:] {
			if place[second.name] >= place[first.name] {
				continue
			}
			if what := all[first.name].meets(all[second.name]); what != "" {
				c.otherwiseNamed(first, second, what)
				return true
			}
		}
	}
	return false
}

// otherwiseNamed says that the output has second before first.
func (c *compiler) otherwiseNamed(first, second initialized, what string) {
	c.diags = append(c.diags, Diagnostic{Pos: first.pos, Code: codeFileOrder, Message: fmt.Sprintf(
		"a build without asyncgen would initialize %s (%s) first, because the outputs of the two files sort differently from the files themselves, and %s: rename one of them",
		second.name, base(second.pos.Filename), what)})
}

// builtAs is the path of the file that a build without asyncgen has.
func builtAs(s *Source) string {
	if s.Annotated {
		return outputPath(s.Path)
	}
	return s.Path
}

// initFuncs gives the functions called init of the files.
func (c *compiler) initFuncs(files []*Source) []initialized {
	var list []initialized
	for _, s := range files {
		for _, d := range s.Syntax.Decls {
			if isInit(d) {
				list = append(list, initialized{initName(s), c.pkg.Fset.PositionFor(d.(*ast.FuncDecl).Name.Pos(), false)})
			}
		}
	}
	return list
}

func isInit(d ast.Decl) bool {
	f, ok := d.(*ast.FuncDecl)
	return ok && f.Recv == nil && f.Name.Name == "init"
}

// initName is what all functions called init of a file are called.
func initName(s *Source) string { return "func init of " + base(s.Path) }

// effects is what running an initializer does that others can see, and what of others it can see.
type effects struct {
	changes, uses map[*types.Var]bool // variables of the package
	asks, acts    bool                // about the world outside of the package, or on it
}

// none reports whether nothing is seen.
func (e *effects) none() bool { return !e.acts && !e.asks && len(e.changes)+len(e.uses) == 0 }

// meets says what the order of e and f has an effect on; "": nothing.
func (e *effects) meets(f *effects) string {
	if e.acts && (f.acts || f.asks) || f.acts && e.asks {
		return "both print, or call what asyncgen knows nothing about"
	}
	for _, v := range slices.SortedFunc(maps.Keys(e.uses), func(v, w *types.Var) int { return int(v.Pos() - w.Pos()) }) {
		if f.uses[v] && (e.changes[v] || f.changes[v]) {
			return "both use " + v.Name()
		}
	}
	return ""
}

// effectsOfInitializers gives the effects of the initializers by their names.
func (c *compiler) effectsOfInitializers() map[string]*effects {
	all, r := map[string]*effects{}, c.references()
	hear := func(name string, n ast.Node) {
		if all[name] == nil {
			all[name] = &effects{changes: map[*types.Var]bool{}, uses: map[*types.Var]bool{}}
		}
		(&listener{references: r, effects: all[name], changers: map[types.Object]bool{}, aliases: map[*types.Var]bool{}}).hear(n)
	}
	for i, in := range c.initNames(c.pkg.Info.InitOrder, nil) {
		hear(in.name, c.pkg.Info.InitOrder[i].Rhs)
	}
	for _, s := range c.pkg.Files {
		for _, d := range s.Syntax.Decls {
			if isInit(d) {
				hear(initName(s), d.(*ast.FuncDecl).Body)
			}
		}
	}
	return all
}

// A listener notes the effects of code that runs.
type listener struct {
	*references
	*effects
	changers map[types.Object]bool // functions that were heard: whether they change what their parameters point to
	aliases  map[*types.Var]bool   // local variables that may point to a part of one of the package
	through  bool                  // so does the function that is being heard
}

// hear notes the effects of n. A literal runs only if it is called where it stands.
func (l *listener) hear(n ast.Node) {
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			l.call(m)
		case *ast.UnaryExpr:
			l.acts = l.acts || m.Op == token.ARROW
		case *ast.SendStmt, *ast.GoStmt, *ast.SelectStmt:
			l.acts = true
		case *ast.AssignStmt:
			if m.Tok == token.DEFINE {
				l.define(m)
				return true
			}
			for _, x := range m.Lhs {
				l.assign(x)
			}
		case *ast.IncDecStmt:
			l.assign(m.X)
		case *ast.Ident:
			l.use(m)
		}
		return true
	})
}

// use notes a variable that is mentioned.
func (l *listener) use(id *ast.Ident) {
	if v, ok := l.c.pkg.Info.Uses[id].(*types.Var); ok && !v.IsField() && !l.c.isLocal(v) && v.Pkg() == l.c.pkg.Types {
		l.uses[v] = true
	}
}

// define notes local variables that point to parts of those of the package.
func (l *listener) define(s *ast.AssignStmt) {
	for i, x := range s.Lhs {
		if v, ok := l.c.pkg.Info.Defs[x.(*ast.Ident)].(*types.Var); ok && len(s.Lhs) == len(s.Rhs) {
			root := l.root(s.Rhs[i])
			l.aliases[v] = root != nil && (!l.c.isLocal(root) || l.aliases[root] || isParam(root))
		}
	}
}

// root is the variable that an operand is a part of, or is reached from; nil: it is made where it stands.
func (l *listener) root(x ast.Expr) *types.Var {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, _ := l.c.pkg.Info.Uses[x].(*types.Var)
		return v
	case *ast.SelectorExpr:
		if l.c.pkg.Info.Selections[x] == nil {
			return l.root(x.Sel)
		}
		return l.root(x.X)
	case *ast.IndexExpr:
		return l.root(x.X)
	case *ast.SliceExpr:
		return l.root(x.X)
	case *ast.StarExpr:
		return l.root(x.X)
	case *ast.UnaryExpr:
		return l.root(x.X)
	}
	return nil
}

func isParam(v *types.Var) bool { return v.Kind() == types.ParamVar || v.Kind() == types.RecvVar }

// assign notes an assignment.
func (l *listener) assign(x ast.Expr) {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if v, ok := l.c.pkg.Info.Uses[id].(*types.Var); !ok || l.c.isLocal(v) {
			return
		}
	}
	l.change(x)
}

// change notes that a variable, or what it holds or points to, is changed.
func (l *listener) change(x ast.Expr) {
	switch v := l.root(x); {
	case v == nil:
	case v.Pkg() != l.c.pkg.Types:
		l.acts = true
	case l.c.isLocal(v):
		l.through = l.through || isParam(v) || l.aliases[v]
	default:
		l.changes[v], l.uses[v] = true, true
	}
}

// call notes the effects of a call, without those of its arguments.
func (l *listener) call(call *ast.CallExpr) {
	info := l.c.pkg.Info
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		l.hear(lit.Body)
		return
	}
	if info.Types[call.Fun].IsType() {
		return
	}
	switch f := info.Uses[calleeIdent(call.Fun)].(type) {
	case *types.Builtin:
		switch f.Name() {
		case "panic", "print", "println":
			l.acts = true
		case "clear", "close", "copy", "delete":
			l.change(call.Args[0])
		}
	case *types.Func:
		if f.Pkg() != l.c.pkg.Types {
			l.callOther(call, f)
			return
		}
		texts, known := l.texts[f.Origin()]
		l.acts = l.acts || !known // a method of an interface
		if l.changesParams(f.Origin(), texts) {
			l.changeOperands(call)
		}
	default:
		l.acts = true
	}
}

// changesParams notes the effects of a function of the package, and reports whether it changes what its parameters point to.
func (l *listener) changesParams(f *types.Func, texts []ast.Node) bool {
	if changes, heard := l.changers[f]; heard {
		return changes
	}
	l.changers[f] = true // to be on the safe side if it calls itself
	before := l.through
	l.through = false
	for _, n := range texts {
		l.hear(n)
	}
	l.changers[f], l.through = l.through, before
	return l.changers[f]
}

// changeOperands notes that a call may change what its operands point to.
func (l *listener) changeOperands(call *ast.CallExpr) {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && l.c.pkg.Info.Selections[sel] != nil {
		l.change(sel.X)
	}
	for _, a := range call.Args {
		switch underlying(l.c.pkg.Info.TypeOf(a)).(type) {
		case *types.Pointer, *types.Map, *types.Slice, *types.Interface:
			l.change(a)
		}
	}
}

// callOther notes the effects of calling a function of another package. It may change the receiver, and what arguments point to.
func (l *listener) callOther(call *ast.CallExpr, f *types.Func) {
	if f.Pkg() == nil { // the method Error
		l.acts = true
		return
	}
	if f.Pkg().Path() == "os" && asking[f.Name()] {
		l.asks = true
	} else if !l.c.onlyMakes(f) {
		l.acts = true
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && l.c.pkg.Info.Selections[sel] != nil && !lasting[f.Pkg().Path()] {
		l.change(sel.X)
	}
	for _, a := range call.Args {
		if addr, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && addr.Op == token.AND {
			l.change(addr.X)
		}
	}
}

var (
	// makers are packages of Go whose functions do nothing outside of the values that they are given and give.
	makers = set("bytes cmp container/heap container/list container/ring context crypto/hmac crypto/md5 crypto/rand crypto/sha1 crypto/sha256 " +
		"crypto/sha512 embed encoding/base64 encoding/binary encoding/hex encoding/json errors expvar flag hash/crc32 hash/fnv hash/maphash html " +
		"html/template io/fs iter maps math math/big math/bits math/rand math/rand/v2 net/netip net/url path path/filepath reflect regexp slices sort " +
		"strconv strings sync sync/atomic text/template time unicode unicode/utf16 unicode/utf8 unique")

	// lasting are those of them whose methods leave the receiver as it is.
	lasting = set("errors net/netip reflect regexp time unique")

	// writing are their functions that may write to a file.
	writing = set("Encode Execute ExecuteTemplate WriteTo")

	// asking are functions of os that change nothing.
	asking = set("Environ Executable ExpandEnv Getenv Getpid Getuid Getwd Hostname LookupEnv ReadDir ReadFile Stat TempDir UserCacheDir UserConfigDir UserHomeDir")
)

// onlyMakes reports whether a function of another package does nothing but make a value. Of packages outside of this module, those
// are believed that are called so.
func (c *compiler) onlyMakes(f *types.Func) bool {
	name, path := f.Name(), f.Pkg().Path()
	called := strings.HasPrefix(name, "New") || strings.HasPrefix(name, "Must") || strings.HasPrefix(name, "With") || strings.HasPrefix(name, "Parse")
	switch {
	case path == "fmt":
		return strings.HasPrefix(name, "S") && !strings.HasPrefix(name, "Sscan") || name == "Errorf" || strings.HasPrefix(name, "Append")
	case makers[path]:
		return !writing[name]
	case c.pkg.ModulePath != "" && (path == c.pkg.ModulePath || strings.HasPrefix(path, c.pkg.ModulePath+"/")):
		return path == rtPath && called
	}
	return called
}
