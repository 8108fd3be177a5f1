package integration

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
)

// TestStatementErrors: what is wrong with a statement comes back as *hive.Error with its place, and the session lives on.
func TestStatementErrors(t *testing.T) {
	type want struct {
		state        string
		code         int
		line, column int
		text         string
	}
	hive4 := hivetest.Hive401
	cases := []struct {
		name, query string
		want        map[hivetest.Kind]want
	}{
		{"parse", "select\n  1 fromm x y", map[hivetest.Kind]want{
			hive4:             {"42000", 40000, 2, 11, "ParseException"},
			hivetest.Hive313:  {"42000", 40000, 2, 11, "ParseException"},
			hivetest.Hive2310: {"42000", 40000, 2, 11, "ParseException"},
			hivetest.Spark35:  {"42601", 0, 2, 11, "PARSE_SYNTAX_ERROR"},
		}},
		{"unknown table", "select x from nope_table", map[hivetest.Kind]want{
			hive4:             {"42S02", 10001, 1, 15, "nope_table"},
			hivetest.Hive313:  {"42S02", 10001, 1, 15, "nope_table"},
			hivetest.Hive2310: {"42S02", 10001, 1, 15, "nope_table"},
			hivetest.Spark35:  {"42P01", 0, 1, 15, "nope_table"},
		}},
		{"unknown column", "select nope from (select 1 as a) t", map[hivetest.Kind]want{
			hive4:             {"42000", 10004, 1, 8, "nope"},
			hivetest.Hive313:  {"42000", 10004, 1, 8, "nope"},
			hivetest.Hive2310: {"42000", 10004, 1, 8, "nope"},
			hivetest.Spark35:  {"42703", 0, 1, 8, "nope"},
		}},
		{"unknown function", "select nope_fn(1)", map[hivetest.Kind]want{
			hive4:             {"42000", 10011, 0, 0, "nope_fn"},
			hivetest.Hive313:  {"42000", 10011, 0, 0, "nope_fn"},
			hivetest.Hive2310: {"42000", 10011, 0, 0, "nope_fn"},
			hivetest.Spark35:  {"42883", 0, 1, 8, "nope_fn"},
		}},
		{"unknown database", "use nope_db", map[hivetest.Kind]want{
			hive4:             {"42000", 10072, 0, 0, "nope_db"},
			hivetest.Hive313:  {"42000", 10072, 0, 0, "nope_db"},
			hivetest.Hive2310: {"42000", 10072, 0, 0, "nope_db"},
			hivetest.Spark35:  {"42704", 0, 0, 0, "nope_db"},
		}},
		{"not transactional", "delete from errors_plain where a = 1", map[hivetest.Kind]want{
			hive4:             {"42000", 10294, 0, 0, "delete"},
			hivetest.Hive313:  {"42000", 10294, 0, 0, "delete"},
			hivetest.Hive2310: {"42000", 10294, 0, 0, "delete"},
			hivetest.Spark35:  {"0A000", 0, 0, 0, "DELETE"},
		}},
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv))
		if _, err := s.Exec(t.Context(), "create table if not exists errors_plain (a int)", hive.Options{}); live.IgnoreRows(err) != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				want := c.want[srv.Kind()]
				_, err := s.Query(t.Context(), c.query, hive.Options{})
				var e *hive.Error
				if !errors.As(err, &e) {
					t.Fatalf("got %T %v, want *hive.Error", err, err)
				}
				if e.SQLState != want.state || e.Code != want.code || e.Line != want.line || e.Column != want.column {
					t.Errorf("got SQLState %q code %d at %d:%d, want %+v\n%v", e.SQLState, e.Code, e.Line, e.Column, want, err)
				}
				if !strings.Contains(e.Error(), want.text) {
					t.Errorf("%q does not contain %q", e.Error(), want.text)
				}
				if strings.Contains(e.Error(), "\tat ") {
					t.Errorf("the Java stack is in the message:\n%v", e)
				}
				if want.line > 0 && !strings.Contains(e.Error(), "\n"+strings.Repeat(" ", want.column-1)+"^") {
					t.Errorf("no caret under column %d:\n%v", want.column, e)
				}
				if err := s.Ping(t.Context()); err != nil {
					t.Errorf("the session afterwards: %v", err)
				}
			})
		}
	})
}

