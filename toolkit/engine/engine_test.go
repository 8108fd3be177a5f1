package engine_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

var (
	errServer = errors.New("the server says no")
	one       = expr.Text("select 1")
)

// read executes a statement and reads its rows.
func read(ctx context.Context, e *engine.Engine, n expr.Node) (int, error) {
	r, err := e.Query(ctx, n)
	if err != nil {
		return 0, err
	}
	rows, err := r.All(ctx)
	return len(rows), err
}

// TestGoneSessions: a statement of which nothing was sent is sent in another session, and no other is.
func TestGoneSessions(t *testing.T) {
	gone := answer{err: driver.ErrBadConn}
	for name, tc := range map[string]struct {
		answers []answer
		sent    int
		want    error
	}{
		"once":    {[]answer{gone}, 2, nil},
		"twice":   {[]answer{gone, gone}, 3, nil},
		"always":  {[]answer{gone, gone, gone, gone}, 3, driver.ErrBadConn},
		"refused": {[]answer{{err: errServer}}, 1, errServer},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			hook := engine.Hooks{AfterExecute: func(context.Context, *engine.Event) { calls++ }}
			s, e := serverWith(t, engine.Config{Options: engine.Options{Hooks: []engine.Hooks{hook}}}, tc.answers...)
			_, err := read(t.Context(), e, one)
			if !errors.Is(err, tc.want) || len(s.texts()) != tc.sent || calls != 1 {
				t.Errorf("got %v, %d sent, %d calls of the hook; want %v, %d and 1", err, len(s.texts()), calls, tc.want, tc.sent)
			}
		})
	}
	s, e := serverWith(t, engine.Config{}, gone)
	err := e.Do(t.Context(), func(c *engine.Conn) error { _, err := c.Exec(t.Context(), one); return err })
	if !errors.Is(err, driver.ErrBadConn) || len(s.texts()) != 1 {
		t.Errorf("on a connection: %v, %d sent; it is one session and has no other", err, len(s.texts()))
	}
}

// TestErrorInMidStream: the error tells of the statement, reaches the hooks, and the session is given back.
func TestErrorInMidStream(t *testing.T) {
	var after error
	hooks := engine.Hooks{
		AfterExecute: func(_ context.Context, e *engine.Event) { after = e.Err },
		Error:        func(_ context.Context, _ *engine.Event, err error) error { return fmt.Errorf("hooked: %w", err) },
	}
	_, e := serverWith(t, engine.Config{Options: engine.Options{Hooks: []engine.Hooks{hooks}}}, answer{rows: 3, last: errServer})
	n, err := read(t.Context(), e, one)
	var failed *engine.StatementError
	if n != 3 || !errors.Is(err, errServer) || !errors.As(err, &failed) || failed.SQL != "select 1" || !strings.HasPrefix(err.Error(), "hooked: ") {
		t.Errorf("%d rows, %v; want 3 and the server's error", n, err)
	}
	if !errors.Is(after, errServer) {
		t.Errorf("after the statement: %v", after)
	}
}

// TestHiddenParameters: values are neither in the log nor in errors.
func TestHiddenParameters(t *testing.T) {
	for _, hidden := range []bool{false, true} {
		var log strings.Builder
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		_, e := serverWith(t, engine.Config{Options: engine.Options{Logger: logger, HideParameters: hidden}}, answer{err: errServer})
		_, err := e.Exec(t.Context(), expr.Text("select :a", expr.P("a", "s3cret")))
		if err == nil || strings.Contains(err.Error()+log.String(), "s3cret") == hidden || !strings.Contains(log.String(), "select ") {
			t.Errorf("hidden %v: %v\n%s", hidden, err, log.String())
		}
	}
}

