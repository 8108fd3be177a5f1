package engine

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
)

// ErrConnClosed is of a [Conn] that was given back. It is what a result gives, too, that was still open then.
var ErrConnClosed = errors.New("engine: the connection was given back; take another one by Connect")

// StatementError is an error of a statement that was sent.
type StatementError struct {
	SQL string // as it was sent; with ? for each value where values are hidden
	Err error  // of the driver
}

func (e *StatementError) Error() string { return fmt.Sprintf("%v\n\tin %s", e.Err, e.SQL) }

func (e *StatementError) Unwrap() error { return e.Err }

// OptionError is an option, a setting or a parameter that cannot be honoured. Nothing was sent.
type OptionError struct {
	Option string
	Reason string // what is wrong with it, and what to do instead
}

func (e *OptionError) Error() string { return fmt.Sprintf("engine: option %s: %s", e.Option, e.Reason) }

// CheckoutError tells that the pool gave no session, and so that the statement was not sent. It is not the error if the
// context of the statement has ended.
type CheckoutError struct {
	Timeout time.Duration // that [Config] gives the pool, if it was over; else 0
	Err     error
}

func (e *CheckoutError) Error() string {
	if e.Timeout == 0 {
		return fmt.Sprintf("engine: no session could be opened: %v", e.Err)
	}
	return fmt.Sprintf("engine: no session was free, and none could be opened, within %v: %v; close results and connections, or enlarge the pool", e.Timeout, e.Err)
}

func (e *CheckoutError) Unwrap() error { return e.Err }

// LintError is a statement that is likely to be wrong, where [Options] say Refuse. Nothing was sent.
type LintError struct{ Lints []compile.Lint }

func (e *LintError) Error() string {
	texts := make([]string, len(e.Lints))
	for i, l := range e.Lints {
		texts[i] = lintText(l)
	}
	return "engine: " + strings.Join(texts, "; ")
}

// NotRolledBackError tells that statements stay in effect, for the server has no transactions. What must be seen at once
// or not at all can be written into a table beside, which one statement then puts in place.
type NotRolledBackError struct {
	Dialect    string
	Statements []string // that may have changed something, in their order
}

func (e *NotRolledBackError) Error() string {
	return fmt.Sprintf("engine: nothing was rolled back: %s has no transactions, and %d statement(s) that may have changed something were executed, "+
		"the first: %s; write into a table beside, and put it in place by one statement", e.Dialect, len(e.Statements), e.Statements[0])
}

// unsupported is the error about a construct that a dialect does not have.
func unsupported(d compile.Dialect, construct, instead string) error {
	return &compile.UnsupportedError{Construct: construct, Dialect: d.Name(), Instead: instead}
}
