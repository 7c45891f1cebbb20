package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestErrorsThatNobodyLooksAtAreFound(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), IgnoredError, "vetted/ignorederror")
}
