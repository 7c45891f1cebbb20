package rt

// Helper is in the frame of a test helper, an async function that calls t.Helper. Package testing looks for the helper's caller
// on Go's stack; so where a known function awaits the helper, it is that function which resumes it, not the loop.
type Helper struct {
	Called bool // a known function awaits it

	waits bool // the caller has suspended with it
	turn  bool // the caller is to go on with it
}

// Call makes it the helper of another call, by a known function.
func (h *Helper) Call() { *h = Helper{Called: true} }

// Wait notes that the caller suspends with the helper, and returns Suspended.
func (h *Helper) Wait() Status {
	h.waits = true
	return Suspended
}

// CallerFirst says whether the loop, which resumes the helper, is to resume the caller instead. A panic in flight has its way
// through the helper first.
func (h *Helper) CallerFirst(x *Exec) bool {
	h.turn = h.waits && x.reraise == nil
	h.waits = false
	return h.turn
}

// Turn says whether the caller, which is resumed, has to go on with the helper. If not, the helper has ended.
func (h *Helper) Turn() bool {
	turn := h.turn
	h.turn = false
	return turn
}
