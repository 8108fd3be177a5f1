package compile

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnsupported is wrapped by the errors about what a dialect does not have.
var ErrUnsupported = errors.New("not supported")

// Error reports what is wrong at one place of a tree. A statement with several faults gives them all, joined; errors.As
// finds the first.
type Error struct {
	Dialect string
	Path    string // from the root, as in "select.where[1].in"
	Err     error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s: %v", e.Dialect, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.Dialect, e.Path, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// UnsupportedError reports a construct that a dialect does not have.
type UnsupportedError struct {
	Construct string
	Dialect   string
	Instead   string // what to write; "" if there is nothing
}

func (e *UnsupportedError) Error() string {
	text := fmt.Sprintf("%s does not have %s", e.Dialect, e.Construct)
	if e.Instead != "" {
		text += "; " + e.Instead
	}
	return text
}

// Is makes it an [ErrUnsupported].
func (e *UnsupportedError) Is(target error) bool { return target == ErrUnsupported }

// SourceError reports a column of something that the statement does not read from at that place.
type SourceError struct {
	Column string
	Source string
}

func (e *SourceError) Error() string {
	return fmt.Sprintf("column %s is of %s, which is not read from here", e.Column, e.Source)
}

// JoinError reports a join whose condition does not follow from the foreign keys.
type JoinError struct {
	Table string
	Keys  []string // the foreign keys that would do; none or several
}

func (e *JoinError) Error() string {
	if len(e.Keys) == 0 {
		return fmt.Sprintf("no foreign key joins %s to a table before it; give the condition", e.Table)
	}
	return fmt.Sprintf("%d foreign keys join %s to the tables before it (%s); give the condition",
		len(e.Keys), e.Table, strings.Join(e.Keys, ", "))
}

// ArgumentError reports a tree that no SQL corresponds to.
type ArgumentError struct{ Reason string }

func (e *ArgumentError) Error() string { return e.Reason }

// ParamError reports parameters that do not fit those of a statement.
type ParamError struct {
	Name  string
	Known []string // the parameters of the statement
}

func (e *ParamError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("parameter %q: the statement has no parameters", e.Name)
	}
	for _, k := range e.Known {
		if k == e.Name {
			return fmt.Sprintf("parameter %q has no value", e.Name)
		}
	}
	return fmt.Sprintf("parameter %q: the statement has only %s", e.Name, strings.Join(e.Known, ", "))
}
