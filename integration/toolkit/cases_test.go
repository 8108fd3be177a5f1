package toolkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// engineOf is an engine over our own driver, which gives it columns.
func engineOf(t *testing.T, cfg *hive.Config, hql *dialect.Hive, opts engine.Options) *engine.Engine {
	t.Helper()
	target, err := skep.Target(cfg, hql)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.OpenTarget(target, engine.Config{Options: opts})
	t.Cleanup(func() { e.Close() })
	return e
}

// TestExecutionCases: how results come, on every server. The tests that go on about a case are named with it.
func TestExecutionCases(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		e := engineOf(t, live.Config(t, srv, func(c *hive.Config) { c.FetchSize = 4 }), live.Dialect(t, srv), engine.Options{})
		query := func(t *testing.T, text string) *engine.Result {
			t.Helper()
			res, err := e.Query(t.Context(), expr.Text(text))
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		t.Run("C-111 fetchmany", func(t *testing.T) { // also TestResult, TestRowLists
			res := query(t, "select i from "+live.Series(15))
			for _, c := range []struct{ n, want int }{{0, 0}, {10, 10}, {10, 5}, {10, 0}} {
				if rows, err := res.FetchMany(t.Context(), c.n); err != nil || len(rows) != c.want || c.n == 0 && rows == nil {
					t.Errorf("FetchMany(%d): got %v, error %v, want %d rows", c.n, rows, err, c.want)
				}
			}
		})
		t.Run("C-112 the end is an empty batch", func(t *testing.T) { // also TestRowCounts
			for _, want := range []int{4, 8, 9} { // of 4 a batch, the last of which says nothing of the end
				if rows, err := query(t, "select i from "+live.Series(want)).All(t.Context()); err != nil || len(rows) != want {
					t.Errorf("got %d rows, error %v, want %d", len(rows), err, want)
				}
			}
		})
		t.Run("C-113 no result", func(t *testing.T) { // also TestResultWithoutRows
			db, name := live.OwnDatabase(t, srv)
			own := engine.New(db, live.Dialect(t, srv), engine.Options{})
			res, err := own.Exec(t.Context(), expr.Text("create table "+name+".nothing (a int)"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := res.FetchMany(t.Context(), 1); !errors.Is(err, engine.ErrNoResult) {
				t.Errorf("got error %v, want %v", err, engine.ErrNoResult)
			}
		})
		t.Run("C-115 zero values", func(t *testing.T) { // also TestEmptyIsNotNull
			row, err := query(t, "select 0 as i, 0.0D as d, '' as s, false as b, cast(null as int) as n").One(t.Context())
			if want := "[0 0  false <nil>]"; err != nil || fmt.Sprint(row.Values()) != want {
				t.Errorf("got %v, error %v, want %s", row.Values(), err, want)
			}
		})
		t.Run("C-116 nanoseconds", func(t *testing.T) { // also TestTypes
			text, want := "cast('2013-01-02 03:04:05.123456789' as timestamp)", 123456789
			if live.On(live.Spark, srv) { // has microseconds
				want = 123456000
			}
			at, err := engine.One[time.Time](t.Context(), query(t, "select "+text+" as at"))
			if err != nil || at.Nanosecond() != want {
				t.Errorf("got %v, error %v, want %d ns", at, err, want)
			}
		})
		t.Run("C-119 newlines", func(t *testing.T) {
			want := "one\ntwo\r\nthree\n"
			got, err := engine.One[string](t.Context(), query(t, `select 'one\ntwo\r\nthree\n' as s`))
			if err != nil || got != want {
				t.Errorf("got %q, error %v, want %q", got, err, want)
			}
		})
	})
}

// TestC110NothingIsSentUnasked: no COMMIT, no ROLLBACK, nor anything else that the caller has not written.
func TestC110NothingIsSentUnasked(t *testing.T) {
	srv := fakehs2.Start(t, 1)
	cfg := &hive.Config{Host: "127.0.0.1", Port: srv.Port(), TxScope: true}
	for _, end := range []func(*sql.Tx) error{(*sql.Tx).Commit, (*sql.Tx).Rollback} {
		connector, err := driver.NewConnector(cfg)
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector)
		before := srv.Count("ExecuteStatement")
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := live.Drain(t.Context(), tx.QueryContext, "select 1"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(end(tx), db.Close()); err != nil {
			t.Error(err)
		}
		if sent := srv.Count("ExecuteStatement") - before; sent != 1 {
			t.Errorf("%d statements were sent, want the caller's one", sent)
		}
	}
}

// TestC114OneSession: the statements of one connection that come at the same time run one after the other, and one that
// another goroutine gives up ends at once and leaves the connection to the others. TestCancel and
// TestCancelFromAnotherGoroutine go on.
func TestC114OneSession(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		e := engineOf(t, live.Config(t, srv), live.Dialect(t, srv), engine.Options{})
		conn, err := e.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(200*time.Millisecond, leave)
		began := time.Now()
		if _, err := conn.Exec(ctx, expr.Text(live.SlowRun)); !errors.Is(err, context.Canceled) || time.Since(began) > 10*time.Second {
			t.Errorf("given up: got error %v after %v", err, time.Since(began))
		}
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				res, err := conn.Query(t.Context(), expr.Text(fmt.Sprintf("select i + %d as i from %s", 100*i, live.Series(3))))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := engine.Into[int](res).All(t.Context())
				if want := []int{100 * i, 100*i + 1, 100*i + 2}; err != nil || !slices.Equal(got, want) {
					t.Errorf("got %v, error %v, want %v", got, err, want)
				}
			})
		}
		all.Wait()
	})
}

// TestC117URL: what a URL says counts, over either transport; the port has its default.
func TestC117URL(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	_, name := live.OwnDatabase(t, srv)
	for _, url := range []string{
		"hive://hive@" + srv.Addr() + "/" + name + "?hiveconf:hive.exec.reducers.max=7",
		"hive://hive@" + srv.HTTPAddr() + "/" + name + "?transport=http&hiveconf:hive.exec.reducers.max=7",
	} {
		e, err := skep.Connect(t.Context(), url, engine.Config{Options: engine.Options{Logger: slog.New(slog.DiscardHandler)}})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		res, err := e.Query(t.Context(), expr.Text("select current_database() as d"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := engine.One[string](t.Context(), res); err != nil || got != name {
			t.Errorf("%s: got database %q, error %v", url, got, err)
		}
		if res, err = e.Query(t.Context(), expr.Text("set hive.exec.reducers.max")); err != nil {
			t.Fatal(err)
		}
		if got, err := engine.One[string](t.Context(), res); err != nil || !strings.HasSuffix(got, "=7") {
			t.Errorf("%s: got %q, error %v", url, got, err)
		}
	}
	if cfg, err := hive.ParseDSN("hive://hive@example.com/db"); err != nil || cfg.Addr() != "example.com:10000" {
		t.Errorf("got %v, error %v", cfg, err)
	}
}
