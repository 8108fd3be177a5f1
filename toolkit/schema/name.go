package schema

import "strings"

// fold returns a name as names are compared: without regard to case.
func fold(name string) string { return strings.ToLower(name) }
