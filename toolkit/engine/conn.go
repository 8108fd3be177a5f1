package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Conn is one session: what a statement changes in it is seen by the next. It is given back to the pool by Close.
type Conn struct {
	session *session
	options Options
}

// session is what the views of a connection share.
type session struct {
	pool  *pool
	conn  *sql.Conn // nil if nothing is sent
	hooks []Hooks

	mu       sync.Mutex
	ended    bool // Close was called
	closed   bool // and its hooks have returned
	detached bool
	info     map[any]any // if the driver keeps none
	tx       *Tx
	ends     map[*sending]context.CancelCauseFunc // of the statements that are under way
}

// querier is a session of database/sql, or a transaction on one.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// With is the connection with options that are said in addition. Both have the same session.
func (c *Conn) With(o Options) *Conn { return &Conn{session: c.session, options: c.options.merge(o)} }

// Options are what was said for the engine and the connection.
func (c *Conn) Options() Options { return c.options }

// Query executes a statement with the values of its parameters, and gives its result.
func (c *Conn) Query(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	return c.run(ctx, n, params, (*sending).query)
}

// Exec executes a statement for what it does, and not for rows: its result has none, and is over.
func (c *Conn) Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	return c.run(ctx, n, params, (*sending).exec)
}

func (c *Conn) run(ctx context.Context, n expr.Node, params []compile.Params, send sender) (*Result, error) {
	s, ctx, err := c.session.pool.begin(ctx, c.options, n, params)
	if err != nil {
		return nil, err
	}
	r, err := send(s, ctx, c.session, nil)
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	return r, nil
}

// Raw calls f with the driver's own connection, which is valid inside f only.
func (c *Conn) Raw(f func(driverConn any) error) error {
	if _, err := c.session.querier(); err != nil {
		return err
	}
	if c.session.conn == nil {
		return errNoPool
	}
	return c.session.conn.Raw(f)
}

// Dialect is the dialect of the server.
func (c *Conn) Dialect() compile.Dialect { return c.session.pool.dialect }

// Info is for what a program wants to remember of the session. A driver whose connections have a method
// Info() map[any]any keeps it for as long as the session lasts, for whoever gets it from the pool; with another one it
// lasts until Close. It is for one goroutine at a time.
func (c *Conn) Info() (info map[any]any, err error) {
	err = c.Raw(func(conn any) error {
		if keeper, ok := conn.(interface{ Info() map[any]any }); ok {
			info = keeper.Info()
		}
		return nil
	})
	if info != nil || err != nil && !errors.Is(err, errNoPool) {
		return info, err
	}
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	if c.session.info == nil {
		c.session.info = map[any]any{}
	}
	return c.session.info, nil
}

// Detach has Close end the session, and not give it back: the pool does not use it again. Until then it counts as one of
// the pool's.
func (c *Conn) Detach() {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	c.session.detached = true
}

// Invalidate is Detach and Close: for a session that is known to be of no use any more.
func (c *Conn) Invalidate() error {
	c.Detach()
	return c.Close()
}

// Closed reports whether the connection was given back.
func (c *Conn) Closed() bool {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.ended
}

// Close gives the session back to the pool. Results that are still open end with [ErrConnClosed], a transaction that is
// still active is rolled back; the error is that of the rollback. It is safe to call it twice.
func (c *Conn) Close() error { return c.session.close() }

func (s *session) close() error {
	s.mu.Lock()
	tx, ended := s.tx, s.ended
	s.ended = true
	s.mu.Unlock()
	if ended {
		return nil
	}
	var txErr error
	if tx != nil {
		tx.release = nil
		txErr = tx.Rollback()
	}
	for i := len(s.hooks) - 1; i >= 0; i-- {
		if s.hooks[i].Checkin != nil {
			s.hooks[i].Checkin(&Conn{session: s})
		}
	}
	s.mu.Lock()
	s.closed = true
	for _, end := range s.ends { // sql.Conn.Close waits for results that are open
		end(ErrConnClosed)
	}
	detached := s.detached
	s.mu.Unlock()
	if s.conn == nil {
		return txErr
	}
	if detached {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // by which the pool ends it
	}
	err := s.conn.Close()
	if errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) { // it was given back for good
		err = nil
	}
	return errors.Join(txErr, err)
}

// querier is what executes statements now.
func (s *session) querier() (querier, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, ErrConnClosed
	case s.tx != nil && s.tx.tx != nil:
		return s.tx.tx, nil
	case s.conn == nil:
		return nil, nil
	}
	return s.conn, nil
}

// opened gives a statement a context that ends with the session, or with the statement's time if the driver is not told
// of that, and notes the statement in the transaction.
func (s *session) opened(ctx context.Context, st *sending) (under context.Context, interrupt context.CancelFunc) {
	stop := context.CancelFunc(func() {})
	if o := st.event.Options; o.Timeout > 0 && o.Carrier == nil {
		ctx, stop = context.WithTimeout(ctx, o.Timeout)
	}
	ctx, end := context.WithCancelCause(ctx)
	interrupt = func() { end(nil) }
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends == nil {
		s.ends = map[*sending]context.CancelCauseFunc{}
	}
	s.ends[st] = func(why error) { end(why); stop() }
	if s.closed {
		end(ErrConnClosed)
	}
	if s.tx != nil && s.tx.tx == nil && st.goes() && st.writes() {
		s.tx.writes = append(s.tx.writes, st.shown())
	}
	return ctx, interrupt
}

// over ends what opened began.
func (s *session) over(st *sending) {
	s.mu.Lock()
	end := s.ends[st]
	delete(s.ends, st)
	s.mu.Unlock()
	if end != nil {
		end(nil)
	}
}