// TestCheckout: who waits too long for a session is told of that; whose context is over, of that.
func TestCheckout(t *testing.T) {
	_, e := serverWith(t, engine.Config{PoolSize: 1, MaxOverflow: engine.None, PoolTimeout: 10 * time.Millisecond})
	c, err := e.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var late *engine.CheckoutError
	if _, err := e.Query(t.Context(), one); !errors.As(err, &late) {
		t.Errorf("got %v, want a *CheckoutError", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Query(ctx, one); errors.As(err, &late) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	if n, err := read(t.Context(), e, one); n != 1 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestCheckoutHooks: a hook that refuses a session has it given back, and those before it are told.
func TestCheckoutHooks(t *testing.T) {
	var seen []string
	note := func(name string, err error) engine.Hooks {
		return engine.Hooks{
			Checkout: func(context.Context, *engine.Conn) error { seen = append(seen, name+" out"); return err },
			Checkin:  func(*engine.Conn) { seen = append(seen, name+" in") },
		}
	}
	s, e := serverWith(t, engine.Config{Options: engine.Options{Hooks: []engine.Hooks{note("a", nil), note("b", errServer), note("c", nil)}}})
	if _, err := e.Exec(t.Context(), one); !errors.Is(err, errServer) || len(s.texts()) > 0 {
		t.Errorf("got %v, and %q was sent", err, s.texts())
	}
	if want := []string{"a out", "b out", "a in"}; !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
}

// TestHooksInPairs: what begins no statement ends none.
func TestHooksInPairs(t *testing.T) {
	var seen []string
	note := func(name string, err error) engine.Hooks {
		return engine.Hooks{
			BeforeExecute: func(ctx context.Context, _ *engine.Event) (context.Context, error) {
				seen = append(seen, name+" before")
				return ctx, err
			},
			AfterExecute: func(context.Context, *engine.Event) { seen = append(seen, name+" after") },
		}
	}
	s, e := serverWith(t, engine.Config{Options: engine.Options{Hooks: []engine.Hooks{note("a", nil), note("b", errServer), note("c", nil)}}})
	if _, err := e.Exec(t.Context(), one); !errors.Is(err, errServer) || len(s.texts()) > 0 {
		t.Errorf("got %v, and %q was sent", err, s.texts())
	}
	if want := []string{"a before", "b before", "a after"}; !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
}

// TestConnectHook: sessions that a function refuses are not used.
func TestConnectHook(t *testing.T) {
	seen := 0
	_, e := serverWith(t, engine.Config{Connect: func(_ context.Context, c driver.Conn) error {
		if seen++; seen == 1 {
			return errServer
		}
		return nil
	}})
	if _, err := e.Exec(t.Context(), one); !errors.Is(err, errServer) {
		t.Errorf("got %v, want the function's error", err)
	}
	for range 3 {
		if _, err := e.Exec(t.Context(), one); err != nil {
			t.Error(err)
		}
	}
	if seen != 2 {
		t.Errorf("the function saw %d sessions, want 2: a session is kept", seen)
	}
}

// TestClosedConn: a connection does not wait for what is under way in it, nor do the others know why.
func TestClosedConn(t *testing.T) {
	never := make(chan struct{})
	s, e := serverWith(t, engine.Config{}, answer{wait: never})
	c, err := e.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := c.Exec(t.Context(), one)
		ended <- err
	}()
	for len(s.texts()) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, engine.ErrConnClosed) {
		t.Errorf("got %v, want ErrConnClosed", err)
	}
}

func TestInvalidate(t *testing.T) {
	s, e := serverWith(t, engine.Config{})
	for range 2 {
		c, err := e.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Invalidate(); err != nil {
			t.Error(err)
		}
	}
	if s.opened != 2 {
		t.Errorf("%d sessions were opened, want 2", s.opened)
	}
}

// TestTimeout: a driver that is not told of the time has it kept by the engine.
func TestTimeout(t *testing.T) {
	_, e := serverWith(t, engine.Config{}, answer{wait: make(chan struct{})})
	_, err := e.Exec(engine.WithOptions(t.Context(), engine.Options{Timeout: time.Millisecond}), one)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that the time is over", err)
	}
}

// demanding is a dialect whose statements need a setting.
type demanding struct{ compile.ANSI }

func (d demanding) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	c.Setting("mode", "loose")
	return 0, false
}

