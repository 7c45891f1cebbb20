package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// plan says what is measured, and how.
type plan struct {
	rounds  int
	time    time.Duration
	n       int
	rows    []string // processes
	systems []system
}

// measure runs everything, and tells progress what it leaves out. All systems do a row within seconds
// of each other, so that a machine which is busy for a while is busy for all of them.
func (p *plan) measure(progress io.Writer) (*results, error) {
	dir, err := os.MkdirTemp("", "asyncgen-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	res := &results{Machine: thisMachine(), Rounds: p.rounds, Samples: map[string]map[string][]float64{}}
	var commands [][]string
	for _, s := range p.systems {
		command, version, err := s.prepare(dir)
		if err != nil {
			fmt.Fprintf(progress, "skipping %s: %v\n", s.title, err)
			res.Skipped = append(res.Skipped, s.name)
			continue
		}
		commands = append(commands, command)
		res.Systems = append(res.Systems, measured{s.name, s.title, version})
	}
	for round := range p.rounds {
		began := time.Now()
		for _, r := range p.rows {
			for i, command := range commands {
				values, err := p.runProcess(command, r)
				if errors.Is(err, errBusy) {
					fmt.Fprintf(progress, "%s of %s is left out: %v\n", r, res.Systems[i].Title, err)
					continue
				}
				if err != nil {
					return nil, fmt.Errorf("%s of %s: %w", r, res.Systems[i].Title, err)
				}
				res.add(res.Systems[i].Name, values)
			}
		}
		fmt.Fprintf(progress, "round %d of %d took %v\n", round+1, p.rounds, time.Since(began).Round(time.Second))
	}
	return res, nil
}

// runProcess runs a row in a process of its own, and gives what it printed. Nothing at all: the system does
// not have this row.
func (p *plan) runProcess(command []string, row string) (map[string]float64, error) {
	args := append(command[1:len(command):len(command)], "--time", fmt.Sprint(p.time.Seconds()))
	if p.n != 0 {
		args = append(args, "--n", strconv.Itoa(p.n))
	}
	cmd := exec.Command(command[0], append(args, row)...)
	// No Go system gets a second core for its garbage collection.
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, errs.Bytes())
	}
	values, err := parse(out.String())
	if err != nil || len(values) == 0 {
		return nil, err
	}
	if row == "sleepers" {
		return sleepers(cmd.ProcessState, values, p.n)
	}
	return values, nil
}

// errBusy says that a row could not be what it claims to be.
var errBusy = errors.New("the machine is too busy")

// sleepers is measured from the outside, in the same way for all systems.
func sleepers(s *os.ProcessState, values map[string]float64, n int) (map[string]float64, error) {
	if n == 0 {
		n = 1_000_000
	}
	if got := values["sleepers.ops"]; got != float64(n) {
		return nil, fmt.Errorf("%w: %.0f tasks slept at the same time instead of %d", errBusy, got, n)
	}
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return nil, fmt.Errorf("no memory usage on %s", runtime.GOOS)
	}
	// A process begins with the peak of the one that started it: bench itself stays below 50 MB.
	peak := float64(usage.Maxrss) * 1024
	if runtime.GOOS == "darwin" {
		peak = float64(usage.Maxrss)
	}
	return map[string]float64{
		"sleepers.ops": values["sleepers.ops"],
		"sleepers.mb":  peak / 1e6,
		"sleepers.cpu": (s.UserTime() + s.SystemTime()).Seconds(),
	}, nil
}

// parse reads lines "name value".
func parse(text string) (map[string]float64, error) {
	values := map[string]float64{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a name and a value", line)
		}
		values[name] = v
	}
	return values, nil
}
