package gen

import (
	"fmt"
	"math/rand"
	"strings"
)

// Random annotated functions, for random_test.go; randomforms_test.go has their types, constants, iterators and streams. They print what they do, step by step, so that two
// ways to run them can be compared. Only what Go leaves open is kept out: no call in an expression
// changes a variable that the expression also reads, and maps that are ranged over have one entry. And
// what an error does that a panic does not, for the stand-in makes panics of errors: the error of a
// deferred await does not replace a panic, an iterator is told to stop.

// A piece is a statement, or several: text around bodies that are lists of pieces.
type piece struct {
	text   []string // one more than bodies
	bodies [][]*piece
}

// write appends the text of pieces.
func write(w *strings.Builder, list []*piece) {
	for _, p := range list {
		for i, text := range p.text {
			w.WriteString(text)
			if i < len(p.bodies) {
				write(w, p.bodies[i])
			}
		}
		w.WriteString("\n")
	}
}

// render is a program that calls the functions f0, f1, … of these numbers, or all.
func render(functions []*piece, numbers ...int) string {
	if len(numbers) == 0 {
		numbers = called(functions)
	}
	var w strings.Builder
	w.WriteString(randomPrologue)
	write(&w, functions)
	w.WriteString("var functions = []func(int, int) rt.Coro[int]{")
	for _, n := range numbers {
		w.WriteString(functionName(n) + ", ")
	}
	w.WriteString("}\n")
	return w.String()
}

const randomPrologue = `//go:build asyncgen

package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/rt"
)

type pair struct{ a, b int }

var fuel, seed int

func tick() bool {
	fuel--
	return fuel > 0
}

func note(id, v int) int {
	fmt.Println("note", id, v)
	return v
}

func truth(id int, v bool) bool {
	fmt.Println("truth", id, v)
	return v
}

func pick(n int) any {
	return []any{nil, n, "text", pair{n, 1}, []int{n}}[uint(n)%5]
}

func filled(n int) chan int {
	c := make(chan int, 3)
	for i := range n & 3 {
		c <- i + n
	}
	close(c)
	return c
}

func each(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		defer fmt.Println("each ends")
		for i := range n & 3 {
			if !yield(i) {
				return
			}
		}
	}
}

//async:func
func maybe() rt.Coro[int] {
seed = seed*1103515245 + 12345
if seed>>16&1 == 0 {
	rt.Await(rt.Sleep(0))
}
return nil
}

//async:func
func val(id, v int) rt.Coro[int] {
rt.Await(maybe())
fmt.Println("val", id, v)
return rt.Return(v)
}

//async:func
func is(id int, v bool) rt.Coro[bool] {
	if rt.Await(val(id, 1)) == 1 {
		return rt.Return(v)
	}
	return nil
}

//async:func
func quiet(c rt.Coro[int]) rt.Coro[int] {
v, err := rt.TryAwait(c)
fmt.Println("quiet", v, err)
return nil
}

//async:func
func guard(f func(int, int) rt.Coro[int], a, b int) rt.Coro[int] {
defer func() {
	if r := recover(); r != nil {
		fmt.Println("panicked:", r)
	}
}()
v, err := rt.TryAwait(f(a, b))
fmt.Println("ended:", v, err)
return nil
}

` + formsPrologue + `
func main() {
	for i, f := range functions {
		for a := range 2 {
			fuel, seed = 150, i+a
			fmt.Println("== ", i, a)
			rt.Run(guard(f, a, 3))
		}
	}
}

`

// A scoped is a variable that is in scope.
type scoped struct {
	name, kind string // int array slice map pair pointer any func async
	fixed      bool   // not to be assigned to
	used       bool
}

// A randomizer writes one function.
type randomizer struct {
	r      *rand.Rand
	number int // of the function: it calls those with smaller numbers, see functionName
	ids    int
	names  int
	scopes [][]*scoped
	around []around // statements that can be left by break or continue
	async  bool     // awaits are allowed here
	named  bool     // the async function has the named result c
	calm   bool     // it has no error in flight: a deferred call may set c at any time
	stream bool     // it is a stream
	types  bool     // it has type parameters, see typeParams
	size   int      // how much more may be written
}

