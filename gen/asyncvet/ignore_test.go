package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestACommentWithAReasonSilencesItsLine(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), Blocking, "vetted/ignore")
}
