// Command bench measures asyncgen beside goroutines, iter.Pull and the coroutines of other languages.
// README.md says how to run it and what it means.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/bench/internal/harness"
)

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == rowsCommand {
		err = runRows(os.Args[2:], os.Stdout)
	} else {
		err = run(os.Args[1:], os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is what users call: measure, or read what was measured, and show it.
func run(args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	var p plan
	flags.IntVar(&p.rounds, "rounds", 5, "how often everything is measured")
	flags.DurationVar(&p.time, "time", 200*time.Millisecond, "how long one row of one system takes, about")
	flags.IntVar(&p.n, "n", 0, "do exactly that much work instead: to try whether everything works")
	only := flags.String("only", "", "rows, separated by commas; sleepers is all of sleepers.mb, sleepers.cpu")
	which := flags.String("systems", "", "systems, separated by commas: "+strings.Join(systemNames(), ", "))
	cpu := flags.Bool("cpu", false, "compare processor time instead of time: for a machine that does other things as well")
	asJSON := flags.Bool("json", false, "print the results as JSON")
	from := flags.String("from", "", "show the results of this file, which -json made, instead of measuring")
	plot := flags.String("plot", "", "draw the ratios into this SVG file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("no arguments are expected, but there is %q", flags.Arg(0))
	}
	var err error
	if p.rows, err = choose("row", *only, processes(), func(s string) string { return s }); err != nil {
		return err
	}
	if p.systems, err = choose("system", *which, systems, func(s system) string { return s.name }); err != nil {
		return err
	}

	var res *results
	if *from != "" {
		res, err = load(*from)
	} else {
		res, err = p.measure(progress)
	}
	if err != nil {
		return err
	}
	res.CPU = res.CPU || *cpu
	if *plot != "" {
		if err := drawPlot(res, *plot); err != nil {
			return err
		}
	}
	if *asJSON {
		return res.writeJSON(out)
	}
	return res.writeTables(out)
}

// choose picks the named ones of all, in the order of all.
func choose[T any](what, names string, all []T, name func(T) string) ([]T, error) {
	if names == "" {
		return all, nil
	}
	wanted := map[string]bool{}
	for n := range strings.SplitSeq(names, ",") {
		wanted[strings.TrimSpace(n)] = true
	}
	var chosen []T
	for _, v := range all {
		if wanted[name(v)] {
			chosen = append(chosen, v)
			delete(wanted, name(v))
		}
	}
	for n := range wanted {
		return nil, fmt.Errorf("there is no %s %q", what, n)
	}
	return chosen, nil
}

// rowsCommand is the hidden command by which bench runs a Go system in a process of its own.
const rowsCommand = "rows"

// runRows takes a system and the arguments that the programs in peers take: [--time SECONDS] [--n N] ROW...
func runRows(args []string, out io.Writer) error {
	rows, ok := goSystems[args[0]]
	if !ok {
		return fmt.Errorf("there is no Go system %q", args[0])
	}
	flags := flag.NewFlagSet(rowsCommand, flag.ContinueOnError)
	seconds := flags.Float64("time", 0.2, "")
	n := flags.Int("n", 0, "")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	o := harness.Options{Time: time.Duration(*seconds * float64(time.Second)), N: *n}
	for i := range rows {
		if flags.NArg() == 0 || slices.Contains(flags.Args(), rows[i].Name) {
			rows[i].Print(out, o)
		}
	}
	return nil
}
