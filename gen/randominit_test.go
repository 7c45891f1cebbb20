package gen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// TestRandomInitializationOrder compiles packages of variables and functions that need each other at random, in
// declarations of any order. verify compares the order in which Go initializes source and output.
func TestRandomInitializationOrder(t *testing.T) {
	module := newModule(t)
	const count = 40
	for seed := range count {
		for file, text := range randomInit(uint64(seed)) {
			writeFile(t, filepath.Join(module, fmt.Sprintf("p%d", seed), file), []byte(text))
		}
	}
	list, diags, err := Load(context.Background(), Config{Dir: module, Patterns: []string{"./..."}, Env: moduleEnv()})
	if err != nil || len(diags) > 0 || len(list) != count {
		t.Fatal(len(list), diags, err)
	}
	mentions := 0
	for _, p := range list {
		files, diags := Generate(p, Options{})
		for _, d := range diags {
			t.Error(d)
		}
		for _, f := range files {
			mentions += strings.Count(string(f.Content), "Uses()\n")
		}
	}
	if mentions == 0 {
		t.Error("no initializer reaches an async function: these packages test nothing")
	}
}

// An initThing is a declaration of such a package: one that another one mentions as an int, in ordinary and in async code.
type initThing struct{ ordinary, async string }

// initKinds are the declarations. $ is the number of one, A and O are what it mentions, in async and in ordinary code.
var initKinds = []struct {
	decl string
	initThing
}{
	{"var v$ = say(O)", initThing{"v$", "v$"}},
	{"var v$, w$ = two(O)", initThing{"w$", "v$"}},
	{"var v$ = say(run(func() rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(A)\n}()))", initThing{"v$", "v$"}},
	{"//async:func\nfunc f$(n int) rt.Coro[int] {\n\treturn rt.Return(n + A)\n}", initThing{"run(f$(1))", "rt.Await(f$(1))"}},
	{"//async:func\nfunc f$[T any](x T) rt.Coro[int] {\n\trt.Await(rt.Sleep(0))\n\treturn rt.Return(A)\n}", initThing{"run(f$(1))", "rt.Await(f$(``))"}},
	{"type t$ struct{}\n\n//async:func\nfunc (t$ *t$) m() rt.Coro[int] {\n\treturn rt.Return(A)\n}", initThing{"run((*t$).m(nil))", "rt.Await(new(t$).m())"}},
	{"type t$[T any] struct{}\n\n//async:func\nfunc (t$[T]) m() rt.Coro[int] {\n\treturn rt.Return(A)\n}", initThing{"run(t$[int]{}.m())", "rt.Await(t$[bool]{}.m())"}},
	{"type i$ interface{ m$() rt.Coro[int] }\n\ntype t$ struct{}\n\n//async:func\nfunc (t$) m$() rt.Coro[int] {\n\treturn rt.Return(A)\n}\n\n" +
		"//async:func\nfunc f$(x i$) rt.Coro[int] { return x.m$() }", initThing{"run(f$(t${}))", "rt.Await(f$(t${}))"}},
	{"//async:func\nfunc f$() rt.Stream[int] {\n\trt.Yield(A)\n\treturn nil\n}", initThing{"len(fmt.Sprint(f$))", "len(fmt.Sprint(f$))"}},
	{"func f$(k int) int {\n\treturn run(func() rt.Coro[int] {\n\t\tg := func() rt.Coro[int] {\n\t\t\treturn rt.Return(k + A)\n\t\t}\n\t\treturn g()\n\t}())\n}", initThing{"f$(2)", "f$(3)"}},
	{"func f$() int { return O }", initThing{"f$()", "f$()"}},
	{"//async:func\nfunc f$() rt.Coro[int] {\n\treturn rt.Return(1)\n\tprintln(A)\n\treturn nil\n}", initThing{"run(f$())", "rt.Await(f$())"}},
	{"var a$ = [2]int{O}\n\nconst (\n\tb$ = len(a$)\n\tc$\n)\n\n//async:func\nfunc f$() rt.Coro[int] {\n\tvar x [c$]int\n\treturn rt.Return(len(x))\n}", initThing{"run(f$())", "rt.Await(f$())"}},
	{"var a$ = [2]int{O}\n\n//async:func\nfunc f$() rt.Coro[int] {\n\tconst n = len(a$)\n\treturn rt.Return(n)\n}", initThing{"run(f$())", "rt.Await(rt.CreateTask(f$()))"}},
}

// randomInit gives the files of such a package.
func randomInit(seed uint64) map[string]string {
	r := rand.New(rand.NewPCG(seed, 1))
	decls := []string{
		"func say(n int) int { fmt.Println(n); return n }",
		"func two(n int) (int, int) { return say(n), n }",
		"func run(c rt.Coro[int]) int { v, _ := rt.Run(c); return v }",
	}
	var things []initThing
	mention := func(of func(initThing) string) string {
		text := "1"
		for range min(len(things), 1+r.IntN(3)) {
			text += " + " + of(things[r.IntN(len(things))])
		}
		return text
	}
	for i := range 6 + r.IntN(9) {
		k := initKinds[r.IntN(len(initKinds))]
		fill := func(text string) string { return strings.ReplaceAll(text, "$", fmt.Sprint(i)) }
		decl := strings.NewReplacer("(A", "("+mention(func(t initThing) string { return t.async }), "+ A", "+ "+mention(func(t initThing) string { return t.async }),
			"(O", "("+mention(func(t initThing) string { return t.ordinary }), "{O", "{"+mention(func(t initThing) string { return t.ordinary }),
			"return O", "return "+mention(func(t initThing) string { return t.ordinary })).Replace(fill(k.decl))
		decls = append(decls, decl)
		things = append(things, initThing{fill(k.ordinary), fill(k.async)})
	}
	for range 3 {
		decls = append(decls, "var _ = say("+mention(func(t initThing) string { return t.ordinary })+")")
	}
	r.Shuffle(len(decls), func(i, j int) { decls[i], decls[j] = decls[j], decls[i] })
	files := map[string]string{}
	for i, name := range []string{"a.go", "b.go"} {
		text := "//go:build asyncgen\n\npackage p\n\nimport \"fmt\"\nimport \"github.com/asyncgen/asyncgen/rt\"\n\nvar _, _ = fmt.Sprint, rt.None{}\n"
		for j := i; j < len(decls); j += 2 {
			text += "\n" + decls[j] + "\n"
		}
		files[name] = text
	}
	return files
}
