package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/asyncgen/asyncgen/gen"
)

// graph draws the state machine of a function.
func (c *command) graph(args []string) int {
	return c.lookAt("graph", c.graphFlags(), args, func(f *gen.Function) int {
		name := cmp.Or(c.format, formatOf(c.output))
		if c.json {
			name = "json"
		}
		write, ok := graphFormats[name]
		if !ok {
			return c.misuse("graph --format: there is no format %s: svg, dot, mermaid", name)
		}
		text := write(f.Graph())
		file := c.output
		if file == "" && c.json {
			file = "-"
		}
		if file == "" {
			file = f.Name + extensions[name]
		}
		return c.writePicture(file, text)
	})
}

var graphFormats = map[string]func(*gen.Graph) []byte{
	"svg": (*gen.Graph).SVG, "dot": (*gen.Graph).DOT, "mermaid": (*gen.Graph).Mermaid, "json": asJSON[*gen.Graph],
}

var extensions = map[string]string{"svg": ".svg", "dot": ".dot", "mermaid": ".mmd"}

// formatOf tells the format from the file's name.
func formatOf(file string) string {
	switch ext := filepath.Ext(file); ext {
	case ".gv":
		return "dot"
	case ".mermaid":
		return "mermaid"
	default:
		for name, e := range extensions {
			if e == ext {
				return name
			}
		}
	}
	return "svg"
}

func asJSON[T any](v T) []byte {
	var w bytes.Buffer
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	_ = enc.Encode(v) // strings and numbers always can be
	return w.Bytes()
}

// writePicture writes a file, or for - standard output.
func (c *command) writePicture(file string, text []byte) int {
	if file == "-" {
		c.stdout.Write(text)
		return done
	}
	s, err := stage(file, text)
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		c.report.diagnostics([]gen.Diagnostic{fileError(file, err)})
		return fixMe
	}
	c.report.say("wrote %s", file)
	return done
}

// explainFrame prints what the frame of a function holds, and why.
func (c *command) explainFrame(args []string) int {
	return c.lookAt("explain-frame", c.vetFlags(), args, func(f *gen.Function) int {
		frame, diags := f.Frame()
		if len(diags) > 0 {
			c.report.diagnostics(diags)
			return fixMe
		}
		if c.json {
			c.stdout.Write(asJSON(frame))
			return done
		}
		fmt.Fprint(c.stdout, frame)
		return done
	})
}

// lookAt finds the function that the arguments name, and shows it.
func (c *command) lookAt(verb string, set *pflag.FlagSet, args []string, show func(f *gen.Function) int) int {
	words, code, ok := c.parse(set, args)
	if !ok {
		return code
	}
	if len(words) == 0 {
		return c.misuse("%s needs a function, for example: asyncgen %s fetch ./package", verb, verb)
	}
	return c.interruptible(func() int {
		cfg := c.config(words[1:])
		cfg.Overlay = true
		list, diags, err := gen.Load(c.ctx, cfg)
		if err != nil {
			return c.cannotLoad(err, words[1:])
		}
		var functions []*gen.Function
		for _, p := range list {
			more, wrong := gen.Functions(p)
			functions, diags = append(functions, more...), append(diags, wrong...)
		}
		found := gen.Named(functions, words[0])
		switch {
		case len(found) == 1:
			return show(found[0])
		case len(diags) > 0:
			c.report.diagnostics(diags)
			return fixMe
		}
		return c.misuse("%s", c.notOne(words[0], found, functions))
	})
}

// notOne says that a name means no function, or several.
func (c *command) notOne(name string, found, all []*gen.Function) string {
	switch {
	case len(all) == 0:
		return "there is no async function in these packages"
	case len(found) > 1:
		return fmt.Sprintf("%s may be each of these; FILE.go:LINE says which one:%s", name, c.listed(found))
	}
	key := func(f *gen.Function) int {
		return min(distance(strings.ToLower(name), strings.ToLower(f.Name)), distance(strings.ToLower(name), strings.ToLower(lastPart(f.Name))))
	}
	slices.SortStableFunc(all, func(a, b *gen.Function) int { return cmp.Compare(key(a), key(b)) })
	return fmt.Sprintf("there is no async function %s; the nearest are:%s", name, c.listed(all[:min(len(all), 5)]))
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// listed are functions with their places, one a line.
func (c *command) listed(list []*gen.Function) string {
	var w strings.Builder
	for _, f := range list {
		fmt.Fprintf(&w, "\n\t%-24s  %s:%d", f.Name, c.report.relative(f.Pos.Filename), f.Pos.Line)
	}
	return w.String()
}
