package rt

import "testing"

// Waves of tasks find the pages of the wave before, and a peak does not keep its pages for ever.
func TestRegistryKeepsThePagesOfWaves(t *testing.T) {
	const peak = 20 * tasksInPage
	var r registry
	nodes := make([]node, peak)
	number := uint32(0)
	wave := func(n int) {
		for i := range n {
			number++
			r.add(&nodes[i], number)
		}
		for i := range n {
			r.forget(&nodes[i])
		}
	}
	if got := testing.AllocsPerRun(10, func() { wave(peak) }); got > 0 {
		t.Errorf("a wave of %d tasks takes %v allocations", peak, got)
	}
	for range 3 * tasksInPage {
		wave(1)
	}
	if got := len(r.pages); got > 3 {
		t.Errorf("%d pages are left of the peak", got)
	}
}
