package gen

import (
	"fmt"
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

func (c *compiler) newEmitter(co *coroutine) *emitter {
	e := &emitter{c: c, co: co, g: co.graph, q: c.rtQual(co.src), jumped: map[*block]bool{}, names: newNamer(co.body)}
	e.labels = e.names.inner()
	return e
}

// label gives the label of a block, for a goto.
func (e *emitter) label(b *block) string {
	e.jumped[b] = true
	return e.nameOf(b)
}

func (e *emitter) nameOf(b *block) string {
	if b.label == "" {
		switch {
		case b.await != nil:
			b.label = e.labels.fresh("await" + strconv.Itoa(b.await.site))
		case b.exit:
			b.label = e.labels.fresh("exit")
		default:
			b.label = e.labels.fresh(b.kind+strconv.Itoa(b.id), b.kind)
		}
	}
	return b.label
}

// body is the text of Resume behind its dispatch: the blocks, one after the other.
func (e *emitter) body() string {
	texts := make([]string, len(e.g.blocks))
	for i, b := range e.g.blocks {
		var next *block
		if i+1 < len(e.g.blocks) {
			next = e.g.blocks[i+1]
		}
		texts[i] = e.block(b, next)
	}
	var w strings.Builder
	for i, b := range e.g.blocks {
		if b.await != nil {
			fmt.Fprintf(&w, "%s: // %s:%d: %s\n", e.nameOf(b), base(e.co.src.Path), b.await.line, b.await.source)
		} else if b.exit || e.jumped[b] {
			w.WriteString(e.nameOf(b) + ":\n")
		}
		text := texts[i]
		if i+1 < len(e.g.blocks) && e.g.blocks[i+1].exit { // it comes next
			text = strings.TrimSuffix(text, "goto "+e.nameOf(e.g.exit)+"\n")
		}
		w.WriteString(text)
	}
	return strings.TrimRight(w.String(), "\n")
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func (e *emitter) block(b, next *block) string {
	e.declared, e.current = false, b
	var lines []string
	if text := e.cleared(b.clears); text != "" {
		lines = append(lines, strings.TrimPrefix(text, "\n"))
	}
	lines = append(lines, e.aliases(b)...)
	for i, in := range b.code {
		e.currentAt = i
		load, store := e.onLocals(in)
		text := in.emit(e)
		if text == "" {
			continue
		}
		clear := e.cleared(in.clears)
		if in.node != nil {
			text = load + e.lineDirective(in.node) + text + store
		} else {
			text = e.madeFrom(in.line) + text
		}
		lines = append(lines, text+clear)
		for _, v := range in.declares {
			if !e.g.read[v] && (v.home == local || v.home == register) {
				lines = append(lines, "_ = "+v.name)
			}
		}
	}
	e.currentAt, e.locals = len(b.code), nil
	if b.exit {
		lines = append(lines, e.exitCode())
	} else if t := e.terminator(b.term, next); t != "" {
		if _, ok := b.term.(*suspend); !ok { // which says it itself
			t = e.madeFrom(b.line) + t
		}
		lines = append(lines, t)
	}
	text := strings.Join(lines, "\n")
	if text == "" {
		return ""
	}
	if e.declared && len(e.g.blocks) > 1 {
		text = "{\n" + text + "\n}"
	}
	return text + "\n"
}

// aliases gives the boxes that a block uses names: x := f.x.
func (e *emitter) aliases(b *block) []string {
	var lines []string
	done := varSet{}
	need := func(list []*variable) {
		for _, v := range list {
			if v.home.aliased() && !done[v] {
				done[v] = true
				lines = append(lines, v.name+" := "+e.g.frame+"."+v.name)
				e.declared = true
			}
		}
	}
	for _, in := range b.code {
		for _, v := range in.declares {
			if v.home.aliased() {
				done[v] = true
			}
		}
		need(in.uses)
		need(in.kills)
	}
	if b.exit && e.g.result != nil {
		need([]*variable{e.g.result})
	}
	if b.term != nil {
		uses, kills := termVars(b.term)
		need(uses)
		if _, ok := b.term.(*dispatch); !ok {
			need(kills)
		}
	}
	return lines
}

// mentionedLater reports whether code behind the current instruction of the block mentions v.
func (e *emitter) mentionedLater(v *variable) bool {
	b := e.current
	has := func(list []*variable) bool {
		for _, u := range list {
			if u == v {
				return true
			}
		}
		return false
	}
	for i := e.currentAt + 1; i < len(b.code); i++ {
		if has(b.code[i].uses) || has(b.code[i].kills) {
			return true
		}
	}
	if b.term != nil {
		uses, kills := termVars(b.term)
		return has(uses) || has(kills)
	}
	return false
}

// lineDirective lets debuggers, panics and profiles point at the annotated source.
func (e *emitter) lineDirective(n ast.Node) string { return e.lineDirectiveAt(e.c.lineOf(n.Pos())) }

func (e *emitter) lineDirectiveAt(line int) string {
	if !e.c.opts.Overlay {
		return ""
	}
	return lineDirective(e.co.src, line)
}

// madeFrom is the same for what is generated.
func (e *emitter) madeFrom(line int) string {
	if !e.c.opts.Overlay || line == 0 {
		return ""
	}
	return generatedDirective(e.co.src, line)
}

func (e *emitter) terminator(t terminator, next *block) string {
	switch t := t.(type) {
	case jump:
		if t.to == next {
			return ""
		}
		return "goto " + e.label(t.to)
	case *branch:
		return e.branch(t, next)
	case *dispatch:
		text := t.emit(e)
		if t.next != nil && t.next != next {
			text += "\ngoto " + e.label(t.next)
		}
		return text
	case *suspend:
		return e.suspend(t.await)
	case nil, stop:
		return ""
	}
	panic(fmt.Sprintf("gen: terminator %T", t))
}

func (e *emitter) branch(t *branch, next *block) string {
	cond := t.cond(e)
	switch next {
	case t.yes:
		not := notText(cond)
		if l, r, ok := strings.Cut(cond, " < "); ok && t.count {
			not = l + " >= " + r
		}
		return "if " + not + " {\ngoto " + e.label(t.no) + "\n}"
	case t.no:
		return "if " + cond + " {\ngoto " + e.label(t.yes) + "\n}"
	}
	return "if " + cond + " {\ngoto " + e.label(t.yes) + "\n}\ngoto " + e.label(t.no)
}

// suspend begins an await.
func (e *emitter) suspend(a *await) string {
	var w strings.Builder
	if a.setup != nil {
		w.WriteString(e.lineDirectiveAt(a.line) + a.setup(e) + e.cleared(a.clears) + "\n")
	}
	w.WriteString(e.madeFrom(a.line))
	f := e.g.frame
	if a.begin == nil { // a Yield: whoever reads the stream goes on
		fmt.Fprintf(&w, "%s.State = %d\nreturn %sDone", f, a.site, e.q)
		return w.String()
	}
	if a.always {
		fmt.Fprintf(&w, "%s.State = %d\nreturn %s", f, a.site, a.begin(e))
		return w.String()
	}
	fmt.Fprintf(&w, "if %s == %sSuspended {\n%s.State = %d\n", a.begin(e), e.q, f, a.site)
	if a.linked {
		fmt.Fprintf(&w, "return %sSuspended\n}", e.q)
	} else {
		fmt.Fprintf(&w, "return %sLink(%s, %s)\n}", e.q, a.slot.pointer(f), f)
	}
	return w.String()
}

// checkFailure is what a frame does first when an await is done.
func (e *emitter) checkFailure(a *await) string {
	cond := e.g.exec + ".Err != nil"
	if a.closed != "" {
		return a.closed + e.failIf(cond, a.site)
	}
	if a.mode == tryAwait {
		cond = e.g.exec + ".Canceled()"
	}
	return e.failIf(cond, a.site)
}

// failIf leaves the function with the error in flight.
func (e *emitter) failIf(cond string, site int) string {
	if e.g.exit != nil {
		return fmt.Sprintf("if %s {\n%s.Trace(%s, %d)\ngoto %s\n}", cond, e.g.exec, e.g.frame, site, e.label(e.g.exit))
	}
	return fmt.Sprintf("if %s {\n%sreturn %s.Fail(%s, %d)\n}", cond, e.ended(), e.g.exec, e.g.frame, site)
}

// ended notes that a stream gives no more values.
func (e *emitter) ended() string {
	if !e.co.stream {
		return ""
	}
	return e.g.frame + ".State = " + e.q + "Ended\n"
}

// end leaves the function.
func (e *emitter) end() string {
	if e.g.exit != nil {
		return "goto " + e.label(e.g.exit)
	}
	if e.co.stream {
		return e.ended() + "return " + e.q + "Done"
	}
	return "return " + e.q + "Done"
}

func (e *emitter) throw(call *ast.CallExpr) string {
	site := len(e.g.awaits) + e.g.throwSites[call]
	text := fmt.Sprintf("%s.Throw(%s, %d, %s)", e.g.exec, e.g.frame, site, e.text(call.Args[0]))
	if e.g.exit != nil {
		return text + "\n" + e.end()
	}
	return e.ended() + "return " + text
}

func (e *emitter) returnStmt(s *ast.ReturnStmt) string {
	kind, call := e.c.returnKind(s)
	toResult := e.g.exit != nil && e.g.result != nil
	value := e.g.frame + ".Value"
	switch kind {
	case returnValue:
		if toResult {
			return e.ref(e.g.result) + " = " + e.text(call) + "\n" + e.end()
		}
		if e.isNoneLit(call.Args[0]) {
			return e.end()
		}
		return value + " = " + e.text(call.Args[0]) + "\n" + e.end()
	case returnNil:
		if e.co.stream {
			return e.end()
		}
		if toResult {
			return e.ref(e.g.result) + " = nil\n" + e.end()
		}
		if isNone(e.co.elem) {
			return e.end()
		}
		return value + " = " + e.c.zero(e.co.src, e.co.elem, s.Pos()) + "\n" + e.end()
	case returnFail:
		return e.throw(call)
	case returnNamed:
		if e.g.exit != nil {
			return e.end()
		}
		return value + " = " + e.replaced(e.g.namedReturns[s]) + "\n" + e.end()
	}
	result := e.text(s.Results[0])
	switch {
	case toResult:
		return e.ref(e.g.result) + " = " + e.q + "Return(" + result + ")\n" + e.end()
	case isNone(e.co.elem):
		return e.end()
	}
	return value + " = " + result + "\n" + e.end()
}

func (e *emitter) isNoneLit(x ast.Expr) bool {
	_, lit := ast.Unparen(x).(*ast.CompositeLit)
	return lit && isNone(e.c.pkg.Info.TypeOf(x)) && isNone(e.co.elem)
}

// exitCode runs the deferred calls and ends the function.
func (e *emitter) exitCode() string {
	f, x, d := e.g.frame, e.g.exec, e.g.defers
	run := fmt.Sprintf("if %s.%s.Run(%s, %s) == %sSuspended {\nreturn %sSuspended\n}\n", f, d, x, f, e.q, e.q)
	if e.g.result == nil {
		return fmt.Sprintf("%s.State = %sExit\n%sreturn %s.%s.End(%s)", f, e.q, run, f, d, x)
	}
	c := e.ref(e.g.result)
	return fmt.Sprintf("if %s.State != %sExit {\n%s.State = %sExit\nif %s.Err != nil {\n%s = %sFailed[%s](%s)\n}\n}\n%sreturn %sEndAs(%s, %s, &%s.%s, &%s.Value, %s)",
		f, e.q, f, e.q, x, c, e.q, e.c.typeText(e.co.src, e.co.elem, e.co.body.Pos()), x, run, e.q, x, f, f, d, f, c)
}

// deferStmt pushes a deferred call. Function value, receiver and arguments are evaluated now.
func (e *emitter) deferStmt(s *ast.DeferStmt) string {
	defers := e.g.frame + "." + e.g.defers
	if m, ok := e.c.awaitMode(s.Call); ok && m == plainAwait {
		return fmt.Sprintf("%sPushAwait(&%s, %s)", e.q, defers, e.text(s.Call.Args[0]))
	}
	names := e.names.inner()
	names.reserve(e.g.frame, e.g.exec, "raise")
	var lines, args []string
	here := e.c.inlineDirective(e.co.src, s.Pos())
	let := func(wish, text string) string {
		name := names.fresh(wish)
		lines = append(lines, here+name+" := "+text)
		return name
	}
	fun := ""
	if e.c.needsLoop(s.Call) {
		args = append(args, e.g.exec)
	}
	switch target := ast.Unparen(s.Call.Fun).(type) {
	case *ast.FuncLit:
		fun = e.text(s.Call.Fun)
	default:
		if sel := e.c.varMethod(s.Call); sel != nil {
			fun = let("call", e.operand(sel.X)+"."+sel.Sel.Name+"In")
			break
		}
		if name := e.c.rtFunc(s.Call); needLoop[name] {
			fun = e.q + name + "In" + e.typeArgsOf(target)
			break
		}
		obj := e.c.pkg.Info.Uses[calleeIdent(target)]
		switch o := obj.(type) {
		case *types.Builtin:
			fun = e.text(target)
		case *types.Func:
			if o.Signature().Recv() == nil {
				fun = e.text(target)
			}
		}
		if e.c.isConversion(s.Call) {
			fun = e.text(target)
		}
		if fun == "" {
			fun = let("call", e.text(target))
		}
	}
	if e.c.spreads(s.Call) {
		tuple := e.c.pkg.Info.TypeOf(s.Call.Args[0]).(*types.Tuple)
		for range tuple.Len() {
			args = append(args, names.fresh("arg"))
		}
		lines = append(lines, here+strings.Join(args, ", ")+" := "+e.text(s.Call.Args[0]))
	} else {
		for _, a := range s.Call.Args {
			tv := e.c.pkg.Info.Types[a]
			_, lit := ast.Unparen(a).(*ast.FuncLit)
			if tv.Value != nil || tv.IsNil() || tv.IsType() || lit {
				args = append(args, e.text(a))
			} else {
				args = append(args, let("arg", e.text(a)))
			}
		}
	}
	list := strings.Join(args, ", ")
	if s.Call.Ellipsis.IsValid() {
		list += "..."
	}
	push := fmt.Sprintf("%s.Push(func(%s *%sExec) {\n%sdefer %s(%s)\n%s.Raise()\n})", defers, e.g.exec, e.q, here, fun, list, e.g.exec)
	if len(lines) == 0 {
		return push
	}
	return "{\n" + strings.Join(lines, "\n") + "\n" + push + "\n}"
}

// notText negates a condition.
func notText(cond string) string {
	cond = strings.TrimSpace(cond)
	if rest, ok := strings.CutPrefix(cond, "!"); ok && isPrimary(rest) {
		return rest
	}
	if isPrimary(cond) {
		return "!" + cond
	}
	for _, op := range [][2]string{{" == ", " != "}, {" != ", " == "}} {
		if l, r, ok := strings.Cut(cond, op[0]); ok && isPrimary(l) && isPrimary(r) {
			return l + op[1] + r
		}
	}
	return "!(" + cond + ")"
}

// isPrimary reports whether the text is an operand that needs no parentheses: names, selectors,
// numbers, calls and indexing without operators outside of brackets.
func isPrimary(s string) bool {
	depth := 0
	for _, r := range s {
		switch {
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case depth > 0 && r != '"' && r != '`' && r != '\'' && r != '{' && r != '\n':
		case depth == 0 && (r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127):
		default:
			return false
		}
	}
	return s != "" && depth == 0
}
