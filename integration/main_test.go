// Package integration proves the driver and the client on real servers.
package integration

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	_ "github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kinds are the servers on which behaviour is proven.
var kinds = []hivetest.Kind{hivetest.Hive401, hivetest.Hive2310, hivetest.Spark35}

// onEach runs a test on each server.
func onEach(t *testing.T, test func(t *testing.T, srv *hivetest.Server)) {
	for _, kind := range kinds {
		t.Run(string(kind), func(t *testing.T) { test(t, hivetest.Shared(t, kind)) })
	}
}

// open opens a pool on the server; settings are added to its DSN.
func open(t testing.TB, srv *hivetest.Server, settings ...string) *sql.DB {
	t.Helper()
	return openDSN(t, srv.DSN(), settings...)
}

func openDSN(t testing.TB, dsn string, settings ...string) *sql.DB {
	t.Helper()
	if len(settings) > 0 {
		separator := "?"
		if strings.Contains(dsn, "?") {
			separator = "&"
		}
		dsn += separator + strings.Join(settings, "&")
	}
	db, err := sql.Open("hive", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the pool: %v", err)
		}
	})
	return db
}

// config is the server's configuration, changed by change.
func config(t testing.TB, srv *hivetest.Server, change ...func(*hive.Config)) *hive.Config {
	t.Helper()
	cfg, err := hive.ParseDSN(srv.DSN())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(cfg)
	}
	return cfg
}

// connect opens a session that is closed with the test.
func connect(t testing.TB, cfg *hive.Config) *hive.Session {
	t.Helper()
	s, err := hive.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("closing the session: %v", err)
		}
	})
	return s
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// eventually waits until what is so, at most for limit.
func eventually(t testing.TB, limit time.Duration, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

func isNull(t testing.TB, b *hive.Batch, row, col int) bool {
	t.Helper()
	nulls, err := b.Nulls(col)
	if err != nil {
		t.Fatal(err)
	}
	return nulls.IsNull(row)
}
