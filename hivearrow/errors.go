package hivearrow

import (
	"errors"
	"fmt"
)

// ErrRange is a value that is right in Hive and that its Arrow type cannot hold, such as a TIMESTAMP of the year 9999 in
// timestamp[ns]. It comes within a [*hive.ValueError], which names the column and the row.
var ErrRange = errors.New("it does not fit the Arrow type")

// ErrReleased is the error of a [Reader] that was read after its last Release.
var ErrReleased = errors.New("hivearrow: the reader was released")

// TypeError is a column whose type is not as [Options.Types] says, or that has no Arrow type.
type TypeError struct {
	// Column is the column's name, Type the text of its type.
	Column, Type string
	Err          error
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("hivearrow: column %q as %q: %v", e.Column, e.Type, e.Err)
}

// Unwrap gives the cause.
func (e *TypeError) Unwrap() error { return e.Err }
