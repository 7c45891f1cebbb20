package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestLoopsThatKeepOthersFromRunningAreFound(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Starve, "vetted/starve")
}