// TestSettings: what a statement needs is handed to the driver, or the statement is not sent.
func TestSettings(t *testing.T) {
	var got engine.DriverOptions
	carrier := func(ctx context.Context, o engine.DriverOptions) (context.Context, error) { got = o; return ctx, nil }
	for name, tc := range map[string]struct {
		o       engine.Options
		refused bool
	}{
		"no carrier":   {engine.Options{}, true},
		"a carrier":    {engine.Options{Carrier: carrier}, false},
		"said alike":   {engine.Options{Carrier: carrier, StatementConf: map[string]string{"mode": "loose"}}, false},
		"contradicted": {engine.Options{Carrier: carrier, StatementConf: map[string]string{"mode": "strict"}}, true},
	} {
		s := &server{}
		_, err := engine.New(poolOf(t, s), demanding{}, tc.o).Exec(t.Context(), one)
		if refused := errors.As(err, new(*engine.OptionError)); refused != tc.refused || refused == (len(s.texts()) > 0) {
			t.Errorf("%s: %v, %d sent", name, err, len(s.texts()))
		}
		if !tc.refused && got.Conf["mode"] != "loose" {
			t.Errorf("%s: the driver was told %v", name, got.Conf)
		}
	}
}

// setting is a dialect that sets by a statement, and perhaps in no other way.
type setting struct {
	demanding
	only bool
}

func (d setting) CompileNode(c *compile.Compiler, n expr.Node) (compile.Level, bool) {
	if _, ok := n.(ddl.Statement); ok {
		return 0, false
	}
	return d.demanding.CompileNode(c, n)
}

func (d setting) Set(name, value string) (expr.Node, bool) {
	return ddl.Raw("SET " + name + " " + value), d.only
}

// TestSettingsBefore: where they cannot go beside the statement, settings go before it, and into scripts.
func TestSettingsBefore(t *testing.T) {
	carrier := func(ctx context.Context, _ engine.DriverOptions) (context.Context, error) { return ctx, nil }
	both, alone := []string{"SET mode loose", "select 1"}, []string{"select 1"}
	for _, tc := range []struct {
		only bool
		o    engine.Options
		want []string // nil: refused
	}{
		{false, engine.Options{}, both},
		{false, engine.Options{Carrier: carrier}, alone},
		{true, engine.Options{Carrier: carrier}, both},
		{true, engine.Options{Carrier: carrier, StatementConf: map[string]string{"a": "b"}}, nil},
	} {
		s := &server{}
		_, err := engine.New(poolOf(t, s), setting{only: tc.only}, tc.o).Exec(t.Context(), one)
		if !slices.Equal(s.texts(), tc.want) || errors.As(err, new(*engine.OptionError)) != (tc.want == nil) {
			t.Errorf("%+v: got %q %v, want %q", tc, s.texts(), err, tc.want)
		}
	}
	var script strings.Builder
	if _, err := engine.Mock(setting{}, &script).Exec(t.Context(), one); err != nil || script.String() != "SET mode loose;\nselect 1;\n" {
		t.Errorf("the script: %q %v", script.String(), err)
	}
}

// TestUnheardOptions: what no driver is told of is refused.
func TestUnheardOptions(t *testing.T) {
	for want, o := range map[string]engine.Options{
		"StatementConf": {StatementConf: map[string]string{"a": "b"}},
		"Tag":           {Tag: "t"},
		"OnProgress":    {OnProgress: func(engine.Progress) {}},
		"OnLog":         {OnLog: func(string) {}},
		"Cache":         {Cache: compile.NewCache(demanding{}, 0)},
	} {
		s, e := serverWith(t, engine.Config{Options: o})
		var refused *engine.OptionError
		if _, err := e.Exec(t.Context(), one); !errors.As(err, &refused) || refused.Option != want || len(s.texts()) > 0 {
			t.Errorf("%s: %v, %d sent", want, err, len(s.texts()))
		}
	}
}

