package live

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	_ "github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
)

// IgnoreRows drops the error of a server that does not count rows.
func IgnoreRows(err error) error {
	if errors.Is(err, hive.ErrNotSupported) {
		return nil
	}
	return err
}

// At points a configuration to another address.
func At(t testing.TB, cfg *hive.Config, addr string) *hive.Config {
	t.Helper()
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Host, cfg.Port = tcp.IP.String(), tcp.Port
	return cfg
}

// Open opens a pool on the server; settings are added to its DSN.
func Open(t testing.TB, srv *hivetest.Server, settings ...string) *sql.DB {
	t.Helper()
	return OpenDSN(t, srv.DSN(), settings...)
}

// OpenDSN opens a pool that is closed with the test; settings are added to the DSN.
func OpenDSN(t testing.TB, dsn string, settings ...string) *sql.DB {
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

// Config is the server's configuration, changed by change.
func Config(t testing.TB, srv *hivetest.Server, change ...func(*hive.Config)) *hive.Config {
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

// Connect opens a session that is closed with the test.
func Connect(t testing.TB, cfg *hive.Config) *hive.Session {
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

// Exec runs a statement that has to succeed.
func Exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
