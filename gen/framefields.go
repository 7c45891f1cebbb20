package gen

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// A frame, as people look at it: its fields, where they lie, and why they are there.
//
// Before: homes, fields that are shared, and the output, which can be compiled.
// After: the struct type of the output, with the reason for each field. Its sizes are those of the target.

// A Frame is what a call of an async function keeps between its suspensions.
type Frame struct {
	Func   string       `json:"func"`
	File   string       `json:"file"` // relative to the module
	Line   int          `json:"line"`
	Type   string       `json:"type"` // the struct in the output
	Size   int64        `json:"size"` // in bytes; -1: it depends on type parameters
	Unused int64        `json:"unused"`
	Fields []FrameField `json:"fields"`
	Task   *TaskMemory  `json:"task,omitempty"` // nil: a stream is no task, or the size is not known
}

// A FrameField is a field of a frame.
type FrameField struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Offset int64    `json:"offset"`           // -1: it depends on type parameters
	Size   int64    `json:"size"`             // likewise
	Across []int    `json:"across,omitempty"` // the states in which its value waits
	Why    []string `json:"why"`              // for each variable in it
}

// TaskMemory is what a task that runs the function takes at the beginning.
type TaskMemory struct {
	Size        int64 `json:"size"`        // frame and task
	Allocations int   `json:"allocations"` // 1: they are made together
	Reused      bool  `json:"reused"`      // where nobody can get hold of the task, in what former ones have left
}

// Frame describes the function's frame, or says why the output does not compile.
func (f *Function) Frame() (*Frame, []Diagnostic) {
	pkg, err := f.output()
	if err != nil || len(f.c.diags) > 0 {
		if err != nil && len(f.c.diags) == 0 {
			f.c.broken(f.co, err)
		}
		return nil, sortDiagnostics(f.c.diags)
	}
	struc := pkg.Scope().Lookup(f.co.frame).Type().Underlying().(*types.Struct)
	frame := &Frame{Func: f.Name, File: f.co.src.Rel, Line: f.Pos.Line, Type: f.co.frame, Size: f.sizeOf(struc), Unused: -1}
	reasons := f.reasons()
	used := int64(0)
	for i := range struc.NumFields() {
		v := struc.Field(i)
		field := FrameField{Name: v.Name(), Type: f.typeString(v.Type()), Offset: f.offsetOf(struc, i), Size: f.sizeOf(v.Type())}
		r := reasons[v.Name()]
		if v.Embedded() {
			r = f.header(v.Type())
		}
		field.Why, field.Across = r.why, r.across
		used += field.Size
		frame.Fields = append(frame.Fields, field)
	}
	if frame.Size >= 0 {
		frame.Unused = frame.Size - used
	}
	frame.Task = f.taskMemory(pkg, frame.Size)
	return frame, nil
}

// A reason says why a field is there.
type reason struct {
	why    []string
	across []int
}

// with are the reasons for a field that holds several things.
func (r reason) with(other reason) reason {
	across := slices.Concat(r.across, other.across)
	slices.Sort(across)
	return reason{append(r.why, other.why...), slices.Compact(across)}
}

// header is the reason for what every frame begins with.
func (f *Function) header(t types.Type) reason {
	parts := "its result, who awaits it, the state"
	if f.co.stream {
		parts = "the value that it gives, who reads it, the state"
	}
	if n := f.sizeOf(f.co.elem); n > 0 {
		result, rest, _ := strings.Cut(parts, ",")
		parts = fmt.Sprintf("%s (%d of the bytes),%s", result, n, rest)
	}
	return reason{why: []string{"what every call has: " + parts}}
}

// reasons gives the reasons for the fields by their names.
func (f *Function) reasons() map[string]reason {
	g := f.co.graph
	list := map[string]reason{}
	members := map[*variable][]*variable{}
	for _, v := range g.vars {
		if g.field(v) {
			members[v.inField()] = append(members[v.inField()], v)
		}
	}
	for v, sharing := range members {
		if !v.kept {
			list[v.name] = f.variables(sharing)
		}
	}
	for _, v := range g.keptVars(true) {
		list[g.given] = list[g.given].with(f.variables(members[v]))
	}
	for _, v := range g.keptVars(false) {
		list[g.kept] = list[g.kept].with(f.variables(members[v]))
	}
	for _, s := range g.slots {
		name, why := s.name, reason{why: []string{f.slotReason(s)}}
		if s.kept() {
			name, why = g.kept, list[g.kept].with(why)
		}
		list[name] = why
	}
	if f.co.inPlace {
		list[g.resume] = reason{why: []string{"the code, which stays in the scope of the local types that it mentions"}}
	}
	if g.exit != nil {
		var lines []int
		f.deferred(func(n ast.Node, _ string) { lines = append(lines, f.line(n.Pos())) })
		list[g.defers] = reason{why: []string{"what has to run at the end: " + inLines(lines)}}
	}
	return list
}

