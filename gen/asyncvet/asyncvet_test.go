package asyncvet

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestEachAnalyzerIsDescribedOnThePageThatItNames(t *testing.T) {
	if err := analysis.Validate(Analyzers); err != nil {
		t.Error(err)
	}
	page, err := os.ReadFile("../../docs/vet.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range Analyzers {
		if a.URL != docs+a.Name || !strings.Contains(string(page), "\n## "+a.Name+"\n") {
			t.Errorf("%s: %s has no such section", a.Name, a.URL)
		}
	}
}
