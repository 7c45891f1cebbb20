package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestWhatTheCompilerRefusesIsFound(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Refused, "vetted/refused")
}
