package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestDurationsWithoutUnitAreFound(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Nanoseconds, "vetted/nanoseconds")
}