// An around is a loop, switch or select around the statement being written.
type around struct {
	label string
	loop  bool
	used  *bool
}

func (g *randomizer) id() int             { g.ids++; return g.ids }
func (g *randomizer) chance(n int) bool   { return g.r.Intn(n) == 0 }
func line(format string, a ...any) *piece { return &piece{text: []string{fmt.Sprintf(format, a...)}} }

// function writes the function with a number.
func (g *randomizer) function() *piece {
	g.async, g.size, g.types, g.stream = true, 12+g.r.Intn(40), isGeneric(g.number), isStream(g.number)
	g.named = !g.stream && g.chance(3)
	g.calm = g.named && g.chance(2)
	letter, params, result := "f", "", "rt.Coro[int]"
	switch {
	case g.stream:
		letter, result = "s", "rt.Stream[int]"
	case g.named:
		result = "(c rt.Coro[int])"
	}
	if g.types {
		params = typeParams
	}
	open := fmt.Sprintf("//async:func\nfunc %s%d%s(a, b int) %s {\nif !tick() {\nreturn nil\n}\nvar later []func() int\n", letter, g.number, params, result)
	body := g.body([]*scoped{{name: "a", kind: "int"}, {name: "b", kind: "int"}, {name: "later", kind: "later", used: true}}, 3)
	end := fmt.Sprintf("for _, l := range later {\nnote(%d, l())\n}\n", g.id())
	if g.stream {
		end += "return nil\n}\n"
	} else {
		end += fmt.Sprintf("return rt.Return(rt.Await(val(%d, a+b)))\n}\n", g.id())
	}
	return &piece{text: []string{open, end}, bodies: [][]*piece{body}}
}

// body writes the statements of a scope in which some variables are declared already.
func (g *randomizer) body(declared []*scoped, depth int) []*piece {
	g.scopes = append(g.scopes, declared)
	var list []*piece
	for n := 1 + g.r.Intn(5); n > 0 && g.size > 0; n-- {
		g.size--
		list = append(list, g.stmt(depth))
	}
	for _, v := range g.scopes[len(g.scopes)-1] {
		if !v.used {
			list = append(list, g.use(v))
		}
	}
	g.scopes = g.scopes[:len(g.scopes)-1]
	return list
}

// use reads a variable.
func (g *randomizer) use(v *scoped) *piece {
	switch v.kind {
	case "int":
		return line("note(%d, %s)", g.id(), v.name)
	case "pointer":
		return line("note(%d, *%s)", g.id(), v.name)
	case "func", "async":
		return line("_ = %s", v.name)
	case "elem", "const":
		return line("note(%d, int(%s))", g.id(), v.name)
	case "type":
		return line("fmt.Println(len(make([]%s, 2)))", v.name)
	}
	return line("fmt.Println(\"use\", %d, %s)", g.id(), v.name)
}

// declare takes a variable into the innermost scope: often with a name that hides another.
func (g *randomizer) declare(kind string) *scoped {
	v := &scoped{kind: kind, name: g.newName()}
	top := len(g.scopes) - 1
	g.scopes[top] = append(g.scopes[top], v)
	return v
}

// commonNames are few, so that they often hide each other, predeclared names and those that the compiler likes to use.
var commonNames = strings.Fields("a a b b d d e e f f x x y y z z t arg state new cap real string bool true State Value More Resume await1 é")

// newName gives a name that the innermost scope does not have.
func (g *randomizer) newName() string {
	name := commonNames[g.r.Intn(len(commonNames))]
	for _, v := range g.scopes[len(g.scopes)-1] {
		if v.name == name {
			g.names++
			return fmt.Sprintf("v%d", g.names)
		}
	}
	return name
}

// find gives a visible variable of a kind, or nil.
func (g *randomizer) find(kind string, assign bool) *scoped {
	var list []*scoped
	hidden := map[string]bool{}
	for i := len(g.scopes) - 1; i >= 0; i-- {
		for _, v := range g.scopes[i] {
			if !hidden[v.name] && v.kind == kind && !(assign && v.fixed) {
				list = append(list, v)
			}
		}
		for _, v := range g.scopes[i] {
			hidden[v.name] = true
		}
	}
	if len(list) == 0 {
		return nil
	}
	v := list[g.r.Intn(len(list))]
	if !assign {
		v.used = true
	}
	return v
}

