package gen

import (
	"fmt"
	"strings"
)

// Graphs for other tools to draw.

// DOT is the graph in the language of Graphviz.
func (g *Graph) DOT() []byte {
	var w strings.Builder
	fmt.Fprintf(&w, "digraph %s {\n", dotString(g.Func))
	fmt.Fprintf(&w, "\tgraph [label=%s, labelloc=t, labeljust=l, fontname=monospace]\n", dotString(g.headline()+"   "+g.place()))
	w.WriteString("\tnode [shape=box, fontname=monospace, fontsize=11]\n\tedge [fontname=monospace, fontsize=10]\n")
	for _, s := range g.States {
		fmt.Fprintf(&w, "\t%s [%slabel=%s]\n", s.ID, dotStyles[s.Kind], dotLines(s.text(allLines)))
	}
	for _, e := range g.Edges {
		var attrs []string
		if e.Label != "" {
			attrs = append(attrs, "label="+dotString(e.Label))
		}
		if e.Kind == EdgeFail {
			attrs = append(attrs, "style=dashed, color=firebrick")
		}
		fmt.Fprintf(&w, "\t%s -> %s", e.From, e.To)
		if attrs != nil {
			fmt.Fprintf(&w, " [%s]", strings.Join(attrs, ", "))
		}
		w.WriteString("\n")
	}
	w.WriteString("}\n")
	return []byte(w.String())
}

var dotStyles = map[StateKind]string{
	StateStart: "style=rounded, ", StateDone: "style=rounded, ",
	StateAwait: `style=filled, fillcolor="#fff8c5", `, StateExit: `style=filled, fillcolor="#fbefff", `,
}

func dotString(s string) string { return `"` + dotEscape(s) + `"` }

func dotEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// dotLines are lines that begin at the left.
func dotLines(rows []row) string {
	var w strings.Builder
	for _, r := range rows {
		w.WriteString(dotEscape(r.plain()) + `\l`)
	}
	return `"` + w.String() + `"`
}

// Mermaid is the graph as a flowchart of Mermaid, as GitHub and others show it.
func (g *Graph) Mermaid() []byte {
	var w strings.Builder
	w.WriteString("flowchart TD\n")
	for _, s := range g.States {
		var lines []string
		for _, r := range s.text(allLines) {
			lines = append(lines, mermaidText(r.plain()))
		}
		open, end := "[", "]"
		if s.Kind == StateStart || s.Kind == StateDone {
			open, end = "([", "])"
		}
		fmt.Fprintf(&w, "    %s%s\"%s\"%s:::%s\n", s.ID, open, strings.Join(lines, "<br/>"), end, s.Kind)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Kind == EdgeFail {
			arrow = "-.->"
		}
		label := ""
		if e.Label != "" {
			label = `|"` + mermaidText(e.Label) + `"|`
		}
		fmt.Fprintf(&w, "    %s %s%s %s\n", e.From, arrow, label, e.To)
	}
	w.WriteString("    classDef start fill:#ddf4ff,stroke:#54aeff,color:#1f2328,text-align:left\n" +
		"    classDef done fill:#ddf4ff,stroke:#54aeff,color:#1f2328,text-align:left\n" +
		"    classDef code fill:#f6f8fa,stroke:#d0d7de,color:#1f2328,text-align:left\n" +
		"    classDef await fill:#fff8c5,stroke:#d4a72c,color:#1f2328,text-align:left\n" +
		"    classDef exit fill:#fbefff,stroke:#c297ff,color:#1f2328,text-align:left\n")
	return []byte(w.String())
}

// mermaidText writes what has a meaning in Mermaid or in HTML as the number of the character.
func mermaidText(s string) string {
	room := len(s) - len(strings.TrimLeft(s, " "))
	var w strings.Builder
	w.WriteString(strings.Repeat("#160;", room))
	for _, r := range s[room:] {
		switch r {
		case '"', '<', '>', '&', '#', '`', '\\', '*', '_', '|', '[', ']', '{', '}', '(', ')', ';':
			fmt.Fprintf(&w, "#%d;", r)
		default:
			w.WriteRune(r)
		}
	}
	return w.String()
}
