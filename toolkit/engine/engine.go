package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Engine executes statements on a pool of sessions. It is safe for concurrent use.
type Engine struct {
	pool    *pool
	options Options
}

// pool is what the views of an engine share.
type pool struct {
	db       *sql.DB
	dialect  compile.Dialect
	cache    *compile.Cache
	checkout time.Duration // how long to wait for a session; 0: as long as the context lets
	script   io.Writer     // of Mock, instead of db
	url      URL
	inspect  func(*Engine) (schema.Inspector, error) // nil if nobody knows how
}

// New makes an engine of a pool and of the dialect of its server. The pool stays as it is set up, and is closed by
// [Engine.Close].
func New(db *sql.DB, d compile.Dialect, o Options) *Engine {
	return &Engine{pool: &pool{db: db, dialect: d, cache: compile.NewCache(d, 0)}, options: o}
}

// With is the engine with options that are said in addition. Both have the same pool.
func (e *Engine) With(o Options) *Engine { return &Engine{pool: e.pool, options: e.options.merge(o)} }

// Options are what was said for the engine.
func (e *Engine) Options() Options { return e.options }

// Dialect is the dialect of the server.
func (e *Engine) Dialect() compile.Dialect { return e.pool.dialect }

// URL is what the engine was opened by, without the parameters of plug-ins. It has no parts if there was none.
func (e *Engine) URL() URL { return e.pool.url }

// Cache has the statements that the engine has compiled.
func (e *Engine) Cache() *compile.Cache { return e.pool.cache }

// DB is the pool. It is nil if the engine only writes a script.
func (e *Engine) DB() *sql.DB { return e.pool.db }

// ErrNoInspector tells that nobody has said how to learn what tables the engine's database has: see [Target].
var ErrNoInspector = errors.New("engine: there is no inspector; the engine was opened without one")

// Inspector tells what tables the engine's database has, for [schema.MetaData.Reflect] and its kin. It takes its sessions
// from the pool. The error is [ErrNoInspector] if who opened the engine has not said how, as with [New].
func (e *Engine) Inspector() (schema.Inspector, error) {
	if e.pool.inspect == nil {
		return nil, ErrNoInspector
	}
	return e.pool.inspect(e)
}

// Close closes the pool, for all views of the engine. Statements that are under way are waited for.
func (e *Engine) Close() error {
	if e.pool.db == nil {
		return nil
	}
	return e.pool.db.Close()
}

// Raw calls f with the driver's own connection, which is valid inside f only.
func (e *Engine) Raw(ctx context.Context, f func(driverConn any) error) error {
	return e.Do(ctx, func(c *Conn) error { return c.Raw(f) })
}

// Query executes a statement with the values of its parameters, and gives its result. It takes a session for that, and
// gives it back when the result is at its end or is closed: a result must be read to the end, or closed.
func (e *Engine) Query(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	return e.run(ctx, n, params, (*sending).query)
}

// Exec executes a statement for what it does, and not for rows: its result has none, and is over.
func (e *Engine) Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error) {
	return e.run(ctx, n, params, (*sending).exec)
}

// SQL is the text of a statement with its values, for people to read. It takes no session.
func (e *Engine) SQL(ctx context.Context, n expr.Node, params ...compile.Params) (string, error) {
	s, err := e.pool.prepare(ctx, e.options.merge(Options{DryRun: true}), n, params)
	if err != nil {
		return "", err
	}
	return s.event.SQL, nil
}

// sender sends a statement in a session: its query or exec.
type sender func(s *sending, ctx context.Context, on *session, release func()) (*Result, error)

func (e *Engine) run(ctx context.Context, n expr.Node, params []compile.Params, send sender) (*Result, error) {
	s, ctx, err := e.pool.begin(ctx, e.options, n, params)
	if err != nil {
		return nil, err
	}
	var r *Result
	err = e.checkedOut(ctx, s, func(c *Conn) error {
		r, err = send(s, ctx, c.session, func() { _ = c.Close() })
		return err
	})
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	return r, nil
}

// attempts is how often a statement is tried in sessions that turn out to be gone before anything was sent.
const attempts = 3

// checkedOut calls f with a connection for the one statement. It is f's once f has returned nil, and given back otherwise.
func (e *Engine) checkedOut(ctx context.Context, s *sending, f func(*Conn) error) error {
	for i := 1; ; i++ {
		c, err := e.connect(ctx, s.event.Options)
		if err != nil {
			return err
		}
		if err = f(c); err == nil {
			return nil
		}
		_ = c.Close() // the error that counts is that of the statement
		if i == attempts || s.ended || !errors.Is(err, driver.ErrBadConn) {
			return err
		}
	}
}

// Connect takes a session from the pool. It is given back by [Conn.Close].
func (e *Engine) Connect(ctx context.Context) (*Conn, error) {
	return e.connect(ctx, e.options.merge(callOptions(ctx)))
}

// connect takes a session, with the hooks of o. Where nothing is sent there is none.
func (e *Engine) connect(ctx context.Context, o Options) (*Conn, error) {
	c := &Conn{session: &session{pool: e.pool, hooks: o.Hooks}, options: e.options}
	if e.pool.script != nil || o.DryRun {
		c.session.hooks = nil
		return c, nil
	}
	conn, err := e.pool.take(ctx)
	if err != nil {
		return nil, err
	}
	c.session.conn = conn
	for i, h := range o.Hooks {
		if h.Checkout == nil {
			continue
		}
		if err := h.Checkout(ctx, c); err != nil {
			c.session.hooks = o.Hooks[:i]
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// errNoPool is of an engine that was made without a pool.
var errNoPool = errors.New("engine: there is no pool; give New a *sql.DB, or use Open")

func (p *pool) take(ctx context.Context) (*sql.Conn, error) {
	if p.db == nil {
		return nil, errNoPool
	}
	limited := ctx
	if p.checkout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, p.checkout)
		defer cancel()
	}
	conn, err := p.db.Conn(limited)
	if err == nil || ctx.Err() != nil {
		return conn, err
	}
	failed := &CheckoutError{Err: err}
	if limited.Err() != nil {
		failed.Timeout = p.checkout
	}
	return nil, failed
}

// Do calls f with a session, and gives it back.
func (e *Engine) Do(ctx context.Context, f func(*Conn) error) (err error) {
	c, err := e.Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return f(c)
}

// Begin takes a session and begins a transaction on it, as [Conn.Begin] does. The end of the transaction gives it back.
func (e *Engine) Begin(ctx context.Context, o TxOptions) (*Tx, error) {
	c, err := e.Connect(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := c.Begin(ctx, o)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	tx.release = c.Close
	return tx, nil
}

// InTx calls f within a transaction, which is committed if f returns nil, and rolled back otherwise. What the rollback
// has to say is part of the error then.
func (e *Engine) InTx(ctx context.Context, o TxOptions, f func(*Tx) error) error {
	tx, err := e.Begin(ctx, o)
	if err != nil {
		return err
	}
	return tx.run(f)
}
