package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// writeTables writes the results as Markdown tables: medians with targets, ratios, spread.
func (r *results) writeTables(out io.Writer) error {
	b := new(strings.Builder)
	m := r.Machine
	fmt.Fprintf(b, "%s, %d cores, %s, %s. Rounds: %d.\n", m.CPU, m.Cores, m.OS, m.Go, r.Rounds)
	for _, s := range r.Systems {
		fmt.Fprintf(b, "%s: %s\n", s.Title, s.Version)
	}
	for _, name := range r.Skipped {
		fmt.Fprintf(b, "%s: skipped\n", name)
	}
	rows := r.summarize()
	hits, all := 0, 0
	for _, s := range rows {
		for _, t := range s.Targets {
			all++
			if t.Hit {
				hits++
			}
		}
	}

	if r.CPU {
		b.WriteString("\nMedians of processor time\n\n")
	} else {
		b.WriteString("\nMedians\n\n")
	}
	r.table(b, rows, "asyncgen must reach", func(s summary, system string) string {
		return number(s.Unit, s.Median, system)
	})
	fmt.Fprintf(b, "\n%d of %d targets are hit.\n", hits, all)
	b.WriteString("\nRatios to asyncgen: above 1, asyncgen is better\n\n")
	r.table(b, rows, "", func(s summary, system string) string {
		if v, ok := s.Ratio[system]; ok {
			return fmt.Sprintf("%.3g", v)
		}
		return "–"
	})
	if r.Rounds < 2 {
		_, err := io.WriteString(out, b.String())
		return err
	}
	b.WriteString("\nSpread, from the smallest to the largest\n\n")
	r.table(b, rows, "", func(s summary, system string) string {
		if _, ok := s.Min[system]; !ok {
			return "–"
		}
		return number(s.Unit, s.Min, system) + "–" + number(s.Unit, s.Max, system)
	})
	_, err := io.WriteString(out, b.String())
	return err
}

// number is a value with three digits. What is counted is not more exact than that.
func number(unit string, values map[string]float64, system string) string {
	v, ok := values[system]
	switch {
	case !ok:
		return "–"
	case unit == "" || v < 1:
		return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00")
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// table writes a table with a column for each system and, if it has a title, one for the targets.
func (r *results) table(out io.Writer, rows []summary, targets string, cell func(s summary, system string) string) {
	head := []string{"work"}
	for _, s := range r.Systems {
		head = append(head, s.Title)
	}
	if targets != "" {
		head = append(head, targets)
	}
	lines := [][]string{head}
	for _, s := range rows {
		title := s.Title
		if s.Unit != "" && targets != "" {
			title += ", " + s.Unit
		}
		line := []string{title}
		for _, sys := range r.Systems {
			line = append(line, cell(s, sys.Name))
		}
		if targets != "" {
			line = append(line, verdicts(s.Targets))
		}
		lines = append(lines, line)
	}
	writeAligned(out, lines, targets != "")
}

func verdicts(list []verdict) string {
	var parts []string
	for _, v := range list {
		word := "miss"
		if v.Hit {
			word = "hit"
		}
		parts = append(parts, v.Target+" "+word)
	}
	return strings.Join(parts, ", ")
}

// writeAligned writes a Markdown table. Its first column, and the last one if it is text, are aligned to
// the left.
func writeAligned(out io.Writer, lines [][]string, lastIsText bool) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, c := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	left := func(i int) bool { return i == 0 || lastIsText && i == len(widths)-1 }
	for n, line := range lines {
		for i, c := range line {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if left(i) {
				fmt.Fprintf(out, "| %s%s ", c, pad)
			} else {
				fmt.Fprintf(out, "| %s%s ", pad, c)
			}
		}
		fmt.Fprintln(out, "|")
		if n > 0 {
			continue
		}
		for i, w := range widths {
			if left(i) {
				fmt.Fprintf(out, "|%s", strings.Repeat("-", w+2))
			} else {
				fmt.Fprintf(out, "|%s:", strings.Repeat("-", w+1))
			}
		}
		fmt.Fprintln(out, "|")
	}
}
