package asyncvet

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

func TestDroppedTasksThatCanFailAreFound(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), DroppedTask, "vetted/droppedtask", "vetted/failing")
}
