package driver

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/skep-go/skep/internal/hiveql"
)

// stmt is a statement whose placeholders are known. The server has no part in it: Hive's protocol prepares nothing.
type stmt struct {
	conn  *Conn
	query string
	input int
}

// Prepare implements [driver.Conn].
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext implements [driver.ConnPrepareContext]. It checks the quoting and counts the placeholders, and sends
// nothing: a mistake in the statement itself shows when it is run.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	n, names, err := hiveql.Placeholders(query)
	if err != nil {
		return nil, err
	}
	if len(names) > 0 {
		n = -1 // database/sql cannot count named arguments; binding does
	}
	return &stmt{conn: c, query: query, input: n}, nil
}

// Close implements [driver.Stmt].
func (s *stmt) Close() error { return nil }

// NumInput implements [driver.Stmt].
func (s *stmt) NumInput() int { return s.input }

// QueryContext implements [driver.StmtQueryContext].
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.QueryContext(ctx, s.query, args)
}

// ExecContext implements [driver.StmtExecContext].
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.ExecContext(ctx, s.query, args)
}

// CheckNamedValue implements [driver.NamedValueChecker].
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.conn.CheckNamedValue(v) }

var errLegacy = errors.New("hive: use the method with a context")

// Query implements [driver.Stmt]; database/sql calls QueryContext.
func (s *stmt) Query([]driver.Value) (driver.Rows, error) { return nil, errLegacy }

// Exec implements [driver.Stmt]; database/sql calls ExecContext.
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, errLegacy }

var (
	_ driver.Stmt              = (*stmt)(nil)
	_ driver.StmtQueryContext  = (*stmt)(nil)
	_ driver.StmtExecContext   = (*stmt)(nil)
	_ driver.NamedValueChecker = (*stmt)(nil)
)
