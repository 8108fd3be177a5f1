package expr

import (
	"fmt"
	"strings"
)

// NameError reports a column that what it was looked for in does not have.
type NameError struct {
	Name  string
	In    string
	Known []string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("%s has no column %q; it has %s", e.In, e.Name, strings.Join(e.Known, ", "))
}

// ArgumentError reports a part of a tree that makes no sense.
type ArgumentError struct {
	Of     string // the function or clause
	Reason string // what is wrong, and what to write instead
}

func (e *ArgumentError) Error() string { return e.Of + ": " + e.Reason }

// Fault is the node of what could not be made. Building a tree gives no errors; compiling one reports those of its
// faults.
type Fault struct {
	Term
	Err error
}

// Shape implements [Node].
func (f *Fault) Shape(s *Shape) {
	s.Kind("fault")
	s.SetOpaque()
}

func fault(err error) *Term {
	f := &Fault{Err: err}
	return f.is(f, nil)
}

// Invalid is an expression that could not be made, for the functions of other packages that make expressions.
func Invalid[E Kind[E]](err error) E { return kind[E](fault(err)) }
