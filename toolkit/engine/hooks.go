package engine

import (
	"context"
	"slices"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// Hooks are functions that are called around statements; those that are nil are not. They are called by the goroutine
// that executes the statement, or that comes to the end of its result. The functions that a pool calls when it opens a
// session are in [Config].
type Hooks struct {
	// Checkout is called when a session was taken from the pool. An error gives it back, and is the statement's.
	Checkout func(ctx context.Context, c *Conn) error
	// Checkin is called before a session is given back.
	Checkin func(c *Conn)
	// Begin is called when a transaction has begun on the session, with the hooks that Checkout was called with.
	Begin func(ctx context.Context, tx *Tx)
	// End is called when the transaction is over, with what Commit or Rollback gives.
	End func(tx *Tx, rolledBack bool, err error)
	// BeforeExecute is called before a statement is sent. The statement is executed under the context that it returns,
	// unless that is nil, which the hooks behind it get, too. It may change SQL and Args of the event. An error keeps the
	// statement back.
	BeforeExecute func(ctx context.Context, e *Event) (context.Context, error)
	// DDL is called behind BeforeExecute if the statement is a definition.
	DDL func(ctx context.Context, e *Event) error
	// AfterExecute is called when a statement is over: when it has failed, or all rows of its result were read, or the
	// result was closed. Its context is the one that the BeforeExecute beside it has returned: a span that was begun there
	// is in it. It is not called if BeforeExecute was not, or has returned an error.
	AfterExecute func(ctx context.Context, e *Event)
	// Error is called with an error of a statement that was sent. What it returns takes its place, unless it is nil.
	Error func(ctx context.Context, e *Event, err error) error
}

// Event is a statement that is executed.
type Event struct {
	Node      expr.Node // of InsertMany the INSERT of the first row
	Statement *compile.Statement
	SQL       string // as it is sent
	Args      []any  // that are sent beside the text
	Options   Options
	Rows      int // that [InsertMany] or [ExecMany] has put together; else 0

	Started time.Time
	Elapsed time.Duration // until now, or until it was over
	Err     error         // of a statement that is over; nil if all went well

	under []context.Context // of the hooks that were called before it
}

// begin calls the hooks before a statement.
func (e *Event) begin(ctx context.Context) (context.Context, error) {
	for _, h := range e.Options.Hooks {
		if h.BeforeExecute != nil {
			under, err := h.BeforeExecute(ctx, e)
			if err != nil {
				return ctx, err
			}
			if under != nil {
				ctx = under
			}
		}
		e.under = append(e.under, ctx)
	}
	if _, isDDL := e.Node.(ddl.Statement); !isDDL {
		return ctx, nil
	}
	for _, h := range e.Options.Hooks {
		if h.DDL == nil {
			continue
		}
		if err := h.DDL(ctx, e); err != nil {
			return ctx, err
		}
	}
	return ctx, nil
}

// failed is what the hooks make of an error.
func (e *Event) failed(ctx context.Context, err error) error {
	for _, h := range e.Options.Hooks {
		if h.Error == nil {
			continue
		}
		if other := h.Error(ctx, e, err); other != nil {
			err = other
		}
	}
	return err
}

// end calls the hooks after a statement, of those that were called before it.
func (e *Event) end(err error) {
	e.Elapsed, e.Err = time.Since(e.Started), err
	for i, ctx := range slices.Backward(e.under) {
		if after := e.Options.Hooks[i].AfterExecute; after != nil {
			after(ctx, e)
		}
	}
}