// simple is an integer without calls.
func (g *randomizer) simple() string {
	kinds := []string{"int", "int", "int", "array", "slice", "map", "pair", "pointer", "elem", "elems", "const"}
	if v := g.find(kinds[g.r.Intn(len(kinds))], false); v != nil {
		switch v.kind {
		case "int", "const":
			return v.name
		case "elem":
			return "int(" + v.name + ")"
		case "elems":
			return fmt.Sprintf("int(%s[%d])", v.name, g.r.Intn(3))
		case "array":
			return fmt.Sprintf("%s[%d]", v.name, g.r.Intn(3))
		case "slice":
			return "len(" + v.name + ")"
		case "map":
			return fmt.Sprintf("%s[%d]", v.name, g.r.Intn(3))
		case "pair":
			return v.name + "." + string("ab"[g.r.Intn(2)])
		case "pointer":
			return "*" + v.name
		}
	}
	return fmt.Sprint(g.r.Intn(9))
}

// num is an integer expression.
func (g *randomizer) num(depth int) string {
	if depth <= 0 {
		return g.simple()
	}
	d := depth - 1
	switch g.r.Intn(12) {
	case 0, 1:
		return g.simple()
	case 2:
		return fmt.Sprintf("(%s %s %s)", g.num(d), []string{"+", "-", "*", "&", "|", "^"}[g.r.Intn(6)], g.num(d))
	case 3:
		return fmt.Sprintf("note(%d, %s)", g.id(), g.num(d))
	case 4:
		return fmt.Sprintf("[]int{%s, %s}[%d]", g.num(d), g.num(d), g.r.Intn(2))
	case 5:
		return fmt.Sprintf("(pair{%s, %s}).%c", g.num(d), g.num(d), "ab"[g.r.Intn(2)])
	case 6:
		return fmt.Sprintf("map[int]int{%s: %s}[%s]", g.num(d), g.num(d), g.num(d))
	}
	if !g.async {
		return g.simple()
	}
	switch g.r.Intn(8) {
	case 0:
		if callee := g.callee(); callee != "" && !g.calm {
			return fmt.Sprintf("rt.Await(%s(%s, %s))", callee, g.num(d), g.num(d))
		}
	case 1:
		return fmt.Sprintf("rt.Await(rt.CreateTask(val(%d, %s)))", g.id(), g.num(d))
	case 2:
		return fmt.Sprintf("rt.Await(func(n int) rt.Coro[int] {\nrt.Await(maybe())\nreturn rt.Return(n + %d)\n}(%s))", g.id(), g.num(d))
	}
	return fmt.Sprintf("rt.Await(val(%d, %s))", g.id(), g.num(d))
}

// cond is a condition.
func (g *randomizer) cond(depth int) string {
	if depth <= 0 || g.chance(4) {
		return fmt.Sprintf("%s %s %s", g.simple(), []string{"<", ">", "==", "!=", ">="}[g.r.Intn(5)], g.num(1))
	}
	d := depth - 1
	switch g.r.Intn(6) {
	case 0:
		return fmt.Sprintf("(%s && %s)", g.cond(d), g.cond(d))
	case 1:
		return fmt.Sprintf("(%s || %s)", g.cond(d), g.cond(d))
	case 2:
		return fmt.Sprintf("!(%s)", g.cond(d))
	case 3:
		if g.async {
			return fmt.Sprintf("rt.Await(is(%d, %s))", g.id(), g.cond(d))
		}
	case 4:
		return fmt.Sprintf("truth(%d, %s)", g.id(), g.cond(d))
	}
	return fmt.Sprintf("%s < %s", g.num(d), g.num(d))
}

