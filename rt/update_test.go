package rt

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// golden compares got with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = "testdata/" + file
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; look at what has changed, then: go test ./rt -run %s -update\ngot:\n%s", file, t.Name(), got)
	}
}
