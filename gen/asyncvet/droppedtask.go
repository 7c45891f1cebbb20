package asyncvet

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/asyncgen/asyncgen/gen"
)

// DroppedTask finds tasks that nobody keeps although they can fail.
var DroppedTask = &analysis.Analyzer{
	Name: "droppedtask",
	Doc: `find dropped tasks whose error nobody can see

The loop logs the error of a task that nobody has awaited, but only at its end, and nothing in the
program can react to it. Reported are tasks whose function can be seen to fail. Tasks of a task group
are the group's affair; an assignment to _ says that it is meant.`,
	URL:       docs + "droppedtask",
	Requires:  []*analysis.Analyzer{sources},
	FactTypes: []analysis.Fact{new(fails)},
	Run:       runDroppedTask,
}

func runDroppedTask(pass *analysis.Pass) (any, error) {
	if isStandard(pass) || gen.IsRT(pass.Pkg) {
		return nil, nil
	}
	c := newCheck(pass)
	fs := c.newFailures()
	fs.exportFacts()
	for _, f := range c.annotated() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.ExprStmt); ok {
				fs.checkDropped(s.X)
			}
			return true
		})
	}
	return nil, nil
}

func (fs *failures) checkDropped(e ast.Expr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	name, task := fs.rtName(call), "the task"
	switch name {
	case "CreateTask", "CreateTaskOn":
	case "Gather", "Shield":
		task = "the future"
	default:
		return
	}
	for _, arg := range call.Args {
		if fs.coroutine(arg) {
			fs.reportAt(call, task+" of "+fs.failing(arg)+" is dropped, so nothing can react to the error that it may fail with: keep and await it, or start it with rt.Go in a task group; assign it to _ if that is meant")
			return
		}
	}
}

// failing names a coroutine for a message.
func (fs *failures) failing(e ast.Expr) string {
	call := ast.Unparen(e).(*ast.CallExpr)
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return "this function literal"
	}
	return fs.short(call)
}