// stmt writes one statement, or a few that belong together.
func (g *randomizer) stmt(depth int) *piece {
	if depth > 0 && g.chance(2) {
		return g.compound(depth)
	}
	switch g.r.Intn(17) {
	case 0, 1, 2:
		return g.declaration()
	case 3, 4, 5:
		return g.assignment()
	case 6:
		if g.async {
			return line("rt.Await(rt.Sleep(0))")
		}
	case 7:
		return g.deferred(depth)
	case 8:
		return g.literal(depth)
	case 9:
		return g.jump()
	case 10:
		return g.failing()
	case 11:
		if callee := g.callee(); g.async && callee != "" {
			id := g.id()
			return line("if v, err := rt.%s(%s(%s, %s)); err != nil {\nfmt.Println(\"failed\", %d, v, err)\n} else {\nnote(%d, v)\n}",
				[]string{"TryAwait", "CatchAwait"}[g.r.Intn(2)], callee, g.num(1), g.num(1), id, id)
		}
	case 12:
		if v := g.find("later", false); v != nil {
			if x := g.find("int", true); x != nil {
				x.used = true
				return line("%s = append(%s, func() int {\n%s++\nreturn %s + %s\n})", v.name, v.name, x.name, x.name, g.simple())
			}
		}
	case 13:
		return g.closureCall()
	case 14:
		return g.form()
	case 15:
		return g.mixed()
	}
	return line("note(%d, %s)", g.id(), g.num(2))
}

// declaration declares variables. What they begin with is written before they are in scope.
func (g *randomizer) declaration() *piece {
	switch g.r.Intn(11) {
	case 0:
		return line("var %s int", g.declare("int").name)
	case 1, 2:
		one, two := g.num(2), g.num(2)
		a, b := g.declare("int"), g.declare("int")
		if g.chance(2) {
			return line("var %s, %s = %s, %s", a.name, b.name, one, two)
		}
		return line("%s, %s := %s, %s", a.name, b.name, one, two)
	case 3:
		one, two := g.num(2), g.num(2)
		return line("%s := [3]int{%s, %s, 7}", g.declare("array").name, one, two)
	case 4:
		one, two := g.num(2), g.num(2)
		return line("%s := []int{%s, %s}", g.declare("slice").name, one, two)
	case 5:
		one := g.num(2)
		return line("%s := map[int]int{1: %s}", g.declare("map").name, one)
	case 6:
		one, two := g.num(2), g.num(2)
		return line("%s := pair{a: %s, b: %s}", g.declare("pair").name, one, two)
	case 7:
		if v := g.find("int", true); v != nil {
			v.used = true
			return line("%s := &%s", g.declare("pointer").name, v.name)
		}
	case 8:
		one := g.num(1)
		return line("var %s any = pick(%s)", g.declare("any").name, one)
	}
	one := g.num(2)
	return line("%s := %s", g.declare("int").name, one)
}

// assignment changes variables.
func (g *randomizer) assignment() *piece {
	kinds := []string{"int", "int", "int", "array", "slice", "map", "pair", "pointer", "any", "elem", "elems"}
	v := g.find(kinds[g.r.Intn(len(kinds))], true)
	if v == nil {
		return line("note(%d, %s)", g.id(), g.num(2))
	}
	op := []string{"=", "=", "+=", "-=", "^="}[g.r.Intn(5)]
	switch v.kind {
	case "int":
		w := g.find("int", true)
		switch g.r.Intn(5) {
		case 0:
			return line("%s++", v.name)
		case 1:
			if v.name != w.name {
				v.used = true
				return line("%s, %s = %s, %s", v.name, w.name, g.num(2), v.name)
			}
		}
		return line("%s %s %s", v.name, op, g.num(2))
	case "elem":
		return line("%s %s T(%s)", v.name, op, g.num(2))
	case "elems":
		return line("%s[%d] %s T(%s)", v.name, g.r.Intn(3), op, g.num(2))
	case "array":
		return line("%s[%d] %s %s", v.name, g.r.Intn(3), op, g.num(2))
	case "slice":
		if g.chance(2) {
			return line("%s[%d] %s %s", v.name, g.r.Intn(2), op, g.num(2))
		}
		return line("%s = append(%s, %s)", v.name, v.name, g.num(2))
	case "map":
		return line("%s[%s] %s %s", v.name, g.num(1), op, g.num(2))
	case "pair":
		return line("%s.%c %s %s", v.name, "ab"[g.r.Intn(2)], op, g.num(2))
	case "pointer":
		return line("*%s %s %s", v.name, op, g.num(2))
	}
	return line("%s = pick(%s)", v.name, g.num(2))
}

