package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestAbandonedThreadsAreFound(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Abandoned, "vetted/abandoned")
}
