package engine

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// TxOptions say what a transaction must be like. The zero value takes what the server has.
type TxOptions struct {
	Isolation sql.IsolationLevel
	ReadOnly  bool
}

// Tx is a scope on one session. Where the server has transactions, it is one. Where it has none, every statement has
// its effect at once: nothing is sent at either end, Commit has nothing to do, and Rollback tells what stays. A Tx must
// be ended by one of the two.
type Tx struct {
	conn    *Conn
	tx      *sql.Tx // nil if the server has none
	writes  []string
	release func() error // of the session, unless that is the caller's
}

// Begin begins a transaction. ctx is for the whole of it: when it ends, a transaction of the server is rolled back.
func (c *Conn) Begin(ctx context.Context, o TxOptions) (*Tx, error) {
	tx, err := c.begin(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, h := range c.session.hooks {
		if h.Begin != nil {
			h.Begin(ctx, tx)
		}
	}
	return tx, nil
}

func (c *Conn) begin(ctx context.Context, o TxOptions) (*Tx, error) {
	s := c.session
	d := s.pool.dialect
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrConnClosed
	}
	if s.tx != nil {
		return nil, unsupported(d, "a transaction within another one", "end the one that is active")
	}
	tx := &Tx{conn: c}
	if t, ok := d.(compile.Transactor); ok && t.Transactions() && s.conn != nil {
		var err error
		if tx.tx, err = s.conn.BeginTx(ctx, &sql.TxOptions{Isolation: o.Isolation, ReadOnly: o.ReadOnly}); err != nil {
			return nil, err
		}
	} else if o.Isolation != sql.LevelDefault {
		return nil, unsupported(d, "the isolation level "+o.Isolation.String(), "each statement has its effect by itself; leave out the level")
	} else if o.ReadOnly {
		return nil, unsupported(d, "transactions that only read", "leave out ReadOnly")
	}
	s.tx = tx
	return tx, nil
}

// BeginTwoPhase is refused: a transaction over several servers is not one of the engine.
func (c *Conn) BeginTwoPhase(context.Context) (*Tx, error) {
	return nil, unsupported(c.session.pool.dialect, "two-phase transactions", "make the statements on each server such that they can be repeated")
}

// Transaction is the transaction that is active on the session, nil if there is none.
func (c *Conn) Transaction() *Tx {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.tx
}

// InTx calls f within a transaction, which is committed if f returns nil, and rolled back otherwise. What the rollback
// has to say is part of the error then.
func (c *Conn) InTx(ctx context.Context, o TxOptions, f func(*Tx) error) error {
	tx, err := c.Begin(ctx, o)
	if err != nil {
		return err
	}
	return tx.run(f)
}

// run ends the transaction also if f does not return.
func (t *Tx) run(f func(*Tx) error) (err error) {
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, t.Close())
		}
	}()
	if err = f(t); err != nil {
		return err
	}
	done = true
	if !t.Active() { // f has ended it
		return nil
	}
	return t.Commit()
}

// Conn is the session of the transaction.
func (t *Tx) Conn() *Conn { return t.conn }

// With is the transaction's session with options that are said in addition; see [Conn.With].
func (t *Tx) With(o Options) *Conn { return t.conn.With(o) }

// Query executes a statement with the values of its parameters, and gives its result.
func (t *Tx) Query(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	if !t.Active() {
		return nil, sql.ErrTxDone
	}
	return t.conn.Query(ctx, n, params...)
}

// Exec executes a statement for what it does, and not for rows: its result has none, and is over.
func (t *Tx) Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	if !t.Active() {
		return nil, sql.ErrTxDone
	}
	return t.conn.Exec(ctx, n, params...)
}

// Nested is refused: a part of a transaction is not rolled back by itself.
func (t *Tx) Nested(context.Context) (*Tx, error) {
	return nil, unsupported(t.conn.session.pool.dialect, "savepoints", "make a transaction of each part")
}

// Active reports whether the transaction was neither committed nor rolled back.
func (t *Tx) Active() bool { return t.conn.Transaction() == t }

// Commit ends the transaction, and keeps what its statements did. After the end it is [sql.ErrTxDone].
func (t *Tx) Commit() error {
	if !t.end() {
		return sql.ErrTxDone
	}
	var err error
	if t.tx != nil {
		err = t.tx.Commit()
	}
	t.over(false, err)
	return errors.Join(err, t.giveBack())
}

// Rollback ends the transaction, and takes back what its statements did. Where the server has no transactions, it is a
// [*NotRolledBackError] if a statement may have changed something. After the end it is [sql.ErrTxDone].
func (t *Tx) Rollback() error {
	if !t.end() {
		return sql.ErrTxDone
	}
	var err error
	switch {
	case t.tx != nil:
		err = t.tx.Rollback()
	case len(t.writes) > 0:
		err = &NotRolledBackError{Dialect: t.conn.session.pool.dialect.Name(), Statements: t.writes}
	}
	t.over(true, err)
	return errors.Join(err, t.giveBack())
}

// over calls the hooks after the transaction.
func (t *Tx) over(rolledBack bool, err error) {
	for _, h := range slices.Backward(t.conn.session.hooks) {
		if h.End != nil {
			h.End(t, rolledBack, err)
		}
	}
}

// Close is Rollback of a transaction that is active, and nothing after its end: to be deferred.
func (t *Tx) Close() error {
	if err := t.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// end takes the transaction off its session, and reports whether it was active.
func (t *Tx) end() bool {
	s := t.conn.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tx != t {
		return false
	}
	s.tx = nil
	return true
}

func (t *Tx) giveBack() error {
	if t.release == nil {
		return nil
	}
	return t.release()
}
