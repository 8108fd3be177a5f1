package driver_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pool is a pool of one connection to a server that misbehaves.
func pool(t *testing.T, srv *fakehs2.Server, settings string) *sql.DB {
	t.Helper()
	db, err := sql.Open("skep", fmt.Sprintf("hive://ana@%s/%s", srv.Addr(), settings))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, query string) (n int, err error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// TestNothingRunsTwice: a statement that the server may have seen is not sent again, whatever becomes of it.
func TestNothingRunsTwice(t *testing.T) {
	cases := []struct {
		name, method, query string
		sent                int // ExecuteStatements
	}{
		{"lost reply to the statement", "ExecuteStatement", "insert into t values (1)", 1},
		{"lost while running", "GetOperationStatus", "insert into t values (1)", 1},
		{"lost while closing", "CloseOperation", "insert into t values (1)", 1},
		{"lost in the second of a script", "GetOperationStatus", "insert into t values (1); insert into t values (2)", 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			steps := []fakehs2.Step{fakehs2.Hangup}
			if c.sent == 2 {
				steps = []fakehs2.Step{fakehs2.Answer, fakehs2.Hangup}
			}
			srv.On(c.method, steps...)
			db := pool(t, srv, "?multiStatements=true")
			_, err := db.ExecContext(t.Context(), c.query)
			var network *hive.NetworkError
			if !errors.As(err, &network) {
				t.Errorf("got %T %v, want *hive.NetworkError", err, err)
			}
			if got := srv.Count("ExecuteStatement"); got != c.sent {
				t.Errorf("%d statements were sent, want %d", got, c.sent)
			}
			if _, err := db.ExecContext(t.Context(), "select 1"); err != nil && !errors.Is(err, hive.ErrNotSupported) {
				t.Errorf("the pool's next statement: %v", err)
			}
		})
	}
}

// TestDeadConnections: a connection that died while idle is replaced, and no user sees it.
func TestDeadConnections(t *testing.T) {
	for name, kill := range map[string]func(*fakehs2.Server){
		"dropped": (*fakehs2.Server).Disconnect,
		"expired": (*fakehs2.Server).Forget,
	} {
		t.Run(name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			db := pool(t, srv, "?idleCheck=1ns")
			for range 3 {
				if n, err := count(t, db, "select n, s from t"); n != 5 || err != nil {
					t.Fatalf("got %d rows, %v, want 5", n, err)
				}
				kill(srv)
				time.Sleep(20 * time.Millisecond)
			}
			if got := srv.Count("ExecuteStatement"); got != 3 {
				t.Errorf("%d statements were sent, want 3", got)
			}
		})
	}
}

// TestErrorInTheMiddle: rows that came are not all rows.
func TestErrorInTheMiddle(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	srv.On("FetchResults", fakehs2.Answer, fakehs2.Hangup)
	n, err := count(t, pool(t, srv, ""), "select n, s from t")
	var network *hive.NetworkError
	if n != 3 || !errors.As(err, &network) {
		t.Errorf("got %d rows and %T %v, want 3 and *hive.NetworkError", n, err, err)
	}
}

// TestColumnTypes: what database/sql is told of the columns.
func TestColumnTypes(t *testing.T) {
	rows, err := pool(t, fakehs2.Start(t, 1), "").QueryContext(t.Context(), "select n, s from t")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil || len(types) != 2 {
		t.Fatalf("got %v, %v", types, err)
	}
	if got := types[0].DatabaseTypeName() + types[0].ScanType().String(); got != "INTsql.NullInt32" {
		t.Errorf("n: got %s", got)
	}
	if got := types[1].ScanType(); got != reflect.TypeFor[sql.NullString]() {
		t.Errorf("s: got %v", got)
	}
	if n, ok := types[1].Length(); !ok || n != math.MaxInt64 {
		t.Errorf("s: got length %d, %v", n, ok)
	}
	if nullable, ok := types[0].Nullable(); !nullable || !ok {
		t.Error("n: not nullable")
	}
	if _, _, ok := types[0].DecimalSize(); ok {
		t.Error("n: has a decimal size")
	}
}

// TestRefused: what Hive cannot do is an error before anything is sent.
func TestRefused(t *testing.T) {
	srv := fakehs2.Start(t)
	db := pool(t, srv, "")
	exec := func(query string, args ...any) error {
		_, err := db.ExecContext(t.Context(), query, args...)
		return err
	}
	for name, err := range map[string]error{
		"a script":          exec("select 1; select 2"),
		"no statement":      exec(" -- nothing\n"),
		"too few arguments": exec("select ?"),
		"no placeholder":    exec("select 1", 1),
		"mixed arguments":   exec("select ?, :a", 1, sql.Named("a", 2)),
		"an output":         exec("select ?", sql.Out{Dest: new(int)}),
		"a NUL":             exec("select ?", "a\x00b"),
		"a struct":          exec("select ?", struct{ A int }{1}),
		"an open string":    exec("select 'a", 1),
		"a transaction":     func() error { _, err := db.BeginTx(t.Context(), nil); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := srv.Count("ExecuteStatement"); got != 0 {
		t.Errorf("%d statements were sent", got)
	}
	if _, err := driver.NewConnector(&hive.Config{}); err == nil {
		t.Error("a configuration without a host: no error")
	}
}

// TestBusySession: a connection on which the server does not let go of a fetch that was given up is replaced, long before
// the session's CancelTimeout.
func TestBusySession(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	db := pool(t, srv, "?cancelTimeout=1m&prefetch=0")
	released := make(chan struct{})
	defer close(released)
	srv.On("FetchResults", func(c *fakehs2.Call) error {
		<-released
		return fakehs2.Answer(c)
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		rows, err := db.QueryContext(ctx, "select 1")
		if err == nil {
			for rows.Next() {
			}
			err = errors.Join(rows.Err(), rows.Close())
		}
		ended <- err
	}()
	srv.Await(t, "the fetch", func() bool { return srv.Count("FetchResults") == 1 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the query that was given up: %v", err)
	}
	start := time.Now()
	if n, err := count(t, db, "select 2"); n != 5 || err != nil {
		t.Errorf("the next query: %d rows, %v", n, err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the next query took %v", took)
	}
}
