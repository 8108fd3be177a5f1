package integration

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// results reads all results of a query: a line for each row, a group of lines for each result.
func results(t *testing.T, db *sql.DB, query string, args ...any) ([][]string, error) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]string
	for {
		columns, err := rows.Columns()
		if err != nil {
			return all, err
		}
		result := []string{}
		for rows.Next() {
			fields, dest := make([]string, len(columns)), make([]any, len(columns))
			for i := range fields {
				dest[i] = &fields[i]
			}
			if err := rows.Scan(dest...); err != nil {
				return all, err
			}
			result = append(result, strings.Join(fields, "|"))
		}
		all = append(all, result)
		if !rows.NextResultSet() {
			return all, rows.Err()
		}
	}
}

// TestScript runs scripts with multiStatements=true: the results come one after another.
func TestScript(t *testing.T) {
	cases := []struct {
		name, script string
		args         []any
		want         [][]string
	}{
		{"one", "select 1", nil, [][]string{{"1"}}},
		{"closed", "select 1 ;\n", nil, [][]string{{"1"}}},
		{"two", "select 1; select 'a', 'b'", nil, [][]string{{"1"}, {"a|b"}}},
		{"empty statements", ";; select 1;;/* ; */;-- ;\n select 2; -- the end", nil, [][]string{{"1"}, {"2"}}},
		{"quotes", `select ';', ";", 'it\';s' ; select 1 as ` + "`;`", nil, [][]string{{";|;|it';s"}, {"1"}}},
		{"comments", "select /* ; */ 1 -- ;\n ; select 2", nil, [][]string{{"1"}, {"2"}}},
		{"parameters", "select ?; select ?, '?'", []any{"a;b", 7}, [][]string{{"a;b"}, {"7|?"}}},
		{"no rows", "select 1; select 2 from (select 1) t where 1 = 0; select 3", nil, [][]string{{"1"}, {}, {"3"}}},
		{"session", "create database if not exists script_db; use script_db; select current_database()", nil, [][]string{{}, {}, {"script_db"}}},
		{"variables", "set hivevar:greet=hello; select '${hivevar:greet}'", nil, [][]string{nil, {"hello"}}},
	}
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv, "multiStatements=true")
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				got, err := results(t, db, c.script, c.args...)
				if err != nil {
					t.Fatal(err)
				}
				same := func(got, want []string) bool { return want == nil || slices.Equal(got, want) } // nil: SET's answer varies
				if !slices.EqualFunc(got, c.want, same) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	})
}

// TestScriptStops: a statement that fails ends the script, with what came before it done, and nothing after it.
func TestScriptStops(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv, "multiStatements=true")
		got, err := results(t, db, "select 1; select nope from (select 1) t; select 3")
		var e *hive.Error
		if !errors.As(err, &e) || e.Statement != "select nope from (select 1) t" {
			t.Errorf("got %v, want the *hive.Error of the second statement", err)
		}
		if want := [][]string{{"1"}}; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("got %q, want %q", got, want)
		}
		live.Exec(t, db, "drop table if exists script_stopped")
		if _, err := db.ExecContext(t.Context(), "create table script_stopped (a int); select from; drop table script_stopped"); !errors.As(err, &e) {
			t.Errorf("got %v, want *hive.Error", err)
		}
		if err := live.Drain(t.Context(), db.QueryContext, "select a from script_stopped"); err != nil {
			t.Errorf("of the script the statement before the error was not run, or one after it was: %v", err)
		}
	})
}

// TestScriptOfExec runs a script whose results nobody wants.
func TestScriptOfExec(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv, "multiStatements=true")
		result, err := db.ExecContext(t.Context(), `
			drop table if exists script_rows;
			create table script_rows (a int, b string); -- two columns
			insert into script_rows values (?, ?), (?, ?), (3, 'z;');
			select b from script_rows;`, 1, "x", 2, "y")
		if err != nil {
			t.Fatal(err)
		}
		n, err := result.RowsAffected()
		if live.On(live.Hive4, srv) && (err != nil || n != 3) || !live.On(live.Hive4, srv) && !errors.Is(err, hive.ErrNotSupported) {
			t.Errorf("%d rows, %v", n, err)
		}
		got, err := results(t, db, "select a, b from script_rows")
		if want := [][]string{{"1|x", "2|y", "3|z;"}}; err != nil || !slices.EqualFunc(got, want, sameRows) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	})
}

// sameRows compares rows in any order.
func sameRows(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// TestScriptRefused: without multiStatements=true there is one statement to a query, with or without its semicolon.
func TestScriptRefused(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		for _, script := range []string{"select 1; select 2", "create table script_refused (a int); select 1"} {
			_, err := results(t, db, script)
			if err == nil || !strings.Contains(err.Error(), "multiStatements=true") {
				t.Errorf("%q: got %v", script, err)
			}
			if _, err := db.ExecContext(t.Context(), script); err == nil {
				t.Errorf("%q: executed", script)
			}
		}
		if err := live.Drain(t.Context(), db.QueryContext, "select a from script_refused"); err == nil {
			t.Error("the first statement of a refused script was run")
		}
		for _, empty := range []string{"", ";", "-- nothing", "/* nothing */;"} {
			if _, err := results(t, db, empty); err == nil {
				t.Errorf("%q: no error", empty)
			}
		}
		if got, err := results(t, db, "select 1;\n"); err != nil || !slices.EqualFunc(got, [][]string{{"1"}}, slices.Equal) {
			t.Errorf("a closing semicolon: got %q, %v", got, err)
		}
	})
}
