package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestCoroutinesThatNothingAwaitsAreFound(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), NeverAwaited, "vetted/neverawaited")
}