// TestCarrierFails: the statement is not sent, and the hooks around it are called in pairs.
func TestCarrierFails(t *testing.T) {
	before, after := 0, 0
	s, e := serverWith(t, engine.Config{Options: engine.Options{
		Tag:     "t",
		Carrier: func(ctx context.Context, _ engine.DriverOptions) (context.Context, error) { return ctx, errServer },
		Hooks: []engine.Hooks{{
			BeforeExecute: func(ctx context.Context, _ *engine.Event) (context.Context, error) { before++; return ctx, nil },
			AfterExecute:  func(context.Context, *engine.Event) { after++ },
		}},
	}})
	if _, err := e.Exec(t.Context(), one); !errors.Is(err, errServer) || len(s.texts()) > 0 || before != 1 || after != 1 {
		t.Errorf("%v, %d sent, %d before, %d after", err, len(s.texts()), before, after)
	}
}

// TestTxEnds: a transaction is ended once, and gives back its session.
func TestTxEnds(t *testing.T) {
	_, e := serverWith(t, engine.Config{})
	tx, err := e.Begin(t.Context(), engine.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	_, queryErr := tx.Query(t.Context(), one)
	for _, err := range []error{tx.Commit(), tx.Rollback(), queryErr} {
		if !errors.Is(err, sql.ErrTxDone) {
			t.Errorf("after the end: %v, want sql.ErrTxDone", err)
		}
	}
	if err := tx.Close(); err != nil {
		t.Error(err)
	}
	var stays *engine.NotRolledBackError
	err = e.Do(t.Context(), func(c *engine.Conn) error { // whoever forgets the transaction is told at the end of the session
		tx, err := c.Begin(t.Context(), engine.TxOptions{})
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), one)
		return err
	})
	if !errors.As(err, &stays) || !slices.Equal(stays.Statements, []string{"select 1"}) {
		t.Errorf("got %v, want a *NotRolledBackError: no dialect says that the text only reads", err)
	}
}

// TestConcurrency: goroutines share an engine, and end up with its pool as it was.
func TestConcurrency(t *testing.T) {
	s, e := serverWith(t, engine.Config{PoolSize: 2, MaxOverflow: 1})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 50 {
				var err error
				switch (i + j) % 4 {
				case 0:
					_, err = read(t.Context(), e, one)
				case 1:
					_, err = e.With(engine.Options{NoCache: true}).Exec(t.Context(), one)
				case 2:
					err = e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
						_, err := tx.Exec(t.Context(), one)
						return err
					})
				case 3:
					err = e.Do(t.Context(), func(c *engine.Conn) error { // the result is left open
						_, err := c.Query(t.Context(), one)
						return err
					})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(s.texts()) != 400 || s.opened > 3 {
		t.Errorf("%d statements in %d sessions, want 400 in 3 at most", len(s.texts()), s.opened)
	}
}

// TestNothingSent: what is refused, and what is tried only, reaches no server.
func TestNothingSent(t *testing.T) {
	s, e := serverWith(t, engine.Config{})
	dry := e.With(engine.Options{DryRun: true})
	if _, err := dry.Query(t.Context(), one); err != nil {
		t.Error(err)
	}
	if _, err := dry.Begin(t.Context(), engine.TxOptions{Isolation: sql.LevelSerializable}); !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("an isolation level: %v", err)
	}
	if s.opened != 0 {
		t.Errorf("%d sessions were opened for a dry run", s.opened)
	}
	err := e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
		_, err := tx.Nested(t.Context())
		_, second := tx.Conn().Begin(t.Context(), engine.TxOptions{})
		_, twoPhase := tx.Conn().BeginTwoPhase(t.Context())
		for _, err := range []error{err, second, twoPhase} {
			if !errors.Is(err, compile.ErrUnsupported) {
				t.Errorf("got %v, want an error about what is not supported", err)
			}
		}
		return nil
	})
	if err != nil || len(s.texts()) > 0 {
		t.Errorf("%v, and %q was sent", err, s.texts())
	}
}

func TestNoPool(t *testing.T) {
	if _, err := engine.New(nil, compile.ANSI{}, engine.Options{}).Query(t.Context(), one); err == nil {
		t.Error("an engine without a pool has executed something")
	}
	if _, err := engine.New(nil, compile.ANSI{}, engine.Options{}).Query(t.Context(), nil); err == nil {
		t.Error("no statement was executed")
	}
}
