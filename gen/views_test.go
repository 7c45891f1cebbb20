package gen

import (
	"strings"
	"testing"
)

// Tests of single stages, through their views.

// view gives a stage of the async function try, without its name and the indentation.
func view(t *testing.T, stage, source string) string {
	t.Helper()
	p, err := memoryPackage(fuzzHead + viewHead + source)
	if err != nil {
		t.Fatal(err)
	}
	text, diags := Dump(p, Options{}, stage)
	if len(diags) > 0 {
		t.Fatal(diags[0])
	}
	_, text, ok := strings.Cut("\n"+text, "\ntry\n")
	if !ok {
		_, text, ok = strings.Cut("\n"+text, "\ntry gives ")
	}
	if !ok {
		t.Fatalf("there is no try in\n%s", text)
	}
	return text
}

const viewHead = `
func one(int) int
func two(int, int) int
func yes() bool
func note(...any)
var list []int

//async:func
func get(int) rt.Coro[int] { rt.Await(rt.Sleep(1)); return nil }

//async:func
func is() rt.Coro[bool] { rt.Await(rt.Sleep(1)); return nil }

`

// async makes a body the async function try.
func async(body string) string {
	return "//async:func\nfunc try(a, b int) rt.Coro[int] {\n" + body + "\nreturn nil\n}\n"
}

// untilAwait is the code of the first block, up to the first await.
func untilAwait(blocks string) string {
	var code []string
	for _, l := range strings.Split(blocks, "\n")[1:] {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "if f.") || strings.HasPrefix(l, "if rt.") || strings.HasPrefix(l, "if x.") || strings.HasPrefix(l, "→") {
			break
		}
		if l != "{" {
			code = append(code, l)
		}
	}
	return strings.Join(code, "\n")
}

