package gen

import "fmt"

// What random functions have besides variables of plain types: type parameters, local types and constants, iterators,
// streams, gotos, selects, and constants without a type where a type is asked for.

// typeParams are those of the generic functions: variables of T have the kind elem, those of A the kind elems.
const typeParams = "[T number, A ~[3]T]"

// Every fifth function is generic, every fifth a stream, which the program does not call by itself.
func isGeneric(n int) bool { return n%5 == 2 }
func isStream(n int) bool  { return n%5 == 4 }

// functionName is the function with a number, instantiated.
func functionName(n int) string {
	switch {
	case isStream(n):
		return fmt.Sprintf("s%d", n)
	case !isGeneric(n):
		return fmt.Sprintf("f%d", n)
	case n%2 == 0:
		return fmt.Sprintf("f%d[int, [3]int]", n)
	}
	return fmt.Sprintf("f%d[small, smalls]", n)
}

const formsPrologue = `
type (
	small  int64
	smalls [3]small
	number interface{ ~int | ~int64 }
	yes    bool
	text   string
	box    struct{ n int }
	flag   = bool   // where a local bool may hide it
	word   = string // likewise
)

// mixed has a parameter for each kind of constant.
func mixed(b byte, f float64, y yes, t text, r rune, err error, v any) {
	fmt.Println("mixed", b, f, y, t, r, err, v)
}

func times(n int) func(func() bool) {
	return func(yield func() bool) {
		for n &= 3; n > 0 && yield(); n-- {
		}
	}
}

func both[K, V any](k K, v V) func(func(K, V) bool) {
	return func(yield func(K, V) bool) {
		defer fmt.Println("both ends")
		_ = yield(k, v) && yield(k, v)
	}
}

// all goes on after a panic of the loop, which it passes on.
func (b box) all(yield func(int) bool) {
	defer func() { fmt.Println("all ends") }()
	for i := range 4 {
		if !yield(b.n + i) {
			return
		}
	}
}

//async:func
func count(n int) rt.Stream[int] {
	defer fmt.Println("count ends")
	for i := range n & 3 {
		rt.Await(maybe())
		rt.Yield(i + n)
	}
	return nil
}

//async:func
func plain(n int) rt.Stream[int] {
	for i := range n & 3 {
		rt.Yield(i)
		rt.Await(maybe())
	}
	return nil
}
`

// callee is a function that this one may call, or "".
func (g *randomizer) callee() string {
	if g.number == 0 {
		return ""
	}
	n := g.r.Intn(g.number)
	if isStream(n) {
		n--
	}
	return functionName(n)
}

// streamCall is a stream to read.
func (g *randomizer) streamCall() string {
	n := g.r.Intn(g.number + 1)
	if isStream(n) && n < g.number && !g.calm {
		return fmt.Sprintf("%s(%s, %s)", functionName(n), g.num(1), g.num(1))
	}
	return fmt.Sprintf("%s(%s)", []string{"count", "plain"}[g.r.Intn(2)], g.num(1))
}

// iteration is the head of a loop over a function, or over a stream.
func (g *randomizer) iteration(v func(kind string, fixed bool) string) string {
	n := g.r.Intn(6)
	if n >= 4 && g.async {
		stream := g.streamCall()
		return fmt.Sprintf("for %s := range rt.AwaitEach(%s) {\n", v("int", false), stream)
	}
	from := g.num(1)
	switch n {
	case 0:
		return fmt.Sprintf("for range times(%s) {\n", from)
	case 1:
		return fmt.Sprintf("for %s, %s := range both(%s, %d) {\n", v("int", false), v("int", false), from, g.id())
	case 2:
		return fmt.Sprintf("for %s := range (box{%s}).all {\n", v("int", false), from)
	case 3:
		x := g.find("int", true)
		if x == nil {
			return fmt.Sprintf("for range each(%s) {\n", from)
		}
		return fmt.Sprintf("for %s = range each(%s) {\n", x.name, from)
	}
	return fmt.Sprintf("for %s := range func(yield func(int) flag) { _ = yield(%s) && yield(%d) } {\n", v("int", false), from, g.id())
}

// form declares a local type, a constant or a variable of such a type; a stream yields.
func (g *randomizer) form() *piece {
	if g.stream && g.async && g.chance(2) {
		return line("rt.Yield(%s)", g.num(2))
	}
	switch n := g.r.Intn(8); {
	case n == 0:
		return line("const %s = %d", g.declare("const").name, g.r.Intn(9))
	case n == 1:
		return line("const (\n%s = iota + 1\n%s\n)", g.declare("const").name, g.declare("const").name)
	case n == 2:
		if list := g.find("array", false); list != nil {
			return line("const %s = len(%s)", g.declare("const").name, list.name)
		}
	case n >= 6 && g.types:
		one := g.num(1)
		if g.chance(2) {
			return line("%s := A{1, T(%s)}", g.declare("elems").name, one)
		}
		return line("%s := T(%s)", g.declare("elem").name, one)
	}
	t := g.declare("type").name
	one := g.num(1) // in the scope of the type
	switch g.r.Intn(3) {
	case 0:
		return line("type %s [3]int\n%s := %s{%s, 2, 3}", t, g.declare("array").name, t, one)
	case 1:
		return line("type %s struct{ a, b int }\n%s := %s{b: %s}", t, g.declare("pair").name, t, one)
	}
	return line("type %s []int\nvar %s = %s{%s, 1}", t, g.declare("slice").name, t, one)
}

// mixed gives constants without a type to parameters that have one.
func (g *randomizer) mixed() *piece {
	word := []string{"", "", "defer "}[g.r.Intn(3)]
	return line("%smixed(%d, %d, %d < %d, \"t\", 'r', nil, %s)", word, g.r.Intn(200), g.r.Intn(9), g.r.Intn(9), g.r.Intn(9), g.num(2))
}

// gotos jumps over a block, or back to its beginning.
func (g *randomizer) gotos(depth int) *piece {
	g.names++
	label, cond := fmt.Sprintf("G%d", g.names), g.cond(1)
	body := [][]*piece{g.body(nil, depth-1)}
	if g.chance(2) {
		return &piece{text: []string{fmt.Sprintf("if %s {\ngoto %s\n}\n{\n", cond, label), fmt.Sprintf("}\n%s:\nnote(%d, 0)", label, g.id())}, bodies: body}
	}
	return &piece{text: []string{label + ":\n{\n", fmt.Sprintf("}\nif tick() && %s {\ngoto %s\n}", cond, label)}, bodies: body}
}

// selects has one clause that is ready.
func (g *randomizer) selects(depth int) *piece {
	v, from := g.newName(), g.num(1)
	return g.enter(false, func() *piece {
		return &piece{
			text:   []string{fmt.Sprintf("select {\ncase %s := <-filled(%s):\n", v, from), "case <-(chan int)(nil):\n", "}"},
			bodies: [][]*piece{g.body([]*scoped{{name: v, kind: "int"}}, depth-1), g.body(nil, depth-1)},
		}
	})
}
