package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// The packages are loaded with all that they import, which takes a while; so those that can be are
// loaded together. plain has output of asyncgen, which is not looked at.
func TestBlockingCallsChannelsAndHelpersAreFound(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Blocking, "vetted/blocking", "vetted/helper", "vetted/plain")
}

func TestWhatBlocksIsReplaced(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Blocking, "vetted/blockfix")
}
