package hivereflect

import "fmt"

// TypeError tells that the type of a column cannot be read. It loses nothing but the type: see [Detail].
type TypeError struct {
	Schema, Table, Column string
	Type                  string // as the server has it
	Err                   error  // a [*schema.TypeError]
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("hivereflect: column %q of table %q in schema %q: %v", e.Column, e.Table, e.Schema, e.Err)
}

// Unwrap gives the [*schema.TypeError].
func (e *TypeError) Unwrap() error { return e.Err }
