package gen

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
)

// A call that has ended keeps its result, and nothing else. Whoever has its frame, the caller's frame, a task, or a
// coroutine that somebody holds, does not keep alive what the function had:
//
//	f.Value = len(f.body)                func (f *sizeFrame) End() rt.Status {
//	return f.End()                           f.body = nil
//	                                         return rt.Done
//	                                     }
//
// rt calls it as well: where a function fails (rt.Exec.Fail), where a stream is closed that has nothing to run, and for a
// task that is canceled before it has begun. A frame that holds only numbers has no End, and its function returns rt.Done.
//
// What is left is the caller's: the result of a call that it holds, and a stream whose loop it leaves early. They are
// treated as variables of the caller, which are cleared where they die (clear.go), and in its own End. The result of a task with
// a private handle (handles.go) dies with the handle.

// holdResult is the result of calls in a slot as a variable. It gets its value when an await ends.
func (b *builder) holdResult(s *slot, elem types.Type) *variable {
	if s.keeps == nil {
		s.keeps = b.hold(&variable{typ: elem, name: s.name + ".Value", held: s})
	}
	return s.keeps
}

// holdStream is what a loop over a stream has in a slot as a variable: the stream, or an rt.StreamLoop that reads it. It gets its
// value when the loop begins.
func (b *builder) holdStream(s *slot) *variable {
	s.keeps = b.hold(&variable{name: s.name, held: s, kept: s.kept()})
	return s.keeps
}

func (b *builder) hold(v *variable) *variable {
	v.home, v.assigned = framed, true
	b.g.held = append(b.g.held, v)
	return v
}

// isStream reports whether v is a stream that is part of the frame.
func (v *variable) isStream() bool { return v.held != nil && v.typ == nil && v.held.callee != nil }

// keepers are the fields of the frame that can hold memory after a call, its own result aside: those of variables, and what slots keep.
func (g *graph) keepers() []*variable {
	var list []*variable
	for v := range g.all() {
		if !v.kept && (v.held != nil || g.field(v) && v.field == nil) && v.keepsMemory() {
			list = append(list, v)
		}
	}
	return list
}

// ends reports whether the frame of co has an End: it can hold memory besides a result.
func (co *coroutine) ends() bool {
	if co.keeps == nil {
		g := co.graph
		keeps := co.stream && hasPointers(co.elem) || len(g.keepers()) > 0 || len(g.keptFields()) > 0 ||
			g.exit != nil && co.canKeepBelow() // see unwound
		co.keeps = &keeps
	}
	return *co.keeps
}

// endMethod lets go of what a call has held.
func (c *compiler) endMethod(co *coroutine, recv *jen.Statement) *jen.Statement {
	g, e := co.graph, c.newEmitter(co)
	e.at = packageLevel
	var lines []jen.Code
	if co.stream && hasPointers(co.elem) {
		lines = append(lines, jen.Id(g.frame).Dot("Value").Op("=").Id(c.zeroElem(co)))
	}
	for _, v := range g.keepers() {
		lines = append(lines, jen.Id(e.endOf(v)))
	}
	for _, field := range g.keptFields() {
		lines = append(lines, jen.Id(g.frame).Dot(field).Op("=").Id(c.null(co.src, c.predeclared(co.src, "any"))))
	}
	if unwound := e.unwound(); unwound != "" {
		lines = append(lines, jen.If(jen.Id(g.frame).Dot(g.defers).Dot("Unwound").Call()).Block(jen.Id(unwound)))
	}
	lines = append(lines, jen.Return(jen.Id(e.q+"Done")))
	return jen.Comment("End lets go of all that the call has held, but for its result.").Line().
		Func().Params(recv).Id("End").Params().Id(e.q + "Status").Block(lines...)
}

// unwound clears the frames of calls that a panic may have ended. Where tasks are part of them, which go on, they stay.
func (e *emitter) unwound() string {
	var lines []string
	for _, s := range e.g.slots {
		switch {
		case e.g.exit == nil || s.callee == nil || s.callee.holdsTasks || !s.callee.canKeep():
		case s.isPointer():
			lines = append(lines, fmt.Sprintf("%s.%s = %s", e.g.frame, s.name, e.c.null(e.co.src, s.typeText)))
		default:
			lines = append(lines, fmt.Sprintf("%s.%s = %s{}", e.g.frame, s.name, s.typeText))
		}
	}
	return strings.Join(lines, "\n")
}

// canKeep reports whether a frame of co, or one that it holds, can hold memory.
func (co *coroutine) canKeep() bool { return co.ends() || co.canKeepBelow() }

func (co *coroutine) canKeepBelow() bool {
	return slices.ContainsFunc(co.graph.slots, func(s *slot) bool {
		return s.callee != nil && (s.isPointer() || s.callee.canKeep())
	})
}

// endOf is the code that clears a field at the end.
func (e *emitter) endOf(v *variable) string {
	field := e.g.frame + "." + v.name
	switch {
	case v.isStream():
		return field + ".End()"
	case v.held != nil && v.held.task: // unless that is not over, or somebody else has it
		return fmt.Sprintf("if !%s.%s.Taken() {\n%s = %s\n}", e.g.frame, v.held.name, field, e.zeroOf(v))
	case v.held != nil && v.held.isPointer(): // to a frame that is there for the next call
		return fmt.Sprintf("if %s.%s != %s {\n%s = %s\n}", e.g.frame, v.held.name, e.c.null(e.co.src, v.held.typeText), field, e.zeroOf(v))
	}
	return field + " = " + e.zeroOf(v)
}
