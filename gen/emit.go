package gen

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
)

func (c *compiler) newEmitter(co *coroutine) *emitter {
	e := &emitter{c: c, co: co, g: co.graph, q: c.rtQual(co.src), jumped: map[*block]bool{}, names: newNamer(co.body)}
	for name := range co.graph.needed {
		e.names.reserve(name)
	}
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
		texts[i] = e.block(b, b.falls)
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
			if rest, ok := strings.CutSuffix(text, "goto "+e.nameOf(e.g.exit)+"\n"); ok {
				text = withoutLastDirective(rest)
			}
		}
		w.WriteString(text)
	}
	return strings.TrimRight(w.String(), "\n")
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// block is the text of a block that runs into falls, which may be nil.
func (e *emitter) block(b, falls *block) string {
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
			text = load + e.lineDirective(in.start()) + text + store
		} else {
			text = e.madeFrom(in.line) + text
		}
		lines = append(lines, text+clear)
	}
	e.currentAt, e.locals = len(b.code), nil
	if b.exit {
		lines = append(lines, e.exitCode())
	} else if t := e.terminator(b.term, falls); t != "" {
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
				lines = append(lines, v.name+" := "+e.place(v))
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
	if result := e.g.endsAs(); b.exit && result != nil {
		need([]*variable{result})
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
func (e *emitter) lineDirective(pos token.Pos) string {
	if !e.c.opts.Overlay {
		return ""
	}
	return e.c.lineDirective(pos)
}

// madeFrom is the same for what is generated.
func (e *emitter) madeFrom(line int) string {
	if !e.c.opts.Overlay || line == 0 {
		return ""
	}
	return e.c.generatedDirective(e.co.src, line)
}

// terminator is the text of a terminator in a block that runs into falls.
func (e *emitter) terminator(t terminator, falls *block) string {
	switch t := t.(type) {
	case jump:
		return e.goOn(t.to, falls)
	case *branch:
		return e.branch(t, falls)
	case *dispatch:
		text := t.emit(e)
		if t.next != nil {
			text += "\n" + e.goOn(t.next, falls)
		}
		return strings.TrimSuffix(text, "\n")
	case *suspend:
		text := e.suspend(t.await)
		if t.await.leaves() {
			return text
		}
		return strings.TrimSuffix(text+"\n"+e.goOn(t.next, falls), "\n")
	case stop:
		return ""
	}
	panic(fmt.Sprintf("gen: terminator %T", t))
}

// goOn goes on at a block, in one that runs into falls.
func (e *emitter) goOn(to, falls *block) string {
	if to == falls {
		return ""
	}
	return "goto " + e.label(to)
}

func (e *emitter) branch(t *branch, falls *block) string {
	cond := t.cond(e)
	switch falls {
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
		w.WriteString(e.lineDirective(e.c.lineStart(e.co.src, a.line)) + a.setup(e) + e.cleared(a.clears) + "\n")
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
	switch {
	case a.linked:
		fmt.Fprintf(&w, "return %sSuspended\n}", e.q)
	case a.inLine:
		fmt.Fprintf(&w, "return %s.Suspend(%s)\n}", e.g.exec, f)
	default:
		if a.helper != "" {
			fmt.Fprintf(&w, "%s.Wait()\n", a.helper)
		}
		fmt.Fprintf(&w, "return %sLink(%s, %s)\n}", e.q, a.slot.pointer(f), f)
	}
	return w.String()
}

// checkFailure is what a frame does first when an await is done.
func (e *emitter) checkFailure(a *await) string {
	cond := e.failed()
	if a.closed != "" {
		return a.closed + e.failIf(cond, a.site)
	}
	site := a.site
	switch {
	case a.mode == tryAwait:
		cond = e.g.exec + ".Canceled()"
	case a.passes:
		site = -site
	}
	return e.failIf(cond, site)
}

// failIf leaves the function with the error in flight, at a site as rt.Exec.Trace wants it.
func (e *emitter) failIf(cond string, site int) string {
	if e.g.exit != nil {
		return fmt.Sprintf("if %s {\n%s.Trace(%s, %d)\ngoto %s\n}", cond, e.g.exec, e.g.frame, site, e.label(e.g.exit))
	}
	return fmt.Sprintf("if %s {\n%sreturn %s.Fail(%s, %d)\n}", cond, e.ended(), e.g.exec, e.g.frame, site)
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
