package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestLiteralsThatOnlyLookAsyncAreFound(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), NotAsync, "vetted/notasync")
}