// deferred writes a defer statement.
func (g *randomizer) deferred(depth int) *piece {
	switch g.r.Intn(5) {
	case 0:
		return line("defer note(%d, %s)", g.id(), g.num(1))
	case 1:
		if g.async {
			return line("defer rt.Await(val(%d, %s))", g.id(), g.num(1))
		}
	case 2:
		if callee := g.callee(); g.async && callee != "" {
			return line("defer rt.Await(quiet(%s(%s, %s)))", callee, g.num(1), g.num(1))
		}
	case 3:
		set := ""
		if g.calm && g.async && g.chance(2) {
			return line("defer func() {\nc = rt.Return(%s)\n}()", g.simple())
		}
		if g.named && g.async {
			set = fmt.Sprintf("c = rt.Return(%s)\n", g.simple())
		}
		return line("defer func() {\nif r := recover(); r != nil {\nfmt.Println(\"recovered\", %d, r)\n%s}\n}()", g.id(), set)
	}
	return g.inLiteral(false, func() *piece {
		return &piece{text: []string{"defer func() {\n", "}()"}, bodies: [][]*piece{g.body(nil, depth-1)}}
	})
}

// inLiteral writes something inside of a function literal.
func (g *randomizer) inLiteral(async bool, f func() *piece) *piece {
	was := *g
	g.async, g.around, g.named, g.stream, g.calm = async, nil, false, false, g.calm && !async
	defer func() {
		g.async, g.around, g.named, g.stream, g.calm = was.async, was.around, was.named, was.stream, was.calm
	}()
	return f()
}

// literal declares a variable that holds a function literal.
func (g *randomizer) literal(depth int) *piece {
	name := g.newName()
	async := g.chance(2)
	kind, head := "func", "int {\n"
	if async {
		kind, head = "async", "rt.Coro[int] {\nrt.Await(maybe())\n"
	}
	p := g.inLiteral(async, func() *piece {
		parameter := &scoped{name: "n", kind: "int"}
		body := g.body([]*scoped{parameter}, depth-1)
		value := "n"
		if async {
			value = "rt.Return(n)"
		}
		return &piece{text: []string{name + " := func(n int) " + head, "return " + value + "\n}"}, bodies: [][]*piece{body}}
	})
	top := len(g.scopes) - 1
	g.scopes[top] = append(g.scopes[top], &scoped{name: name, kind: kind})
	return p
}

// closureCall calls a literal; it stands alone, for it may change any variable.
func (g *randomizer) closureCall() *piece {
	if !g.async {
	} else if f := g.find("async", false); f != nil {
		if v := g.find("int", true); v != nil && g.chance(2) {
			return line("%s = rt.Await(%s(%s))", v.name, f.name, g.num(1))
		}
		return line("rt.Await(%s(%s))", f.name, g.num(1))
	}
	if f := g.find("func", false); f != nil {
		return line("note(%d, %s(%s))", g.id(), f.name, g.num(1))
	}
	return line("note(%d, %s)", g.id(), g.num(2))
}

// jump leaves a statement around, or the function.
func (g *randomizer) jump() *piece {
	if len(g.around) == 0 && !g.async {
		return line("note(%d, %s)", g.id(), g.simple())
	}
	cond := g.cond(1)
	if len(g.around) > 0 && (!g.async || !g.chance(3)) {
		at := g.r.Intn(len(g.around))
		a := g.around[at]
		word := "break"
		if a.loop && g.chance(2) {
			word = "continue"
		}
		if at == len(g.around)-1 && g.chance(2) {
			return line("if %s {\n%s\n}", cond, word)
		}
		*a.used = true
		return line("if %s {\n%s %s\n}", cond, word, a.label)
	}
	return &piece{text: []string{"if " + cond + " {\n" + g.returns() + "\n", "}"}, bodies: [][]*piece{g.unreachable()}}
}