// TestErrorInMidResult: a UDF fails at a row that comes after some batches. Every row before it may come, and the error
// must.
func TestErrorInMidResult(t *testing.T) {
	const query = `select if(i < 2500, i, assert_true(i < 2500)) from (select 1) d
		lateral view posexplode(split(space(9999),' ')) t as i, x`
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		query := query
		if srv.Kind() == hivetest.Spark35 {
			query = strings.Replace(query, "if(i < 2500, i, assert_true(i < 2500))", "i, assert_true(i < 2500)", 1)
		}
		db := live.Open(t, srv, "fetchSize=1000")
		rows, err := db.QueryContext(t.Context(), query)
		n := 0
		if err == nil {
			defer rows.Close()
			for rows.Next() {
				n++
			}
			err = rows.Err()
		}
		var e *hive.Error
		if !errors.As(err, &e) {
			t.Fatalf("after %d rows: %T %v, want *hive.Error", n, err, err)
		}
		if n > 2500 {
			t.Errorf("%d rows came, of which at most 2500 exist", n)
		}
		if err := db.PingContext(t.Context()); err != nil {
			t.Errorf("the pool afterwards: %v", err)
		}
	})
}

func TestConnectErrors(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	t.Run("unknown database", func(t *testing.T) {
		_, err := hive.Connect(t.Context(), live.Config(t, srv, func(c *hive.Config) { c.Database = "nope_db" }))
		var e *hive.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "nope_db") {
			t.Errorf("got %T %v, want *hive.Error naming nope_db", err, err)
		}
	})
	t.Run("restricted setting", func(t *testing.T) {
		_, err := hive.Connect(t.Context(), live.Config(t, srv, func(c *hive.Config) {
			c.SessionConf = map[string]string{"hive.conf.restricted.list": "x"}
		}))
		var e *hive.Error
		if !errors.As(err, &e) {
			t.Errorf("got %T %v, want *hive.Error", err, err)
		}
	})
	t.Run("wrong port", func(t *testing.T) {
		_, err := hive.Connect(t.Context(), live.At(t, live.Config(t, srv), faultproxy.ClosedAddr(t)))
		var network *hive.NetworkError
		if !errors.As(err, &network) || network.Op != "connect" {
			t.Errorf("got %T %v, want *hive.NetworkError of connect", err, err)
		}
	})
	t.Run("SASL against NOSASL", func(t *testing.T) {
		cfg := live.At(t, live.Config(t, srv), srv.NoSASLAddr())
		cfg.ConnectTimeout = time.Second
		mustNetworkError(t, cfg)
	})
	t.Run("NOSASL against SASL", func(t *testing.T) {
		mustNetworkError(t, live.Config(t, srv, func(c *hive.Config) { c.Auth, c.ConnectTimeout = hive.AuthNoSASL, 2*time.Second }))
	})
}

func mustNetworkError(t *testing.T, cfg *hive.Config) {
	t.Helper()
	start := time.Now()
	_, err := hive.Connect(t.Context(), cfg)
	var network *hive.NetworkError
	if !errors.As(err, &network) || !strings.Contains(err.Error(), "auth=") {
		t.Errorf("got %T %v, want *hive.NetworkError with a hint at auth", err, err)
	}
	if took := time.Since(start); took > cfg.ConnectTimeout+within {
		t.Errorf("returned after %v, the limit was %v", took, cfg.ConnectTimeout)
	}
}

