package gen

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

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

// findTasks finds the calls that become roots of tasks: those in place of arguments, and those that are
// put into a list, which is what one does before Gather.
func (c *compiler) findTasks() {
	c.tasks = map[*ast.CallExpr]bool{}
	for _, co := range c.cos {
		inspectOwn(co.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if first, ok := makesTasks[c.rtFunc(n)]; ok {
					c.becomeTasks(n.Args[min(first, len(n.Args)):])
				} else if c.builtin(n) == "append" {
					c.becomeTasks(n.Args[1:])
				}
			case *ast.CompositeLit:
				switch c.pkg.Info.TypeOf(n).Underlying().(type) {
				case *types.Slice, *types.Array:
					c.becomeTasks(n.Elts)
				}
			case *ast.AssignStmt:
				if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
					if _, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr); ok {
						c.becomeTasks(n.Rhs)
					}
				}
			}
			return true
		})
	}
}

// becomeTasks notes those of the expressions that are calls of known functions.
func (c *compiler) becomeTasks(list []ast.Expr) {
	for _, e := range list {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		k := c.known(e)
		if k == nil || !c.canBeTask(k) {
			continue
		}
		c.tasks[k.call] = true
		if k.callee.taskName == "" {
			k.callee.taskName = c.names.fresh(strings.TrimSuffix(k.callee.frameName, "Frame") + "Task")
			k.callee.newTask = c.names.fresh("new" + upperFirst(k.callee.taskName))
		}
	}
}

// canBeTask reports whether the arguments of a call can be given to a function that makes its frame.
func (c *compiler) canBeTask(k *knownCall) bool {
	if k.recv != nil && k.callee.recvName() == "" || k.callee.stream {
		return false
	}
	for _, t := range k.targs {
		if !c.canName(t) {
			return false
		}
	}
	return true
}

// newTask is a call whose frame has room for its task.
func (e *emitter) newTask(k *knownCall) string {
	return k.callee.newTask + e.c.typeArgs(e.co.src, k.targs) + "(" + e.arguments(k) + ")"
}

// taskDeclarations writes the frame with room for its task, and what makes it.
func (c *compiler) taskDeclarations(co *coroutine) []*jen.Statement {
	if co.taskName == "" {
		return nil
	}
	q, args := c.rtQual(co.src), c.typeArgs(co.src, typeParamTypes(co))
	elem := c.typeText(co.src, co.elem, co.body.Pos())
	var params []string
	var fields []jen.Code
	c.eachBeginParam(co, func(v *variable, name, typ string) {
		params = append(params, name+" "+typ)
		if name != "_" {
			fields = append(fields, jen.Id(v.name).Op(":").Id(boxedParam(v, name)))
		}
	})
	frame := func() *jen.Statement { return jen.Id(co.frameName).Op(":").Id(co.frameName + args).Values(fields...) }
	coro := jen.Id(q + "Coro[" + elem + "]")
	list := []*jen.Statement{
		jen.Comment(fmt.Sprintf("%s is a call of %s with room for the task that it becomes.", co.taskName, co.name)).Line().
			Type().Id(co.taskName+c.typeParamDecl(co)).Struct(
			jen.Id(co.frameName+args),
			jen.Id(q+"Room["+elem+"]"),
		),
		jen.Func().Id(co.newTask + c.typeParamDecl(co)).Params(jen.Id(strings.Join(params, ", "))).Add(coro).Block(
			jen.Return(jen.Op("&").Id(co.taskName + args).Values(frame()))),
	}
	if co.again {
		t := c.freshParam(co, "t")
		list = append(list, jen.Comment("again makes it another call, or allocates one as long as the last one may be in use.").Line().
			Func().Params(jen.Id(t).Op("*").Id(co.taskName+args)).Id("again").Params(jen.Id(strings.Join(params, ", "))).Add(coro).Block(
			jen.If(jen.Id(t).Dot("Taken").Call()).Block(jen.Return(jen.Op("&").Id(co.taskName+args).Values(frame()))),
			jen.Op("*").Id(t).Op("=").Id(co.taskName+args).Values(frame()),
			jen.Return(jen.Id(t))))
	}
	return list
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
