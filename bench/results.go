package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// results are all numbers that were measured, as -json writes them.
type results struct {
	Machine machine    `json:"machine"`
	Rounds  int        `json:"rounds"`
	CPU     bool       `json:"cpu"` // ns of processor time are compared, not ns
	Systems []measured `json:"systems"`
	Skipped []string   `json:"skipped,omitempty"`

	// Samples has the rounds' values for each system and row.
	Samples map[string]map[string][]float64 `json:"samples"`

	// Summary is what follows from them. It is written for others, and not read.
	Summary []summary `json:"summary"`
}

// measured is a system and its version.
type measured struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
}

// summary is a row of the table.
type summary struct {
	Row     string             `json:"row"`
	Title   string             `json:"title"`
	Unit    string             `json:"unit"`
	Median  map[string]float64 `json:"median"`
	Min     map[string]float64 `json:"min"`
	Max     map[string]float64 `json:"max"`
	Ratio   map[string]float64 `json:"ratio"` // to asyncgen
	Targets []verdict          `json:"targets,omitempty"`
}

// verdict is a target, and whether asyncgen reaches it.
type verdict struct {
	Target string `json:"target"`
	Hit    bool   `json:"hit"`
}

// machine is where it was measured.
type machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	OS    string `json:"os"`
	Go    string `json:"go"`
}

func thisMachine() machine {
	return machine{cpuModel(), runtime.NumCPU(), runtime.GOOS + "/" + runtime.GOARCH, runtime.Version()}
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		text, _ = exec.Command("sysctl", "machdep.cpu.brand_string").Output()
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok &&
			slices.Contains([]string{"model name", "machdep.cpu.brand_string"}, strings.TrimSpace(key)) {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown processor"
}

// add adds what one process of a system measured.
func (r *results) add(system string, values map[string]float64) {
	if r.Samples[system] == nil {
		r.Samples[system] = map[string][]float64{}
	}
	for name, v := range values {
		r.Samples[system][name] = append(r.Samples[system][name], v)
	}
}

// load reads what writeJSON has written.
func load(file string) (*results, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := new(results)
	return r, json.Unmarshal(text, r)
}

func (r *results) writeJSON(out io.Writer) error {
	r.Summary = r.summarize()
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// values are the samples that stand in the table.
func (r *results) values(system, row string) []float64 {
	if v := r.Samples[system][row+".cpu"]; r.CPU && len(v) > 0 {
		return v
	}
	return r.Samples[system][row]
}

// summarize makes the rows for which there are numbers.
func (r *results) summarize() []summary {
	var list []summary
	for _, row := range allRows {
		s := summary{Row: row.name, Title: row.title, Unit: row.unit,
			Median: map[string]float64{}, Min: map[string]float64{}, Max: map[string]float64{}, Ratio: map[string]float64{}}
		for _, sys := range r.Systems {
			if values := r.values(sys.Name, row.name); len(values) > 0 {
				s.Median[sys.Name], s.Min[sys.Name], s.Max[sys.Name] = median(values), slices.Min(values), slices.Max(values)
			}
		}
		if len(s.Median) == 0 {
			continue
		}
		if base := s.Median[ours]; base > 0 {
			for name, v := range s.Median {
				s.Ratio[name] = v / base
			}
		}
		for _, t := range row.targets {
			if hit, ok := r.reached(row.name, t); ok {
				s.Targets = append(s.Targets, verdict{t.String(), hit})
			}
		}
		list = append(list, s)
	}
	return list
}

// reached compares medians. ok is false if one of the two was not measured.
func (r *results) reached(row string, t target) (hit, ok bool) {
	value, limit := r.values(ours, row), t.max
	if len(value) == 0 {
		return false, false
	}
	if t.system != "" || t.row != "" {
		base := r.values(ours, t.row)
		if t.system != "" {
			base = r.values(t.system, row)
		}
		if len(base) == 0 {
			return false, false
		}
		limit *= median(base)
	}
	// A loop that allocates nothing is seen to allocate a bit: what stands around it does.
	const slack = 0.001
	return median(value) <= limit+slack, true
}

// median is the middle one of values, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
