package rt

// letGo ends the call f, which goes nowhere any more. The frames of generated code that can hold memory have an End.
func letGo(f Resumer) Status {
	if f, ok := f.(interface{ End() Status }); ok {
		return f.End()
	}
	return Done
}