// returns is a return statement of an async function.
func (g *randomizer) returns() string {
	callee := g.callee()
	switch {
	case g.stream || g.chance(4):
		return "return nil"
	case g.named && g.chance(2):
		return fmt.Sprintf("c = rt.Return(%s)\nreturn", g.num(2))
	case g.named && g.chance(2):
		return "return"
	case g.chance(3) && callee != "" && !g.calm:
		return fmt.Sprintf("return %s(%s, %s)", callee, g.num(1), g.num(1))
	}
	return fmt.Sprintf("return rt.Return(%s)", g.num(2))
}

// unreachable is nothing, or a body that nothing leads to.
func (g *randomizer) unreachable() []*piece {
	if g.size <= 0 || !g.chance(6) {
		return nil
	}
	return g.body(nil, 1)
}

// failing panics, or throws, sometimes.
func (g *randomizer) failing() *piece {
	switch g.r.Intn(5) {
	case 0:
		return line("if %s {\npanic(%d + %s)\n}", g.cond(1), g.id()*1000, g.simple())
	case 1:
		return line("if %s {\nfmt.Println(10 / (note(%d, %s) & 1))\n}", g.cond(1), g.id(), g.simple())
	case 2:
		if v := g.find("array", false); v != nil {
			return line("note(%d, %s[note(0, %s)&3])", g.id(), v.name, g.simple())
		}
	case 3:
		if v := g.find("any", false); v != nil {
			return line("note(%d, %s.(int))", g.id(), v.name)
		}
	}
	if g.async && !g.calm {
		return line("if %s {\nrt.Throw(fmt.Errorf(\"thrown %d %%d\", %s))\n}", g.cond(1), g.id(), g.num(1))
	}
	return line("note(%d, %s)", g.id(), g.simple())
}

// compound writes a statement with bodies.
func (g *randomizer) compound(depth int) *piece {
	switch g.r.Intn(12) {
	case 0:
		return &piece{text: []string{"{\n", "}"}, bodies: [][]*piece{g.body(nil, depth-1)}}
	case 10:
		return g.gotos(depth)
	case 11:
		return g.selects(depth)
	case 1, 2, 3:
		return g.ifStmt(depth)
	case 4, 5:
		return g.switchStmt(depth)
	}
	return g.loop(depth)
}

func (g *randomizer) ifStmt(depth int) *piece {
	g.scopes = append(g.scopes, nil)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()
	head := ""
	if !g.chance(3) {
		head = "if " + g.cond(2) + " {\n"
	} else {
		init := g.num(2)
		v := g.declare("int")
		head = fmt.Sprintf("if %s := %s; %s > %s || %s {\n", v.name, init, v.name, g.num(1), g.cond(1))
	}
	p := &piece{text: []string{head, "}"}, bodies: [][]*piece{g.body(nil, depth-1)}}
	if g.chance(2) {
		last := len(p.text) - 1
		p.text[last] = "} else if " + g.cond(2) + " {\n"
		p.bodies = append(p.bodies, g.body(nil, depth-1))
		p.text = append(p.text, "}")
	}
	if g.chance(2) {
		last := len(p.text) - 1
		p.text[last] = "} else {\n"
		p.bodies = append(p.bodies, g.body(nil, depth-1))
		p.text = append(p.text, "}")
	}
	return p
}

// enter writes something inside of a statement that break may leave.
func (g *randomizer) enter(loop bool, f func() *piece) *piece {
	g.names++
	a := around{label: fmt.Sprintf("L%d", g.names), loop: loop, used: new(bool)}
	g.around = append(g.around, a)
	p := f()
	g.around = g.around[:len(g.around)-1]
	if *a.used {
		p.text[0] = a.label + ":\n" + p.text[0]
	}
	return p
}

