package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A rangeLoop is what the kinds of range have in common: the blocks of the loop.
type rangeLoop struct {
	s                     *ast.RangeStmt
	label                 types.Object
	head, body, post, end *block
}

// rangeStmt lowers a range statement that awaits.
func (b *builder) rangeStmt(s *ast.RangeStmt, label types.Object) {
	if call := b.c.overStream(s); call != nil {
		b.rangeStream(s, call, label)
		return
	}
	b.spill(s.X, false)
	if !b.suspends(s.Body) && !b.awaitsOnLeft(s) {
		if blank(s.Value) {
			b.evaluateArray(s.X)
		}
		b.restOfRange(s, label)
		return
	}
	b.declareOnce(s)
	r := &rangeLoop{s, label, b.newBlock("loop"), b.newBlock("body"), b.newBlock("next"), b.newBlock("end")}
	t := b.c.pkg.Info.TypeOf(s.X)
	switch u := coreType(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			b.rangeString(r, t)
		} else {
			b.rangeInt(r, t)
		}
	case *types.Slice, *types.Array, *types.Pointer:
		b.rangeSlice(r, t, u)
	case *types.Map:
		b.rangeMap(r, t, u)
	case *types.Chan:
		b.rangeChan(r, t, u)
	case *types.Signature:
		b.rangeFunc(r, u)
	default:
		b.c.refuse(CodeBug, s, "an await cannot stand in a range over %s", t)
	}
}

// declaresEach reports whether each round of a range statement declares its variables.
func (b *builder) declaresEach(s *ast.RangeStmt) bool {
	return s.Tok == token.DEFINE && b.c.perIteration(b.co.src)
}

// declareOnce declares the variables of a range statement whose rounds share them, as those of Go 1.21 do.
func (b *builder) declareOnce(s *ast.RangeStmt) {
	if s.Tok != token.DEFINE || b.declaresEach(s) {
		return
	}
	for _, l := range rangeVars(s) {
		if !blank(l) {
			v := b.variable(b.c.pkg.Info.Defs[l.(*ast.Ident)].(*types.Var))
			in := b.code(func(e *emitter) string { return e.declareZero(v) })
			in.kills, in.declares = []*variable{v}, []*variable{v}
		}
	}
}

// awaitsOnLeft reports whether the operands that range assigns to await.
func (b *builder) awaitsOnLeft(s *ast.RangeStmt) bool {
	return s.Key != nil && b.suspends(s.Key) || s.Value != nil && b.suspends(s.Value)
}

func (b *builder) restOfRange(s *ast.RangeStmt, label types.Object) {
	nodes := []ast.Node{s.X, s.Body}
	if s.Key != nil {
		nodes = append(nodes, s.Key)
	}
	if s.Value != nil {
		nodes = append(nodes, s.Value)
	}
	b.rest(s, b.labelPrefix(s, label), "", s.For, nodes...)
}

// loop runs the body between head and post; code that follows is the next round's beginning.
func (b *builder) loop(r *rangeLoop, next func()) {
	b.targets = append(b.targets, target{label: r.label, brk: r.end, cont: r.post})
	b.scope(r.s.Body)
	b.targets = b.targets[:len(b.targets)-1]
	b.jumpTo(r.post)
	b.enter(r.post)
	if next != nil {
		next()
	}
	b.jumpTo(r.head)
	b.enter(r.end)
}

// headed enters the head of the loop.
func (b *builder) headed(r *rangeLoop) {
	b.jumpTo(r.head)
	b.enter(r.head)
}

// test ends the head with a condition of our own.
func (b *builder) test(r *rangeLoop, uses []*variable, cond func(*emitter) string) {
	b.terminate(&branch{word: "for", node: r.s, cond: cond, uses: uses, count: true, yes: r.body, no: r.end})
	b.enter(r.body)
}