// What Go orders before an await happens before it, and nothing else does.
func TestSpillKeepsWhatGoOrders(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"a call on the left is kept, one on the right is not",
			"note(one(1) + rt.Await(get(2)) + one(3))",
			"f.t = one(1)\nf.get.begin(2)"},
		{"variables, elements and fields stay in the statement",
			"note(a, list[b], rt.Await(get(2)))",
			"f.get.begin(2)"},
		{"constants and conversions stay",
			"note(5, int64(a), rt.Await(get(2)))",
			"f.get.begin(2)"},
		{"a call inside a conversion is kept, the conversion is not",
			"note(int64(one(a)), rt.Await(get(2)))",
			"f.t = one(f.a)\nf.get.begin(2)"},
		{"calls nest: the inner ones happen with the outer one",
			"note(two(one(1), one(2)), rt.Await(get(2)))",
			"f.t = two(one(1), one(2))\nf.get.begin(2)"},
		{"a receive is kept",
			"c := make(chan int, 1)\nnote(<-c, rt.Await(get(2)))",
			"c := make(chan int, 1)\nf.t = <-c\nf.get.begin(2)"},
		{"the arguments of the awaited call come first",
			"note(rt.Await(get(one(a))))",
			"f.get.begin(one(f.a))"},
		{"a function literal that is not called is no effect",
			"note(func() int { return one(1) }, rt.Await(get(2)))",
			"f.get.begin(2)"},
		{"a statement without awaits is carried whole",
			"for i := range a {\nnote(i)\n}\nrt.Await(get(1))",
			"for i := range f.a {\nnote(i)\n}\nf.get.begin(1)"},
		{"&& on the left, with a call, is kept as a whole",
			"note(yes() && a > 0, rt.Await(get(2)))",
			"f.t = yes() && f.a > 0\nf.get.begin(2)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := untilAwait(view(t, "blocks", async(test.body))); got != test.want {
				t.Errorf("before the await stands\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// shape is the graph alone: each block with its successors.
func shape(blocks string) string {
	var w strings.Builder
	for _, l := range strings.Split(blocks, "\n") {
		if !strings.HasPrefix(l, "\t") && strings.HasSuffix(l, ":") {
			w.WriteString("\n" + l)
		} else if s, ok := strings.CutPrefix(l, "\t→ "); ok {
			w.WriteString(" " + s)
		}
	}
	return strings.TrimSpace(w.String())
}

// Control flow is split only where it contains an await.
func TestBlocksSplitOnlyAroundAwaits(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"nothing to split", "for a < b {\nif yes() {\nbreak\n}\n}", "entry0:"},
		{"an await in a row", "rt.Await(get(1))\nrt.Await(get(2))", "entry0: await1\nawait1: await2\nawait2:"},
		{"an if with an await in its condition only",
			"if rt.Await(is()) {\nnote(1)\n} else {\nnote(2)\n}", "entry0: await1\nawait1:"},
		{"an if with an await in one branch",
			"if yes() {\nrt.Await(get(1))\n}", "entry0: then1 endif3\nthen1: await1\nawait1: endif3\nendif3:"},
		{"&& with an await on the right",
			"note(yes() && rt.Await(is()))", "entry0: right1 end3\nright1: await1\nawait1: end3\nend3:"},
		{"&& with an await on the left",
			"note(rt.Await(is()) && yes())", "entry0: await1\nawait1:"},
		{"a loop", "for a < b {\nrt.Await(get(a))\n}", "entry0: loop1\nloop1: body2 end5\nbody2: await1\nawait1: next4\nnext4: loop1\nend5:"},
		{"code that nothing reaches is dropped", "return nil\nrt.Await(get(a))", "entry0:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := shape(view(t, "blocks", async(test.body))); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// viewLines cuts the view of a function into trimmed lines; the view of the next function begins without a tab.
func viewLines(text string) []string {
	var list []string
	for _, l := range strings.Split(text, "\n") {
		if !strings.HasPrefix(l, "\t") {
			break
		}
		list = append(list, strings.TrimSpace(l))
	}
	return list
}

func TestLiveVariables(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"read after the await", "rt.Await(get(1))\nnote(a)", "entry0: a; await1: a"},
		{"read only before", "rt.Await(get(a))\nnote(b)", "entry0: a b; await1: b"},
		{"assigned before it is read again", "rt.Await(get(a))\na = 1\nrt.Await(get(2))\nnote(a)", "entry0: a; await1:; await2: a"},
		{"op= reads", "rt.Await(get(1))\na += 1\nnote(a)", "entry0: a; await1: a"},
		{"an element of a slice that is assigned to reads the slice",
			"s := list\nrt.Await(get(1))\ns[0] = 1", "entry0:; await1: s"},
		{"carried around a loop",
			"for i := 0; i < b; i++ {\nrt.Await(get(i))\n}", "entry0: b; loop1: b i; body2: b i; await1: b i; next4: b i; end5:"},
		{"read in one branch",
			"if yes() {\nrt.Await(get(1))\nnote(a)\n}", "entry0: a; then1: a; await1: a; endif3:"},
		{"an await whose result is assigned does not need the old value",
			"a = rt.Await(get(b))\nnote(a)", "entry0: b; await1:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(viewLines(view(t, "live", async(test.body))), "; "); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Only what lives across a suspension is in the frame.
func TestHomes(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"local: within one block", "c := a\nnote(c)\nrt.Await(get(1))", "c: local"},
		{"local: within one block, between awaits", "rt.Await(get(1))\nc := one(1)\nnote(c)\nrt.Await(get(2))", "c: local"},
		{"framed: across an await", "c := one(1)\nrt.Await(get(1))\nnote(c)", "c: framed"},
		{"register: crosses blocks, but no await",
			"c := one(1)\nif yes() {\nrt.Await(get(2))\nreturn nil\n}\nnote(c)", "c: register"},
		{"framed: around a loop that awaits", "c := 0\nfor c < a {\nc++\nrt.Await(get(1))\n}", "c: framed"},
		{"local: in a loop that does not await", "for c := range a {\nnote(c)\n}\nrt.Await(get(1))", ""},
		{"boxed: captured and changed", "c := 1\nd := func() { c++ }\nrt.Await(get(1))\nd()\nnote(c)", "c: boxed"},
		{"boxed: its address is taken", "c := 1\nd := &c\nrt.Await(get(1))\n*d = 2\nnote(c)", "c: boxed"},
		{"local: captured, but within one block", "c := 1\nfunc() { c++ }()\nnote(c)\nrt.Await(get(1))", "c: local"},
		{"copied: captured and never changed", "c := one(1)\nd := func() { note(c) }\nrt.Await(get(1))\nd()\nnote(c)", "c: copied"},
		{"a temporary across an await", "note(one(1), rt.Await(get(1)), rt.Await(get(2)))", "t: framed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			wanted, _, _ := strings.Cut(test.want+":", ":")
			got := ""
			for _, l := range viewLines(view(t, "frame", async(test.body))) {
				name, rest, _ := strings.Cut(l, " ")
				_, home, _ := strings.Cut(rest, ": ")
				if name == "c" || wanted == name {
					got = name + ": " + home
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A parameter comes in the frame; one that is assigned to before it is read needs a place there only
// if that value lives across a suspension.
func TestHomesOfParameters(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"read", "note(a)\nrt.Await(get(1))", "framed"},
		{"overwritten", "a = 1\nnote(a)\nrt.Await(get(1))", "register"},
		{"overwritten, read after an await", "a = 1\nrt.Await(get(1))\nnote(a)", "framed"},
		{"captured and changed", "rt.Await(get(1))\nc := func() { a++ }\nc()\nnote(a)", "boxed"},
		{"never mentioned", "rt.Await(get(1))", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			for _, l := range viewLines(view(t, "frame", async(test.body))) {
				if home, ok := strings.CutPrefix(l, "a int: "); ok {
					got = home
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Awaits of the same callee share a field, and a callee's frame is part of the caller's unless it
// would contain itself.
func TestAwaitedFields(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"one for a callee awaited twice", async("rt.Await(get(1))\nrt.Await(get(2))"), "get getFrame: awaited"},
		{"one for each callee", async("rt.Await(get(1))\nrt.Await(is())"), "get getFrame: awaited; is isFrame: awaited"},
		{"a pointer for recursion", async("rt.Await(try(a, b))"), "a int: framed; b int: framed; try *tryFrame: awaited"},
		{"none for a sleep", async("rt.Await(rt.Sleep(1))"), ""},
		{"a dynamic one", async("c := get(1)\nnote(rt.Await(c))"), "c rt.Coro[int]: framed"},
		{"one that changes meanwhile", async("c := get(1)\nnote(rt.Await(c))\nc = nil"), "c rt.Coro[int]: register; awaited rt.Coro[int]: framed"},
		{"a task", async("t := rt.CreateTask(get(1))\nnote(t, rt.Await(t))"), "t *rt.Task[int]: framed"},
		{"a future", async("note(rt.Await(rt.NewFuture[bool]()))"), "awaited *rt.Future[bool]: framed"},
		{"anything", async("var w rt.Awaitable[int]\nnote(rt.Await(w))"), "w rt.Awaitable[int]: framed"},
		{"none where nobody wants the value", async("rt.Await(rt.Shield(get(1)))\nrt.Await(rt.NewFuture[bool]())"), ""},
		{"none where there is no value", async("_, err := rt.TryAwait(rt.NewFuture[rt.None]())\nnote(err)"), "err error: local"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(viewLines(view(t, "frame", test.source)), "; "); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Variables of the same name and type that are never alive together share a field.
func TestSharedFields(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"two loops", "for i := range 3 {\nrt.Await(get(i))\n}\nfor i := range 3 {\nrt.Await(get(i))\n}",
			"i int: framed; i2 int: framed, as i"},
		{"a loop in a loop", "for i := range 3 {\nfor i := range i {\nrt.Await(get(i))\n}\n}",
			"i int: framed; i2 int: framed"},
		{"other types", "for i := range 3 {\nrt.Await(get(i))\n}\nfor i := range int8(3) {\nrt.Await(get(int(i)))\n}",
			"i int: framed; i2 int8: framed"},
		{"other names", "for i := range 3 {\nrt.Await(get(i))\n}\nfor j := range 3 {\nrt.Await(get(j))\n}",
			"i int: framed; j int: framed"},
		{"boxes are not shared", "for i := range 2 {\nx := i\nnote(&x)\nrt.Await(get(x))\nnote(x)\n}\n{\nx := 1\nnote(&x)\nrt.Await(get(x))\nnote(x)\n}",
			"i int: framed; x int: boxed; x2 int: boxed"},
		{"slots", "note(rt.Await(rt.CreateTask(get(1))))\nnote(rt.Await(rt.CreateTask(get(2))))",
			"awaited *rt.Task[int]: framed; awaited2 *rt.Task[int]: framed, as awaited"},
		{"one that is alive when the other one is born", "x := a\nrt.Await(get(1))\n{\nx := x + 1\nrt.Await(get(2))\nnote(x)\n}\nnote(x)",
			"x int: framed; x2 int: framed"},
		{"the last use of one makes the other one", "x := a\nrt.Await(get(1))\n{\nx := x + 1\nrt.Await(get(2))\nnote(x)\n}",
			"x int: framed; x2 int: framed, as x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, l := range viewLines(view(t, "frame", async(test.body))) {
				if !strings.HasSuffix(l, ": awaited") && !strings.HasPrefix(l, "a int") {
					got = append(got, l)
				}
			}
			if got := strings.Join(got, "; "); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
