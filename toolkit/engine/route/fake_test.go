package route_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
)

// server is a server that dies and comes back as it is told. What it does with a statement is to note it.
type server struct {
	name    string
	arrived func(on *server, session int, text string) // with each statement
	takes   func() time.Duration                       // what a statement takes; nil: no time

	mu       sync.Mutex
	down     bool
	closed   bool // the sessions that are there, and the pool knows it
	deaths   int
	sessions int
	hang     bool // connecting never ends
	fails    error
	last     error // after the rows
	sent     []string
	tried    int // to connect
}

var (
	errDown = errors.New("connection refused")
	errDied = errors.New("the server died")
)

func (s *server) set(f func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

func (s *server) kill() { s.set(func(s *server) { s.down, s.deaths = true, s.deaths+1 }) }

func (s *server) start() { s.set(func(s *server) { s.down = false }) }

// take are the statements that came since it was called last.
func (s *server) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	sent := s.sent
	s.sent = nil
	return sent
}

func (s *server) Connect(ctx context.Context) (driver.Conn, error) {
	s.mu.Lock()
	s.tried++
	s.sessions++
	c, down, hang := &session{s, s.sessions, s.deaths}, s.down, s.hang
	s.mu.Unlock()
	switch {
	case hang:
		<-ctx.Done()
		return nil, ctx.Err()
	case down:
		return nil, errDown
	}
	return c, nil
}

func (s *server) Driver() driver.Driver { return nil }

// session is a session, which dies with the server.
type session struct {
	s      *server
	id     int
	deaths int // of the server, when it was opened
}

func (*session) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (*session) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (*session) Close() error                        { return nil }

// Ping implements [driver.Pinger].
func (c *session) Ping(ctx context.Context) error {
	c.s.mu.Lock()
	gone, hang := c.s.deaths != c.deaths, c.s.hang
	c.s.mu.Unlock()
	switch {
	case hang:
		<-ctx.Done()
		return ctx.Err()
	case gone:
		return driver.ErrBadConn
	}
	return nil
}

// IsValid implements [driver.Validator], which a pool asks before it keeps a session.
func (c *session) IsValid() bool {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return !c.s.closed
}

// ResetSession implements [driver.SessionResetter], which a pool asks before it gives a session.
func (c *session) ResetSession(context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return nil
}

func (c *session) execute(ctx context.Context, text string) error {
	c.s.mu.Lock()
	if c.s.deaths != c.deaths {
		c.s.mu.Unlock()
		return driver.ErrBadConn
	}
	c.s.sent = append(c.s.sent, text)
	if c.s.arrived != nil {
		c.s.arrived(c.s, c.id, text)
	}
	err, takes := c.s.fails, c.s.takes
	c.s.mu.Unlock()
	if takes != nil {
		select {
		case <-time.After(takes()):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if err == nil && c.s.deaths != c.deaths {
		err = errDied
	}
	return err
}

func (c *session) QueryContext(ctx context.Context, text string, _ []driver.NamedValue) (driver.Rows, error) {
	err := c.execute(ctx, text)
	return &rows{1, c.s.last}, err
}

func (c *session) ExecContext(ctx context.Context, text string, _ []driver.NamedValue) (driver.Result, error) {
	return driver.RowsAffected(1), c.execute(ctx, text)
}

type rows struct {
	left int
	last error
}

func (*rows) Columns() []string { return []string{"a"} }
func (*rows) Close() error      { return nil }

func (r *rows) Next(into []driver.Value) error {
	switch {
	case r.left > 0:
		r.left--
		into[0] = int64(1)
		return nil
	case r.last != nil:
		return r.last
	}
	return io.EOF
}

// other is a dialect that is not that of the leader.
type other struct{ compile.ANSI }

func (other) Name() string { return "other" }

func (other) AppendIdent(dst []byte, name string) ([]byte, error) {
	return append(append(append(dst, '`'), name...), '`'), nil
}

// servers are the leader and followers named a, b, ….
type servers struct {
	route  *route.Engine
	leader *server
	follow []*server
	log    *lines
}

// lines is what was logged.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *lines) WithGroup(string) slog.Handler                    { return l }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "server" {
			text += ": " + a.Value.String()
		}
		return true
	})
	l.text = append(l.text, text)
	return nil
}

func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text
	l.text = nil
	return text
}

// start makes servers, of which the followers have the weights. The caller closes them.
func start(t *testing.T, o route.Options, weights ...int) *servers {
	t.Helper()
	s := &servers{leader: &server{name: route.Leader}, log: &lines{}}
	said := engine.Config{Options: engine.Options{Logger: slog.New(s.log)}, PoolSize: engine.Unlimited}
	leader := engine.OpenTarget(engine.Target{Connector: s.leader, Dialect: compile.ANSI{}}, said)
	for i, w := range weights {
		f := &server{name: string(rune('a' + i))}
		s.follow = append(s.follow, f)
		o.Followers = append(o.Followers, route.Follower{
			Name: f.name, Weight: w, Engine: engine.OpenTarget(engine.Target{Connector: f, Dialect: other{}}, said),
		})
	}
	var err error
	if s.route, err = route.New(leader, o); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *servers) close(t *testing.T) {
	t.Helper()
	for _, f := range s.route.Followers() {
		if f.InFlight != 0 {
			t.Errorf("%s: %d reads are in flight", f.Name, f.InFlight)
		}
	}
	if err := s.route.Close(); err != nil {
		t.Error(err)
	}
}

var (
	table  = expr.Name("t")
	column = expr.Col[expr.Int](table, "a")
	read   = expr.Select(column)
	write  = expr.Insert(table).Set(column.To(1))
)

// queryer is an engine, a session or a transaction.
type queryer interface {
	Query(ctx context.Context, n expr.Node, params ...compile.Params) (*engine.Result, error)
}

// do executes a statement and reads its rows.
func do(ctx context.Context, on queryer, n expr.Node) error {
	r, err := on.Query(ctx, n)
	if err != nil {
		return err
	}
	_, err = r.All(ctx)
	return err
}

// took are the names of the servers that took statements since it was called last, a name for each statement.
func (s *servers) took() []string {
	var names []string
	for _, on := range append([]*server{s.leader}, s.follow...) {
		for range on.take() {
			names = append(names, on.name)
		}
	}
	return names
}

// want executes a statement, and holds the name of the server that took it.
func (s *servers) want(t *testing.T, ctx context.Context, on queryer, n expr.Node, names ...string) {
	t.Helper()
	s.took()
	if err := do(ctx, on, n); err != nil {
		t.Errorf("%v", err)
	}
	if got := s.took(); len(got) != 1 || !slices.Contains(names, got[0]) {
		t.Errorf("taken by %v, want one of %v", got, names)
	}
}
