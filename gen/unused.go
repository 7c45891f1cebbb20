package gen

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Go refuses imports and variables that nothing uses. The output leaves text of the source out: code that cannot be
// reached, arguments of a sleep of 0, the lengths of arrays, constants, what only such a literal captures. If it held the last use of
// something, the type checker says so, and since it had nothing to say of the source that is the only cause. Then an import
// is kept for what its package does when it is initialized, and a variable is mentioned:
//
//	import "os"       import _ "os"
//	v := f()          v := f()
//	                  _ = v

// useAll gives the outputs with such uses.
func (c *compiler) useAll(outputs []output, unused []types.Error) []output {
	list := make([]output, len(outputs))
	for i, out := range outputs {
		tf := c.pkg.Fset.File(out.syntax.FileStart)
		var edits []edit
		for _, e := range unused {
			if c.pkg.Fset.File(e.Pos) == tf {
				edits = append(edits, c.useAt(tf, out, e.Pos)...)
			}
		}
		if list[i] = out; len(edits) > 0 {
			list[i] = c.edited(out, edits)
		}
	}
	return list
}

// useAt uses the import or variable that is declared at pos.
func (c *compiler) useAt(tf *token.File, out output, pos token.Pos) []edit {
	insert := func(at token.Pos, text string) []edit { return []edit{{tf.Offset(at), tf.Offset(at), text}} }
	for _, spec := range out.syntax.Imports {
		if !within(spec, pos) {
			continue
		}
		blank := insert(spec.Path.Pos(), "_ ")
		if spec.Name != nil { // a dot may stand in a line before the path, a name cannot
			blank = append(blank, edit{tf.Offset(spec.Name.Pos()), tf.Offset(spec.Name.End()), ""})
		}
		return blank
	}
	name, parents := identAt(out.syntax, pos)
	if name == nil {
		return nil
	}
	use := "_ = " + name.Name
	var child ast.Node = name
	for i := len(parents) - 1; i >= 0; i-- {
		if at := startOf(parents[i], child); at.IsValid() {
			return insert(at, " "+use+";")
		}
		if isStatementOf(parents[i], child) {
			if at := commentBehind(tf, out, child.End()); at.IsValid() && !c.opts.Overlay { // there lines stay where they are
				return insert(at, "\n"+use)
			}
			return insert(child.End(), "; "+use)
		}
		child = parents[i]
	}
	return nil
}

// commentBehind gives the end of a comment that ends the line of a statement.
func commentBehind(tf *token.File, out output, end token.Pos) token.Pos {
	for _, group := range out.syntax.Comments {
		if group.Pos() < end {
			continue
		}
		between := out.text[tf.Offset(end):tf.Offset(group.Pos())]
		rest, _, _ := bytes.Cut(out.text[tf.Offset(group.End()):], []byte("\n"))
		if len(bytes.Trim(between, " \t")) == 0 && len(bytes.TrimSpace(rest)) == 0 {
			return group.End()
		}
		break
	}
	return token.NoPos
}

// identAt gives the identifier at pos and what is around it, the outermost first.
func identAt(file *ast.File, pos token.Pos) (name *ast.Ident, around []ast.Node) {
	ast.PreorderStack(file, nil, func(n ast.Node, parents []ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() == pos {
			name, around = id, append([]ast.Node(nil), parents...)
		}
		return name == nil && within(n, pos)
	})
	return name, around
}

// isStatementOf reports whether child is a statement of a list.
func isStatementOf(parent, child ast.Node) bool {
	return slices.ContainsFunc(statements(parent), func(s ast.Stmt) bool { return s == child })
}

// startOf gives the place where the statements begin that see what the head of a statement declares: child is a part of
// the head. Of a switch it is the first clause.
func startOf(parent, child ast.Node) token.Pos {
	switch p := parent.(type) {
	case *ast.IfStmt:
		if child == p.Init {
			return p.Body.Lbrace + 1
		}
	case *ast.ForStmt:
		if child == p.Init {
			return p.Body.Lbrace + 1
		}
	case *ast.RangeStmt:
		if child != p.X && child != p.Body {
			return p.Body.Lbrace + 1
		}
	case *ast.SwitchStmt:
		if child == p.Init {
			return firstClause(p.Body)
		}
	case *ast.TypeSwitchStmt:
		if child == p.Init || child == p.Assign {
			return firstClause(p.Body)
		}
	case *ast.CommClause:
		if child == p.Comm {
			return p.Colon + 1
		}
	}
	return token.NoPos
}

// firstClause gives the place where the statements of the first clause begin.
func firstClause(body *ast.BlockStmt) token.Pos {
	for _, s := range body.List {
		return s.(*ast.CaseClause).Colon + 1
	}
	return token.NoPos
}
