package gen

import "go/types"

// Go's predeclared names in generated code. A package or an import can have given such a name to something else: then rt has
// another one for what Go means.

// predeclared writes a predeclared type or constant.
func (c *compiler) predeclared(s *Source, name string) string {
	if c.redeclared(s, name) {
		return c.rtQual(s) + "Go" + upperFirst(name)
	}
	if as := c.hiddenAs(types.Universe.Lookup(name)); as != "" {
		return as
	}
	return name
}

// redeclared reports whether a predeclared name means something else in a file.
func (c *compiler) redeclared(s *Source, name string) bool {
	return c.atTop[name] || c.imports(s)[name]
}

// null is nil, as a value of a type.
func (c *compiler) null(s *Source, typ string) string {
	if c.redeclared(s, "nil") {
		return c.rtQual(s) + "GoZero[" + typ + "]()"
	}
	return "nil"
}

// newOf is new(typ).
func (c *compiler) newOf(s *Source, typ string) string {
	if c.redeclared(s, "new") {
		return c.rtQual(s) + "GoNew[" + typ + "]()"
	}
	return "new(" + typ + ")"
}

// lengthOf is len of a slice or, with GoLenString, of a string.
func (c *compiler) lengthOf(s *Source, list, otherwise string) string {
	if c.redeclared(s, "len") {
		return c.rtQual(s) + otherwise + "(" + list + ")"
	}
	return "len(" + list + ")"
}

// failed is the condition that an error is in flight.
func (e *emitter) failed() string {
	return e.g.exec + ".Err != " + e.c.null(e.co.src, e.c.predeclared(e.co.src, "error"))
}
