package engine_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
)

// server is a server that does as it is told: what real ones do is seen elsewhere.
type server struct {
	mu      sync.Mutex
	opened  int
	sent    []string
	answers []answer // of the next statements; without one a statement has one row
	refuse  error    // what connecting gives
}

// answer is what a statement gives.
type answer struct {
	err  error
	rows int
	last error         // after the rows
	wait chan struct{} // what the statement waits for, unless its context is over
}

func (s *server) Connect(context.Context) (driver.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return nil, s.refuse
	}
	s.opened++
	return &fakeConn{s}, nil
}

func (s *server) Driver() driver.Driver { return nil }

// texts are the statements that were sent.
func (s *server) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

type fakeConn struct{ s *server }

var errLegacy = errors.New("not called by the engine")

func (*fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errLegacy }
func (*fakeConn) Begin() (driver.Tx, error)           { return nil, errLegacy }
func (*fakeConn) Close() error                        { return nil }

func (c *fakeConn) take(ctx context.Context, text string) answer {
	c.s.mu.Lock()
	c.s.sent = append(c.s.sent, text)
	a := answer{rows: 1}
	if len(c.s.answers) > 0 {
		a, c.s.answers = c.s.answers[0], c.s.answers[1:]
	}
	c.s.mu.Unlock()
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-ctx.Done():
			a.err = ctx.Err()
		}
	}
	return a
}

func (c *fakeConn) QueryContext(ctx context.Context, text string, _ []driver.NamedValue) (driver.Rows, error) {
	a := c.take(ctx, text)
	return &fakeRows{a}, a.err
}

func (c *fakeConn) ExecContext(ctx context.Context, text string, _ []driver.NamedValue) (driver.Result, error) {
	a := c.take(ctx, text)
	return driver.RowsAffected(a.rows), a.err
}

type fakeRows struct{ answer }

func (*fakeRows) Columns() []string { return []string{"a"} }
func (*fakeRows) Close() error      { return nil }

func (r *fakeRows) Next(into []driver.Value) error {
	if r.rows == 0 {
		if r.last != nil {
			return r.last
		}
		return io.EOF
	}
	r.rows--
	into[0] = int64(r.rows)
	return nil
}

// serverWith is a server, and an engine on it that is closed with the test, which leaves no session in use.
func serverWith(t *testing.T, c engine.Config, answers ...answer) (*server, *engine.Engine) {
	t.Helper()
	s := &server{answers: answers}
	e := engine.OpenTarget(engine.Target{Connector: s, Dialect: compile.ANSI{}}, c)
	t.Cleanup(func() {
		if n := e.DB().Stats().InUse; n != 0 {
			t.Errorf("%d sessions were not given back", n)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, e
}

// poolOf is a pool on a server.
func poolOf(t *testing.T, s *server) *sql.DB {
	t.Helper()
	db := sql.OpenDB(s)
	t.Cleanup(func() { _ = db.Close() }) // nothing can fail in a fake
	return db
}

// keepers are sessions of a server that keep what programs remember of them.
type keepers struct{ *server }

func (k keepers) Connect(ctx context.Context) (driver.Conn, error) {
	if _, err := k.server.Connect(ctx); err != nil {
		return nil, err
	}
	return &keeper{fakeConn{k.server}, map[any]any{}}, nil
}

func poolOfKeepers(t *testing.T, s *server) *sql.DB {
	t.Helper()
	db := sql.OpenDB(keepers{s})
	t.Cleanup(func() { _ = db.Close() }) // nothing can fail in a fake
	return db
}
