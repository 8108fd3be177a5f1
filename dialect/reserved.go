package dialect

// reserved reports whether a lower-case word must be quoted.
func reserved(_ Version, _ string) bool { return true }