func (g *randomizer) loop(depth int) *piece {
	var head string
	g.scopes = append(g.scopes, nil)
	defer func() { g.scopes = g.scopes[:len(g.scopes)-1] }()
	v := func(kind string, fixed bool) string {
		l := g.declare(kind)
		l.fixed = fixed
		return l.name
	}
	switch g.r.Intn(18) {
	case 0, 1:
		from := g.num(2)
		i := v("int", true)
		step := fmt.Sprintf("%s++", i)
		if g.async && g.chance(3) {
			step = fmt.Sprintf("%s += 1 + rt.Await(val(%d, 0))", i, g.id())
		}
		head = fmt.Sprintf("for %s := %s & 1; %s < 3 && tick(); %s {\n", i, from, i, step)
	case 2:
		head = fmt.Sprintf("for tick() && %s {\n", g.cond(2))
	case 3:
		head = "for {\nif !tick() {\nbreak\n}\n"
	case 4:
		from := g.num(2)
		head = fmt.Sprintf("for %s := range %s & 3 {\n", v("int", false), from)
	case 5:
		from := g.num(2)
		head = fmt.Sprintf("for %s, %s := range []int{%s, 5, 6} {\n", v("int", false), v("int", false), from)
	case 6:
		list := g.find("array", false)
		if list == nil {
			list = g.find("slice", false)
		}
		if list == nil {
			list = &scoped{name: "[2]int{1, 2}"}
		}
		head = fmt.Sprintf("for %s, %s := range %s {\n", v("int", false), v("int", false), list.name)
	case 7:
		from := g.num(2)
		head = fmt.Sprintf("for %s, %s := range map[int]int{%s: 1} {\n", v("int", false), v("int", false), from)
	case 8:
		i := v("int", false)
		g.names++
		r := fmt.Sprintf("r%d", g.names)
		head = fmt.Sprintf("for %s, %s := range \"aé\" {\nnote(%d, int(%s))\n", i, r, g.id(), r)
	case 9:
		from := g.num(2)
		head = fmt.Sprintf("for %s := range filled(%s) {\n", v("int", false), from)
	case 10:
		from := g.num(1)
		head = fmt.Sprintf("for %s := range each(%s) {\n", v("int", false), from)
	case 11:
		from := g.num(2)
		if i := g.find("int", true); i != nil {
			head = fmt.Sprintf("for %s = range %s & 3 {\n", i.name, from)
		} else {
			head = fmt.Sprintf("for range %s & 3 {\n", from)
		}
	default:
		head = g.iteration(v)
	}
	return g.enter(true, func() *piece {
		body := g.body(nil, depth-1)
		for _, l := range g.scopes[len(g.scopes)-1] {
			if !l.used {
				body = append([]*piece{g.use(l)}, body...)
			}
		}
		return &piece{text: []string{head, "}"}, bodies: [][]*piece{body}}
	})
}

func (g *randomizer) switchStmt(depth int) *piece {
	if v := g.find("any", true); v != nil && g.chance(2) {
		v.used = true
		return g.enter(false, func() *piece {
			p := &piece{text: []string{"switch t := " + v.name + ".(type) {\ncase int:\n"}}
			for _, c := range []struct{ kind, next string }{{"int", "case word, nil:\nfmt.Println(t)\n"}, {"any", "case pair:\n"}, {"pair", "default:\n"}, {"any", "}"}} {
				p.bodies = append(p.bodies, g.body([]*scoped{{name: "t", kind: c.kind, used: c.kind == "any"}}, depth-1))
				p.text = append(p.text, c.next)
			}
			return p
		})
	}
	tagged := g.chance(2)
	head := "switch {\n"
	if tagged {
		head = "switch " + g.num(2) + " & 3 {\n"
	}
	return g.enter(false, func() *piece {
		p := &piece{text: []string{head}}
		last := &p.text[0]
		defaultAt, n := g.r.Intn(4), 1+g.r.Intn(3)
		for i := range n {
			switch {
			case i == defaultAt:
				*last += "default:\n"
			case tagged:
				*last += fmt.Sprintf("case note(%d, %s), %d:\n", g.id(), g.num(2), i)
			default:
				*last += "case " + g.cond(2) + ":\n"
			}
			p.bodies = append(p.bodies, g.body(nil, depth-1))
			tail := ""
			if i+1 < n && g.chance(4) {
				tail = "fallthrough\n"
			}
			p.text = append(p.text, tail)
			last = &p.text[len(p.text)-1]
		}
		*last += "}"
		return p
	})
}
