package gen

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// A typeWriter writes types as a file may write them at package level.
type typeWriter struct {
	strings.Builder
	c   *compiler
	src *Source
}

func (w *typeWriter) write(t types.Type) {
	switch t := t.(type) {
	case *types.Alias:
		if p, ok := types.Unalias(t).(*types.TypeParam); ok { // see localType.param
			w.write(p)
			return
		}
		w.named(t.Obj(), t.TypeArgs())
	case *types.Named:
		w.named(t.Obj(), t.TypeArgs())
	case *types.TypeParam:
		w.WriteString(w.c.paramName(t))
	case *types.Pointer:
		w.WriteString("*")
		w.write(t.Elem())
	case *types.Slice:
		w.WriteString("[]")
		w.write(t.Elem())
	case *types.Array:
		fmt.Fprintf(w, "[%d]", t.Len())
		w.write(t.Elem())
	case *types.Map:
		w.WriteString("map[")
		w.write(t.Key())
		w.WriteString("]")
		w.write(t.Elem())
	case *types.Chan:
		w.channel(t)
	case *types.Signature:
		w.WriteString("func")
		w.signature(t)
	case *types.Struct:
		w.structure(t)
	case *types.Interface:
		w.iface(t)
	case *types.Union:
		for i := range t.Len() {
			if i > 0 {
				w.WriteString(" | ")
			}
			if t.Term(i).Tilde() {
				w.WriteString("~")
			}
			w.write(t.Term(i).Type())
		}
	case *types.Basic:
		w.basic(t)
	default:
		w.WriteString(types.TypeString(t, func(p *types.Package) string { return w.qualifier(p) }))
	}
}

func (w *typeWriter) basic(t *types.Basic) {
	if t.Kind() == types.UnsafePointer {
		if q := w.qualifier(types.Unsafe); q != "" {
			w.WriteString(q + ".")
		}
		w.WriteString(t.Name())
		return
	}
	w.WriteString(w.c.predeclared(w.src, t.Name()))
}

func (w *typeWriter) qualifier(p *types.Package) string {
	if p == w.c.pkg.Types {
		return ""
	}
	if name := w.c.importName(w.src, p.Path(), p.Name()); name != "." {
		return name
	}
	return ""
}

func (w *typeWriter) named(o *types.TypeName, args *types.TypeList) {
	if t := w.c.typeNames[o]; t != nil {
		w.c.moveType(t)
	}
	open := "["
	if name, local := w.c.typeName(o); local {
		if args.Len() > 0 && strings.HasSuffix(name, "]") { // generic in a generic function
			name, open = strings.TrimSuffix(name, "]"), ", "
		}
		w.WriteString(name)
	} else {
		w.WriteString(w.typeName(o))
	}
	for i := range args.Len() {
		w.WriteString(map[bool]string{true: open, false: ", "}[i == 0])
		w.write(args.At(i))
	}
	if args.Len() > 0 {
		w.WriteString("]")
	}
}

func (w *typeWriter) typeName(o *types.TypeName) string {
	if o.Pkg() == nil {
		return w.c.predeclared(w.src, o.Name())
	}
	if q := w.qualifier(o.Pkg()); q != "" {
		return q + "." + o.Name()
	}
	if as := w.c.writeHidden(o); as != "" {
		return as
	}
	return o.Name()
}

func (w *typeWriter) channel(t *types.Chan) {
	switch t.Dir() {
	case types.SendOnly:
		w.WriteString("chan<- ")
	case types.RecvOnly:
		w.WriteString("<-chan ")
	default:
		w.WriteString("chan ")
	}
	if inner, ok := types.Unalias(t.Elem()).(*types.Chan); ok && t.Dir() != types.SendOnly && inner.Dir() == types.RecvOnly {
		w.WriteString("(")
		w.write(t.Elem())
		w.WriteString(")")
		return
	}
	w.write(t.Elem())
}

func (w *typeWriter) signature(t *types.Signature) {
	w.WriteString("(")
	for i := range t.Params().Len() {
		if i > 0 {
			w.WriteString(", ")
		}
		p := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			w.WriteString("...")
			if s, ok := p.(*types.Slice); ok {
				p = s.Elem()
			}
		}
		w.write(p)
	}
	w.WriteString(")")
	if t.Results().Len() == 0 {
		return
	}
	w.WriteString(" (")
	for i := range t.Results().Len() {
		if i > 0 {
			w.WriteString(", ")
		}
		w.write(t.Results().At(i).Type())
	}
	w.WriteString(")")
}

func (w *typeWriter) structure(t *types.Struct) {
	w.WriteString("struct{")
	for i := range t.NumFields() {
		if i > 0 {
			w.WriteString("; ")
		}
		f := t.Field(i)
		if !f.Embedded() {
			w.WriteString(f.Name() + " ")
		}
		w.write(f.Type())
		if tag := t.Tag(i); tag != "" {
			w.WriteString(" " + strconv.Quote(tag))
		}
	}
	w.WriteString("}")
}

func (w *typeWriter) iface(t *types.Interface) {
	if t.NumExplicitMethods() == 0 && t.NumEmbeddeds() == 0 {
		w.WriteString("interface{}")
		return
	}
	if t.IsImplicit() && t.NumEmbeddeds() == 1 && t.NumExplicitMethods() == 0 {
		w.write(t.EmbeddedType(0))
		return
	}
	w.WriteString("interface{")
	for i := range t.NumExplicitMethods() {
		if i > 0 {
			w.WriteString("; ")
		}
		m := t.ExplicitMethod(i)
		w.WriteString(m.Name())
		w.signature(m.Signature())
	}
	for i := range t.NumEmbeddeds() {
		if i > 0 || t.NumExplicitMethods() > 0 {
			w.WriteString("; ")
		}
		w.write(t.EmbeddedType(i))
	}
	w.WriteString("}")
}
