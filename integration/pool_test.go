package integration

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	hivedriver "github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestChangedSessions (C-118): what a statement changes in a session is there for the connection that made it, and never for
// the pool's next user.
func TestChangedSessions(t *testing.T) {
	cases := []struct {
		name   string
		setup  string // outside the session, may be empty
		change string
		probe  string // what the change would alter; its first value is compared
		kinds  []hivetest.Kind
	}{
		{"set", "", "set hive.exec.reducers.max=7", "set hive.exec.reducers.max", live.Kinds},
		{"use", "create database if not exists pool_other", "use pool_other", "select current_database()", live.Kinds},
		{"temporary table", "", "create temporary table pool_tmp (a int)", "show tables like 'pool_tmp'", live.Hives},
		{"temporary view", "", "create temporary view pool_tmpv as select 1 as a", "show views like 'pool_tmpv'", live.Spark},
		{"temporary function", "", "create temporary function pool_fn as 'org.apache.hadoop.hive.ql.udf.UDFMd5'", "show functions like 'pool_fn'", live.Before4},
		{"temporary macro", "", "create temporary macro pool_macro (x int) x + 1", "select count(*) from (select 1) t", live.Hives},
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		db.SetMaxOpenConns(1)
		for _, c := range cases {
			if !slices.Contains(c.kinds, srv.Kind()) {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				if c.setup != "" {
					live.Exec(t, db, c.setup)
				}
				before, id := first(t, db, c.probe), session(t, db)
				live.Exec(t, db, c.change)
				if after := first(t, db, c.probe); after != before {
					t.Errorf("the next user sees %q, want %q as before", after, before)
				}
				if session(t, db) == id {
					t.Error("the changed session is still in the pool")
				}
			})
		}
		t.Run("pinned", func(t *testing.T) {
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			for _, q := range []string{"create database if not exists pool_other", "use pool_other"} {
				if _, err := conn.ExecContext(t.Context(), q); err != nil {
					t.Fatal(err)
				}
			}
			var name string
			if err := conn.QueryRowContext(t.Context(), "select current_database()").Scan(&name); err != nil || name != "pool_other" {
				t.Errorf("got %q, %v", name, err)
			}
		})
		t.Run("kept", func(t *testing.T) {
			id := session(t, db)
			for _, q := range []string{"select 1", "show databases", "/* note */ select 'use x'", "explain select 1", "describe function abs"} {
				if err := live.Drain(t.Context(), db.QueryContext, q); err != nil {
					t.Fatal(err)
				}
				if session(t, db) != id {
					t.Errorf("%q cost a session", q)
				}
			}
		})
	})
}

// first is the first value of a result as text, "" if there is none.
func first(t testing.TB, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	if err := rows.Scan(values...); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(*values[0].(*any))
}

// session names the session that the pool hands out.
func session(t testing.TB, db *sql.DB) *hive.Session {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var s *hive.Session
	if err := conn.Raw(func(c any) error { s = c.(*hivedriver.Conn).Session(); return nil }); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestInterleavedResults: several results may be open on one connection, each complete.
func TestInterleavedResults(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		conn, err := live.Open(t, srv, "fetchSize=100").Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var results [2]*sql.Rows
		for i := range results {
			results[i], err = conn.QueryContext(t.Context(), numbers(1000), i*100_000)
			if err != nil {
				t.Fatal(err)
			}
			defer results[i].Close()
		}
		for n := range 1000 {
			for i, r := range results {
				var got int
				if !r.Next() {
					t.Fatalf("result %d ends at row %d: %v", i, n, r.Err())
				}
				if err := r.Scan(&got); err != nil || got != i*100_000+n {
					t.Fatalf("result %d, row %d: got %d, %v", i, n, got, err)
				}
			}
		}
		for i, r := range results {
			if r.Next() || r.Err() != nil {
				t.Errorf("result %d goes on after its end: %v", i, r.Err())
			}
		}
	})
}

// numbers is a query of n rows, from its parameter on.
func numbers(n int) string {
	return fmt.Sprintf("select ? + i as n from (select 1) d lateral view posexplode(split(space(%d),' ')) t as i, x", n-1)
}

// TestSetResultSurvivesTheNextSet: on Hive the results of all SET statements of a session share a file.
func TestSetResultSurvivesTheNextSet(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.FetchSize = 50 }))
		count := func(r *hive.Rows) (n int) {
			for {
				b, err := r.NextBatch(t.Context())
				if err != nil {
					return n
				}
				n += b.Len()
			}
		}
		alone, err := s.Query(t.Context(), "set -v", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := count(alone)
		one, err := s.Query(t.Context(), "set -v", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		two, err := s.Query(t.Context(), "set hive.exec.reducers.max", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(two); n < 1 {
			t.Errorf("the second SET gives %d rows", n)
		}
		if err := two.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := count(one); got != want || want < 100 {
			t.Errorf("got %d rows of the first SET -v, want %d", got, want)
		}
	})
}

func TestTransactions(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	if _, err := live.Open(t, srv).BeginTx(t.Context(), nil); !errors.Is(err, hive.ErrNotSupported) || !strings.Contains(err.Error(), "tx=scope") {
		t.Errorf("Begin without tx=scope: %v", err)
	}
	db := live.Open(t, srv, "tx=scope")
	live.Exec(t, db, "create table if not exists tx_rows (a int)")
	for _, opts := range []*sql.TxOptions{{Isolation: sql.LevelSerializable}, {ReadOnly: true}} {
		if _, err := db.BeginTx(t.Context(), opts); !errors.Is(err, hive.ErrNotSupported) {
			t.Errorf("Begin with %+v: %v", opts, err)
		}
	}
	begin := func() *sql.Tx {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	write := func(tx *sql.Tx) {
		if _, err := tx.ExecContext(t.Context(), "insert into tx_rows values (?)", 1); err != nil {
			t.Fatal(err)
		}
	}
	tx := begin()
	write(tx)
	var kept *hivedriver.NotRolledBackError
	if err := tx.Rollback(); !errors.As(err, &kept) || len(kept.Statements) != 1 {
		t.Errorf("Rollback after a write: %v", err)
	}
	tx = begin()
	write(tx)
	if err := tx.Commit(); err != nil {
		t.Errorf("Commit: %v", err)
	}
	tx = begin()
	var n int
	if err := tx.QueryRowContext(t.Context(), "select count(*) from tx_rows").Scan(&n); err != nil || n < 2 {
		t.Errorf("got %d rows, %v", n, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Errorf("Rollback after a read: %v", err)
	}
}
