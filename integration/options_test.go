package integration

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	hivedriver "github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// countCalls makes the connections of cfg count the requests of one Thrift method.
func countCalls(cfg *hive.Config, method string) *atomic.Int32 {
	var n atomic.Int32
	cfg.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &editedConn{conn, func(p []byte) {
			if bytes.Contains(p, []byte(method)) {
				n.Add(1)
			}
		}}, err
	}
	return &n
}

// TestFetchSizeOfContext: the fetch size of a statement reaches the server through database/sql.
func TestFetchSizeOfContext(t *testing.T) {
	const rows = 100
	for _, kind := range []hivetest.Kind{hivetest.Hive401, hivetest.Spark35} { // Hive 2 and 3 send these rows all at once; see TestRowCounts
		t.Run(string(kind), func(t *testing.T) {
			cfg := live.Config(t, live.Shared(t, kind), func(c *hive.Config) { c.FetchSize, c.Prefetch = 50, -1 })
			calls := countCalls(cfg, "FetchResults")
			connector, err := hivedriver.NewConnector(cfg)
			if err != nil {
				t.Fatal(err)
			}
			db := sql.OpenDB(connector)
			defer db.Close()
			for _, c := range []struct{ size, want int32 }{{0, 2 + 1}, {7, 15 + 1}, {100, 1 + 1}, {1000, 1 + 1}} {
				before := calls.Load()
				ctx := hivedriver.WithOptions(t.Context(), hive.Options{FetchSize: int(c.size)})
				if err := live.Drain(ctx, db.QueryContext, "select i from "+live.Series(rows)); err != nil {
					t.Fatal(err)
				}
				if got := calls.Load() - before; got != c.want { // the last one brings the empty batch
					t.Errorf("fetch size %d: %d calls, want %d", c.size, got, c.want)
				}
			}
		})
	}
}

// firstRow gives the first row of a result as text.
func firstRow(t *testing.T, s *hive.Session, query string, options hive.Options) []string {
	t.Helper()
	rows, err := s.Query(t.Context(), query, options)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rows.NextBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	row := make([]string, len(b.Columns()))
	for i := range row {
		v, err := b.DriverValue(0, i)
		if err != nil {
			t.Fatal(err)
		}
		row[i], _ = v.(string)
	}
	if err := rows.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return row
}

// TestConfOfStatement: configuration and tag of one statement hold for it and no other. Spark ignores them.
func TestConfOfStatement(t *testing.T) {
	const query = "select '${hiveconf:skep.test}', '${hiveconf:hive.query.tag}'"
	conf := map[string]string{"skep.test": "for this one"}
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) {
			s := live.Connect(t, live.Config(t, live.Shared(t, kind)))
			before := firstRow(t, s, query, hive.Options{})
			got := firstRow(t, s, query, hive.Options{Conf: conf, Tag: "marked"})
			if want := []string{"for this one", "marked"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if after := firstRow(t, s, query, hive.Options{}); !slices.Equal(after, before) {
				t.Errorf("the next statement sees %q, the one before saw %q", after, before)
			}
			if len(conf) != 1 {
				t.Errorf("the caller's map has become %v", conf)
			}
		})
	}
}

// TestSessionSettings: what the configuration says of a session is so from its first statement.
func TestSessionSettings(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		live.Exec(t, live.Open(t, srv), "create database if not exists options_db")
		s := live.Connect(t, live.Config(t, srv, func(c *hive.Config) {
			c.Database = "options_db"
			c.SessionConf = map[string]string{"skep.conf": "a=b;c'd"}
			c.SessionVars = map[string]string{"skep": "it\\'s ?"}
		}))
		got := firstRow(t, s, "select current_database(), '${hivevar:skep}', '${skep}'", hive.Options{})
		if want := []string{"options_db", "it's ?", "it's ?"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		setting := strings.Join(firstRow(t, s, "set skep.conf", hive.Options{}), "=")
		if setting != "skep.conf=a=b;c'd" {
			t.Errorf("SET shows %q", setting)
		}
		// The same by a DSN.
		var db, variable string
		dsn := strings.Replace(srv.DSN(), "/default", "/options_db", 1)
		err := live.OpenDSN(t, dsn, "hivevar:skep=x%26y").QueryRowContext(t.Context(), "select current_database(), '${hivevar:skep}'").Scan(&db, &variable)
		if err != nil || db != "options_db" || variable != "x&y" {
			t.Errorf("got %q, %q, %v", db, variable, err)
		}
	})
}

// TestProxyUser: statements run as another user if the server lets the user who logged in do so.
func TestProxyUser(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		query := "select logged_in_user()"
		if live.On(live.Spark, srv) {
			query = "select current_user()"
		}
		s := live.Connect(t, live.Config(t, srv, func(c *hive.Config) { c.ProxyUser = "alice" }))
		if got := firstRow(t, s, query, hive.Options{}); got[0] != "alice" {
			t.Errorf("runs as %q, want alice", got[0])
		}
	})
}

// job is a statement that a job runs, over three groups.
const job = "select x, count(*) as c from (select explode(array(1, 2, 3)) as x) t group by x"