// set appends v = text, or declares it.
func (b *builder) set(v *variable, declare bool, uses []*variable, text func(*emitter) string) {
	in := b.code(func(e *emitter) string {
		if declare {
			return e.declare(v, text(e))
		}
		return e.ref(v) + " = " + text(e)
	})
	in.uses, in.kills = uses, []*variable{v}
	if declare {
		in.declares = []*variable{v}
	}
}

func (b *builder) bump(v *variable) {
	in := b.code(func(e *emitter) string { return e.ref(v) + "++" })
	in.uses = []*variable{v}
}

// fixed gives a variable with the value that e has now: e itself, if it is a variable that never changes.
func (b *builder) fixed(e ast.Expr, t types.Type, base string) *variable {
	if v := b.plainVar(e); v != nil && !v.assigned && types.Identical(v.typ, t) {
		return v
	}
	v := b.temp(t, base)
	b.let(e, true, v)
	return v
}

// blank reports whether a range variable is not there.
func blank(e ast.Expr) bool {
	if e == nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// counter gives the variable that counts the rounds: the user's own, if nobody can tell the difference.
func (b *builder) counter(s *ast.RangeStmt, t types.Type) (i *variable, own bool) {
	if s.Tok == token.DEFINE && !blank(s.Key) {
		obj := b.c.pkg.Info.Defs[s.Key.(*ast.Ident)].(*types.Var)
		if f := b.c.fact(obj); !f.shared && !f.assigned {
			return b.variable(obj), true
		}
	}
	return b.temp(t, "i"), false
}

func (b *builder) rangeInt(r *rangeLoop, t types.Type) {
	s, info := r.s, b.c.pkg.Info
	if !blank(s.Key) {
		if _, holds := coreAs[*types.Interface](info.TypeOf(s.Key)); holds { // what the operand is by itself
			t = b.c.ownType(s.X)
		} else {
			t = info.TypeOf(s.Key)
		}
	}
	t = types.Default(t)
	limit := func(e *emitter) string { return e.operand(s.X) }
	uses := b.usesOf(s.X) // also a constant may mention some: len(array)
	if info.Types[s.X].Value == nil {
		n := b.fixed(s.X, t, "n")
		limit, uses = func(e *emitter) string { return e.ref(n) }, []*variable{n}
	}
	i, own := b.counter(s, t)
	b.c.mustName(t, s.Pos())
	b.set(i, true, nil, func(*emitter) string {
		if types.Identical(t, types.Typ[types.Int]) {
			return "0"
		}
		return b.c.typeText(b.co.src, t, s.Pos()) + "(0)"
	})
	b.headed(r)
	b.test(r, append(uses, i), func(e *emitter) string { return e.ref(i) + " < " + limit(e) })
	if !own && !blank(s.Key) {
		b.bindText(s.Key, b.declaresEach(s), []*variable{i}, func(e *emitter) string { return e.ref(i) })
	}
	b.loop(r, func() { b.bump(i) })
}

func (b *builder) rangeSlice(r *rangeLoop, t types.Type, under types.Type) {
	s := r.s
	_, array := under.(*types.Array)
	var list *variable
	length := func(e *emitter) string { return e.lengthOf(list, under) }
	var uses []*variable
	if array && blank(s.Value) { // only the length counts, and the array is not copied
		n := under.(*types.Array).Len()
		length = func(*emitter) string { return fmt.Sprint(n) }
		b.evaluateArray(s.X)
	} else {
		list = b.fixed(s.X, t, "list")
		uses = []*variable{list}
	}
	i, own := b.counter(s, types.Typ[types.Int])
	b.set(i, true, nil, func(*emitter) string { return "0" })
	b.headed(r)
	b.test(r, append(uses, i), func(e *emitter) string { return e.ref(i) + " < " + length(e) })
	element := rangeValue{[]*variable{i, list}, func(e *emitter) string { return e.ref(list) + "[" + e.ref(i) + "]" }}
	switch {
	case !own:
		b.bindRange(s, refTo(i), element)
	case !blank(s.Value):
		b.bindText(s.Value, true, element.uses, element.text)
	}
	b.loop(r, func() { b.bump(i) })
}

// lengthOf is the length of what a loop ranges over.
func (e *emitter) lengthOf(list *variable, under types.Type) string {
	if ptr, ok := under.(*types.Pointer); ok {
		under = ptr.Elem().Underlying()
	}
	if array, ok := under.(*types.Array); ok && e.c.redeclared(e.co.src, "len") {
		return fmt.Sprint(array.Len())
	}
	return e.c.lengthOf(e.co.src, e.ref(list), "GoLen")
}

// assignBoth assigns key and value in one statement, as range does.
func (b *builder) assignBoth(s *ast.RangeStmt, uses []*variable, values func(*emitter) string) {
	b.spillAll(false, s.Key, s.Value)
	in := b.code(func(e *emitter) string { return e.text(s.Key) + ", " + e.text(s.Value) + " = " + values(e) })
	in.uses = append(append(b.usesOf(s.Key), b.usesOf(s.Value)...), uses...)
}

func (b *builder) rangeString(r *rangeLoop, t types.Type) {
	s, q := r.s, b.c.rtQual(b.co.src)
	str, i := b.fixed(s.X, t, "s"), b.temp(types.Typ[types.Int], "i")
	char, next := b.temp(types.Typ[types.Rune], "r"), b.temp(types.Typ[types.Int], "next")
	b.set(i, true, nil, func(*emitter) string { return "0" })
	b.headed(r)
	b.test(r, []*variable{str, i}, func(e *emitter) string { return e.ref(i) + " < " + e.c.lengthOf(e.co.src, e.ref(str), "GoLenString") })
	in := b.code(func(e *emitter) string {
		return e.declareTwo(char, next, q+"NextRune("+e.c.predeclared(e.co.src, "string")+"("+e.ref(str)+"), "+e.ref(i)+")")
	})
	in.uses, in.kills = []*variable{str, i}, []*variable{char, next}
	in.declares = in.kills
	b.bindRange(s, refTo(i), refTo(char))
	if !b.usedIn(r.body, char) {
		b.discard(char)
	}
	b.loop(r, func() { b.set(i, false, []*variable{next}, func(e *emitter) string { return e.ref(next) }) })
}

// bindRange gives the range variables their values.
func (b *builder) bindRange(s *ast.RangeStmt, key, value rangeValue) {
	declare := b.declaresEach(s)
	if !declare && !blank(s.Key) && !blank(s.Value) {
		uses := append(slices.Clone(key.uses), value.uses...)
		b.assignBoth(s, uses, func(e *emitter) string { return key.text(e) + ", " + value.text(e) })
		return
	}
	if !blank(s.Key) {
		b.bindText(s.Key, declare, key.uses, key.text)
	}
	if !blank(s.Value) {
		b.bindText(s.Value, declare, value.uses, value.text)
	}
}

// A rangeValue is what a range variable gets in a round, and the variables in it.
type rangeValue struct {
	uses []*variable
	text func(*emitter) string
}

// refTo is the value of a temporary.
func refTo(v *variable) rangeValue {
	return rangeValue{[]*variable{v}, func(e *emitter) string { return e.ref(v) }}
}

// usedIn reports whether an instruction of the block uses v.
func (b *builder) usedIn(blk *block, v *variable) bool {
	for _, in := range blk.code {
		for _, u := range in.uses {
			if u == v {
				return true
			}
		}
	}
	return false
}

// discard keeps the compiler from complaining about a temporary that nobody reads.
func (b *builder) discard(v *variable) {
	in := b.code(func(e *emitter) string { return "_ = " + e.ref(v) })
	in.uses = []*variable{v}
}

func (b *builder) rangeMap(r *rangeLoop, t types.Type, m *types.Map) {
	s, q := r.s, b.c.rtQual(b.co.src)
	it := b.temp(nil, "entries")
	it.iterator = true
	it.made = b.madeType(s.Pos(), q+"MapIter[%s, %s]", m.Key(), m.Elem())
	in := b.code(nil, s.X)
	in.emit = func(e *emitter) string { return e.declare(it, q+"RangeMap("+e.text(s.X)+")") }
	in.kills, in.declares = []*variable{it}, []*variable{it}
	b.headed(r)
	b.test(r, []*variable{it}, func(e *emitter) string { return e.ref(it) + ".Next()" })
	b.bindEntry(s, it)
	b.loop(r, nil)
}

// bindEntry gives the range variables the Key and the Value of an iterator of rt.
func (b *builder) bindEntry(s *ast.RangeStmt, it *variable) {
	part := func(field string) rangeValue {
		return rangeValue{[]*variable{it}, func(e *emitter) string { return e.ref(it) + field }}
	}
	b.bindRange(s, part(".Key"), part(".Value"))
}

func (b *builder) rangeChan(r *rangeLoop, t types.Type, ch *types.Chan) {
	s := r.s
	c, v, ok := b.fixed(s.X, t, "ch"), b.temp(ch.Elem(), "v"), b.temp(types.Typ[types.Bool], "ok")
	b.headed(r)
	in := b.code(func(e *emitter) string { return e.declareTwo(v, ok, "<-"+e.ref(c)) })
	in.uses, in.kills = []*variable{c}, []*variable{v, ok}
	in.declares = in.kills
	if blank(s.Key) {
		b.discard(v)
	}
	b.test(r, []*variable{ok}, func(e *emitter) string { return e.ref(ok) })
	if !blank(s.Key) {
		b.bindText(s.Key, b.declaresEach(s), []*variable{v}, func(e *emitter) string { return e.ref(v) })
	}
	b.loop(r, nil)
}

// rangeFunc ranges over a function: rt runs it beside the frame. Whoever leaves the loop stops it.
func (b *builder) rangeFunc(r *rangeLoop, sig *types.Signature) {
	s, c, q := r.s, b.c, b.c.rtQual(b.co.src)
	args := []string{q + "None", q + "None"}
	yield, _ := coreAs[*types.Signature](sig.Params().At(0).Type())
	var given []types.Type
	for i := range yield.Params().Len() {
		args[i] = "%s"
		given = append(given, yield.Params().At(i).Type())
	}
	it := b.temp(nil, "loop")
	it.made = b.madeType(s.Pos(), "*"+q+"FuncIter["+strings.Join(args, ", ")+"]", given...)
	in := b.code(nil, s.X)
	in.emit = func(e *emitter) string {
		seq := e.text(s.X)
		if _, named := types.Unalias(sig.Params().At(0).Type()).(*types.Named); named { // a yield of a type of its own
			var list []string
			for _, t := range given {
				list = append(list, c.typeText(b.co.src, t, s.Pos()))
			}
			params := strings.Join(list, ", ")
			seq = fmt.Sprintf("%sYieldAs(%s, func(yield func(%s) %s) %s { return yield })", q, seq, params, c.predeclared(b.co.src, "bool"),
				c.typeText(b.co.src, sig.Params().At(0).Type(), s.Pos()))
		}
		return e.declare(it, fmt.Sprintf("%sRangeFunc%d(&%s.%s, %s)", q, yield.Params().Len(), b.g.frame, b.g.defers, seq))
	}
	in.kills, in.declares = []*variable{it}, []*variable{it}
	b.headed(r)
	b.test(r, []*variable{it}, func(e *emitter) string { return e.ref(it) + ".Next()" })
	b.bindEntry(s, it)
	leave := b.newBlock("leave")
	b.targets = append(b.targets, target{label: r.label, brk: leave, cont: r.head, stmt: s, leave: func() { b.stop(it) }})
	b.scope(s.Body)
	b.targets = b.targets[:len(b.targets)-1]
	b.jumpTo(r.head)
	b.enter(leave)
	b.stop(it)
	b.jumpTo(r.end)
	b.enter(r.end)
}

// stop leaves a range over a function.
func (b *builder) stop(it *variable) {
	in := b.code(func(e *emitter) string { return e.ref(it) + ".Stop()" })
	in.uses = []*variable{it}
}
