package gen

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/dave/jennifer/jen"
)

// A call that goes straight into rt.CreateTask and the like, or into a list, becomes the root of a task. Its frame is
// made with room for the task beside it, so that both are one allocation:
//
//	rt.CreateTask(fetch(url))     rt.CreateTaskIn(x, newFetchTask(url))

// makesTasks says from which argument on a function of rt makes tasks of coroutines.
var makesTasks = map[string]int{
	"CreateTask": 0, "Go": 1, "Gather": 0, "GatherResults": 0, "Shield": 0, "AsCompleted": 0, "AsCompletedWithin": 1,
}

// If nobody can get hold of the task, its memory is free when it has ended. Such frames come from a free list, and rt
// gives them back: see rt.FreeList. That is so when the handle is dropped at once, and for what only a Gather gets.

// findTasks finds the calls that become roots of tasks: those in place of arguments, and those that are
// put into a list, which is what one does before Gather.
func (c *compiler) findTasks() {
	c.tasks = map[*ast.CallExpr]taskFrame{}
	for _, co := range c.cos {
		c.becomeHeldTasks(co)
		private := c.privateLists(co)
		from := func(v *types.Var) taskFrame {
			if private[v] {
				return ofAFreeList
			}
			return ofItsOwn
		}
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ExprStmt:
				if call, ok := ast.Unparen(n.X).(*ast.CallExpr); ok {
					if name := c.rtFunc(call); name == "CreateTask" || name == "Go" {
						c.becomeTasks(taskArgs(name, call), ofAFreeList)
					}
				}
			case *ast.CallExpr:
				switch name := c.rtFunc(n); {
				case gathers(name):
					c.becomeTasks(taskArgs(name, n), ofAFreeList)
				case c.builtin(n) == "append":
					c.becomeTasks(n.Args[1:], from(c.localVar(n.Args[0])))
				default:
					c.becomeTasks(taskArgs(name, n), ofItsOwn)
				}
			case *ast.CompositeLit:
				switch coreType(c.pkg.Info.TypeOf(n)).(type) {
				case *types.Slice, *types.Array:
					c.becomeTasks(n.Elts, ofItsOwn)
				}
			case *ast.AssignStmt:
				if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
					if at, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr); ok {
						c.becomeTasks(n.Rhs, from(c.localVar(at.X)))
					} else if list, ok := ast.Unparen(n.Rhs[0]).(*ast.CompositeLit); ok {
						c.becomeTasks(list.Elts, from(c.localVar(n.Lhs[0])))
					}
				}
			}
			return true
		})
	}
}

// taskArgs is those arguments of a function of rt that become tasks.
func taskArgs(name string, call *ast.CallExpr) []ast.Expr {
	first, ok := makesTasks[name]
	if !ok {
		return nil
	}
	return call.Args[min(first, len(call.Args)):]
}

// becomeTasks notes those of the expressions that are calls of known functions, unless they are known to become tasks already.
func (c *compiler) becomeTasks(list []ast.Expr, frame taskFrame) {
	for _, e := range list {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		k := c.known(e)
		if k == nil || !c.canBeTask(k) || c.tasks[k.call] != 0 {
			continue
		}
		c.becomeTask(k, frame)
	}
}

// becomeHeldTasks notes the calls of co that become tasks which are part of its frame.
func (c *compiler) becomeHeldTasks(co *coroutine) {
	for _, k := range co.handles {
		if co.embeds(k) {
			c.becomeTask(k, ofItsMaker)
		}
	}
}

// becomeTask notes that the call k becomes a task, whose frame should come from there.
func (c *compiler) becomeTask(k *knownCall, frame taskFrame) {
	co := k.callee
	co.roots = true
	if frame == ofAFreeList && (len(co.typeParams()) > 0 || co.holdsTasks) {
		frame = ofItsOwn
	}
	switch {
	case frame == ofAFreeList:
		co.takesRoots = true
	case frame == ofItsOwn:
		co.newRoots = true
	}
	c.tasks[k.call] = frame
}

// canBeTask reports whether the arguments of a call can be given to a function that makes its frame.
func (c *compiler) canBeTask(k *knownCall) bool {
	if k.recv != nil && k.callee.recvName() == "" || k.callee.stream {
		return false
	}
	return c.nameable(k.targs)
}

// newTask is a call whose frame has room for its task.
func (e *emitter) newTask(k *knownCall) string {
	co, args := k.callee, e.arguments(k)
	if e.c.tasks[k.call] == ofItsOwn {
		return co.newTask + e.c.typeArgs(e.co.src, k.targs) + "(" + args + ")"
	}
	if args != "" {
		args = ", " + args
	}
	return co.takeOne + "(" + e.g.exec + args + ")"
}