// TestKilledServer: a killed server fails what runs, and the pool heals when one is back. A relay keeps the address, at
// which the shared server stands for it then.
func TestKilledServer(t *testing.T) {
	back := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, back)
	srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Hive401, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	relay := live.NewRelay(t, srv.Addr())
	db := live.OpenDSN(t, live.At(t, live.Config(t, srv), relay.Addr()).FormatDSN())
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	running := make(chan error, 1)
	go func() { running <- live.Drain(context.Background(), db.QueryContext, live.SlowRun) }()
	time.Sleep(2 * time.Second)
	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-running:
		var network *hive.NetworkError
		if !errors.As(err, &network) || network.Op != "GetOperationStatus" || errors.Is(err, hive.ErrNotSent) {
			t.Errorf("the running statement: %T %v, want *hive.NetworkError while waiting for what was sent", err, err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the running statement did not notice that its server was killed")
	}
	var network *hive.NetworkError
	if err := db.PingContext(t.Context()); !errors.As(err, &network) {
		t.Errorf("a ping without a server: %T %v, want *hive.NetworkError", err, err)
	}
	relay.MoveTo(back.Addr())
	if err := live.Drain(t.Context(), db.QueryContext, "select 1"); err != nil {
		t.Errorf("a query once the server is back: %v", err)
	}
}

// TestDroppedConnections: idle connections that were cut are replaced without an error that a user sees.
func TestDroppedConnections(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	relay := live.NewRelay(t, srv.Addr())
	cfg := live.At(t, live.Config(t, srv), relay.Addr())
	db := live.OpenDSN(t, cfg.FormatDSN())
	db.SetMaxOpenConns(1)
	for range 3 {
		var one int
		if err := db.QueryRowContext(t.Context(), "select 1").Scan(&one); err != nil || one != 1 {
			t.Fatalf("got %d, %v", one, err)
		}
		relay.DropAll()
		time.Sleep(50 * time.Millisecond)
	}
}

// TestExpiredSession: the server ends an idle session after 3 s; the pool finds out before it uses it, and one that is
// kept alive goes on.
func TestExpiredSession(t *testing.T) {
	t.Run("hive4", func(t *testing.T) {
		srv := hivetest.Shared(t, hivetest.Hive401)
		live.Ours(t, srv)
		t.Parallel()
		sessionsExpire(t, live.At(t, live.Config(t, srv), srv.IdleAddr()))
	})
	t.Run("spark", func(t *testing.T) {
		live.Ours(t, hivetest.Shared(t, hivetest.Hive401))
		t.Parallel()
		srv, err := hivetest.Start(t.Context(), hivetest.Options{Kind: hivetest.Spark35, Private: true, Conf: map[string]string{
			"hive.server2.idle.session.timeout": "3s", "hive.server2.session.check.interval": "1s", "hive.server2.idle.session.check.operation": "false",
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { srv.Close() })
		sessionsExpire(t, live.Config(t, srv))
	})
}

func sessionsExpire(t *testing.T, cfg *hive.Config) {
	t.Helper()
	db := live.OpenDSN(t, cfg.FormatDSN())
	db.SetMaxOpenConns(1)
	live.Exec(t, db, "select 1")
	pinned := live.Connect(t, cfg)
	kept := cfg.Clone()
	kept.SessionKeepAlive = time.Second
	wanted := live.Connect(t, kept)
	time.Sleep(6 * time.Second)
	if _, err := wanted.Query(t.Context(), "select 1", hive.Options{}); err != nil {
		t.Errorf("a session that is kept alive: %v", err)
	}
	live.Exec(t, db, "select 1")
	if _, err := pinned.Query(t.Context(), "select 1", hive.Options{}); !errors.Is(err, hive.ErrSessionExpired) {
		t.Errorf("a pinned session: %T %v, want ErrSessionExpired", err, err)
	}
	if err := db.PingContext(t.Context()); err != nil {
		t.Error(err)
	}
}
