package hivereflect

import (
	"fmt"
	"strings"
)

// Beside the errors of this file there are [*schema.NoSchemaError] and [*schema.NoTableError]. All are found with
// errors.As.

// PermissionError tells that the server knows what was asked for, and refuses it to the user; or that it refuses the
// user altogether.
type PermissionError struct {
	User string
	What string // that was asked for, such as "log in"
	Err  error  // what the server said
}

func (e *PermissionError) Error() string {
	return fmt.Sprintf("hivereflect: user %q is not allowed to %s: %v", e.User, e.What, e.Err)
}

// Unwrap gives what the server said.
func (e *PermissionError) Unwrap() error { return e.Err }

// UnreachableError tells that no metastore could be reached.
type UnreachableError struct {
	Tries []Try // one for each URI that was tried, in the order of the attempts
}

// Try is an attempt to reach a metastore.
type Try struct {
	URI string
	Err error
}

func (e *UnreachableError) Error() string {
	var b strings.Builder
	b.WriteString("hivereflect: no metastore can be reached")
	for i, t := range e.Tries {
		fmt.Fprintf(&b, "%s %s: %v", [2]string{":", ";"}[min(i, 1)], t.URI, t.Err)
	}
	b.WriteString(". Where only HiveServer2 can be reached, use HiveServer")
	return b.String()
}

// Unwrap gives the errors of the tries.
func (e *UnreachableError) Unwrap() []error {
	errs := make([]error, len(e.Tries))
	for i, t := range e.Tries {
		errs[i] = t.Err
	}
	return errs
}

// ProtocolError tells that what answers is not the metastore that is expected: it is another kind of server, or one that
// is spoken to in another way.
type ProtocolError struct {
	URI  string
	Err  error
	Hint string // what to check
}

func (e *ProtocolError) Error() string {
	text := fmt.Sprintf("hivereflect: %s does not speak as expected: %v", e.URI, e.Err)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// Unwrap gives what was wrong with the answer.
func (e *ProtocolError) Unwrap() error { return e.Err }

// ServerError is what a server says that failed in a way for which there is no other type.
type ServerError struct {
	Method  string // of the protocol
	Class   string // of the exception, such as MetaException
	Message string
}

func (e *ServerError) Error() string {
	return fmt.Sprintf("hivereflect: %s: the server answered with %s: %s", e.Method, e.Class, e.Message)
}

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
