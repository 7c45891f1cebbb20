package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestAwaitsWithAMutexAreFound(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), LockHeld, "vetted/lockheld")
}