// variables gives the reasons for the field of variables that share it: they are never alive at the same time.
func (f *Function) variables(sharing []*variable) reason {
	var r reason
	for _, v := range sharing {
		across, lines := f.across(v)
		why := f.role(v)
		switch {
		case len(across) > 0:
			why += ", across " + acrossText(across, lines)
		case v.param && !v.capture:
			why += ", from the call to its first step"
		}
		r.why = append(r.why, why)
		r.across = append(r.across, across...)
	}
	slices.Sort(r.across)
	r.across = slices.Compact(r.across)
	return r
}

// across gives the awaits that a variable lives across, and their lines.
func (f *Function) across(v *variable) (sites, lines []int) {
	f.co.graph.waiting(func(a *await, next *block) {
		if next.liveIn.has(v) {
			sites, lines = append(sites, a.site), append(lines, a.line)
		}
	})
	if x := f.co.graph.exit; x != nil && x.liveIn.has(v) {
		sites = append([]int{-1}, sites...)
	}
	return sites, lines
}

// acrossText names awaits and their lines.
func acrossText(sites, lines []int) string {
	var parts []string
	if sites[0] == -1 {
		parts, sites = append(parts, "the exit"), sites[1:]
	}
	switch n := len(sites); {
	case n == 1:
		parts = append(parts, fmt.Sprintf("await %d (line %d)", sites[0], lines[0]))
	case n > 6:
		parts = append(parts, fmt.Sprintf("%d awaits (lines %d … %d)", n, slices.Min(lines), slices.Max(lines)))
	case n > 1:
		parts = append(parts, fmt.Sprintf("awaits %s (%s)", numbers(sites), inLines(lines)))
	}
	return strings.Join(parts, " and ")
}

func inLines(lines []int) string {
	lines = slices.Compact(slices.Sorted(slices.Values(lines)))
	if len(lines) == 1 {
		return fmt.Sprint("line ", lines[0])
	}
	return "lines " + numbers(lines)
}

func numbers(list []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(list), "[]"), " ", ", ")
}

// role says what a variable is, and why it is not simply a value in the frame, if it is not.
func (f *Function) role(v *variable) string {
	text := ""
	switch {
	case v.capture:
		text = fmt.Sprintf("%s of the function around (line %d)", v.base, f.line(v.obj.Pos()))
	case v.obj == nil:
		text = f.temporary(v)
	case v.result:
		text = "the named result"
	case v.obj == f.co.sig.Recv():
		text = "receiver"
	case v.param:
		text = "parameter"
	default:
		text = fmt.Sprintf("%s of line %d", v.base, f.line(v.obj.Pos()))
	}
	if v.obj == nil {
		return text
	}
	switch fact := f.c.fact(v.obj); {
	case v.home == boxed && fact.captured.IsValid():
		text += fmt.Sprintf(", a pointer: changed, and captured in line %d", f.line(fact.captured))
	case v.home == boxed && fact.pointed.IsValid():
		text += fmt.Sprintf(", a pointer: its address is taken in line %d", f.line(fact.pointed))
	case v.home == copied && !v.capture:
		text += fmt.Sprintf(", captured in line %d", f.line(fact.captured))
	}
	return text
}

// temporary says what the compiler has made a variable for.
func (f *Function) temporary(v *variable) string {
	for _, b := range f.co.graph.blocks {
		if s, ok := b.term.(*suspend); ok && s.await.keeps == v {
			return fmt.Sprintf("what line %d awaits, for its value", s.await.line)
		}
		for _, in := range b.code {
			x, ok := in.node.(ast.Expr)
			if ok && slices.Contains(in.declares, v) {
				return fmt.Sprintf("the value of %s in line %d", cut(f.sourceOf(x.Pos(), x.End()), 40), f.line(x.Pos()))
			}
		}
	}
	if s, ok := v.of.(*ast.RangeStmt); ok {
		return fmt.Sprintf("of the loop in line %d: %s", f.line(s.Pos()), cut(f.sourceOf(s.For, s.X.End()), 40))
	}
	return fmt.Sprintf("made for the statement in line %d", f.line(v.of.Pos()))
}