// TestLogs: each line of the operation's log comes once, to the callback or by the iterator.
func TestLogs(t *testing.T) {
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) {
			s := live.Connect(t, live.Config(t, live.Shared(t, kind)))
			var called []string
			op, err := s.Execute(t.Context(), job, hive.Options{OnLog: func(line string) { called = append(called, line) }})
			if err != nil {
				t.Fatal(err)
			}
			if err := op.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(called, func(line string) bool { return strings.Contains(line, "Hive-on-MR is deprecated") }) {
				t.Errorf("got the lines %q", called)
			}
			for line, err := range op.Logs(t.Context()) {
				if err != nil || slices.Contains(called, line) {
					t.Errorf("after the callback: %q, %v", line, err)
				}
			}
			if err := op.Close(t.Context()); err != nil {
				t.Fatal(err)
			}

			op, err = s.Execute(t.Context(), job, hive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer op.Close(t.Context())
			if err := op.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			var read []string
			for line, err := range op.Logs(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				read = append(read, line)
			}
			if len(read) != len(called) || len(read) == 0 {
				t.Errorf("the iterator gives %d lines, the callback %d", len(read), len(called))
			}
		})
	}
}

// tez is a configuration for Hive on Tez.
func tez(c *hive.Config) { c.SessionConf = map[string]string{"hive.execution.engine": "tez"} }

// TestProgress: Tez tells how far it is.
func TestProgress(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	connector, err := hivedriver.NewConnector(live.Config(t, srv, tez))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var reports []hive.Progress
	ctx := hivedriver.WithOptions(t.Context(), hive.Options{OnProgress: func(p hive.Progress) { reports = append(reports, p) }})
	const slow = "select count(reflect('java.lang.Thread', 'sleep', cast(500 + x * 0 as bigint))) from (select explode(array(1, 2, 3)) as x) t group by x"
	if err := live.Drain(ctx, db.QueryContext, slow); err != nil {
		t.Fatal(err)
	}
	if len(reports) < 2 {
		t.Fatalf("got %d reports: %+v", len(reports), reports)
	}
	last := 0.0
	for _, p := range reports {
		if p.Fraction < last || p.Fraction > 1 {
			t.Errorf("the fraction goes from %v to %v", last, p.Fraction)
		}
		last = p.Fraction
		for _, row := range p.Rows {
			if len(row) != len(p.Headers) {
				t.Errorf("%d fields under %d headers: %q", len(row), len(p.Headers), row)
			}
		}
	}
	end := reports[len(reports)-1]
	if !slices.Contains(end.Headers, "VERTICES") || len(end.Rows) == 0 || !strings.HasPrefix(end.Footer, "VERTICES: ") || end.Started.IsZero() {
		t.Errorf("the last report is %+v", end)
	}
}

// TestQueryID: Hive 4 names the query; the others say that they cannot.
func TestQueryID(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv))
		op, err := s.Execute(t.Context(), "select 1", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer op.Close(t.Context())
		id, err := op.QueryID(t.Context())
		if live.On(live.Since3, srv) {
			if err != nil || !strings.Contains(id, "_") {
				t.Errorf("got %q, %v", id, err)
			}
		} else if !errors.Is(err, hive.ErrNotSupported) || id != "" {
			t.Errorf("got %q, %v, want ErrNotSupported", id, err)
		}
		if err := op.Wait(t.Context()); err != nil {
			t.Errorf("the statement afterwards: %v", err)
		}
	})
}

// TestRowsAffected: Hive 4 counts what it has written; the others say that they do not.
func TestRowsAffected(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		live.Exec(t, db, "create table if not exists options_rows (a int)")
		for statement, want := range map[string]int64{
			"insert into options_rows values (1), (2), (3)":                            3,
			"insert overwrite table options_rows select a from options_rows where a<0": 0,
		} {
			result, err := db.ExecContext(t.Context(), statement)
			if err != nil {
				t.Fatal(err)
			}
			n, err := result.RowsAffected()
			if live.On(live.Hive4, srv) && (err != nil || n != want) || !live.On(live.Hive4, srv) && !errors.Is(err, hive.ErrNotSupported) {
				t.Errorf("%s: %d rows, %v", statement, n, err)
			}
			if _, err := result.LastInsertId(); !errors.Is(err, hive.ErrNotSupported) {
				t.Errorf("LastInsertId: %v", err)
			}
		}
	})
}

// TestServerVersion: the server tells its name and version.
func TestServerVersion(t *testing.T) {
	want := map[hivetest.Kind][2]string{
		hivetest.Hive401: {"Apache Hive", "4.0.1"}, hivetest.Hive313: {"Apache Hive", "3.1.3"}, hivetest.Hive2310: {"Apache Hive", "2.3.10"},
		hivetest.Spark35: {"Spark SQL", "3.5.3"},
	}
	for _, kind := range slices.Sorted(maps.Keys(want)) {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			name, version, err := live.Connect(t, live.Config(t, srv)).ServerVersion(t.Context())
			if srv.Kind() == hivetest.External {
				if err != nil || name == "" || version == "" {
					t.Errorf("got %q %q, %v", name, version, err)
				}
			} else if [2]string{name, version} != want[kind] || err != nil {
				t.Errorf("got %q %q, %v, want %q", name, version, err, want[kind])
			}
		})
	}
}
