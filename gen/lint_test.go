package gen

import (
	"flag"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var lint = flag.Bool("lint", false, "also let go vet and staticcheck look at the output of every case; CI does")

// TestLintersAcceptOutputs compiles each case into a main package of its own, as users have it.
func TestLintersAcceptOutputs(t *testing.T) {
	if !*lint {
		t.Skip("takes a while: -lint")
	}
	p := newProgram(t)
	for _, c := range append(primerFolders(t), pages(t)...) {
		c.generate()
		if c.out != nil && c.has("stdout") {
			writeFile(t, filepath.Join(p.dir, strings.ReplaceAll(c.name, "/", "_"), "in_async.go"), c.out)
		}
	}
	if out, err := p.goCommand("vet", "./..."); err != nil {
		t.Errorf("go vet:\n%s", out)
	}
	tool, err := exec.Command("go", "tool", "-n", "staticcheck").Output()
	if err != nil {
		t.Fatalf("no staticcheck, which is a tool of this module: %v", err)
	}
	// SA4006 is about values that nobody uses: a loop that runs on locals loads those too that its init statement sets.
	cmd := exec.Command(strings.TrimSpace(string(tool)), "./...")
	cmd.Dir, cmd.Env = p.dir, moduleEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("staticcheck:\n%s", out)
	}
}