// taskDeclarations writes the frame with room for its task, and what makes it.
func (c *compiler) taskDeclarations(co *coroutine) []*jen.Statement {
	if !co.roots {
		return nil
	}
	w := c.newTaskWriter(co)
	list := []*jen.Statement{
		jen.Comment(fmt.Sprintf("%s is a call of %s with room for the task that it becomes.", co.task, co.name)).Line().
			Type().Id(co.task+c.typeParamDecl(co)).Struct(jen.Id(co.frame+w.args), jen.Id(w.q+"Room["+w.elem+"]")),
	}
	if co.newRoots {
		list = append(list, jen.Func().Id(co.newTask+c.typeParamDecl(co)).Params(w.params...).Add(w.coro()).Block(w.allocated()))
	}
	if co.takesRoots {
		list = append(list, w.freeList()...)
	}
	if co.again {
		list = append(list, w.again())
	}
	return list
}

// taskWriter writes what makes calls of co with room for their tasks.
type taskWriter struct {
	c              *compiler
	co             *coroutine
	q, args, elem  string
	params         []jen.Code // of what makes a call
	fields, values []string   // what they become
	task           string     // the receiver, or variable
}

func (c *compiler) newTaskWriter(co *coroutine) *taskWriter {
	w := &taskWriter{c: c, co: co, q: c.rtQual(co.src), args: c.typeArgs(co.src, typeParamTypes(co)),
		elem: c.typeText(co.src, co.elem, co.body.Pos()), task: c.freshParam(co, "t")}
	c.eachBeginParam(co, func(v *variable, name, typ string) {
		w.params = append(w.params, jen.Id(name+" "+typ))
		if name != "_" {
			w.fields, w.values = append(w.fields, v.name), append(w.values, boxedParam(v, name))
		}
	})
	return w
}

func (w *taskWriter) coro() *jen.Statement { return jen.Id(w.q + "Coro[" + w.elem + "]") }

func (w *taskWriter) recv() *jen.Statement { return jen.Id(w.task).Op("*").Id(w.co.task + w.args) }

// allocated returns a new call.
func (w *taskWriter) allocated() *jen.Statement {
	var pairs []jen.Code
	for i, name := range w.fields {
		pairs = append(pairs, jen.Id(name).Op(":").Id(w.values[i]))
	}
	frame := jen.Id(w.co.frame).Op(":").Id(w.co.frame + w.args).Values(pairs...)
	return jen.Return(jen.Op("&").Id(w.co.task + w.args).Values(frame))
}

// begun makes the task's frame a call and returns it, after the first statements.
func (w *taskWriter) begun(first ...jen.Code) []jen.Code {
	for i, name := range w.fields {
		first = append(first, jen.Id(w.task).Dot(w.co.frame).Dot(name).Op("=").Id(w.values[i]))
	}
	return append(first, jen.Return(jen.Id(w.task)))
}

// freeList writes the free list and what takes a call from there.
func (w *taskWriter) freeList() []*jen.Statement {
	co, x := w.co, w.c.freshParam(w.co, "x")
	params := append([]jen.Code{jen.Id(x).Op("*").Id(w.q + "Exec")}, w.params...)
	return []*jen.Statement{
		jen.Comment(fmt.Sprintf("%s has the memory of those that have ended and that nobody can get hold of.", co.freeTasks)).Line().
			Var().Id(co.freeTasks).Op("=").Id(w.q + "FreeList").Values(jen.Id("Of").Op(":").Parens(jen.Op("*").Id(co.task)).Call(jen.Id(w.c.null(co.src, "*"+co.task)))),
		jen.Comment("Cleared is a call that has not begun.").Line().
			Func().Params(w.recv()).Id("Cleared").Params().Id(w.q+"TaskFrame").Block(
			jen.If(jen.Id(w.task).Op("==").Id(w.c.null(co.src, "*"+co.task))).Block(jen.Return(jen.Id(w.c.newOf(co.src, co.task)))),
			jen.Op("*").Id(w.task).Op("=").Id(co.task).Values(),
			jen.Return(jen.Id(w.task))),
		jen.Comment(fmt.Sprintf("%s makes a call in such memory, or in new one.", co.takeOne)).Line().
			Func().Id(co.takeOne).Params(params...).Add(w.coro()).Block(
			w.begun(jen.Id(w.task).Op(":=").Id(co.freeTasks).Dot("Get").Call(jen.Id(x)).Assert(jen.Op("*").Id(co.task)))...),
	}
}

// again writes what makes another call in the same place.
func (w *taskWriter) again() *jen.Statement {
	room := jen.Id(w.task).Dot("Room")
	return jen.Comment("again makes it another call, or allocates one as long as the last one may be in use.").Line().
		Func().Params(w.recv()).Id("again").Params(w.params...).Add(w.coro()).Block(
		w.begun(jen.If(room.Clone().Dot("Taken").Call()).Block(w.allocated()),
			room.Clone().Dot("Renew").Call(jen.Op("&").Id(w.task).Dot(w.co.frame)))...)
}

// freshParam is a name that no parameter of begin has.
func (c *compiler) freshParam(co *coroutine, name string) string {
	c.eachBeginParam(co, func(_ *variable, param, _ string) {
		if param == name {
			name += "_"
		}
	})
	return name
}