// slotReason says what is in a field for what is awaited.
func (f *Function) slotReason(s *slot) string {
	g := f.co.graph
	for call, of := range g.tasks {
		if of == s {
			return fmt.Sprintf("the task that line %d makes, with its frame: nobody else has the handle", f.line(call.Pos()))
		}
	}
	var lines []int
	what := "awaited in "
	g.waiting(func(a *await, _ *block) {
		if a.slot == s {
			lines = append(lines, a.line)
			if _, loop := a.node.(*ast.RangeStmt); loop {
				what = "the stream of the loop in "
			}
		}
	})
	what += inLines(lines)
	callee := f.calleeIn(s)
	switch {
	case callee == nil:
		return what
	case callee.scc == f.co.scc:
		return fmt.Sprintf("the frame of %s, %s: a pointer, for it is recursive", callee.name, what)
	case strings.HasPrefix(s.typeText, "*"):
		return fmt.Sprintf("the frame of %s, %s: a pointer, for it is large", callee.name, what)
	}
	return fmt.Sprintf("the frame of %s, %s", callee.name, what)
}

// calleeIn gives the function whose frame is in a slot, or nil.
func (f *Function) calleeIn(s *slot) *coroutine {
	name, _, _ := strings.Cut(strings.TrimPrefix(s.typeText, "*"), "[")
	for _, co := range f.co.calls {
		if co.frame == name {
			return co
		}
	}
	return nil
}

// sizeOf is the size of a type on the target; -1 if it depends on type parameters.
func (f *Function) sizeOf(t types.Type) int64 {
	if !sized(t) {
		return -1
	}
	return f.sizes.sizeof(t)
}

// offsetOf is the place of a field; -1 if the size of one before it depends on type parameters.
func (f *Function) offsetOf(s *types.Struct, i int) int64 {
	for j := range i + 1 {
		if !sized(s.Field(j).Type()) {
			return -1
		}
	}
	return f.sizes.offset(s, i)
}

// taskMemory is what a task takes; nil if that is not known.
func (f *Function) taskMemory(pkg *types.Package, frame int64) *TaskMemory {
	if f.co.stream || frame < 0 {
		return nil
	}
	if f.co.roots {
		if n := f.sizeOf(pkg.Scope().Lookup(f.co.task).Type()); n >= 0 {
			return &TaskMemory{n, 1, f.co.takesRoots}
		}
		return nil
	}
	rt, err := f.c.pkg.Deps.Import(rtPath)
	if err != nil {
		return nil
	}
	task, err := types.Instantiate(nil, rt.Scope().Lookup("Task").Type(), []types.Type{types.Typ[types.Int]}, false)
	if err != nil {
		return nil
	}
	return &TaskMemory{frame + f.sizeOf(task), 2, false}
}

// String is the frame as a table.
func (f *Frame) String() string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s (%s:%d): %s has %s", f.Func, f.File, f.Line, f.Type, bytesText(f.Size))
	if f.Unused > 0 {
		fmt.Fprintf(&w, ", %d of them unused", f.Unused)
	}
	names, typs := len("field"), len("type")
	for _, v := range f.Fields {
		names, typs = max(names, columns(v.Name)), max(typs, columns(cut(v.Type, maxType)))
	}
	fmt.Fprintf(&w, "\n\noffset  size  %-*s  %-*s  why\n", names, "field", typs, "type")
	for _, v := range f.Fields {
		fmt.Fprintf(&w, "%6s  %4s  %-*s  %-*s  %s\n", known64(v.Offset), known64(v.Size), names, v.Name, typs, cut(v.Type, maxType), v.Why[0])
		for _, also := range v.Why[1:] {
			fmt.Fprintf(&w, "%*s  or %s\n", names+typs+16, "", also)
		}
	}
	if t := f.Task; t != nil {
		fmt.Fprintf(&w, "\na task: %s, ", bytesText(t.Size))
		switch {
		case t.Reused:
			w.WriteString("the frame with its task in one allocation, used again where nobody can get hold of the task\n")
		case t.Allocations == 1:
			w.WriteString("the frame with its task in one allocation\n")
		default:
			w.WriteString("the frame and its task in two allocations\n")
		}
	}
	return w.String()
}

// maxType is how many columns of a type a table shows.
const maxType = 48

func known64(n int64) string {
	if n < 0 {
		return "?"
	}
	return fmt.Sprint(n)
}

func bytesText(n int64) string {
	if n < 0 {
		return "a size that depends on type parameters"
	}
	return fmt.Sprint(n, " bytes")
}
