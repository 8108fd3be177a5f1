package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/hiveql"
)

const (
	// closeTimeout bounds what closing a connection waits for: the cancellation of its last statement and CloseSession.
	closeTimeout = 15 * time.Second
	// checkTimeout bounds the liveness check before a connection is used again; a slower one is replaced.
	checkTimeout = time.Second
)

// Conn is a connection of the pool: one Hive session.
type Conn struct {
	session *hive.Session
	cfg     *hive.Config
	tx      *tx
	expired bool // the server has forgotten the session
	info    map[any]any
}

// Info is for what programs want to remember of the session. It lasts as long as the session, in whichever hands, and is
// for one goroutine at a time: valid inside [database/sql.Conn.Raw]'s callback, or of engine.Conn.
func (c *Conn) Info() map[any]any {
	if c.info == nil {
		c.info = map[any]any{}
	}
	return c.info
}

// Session is the native session, for what database/sql has no words for. It belongs to the Conn and is valid inside
// [database/sql.Conn.Raw]'s callback.
func (c *Conn) Session() *hive.Session { return c.session }

// Close implements [driver.Conn]. The session is gone in any case; an error tells that the server did not confirm it.
func (c *Conn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return c.session.Close(ctx)
}

// Ping implements [driver.Pinger] by a call that names the session.
func (c *Conn) Ping(ctx context.Context) error {
	err := c.session.Ping(ctx)
	if errors.Is(err, hive.ErrSessionExpired) || err != nil && c.session.Err() != nil && ctx.Err() == nil {
		return bad(err) // nothing that could have had an effect was sent
	}
	return err
}

// ResetSession implements [driver.SessionResetter]: a session that was changed, or that does not live any more, is not
// used again.
func (c *Conn) ResetSession(ctx context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if err := c.session.Check(ctx); err != nil {
		return bad(err)
	}
	return nil
}

// IsValid implements [driver.Validator].
func (c *Conn) IsValid() bool { return !c.expired && !c.session.Changed() && c.session.Err() == nil }

// CheckNamedValue implements [driver.NamedValueChecker]. Values are left as they are: the literal renderer knows more
// types than database/sql, and refuses the others before anything is sent.
func (c *Conn) CheckNamedValue(v *driver.NamedValue) error {
	if _, ok := v.Value.(sql.Out); ok {
		return fmt.Errorf("%w: Hive has no output parameters", hive.ErrNotSupported)
	}
	return nil
}

// QueryContext implements [driver.QueryerContext].
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	script, err := c.script(query, args)
	if err != nil {
		return nil, err
	}
	r := &rows{conn: c, ctx: ctx, script: script}
	if err := r.NextResultSet(); err != nil {
		return nil, err
	}
	r.offer()
	return r, nil
}

// ExecContext implements [driver.ExecerContext].
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	script, err := c.script(query, args)
	if err != nil {
		return nil, err
	}
	var total result
	for i, statement := range script {
		c.note(statement)
		n, err := c.session.Exec(ctx, statement, optionsOf(ctx))
		switch {
		case errors.Is(err, hive.ErrNotSupported):
			total.err = err // the statement ran; only the number of rows is not known
		case err != nil:
			return nil, c.failed(err, i == 0)
		}
		total.rows += n
	}
	return total, nil
}

// script renders the arguments into the text and parts it into statements.
func (c *Conn) script(query string, args []driver.NamedValue) ([]string, error) {
	text, err := hiveql.Bind(query, args, c.cfg.Location)
	if err != nil {
		return nil, err
	}
	parts, err := hiveql.Split(text)
	if err != nil {
		return nil, err
	}
	switch {
	case len(parts) == 0:
		return nil, errors.New("hive: the query holds no statement")
	case len(parts) > 1 && !c.cfg.MultiStatements:
		return nil, fmt.Errorf("hive: the query holds %d statements; run them one by one, or set multiStatements=true", len(parts))
	}
	statements := make([]string, len(parts))
	for i, p := range parts {
		statements[i] = p.Text
	}
	return statements, nil
}

// note keeps account of what is about to run.
func (c *Conn) note(statement string) {
	if c.tx != nil && hiveql.IsWrite(statement) {
		c.tx.writes = append(c.tx.writes, statement)
	}
}

// failed gives the error of a statement the form that database/sql acts upon: ErrBadConn, upon which it tries the whole
// query again with another connection, only if the server saw nothing of it.
func (c *Conn) failed(err error, first bool) error {
	if errors.Is(err, hive.ErrSessionExpired) {
		c.expired = true
	}
	if first && errors.Is(err, hive.ErrNotSent) && c.session.Err() != nil {
		return bad(err)
	}
	return err
}

func bad(err error) error { return fmt.Errorf("%w: %w", driver.ErrBadConn, err) }

// result implements [driver.Result].
type result struct {
	rows int64
	err  error
}

// LastInsertId implements [driver.Result]: Hive has no row ids.
func (result) LastInsertId() (int64, error) {
	return 0, fmt.Errorf("%w: Hive has no row ids", hive.ErrNotSupported)
}

// RowsAffected implements [driver.Result]. Only Hive 4 reports it.
func (r result) RowsAffected() (int64, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.rows, nil
}

var (
	_ driver.Conn               = (*Conn)(nil)
	_ driver.ConnPrepareContext = (*Conn)(nil)
	_ driver.ConnBeginTx        = (*Conn)(nil)
	_ driver.Pinger             = (*Conn)(nil)
	_ driver.QueryerContext     = (*Conn)(nil)
	_ driver.ExecerContext      = (*Conn)(nil)
	_ driver.SessionResetter    = (*Conn)(nil)
	_ driver.Validator          = (*Conn)(nil)
	_ driver.NamedValueChecker  = (*Conn)(nil)
	_ driver.Result             = result{}
)
