package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/samples"
)

// probe asks a server for one ability. The answer begins with yes or no; what follows says how far.
type probe struct {
	what string
	ask  func(t *testing.T, at subject) string
}

// subject is a server with a session and a pool of its own.
type subject struct {
	srv *hivetest.Server
	s   *hive.Session
	db  *sql.DB
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// yields asks for a value: yes if it comes as want, and otherwise what comes instead.
func yields(what, expression string, want any) probe {
	return probe{what, func(t *testing.T, at subject) string {
		rows, err := at.s.Query(t.Context(), "select "+expression, hive.Options{})
		if err != nil {
			return "no"
		}
		defer rows.Close(t.Context())
		b, err := rows.NextBatch(t.Context())
		if err != nil {
			return "no"
		}
		got, err := b.Value(0, 0)
		if n, nested := got.(hive.Nested); nested {
			got = n.Raw
		}
		switch {
		case err != nil:
			return "no: an error"
		case samples.Same(got, want):
			return "yes"
		case got == nil:
			return "no: NULL"
		}
		if d, ok := got.(time.Time); ok {
			got = d.Format("2006-01-02 15:04:05.999999999")
		}
		return fmt.Sprintf("no: `%v`", got)
	}}
}

// runs asks whether the server runs the statements, the last of them through its end.
func runs(what string, statements ...string) probe {
	return probe{what, func(t *testing.T, at subject) string {
		for _, statement := range statements {
			rows, err := at.s.Query(t.Context(), statement, hive.Options{})
			if err != nil {
				return "no"
			}
			for err == nil {
				_, err = rows.NextBatch(t.Context())
			}
			if err := rows.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return "yes"
	}}
}

// writes asks for the number of rows that an INSERT has written.
func writes(what string, rows int64, source string) probe {
	return probe{what, func(t *testing.T, at subject) string {
		live.Exec(t, at.db, "create table if not exists support_rows (a int)")
		result, err := at.db.ExecContext(t.Context(), "insert into support_rows "+source)
		if err != nil {
			t.Fatal(err)
		}
		n, err := result.RowsAffected()
		if err == nil && n != rows {
			return fmt.Sprintf("no: %d for %d", n, rows)
		}
		return yesNo(err == nil)
	}}
}

// probes are the rows of the table.
var probes = []probe{
	{"version of the protocol", func(t *testing.T, at subject) string {
		return fmt.Sprintf("V%d", at.s.Protocol())
	}},

	{"**Types**", nil},
	yields("BOOLEAN", "true", true),
	yields("TINYINT", "cast(-128 as tinyint)", int8(-128)),
	yields("SMALLINT", "cast(-32768 as smallint)", int16(-32768)),
	yields("INT", "cast(-2147483648 as int)", int32(math.MinInt32)),
	yields("BIGINT", "-9223372036854775807L - 1L", int64(math.MinInt64)),
	yields("FLOAT", "cast('1.1' as float)", float32(1.1)),
	yields("DOUBLE", "4.9E-324", math.SmallestNonzeroFloat64),
	yields("NaN", "cast('NaN' as double)", math.NaN()),
	yields("-Infinity", "cast('-Infinity' as double)", math.Inf(-1)),
	yields("-0.0 as a constant", "cast('-0.0' as double)", math.Copysign(0, -1)),
	yields("DECIMAL with its scale", "cast('1.5' as decimal(38,10))", samples.Decimal("1.5000000000")),
	yields("STRING", `'é\u4e2d\ud83d\ude00'`, "é中😀"),
	yields("VARCHAR in a CAST", "cast('abcdef' as varchar(5))", "abcde"),
	yields("CHAR in a CAST, padded", "cast('ab' as char(5))", "ab   "),
	{"VARCHAR and CHAR columns", charColumns},
	yields("BINARY", "unhex('00ff')", []byte{0, 0xff}),
	yields("DATE", "date '0001-01-01'", samples.Day(1, 1, 1)),
	yields("DATE of 1582-10-10", "date '1582-10-10'", samples.Day(1582, 10, 10)),
	yields("DATE after the year 9999", "date_add(date '9999-12-31', 1)", samples.Day(10000, 1, 1)),
	yields("TIMESTAMP", "timestamp '2020-01-02 03:04:05.123456'", samples.UTC(2020, 1, 2, 3, 4, 5, 123_456_000)),
	yields("TIMESTAMP with nine digits", "timestamp '2020-01-02 03:04:05.123456789'", samples.UTC(2020, 1, 2, 3, 4, 5, 123_456_789)),
	yields("TIMESTAMP WITH LOCAL TIME ZONE", "cast('2020-01-02 03:04:05 UTC' as timestamp with local time zone)", samples.UTC(2020, 1, 2, 3, 4, 5)),
	runs("TIMESTAMP WITH LOCAL TIME ZONE in ORC", "create table if not exists support_instant (a timestamp with local time zone) stored as orc",
		"insert into support_instant select cast('2020-01-02 03:04:05 UTC' as timestamp with local time zone)", "select a from support_instant"),
	yields("INTERVAL YEAR TO MONTH", "interval '1-2' year to month", hive.IntervalYearMonth(14)),
	yields("INTERVAL DAY TO SECOND", "interval '1 02:03:04.5' day to second", hive.IntervalOf(26*time.Hour+3*time.Minute+4500*time.Millisecond)),
	yields("ARRAY", "array(1, null)", "[1,null]"),
	yields("MAP", "map('a', 1)", `{"a":1}`),
	yields("STRUCT", "named_struct('a', 1, 'b', 'x')", `{"a":1,"b":"x"}`),
	yields("UNIONTYPE", "create_union(0, 1, 'x')", "{0:1}"),
	yields("strings in nested values escaped", `array('a"b\\c')`, `["a\"b\\c"]`),
	yields("dates in nested values quoted", `array(date '2020-01-02')`, `["2020-01-02"]`),
	yields("DECIMAL in nested values with its scale", "array(cast('1.50' as decimal(5,2)))", "[1.50]"),
	yields("void", "null", nil),

	{"**Sessions**", nil},
	{"database, settings, `${hivevar:x}` when it opens", func(t *testing.T, at subject) string {
		s := live.Connect(t, live.Config(t, at.srv, func(c *hive.Config) {
			c.SessionVars, c.SessionConf = map[string]string{"x": "v"}, map[string]string{"skep.y": "c"}
		}))
		return yesNo(strings.Join(firstRow(t, s, "select '${hivevar:x}', '${hiveconf:skep.y}', current_database()", hive.Options{}), " ") == "v c default")
	}},
	{"proxy user", func(t *testing.T, at subject) string {
		s := live.Connect(t, live.Config(t, at.srv, func(c *hive.Config) { c.ProxyUser = "alice" }))
		rows, err := s.Query(t.Context(), "select logged_in_user()", hive.Options{})
		if err != nil { // Spark has no such function
			rows, err = s.Query(t.Context(), "select current_user()", hive.Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close(t.Context())
		b, err := rows.NextBatch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		user, err := b.Value(0, 0)
		return yesNo(err == nil && user == "alice")
	}},
	runs("temporary table", "create temporary table support_tmp (a int)"),

	{"**Statements**", nil},
	{"settings of one statement (`Options.Conf`)", func(t *testing.T, at subject) string {
		row := firstRow(t, at.s, "select '${hiveconf:skep.z}'", hive.Options{Conf: map[string]string{"skep.z": "v"}})
		return yesNo(row[0] == "v")
	}},
	{"tag (`Options.Tag`)", func(t *testing.T, at subject) string {
		return yesNo(firstRow(t, at.s, "select '${hiveconf:hive.query.tag}'", hive.Options{Tag: "v"})[0] == "v")
	}},
	{"query id", func(t *testing.T, at subject) string {
		op := executed(t, at.s, "select 1", hive.Options{})
		id, err := op.QueryID(t.Context())
		return yesNo(err == nil && id != "")
	}},
	{"lines of the log", func(t *testing.T, at subject) string {
		lines := 0
		op := executed(t, at.s, job, hive.Options{OnLog: func(string) { lines++ }})
		if err := op.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		return yesNo(lines > 0)
	}},
	{"progress, MapReduce or Spark", func(t *testing.T, at subject) string { return progress(t, at.s) }},
	{"progress, Tez", func(t *testing.T, at subject) string {
		if !live.On(live.Hive4, at.srv) {
			return "not tried"
		}
		return progress(t, live.Connect(t, live.Config(t, at.srv, tez)))
	}},
	writes("number of rows written", 2, "values (1), (2)"),
	writes("number of rows written from a LATERAL VIEW", 2, "select n from (select 1) t lateral view explode(array(1, 2)) x as n"),
	{"cancelled while it runs", func(t *testing.T, at subject) string {
		op := executed(t, at.s, live.SlowRun, hive.Options{})
		done := make(chan error, 1)
		go func() { done <- op.Wait(t.Context()) }()
		time.Sleep(time.Second)
		if err := op.Cancel(t.Context()); err != nil {
			t.Error(err)
		}
		return yesNo(errors.Is(<-done, hive.ErrCancelled))
	}},
	{"query timeout (`Options.Timeout`)", func(t *testing.T, at subject) string {
		op := executed(t, at.s, live.SlowRun, hive.Options{Timeout: time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		return yesNo(errors.Is(op.Wait(ctx), hive.ErrQueryTimeout))
	}},
	{"place of an error in the statement", func(t *testing.T, at subject) string {
		_, err := at.s.Query(t.Context(), "select\n nope from (select 1) t", hive.Options{})
		var e *hive.Error
		return yesNo(errors.As(err, &e) && e.Line == 2 && e.Column == 2)
	}},
	{"at most 10,000 rows at a time", func(t *testing.T, at subject) string {
		most := 0
		batches(t, at.s, "select i from "+live.Series(10_001), hive.Options{FetchSize: 20_000}, func(b *hive.Batch) { most = max(most, b.Len()) })
		return yesNo(most == 10_000)
	}},
	{"never more rows at a time than asked for", func(t *testing.T, at subject) string {
		most := 0
		batches(t, at.s, "select i from "+live.Series(20), hive.Options{FetchSize: 7}, func(b *hive.Batch) { most = max(most, b.Len()) })
		return yesNo(most == 7)
	}},

	{"**Parameters**", nil},
	runs("`INSERT … VALUES` of strings, integers, doubles, booleans, NULL", "create table if not exists support_values (a string, b bigint, c double, d boolean)",
		"insert into support_values values ('a', -5, 1.5E0, true), (null, null, null, null)"),
	runs("`INSERT … VALUES` of the other types", "create table if not exists support_typed (a decimal(5,2), b date, c timestamp, d binary)",
		"insert into support_typed values (1.5BD, date '2020-01-02', timestamp '2020-01-02 03:04:05', unhex('00ff'))"),
	{"`INSERT … VALUES` keeps every string", func(t *testing.T, at subject) string {
		live.Exec(t, at.db, "drop table if exists support_strings")
		live.Exec(t, at.db, "create table support_strings (s string) stored as orc")
		live.Exec(t, at.db, "insert into support_strings values (?)", "a\nb\x01\\N")
		got, err := results(t, at.db, "select coalesce(s, 'NULL') from support_strings")
		return yesNo(err == nil && len(got[0]) == 1 && got[0][0] == "a\nb\x01\\N")
	}},
}

func executed(t *testing.T, s *hive.Session, statement string, options hive.Options) *hive.Operation {
	t.Helper()
	op, err := s.Execute(t.Context(), statement, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = op.Close(context.Background()) })
	return op
}

// progress tells whether the server says what a job has done of its work.
func progress(t *testing.T, s *hive.Session) string {
	told := false
	op := executed(t, s, job, hive.Options{OnProgress: func(p hive.Progress) { told = told || len(p.Rows) > 0 && p.Fraction == 1 }})
	if err := op.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return yesNo(told)
}

// charColumns tells whether a table's columns are of the types that it was created with.
func charColumns(t *testing.T, at subject) string {
	live.Exec(t, at.db, "create table if not exists support_chars (a varchar(5), b char(5))")
	live.Exec(t, at.db, "insert into support_chars select 'ab', 'ab'")
	b := onlyBatch(t, at.s, "select a, b from support_chars")
	value, err := b.Value(0, 1)
	return yesNo(b.Columns()[0].Type.String() == "varchar(5)" && b.Columns()[1].Type.String() == "char(5)" && err == nil && value == "ab   ")
}

// TestSupportTable holds docs/servers.md against what the servers do.
func TestSupportTable(t *testing.T) {
	names, answers := make([]string, len(live.Kinds)), make([][]string, len(live.Kinds))
	t.Run("ask", func(t *testing.T) {
		for i, kind := range live.Kinds {
			t.Run(string(kind), func(t *testing.T) {
				srv := live.Shared(t, kind)
				t.Parallel()
				names[i], answers[i] = askAll(t, subject{srv, live.Connect(t, live.Config(t, srv)), live.Open(t, srv)})
			})
		}
	})
	rows := make([][]string, len(probes))
	for i, p := range probes {
		rows[i] = []string{p.what}
		for _, a := range answers {
			if len(a) != len(probes) {
				t.Skip("not all of the servers were asked")
			}
			rows[i] = append(rows[i], a[i])
		}
	}
	live.CheckPage(t, "../docs/servers.md", append([]string{""}, names...), rows)
}

func askAll(t *testing.T, at subject) (name string, answers []string) {
	name, version, err := at.s.ServerVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range probes {
		t.Run(p.what, func(t *testing.T) {
			answer := ""
			if p.ask != nil {
				answer = p.ask(t, at)
			}
			answers = append(answers, answer)
		})
	}
	return strings.TrimSuffix(strings.TrimPrefix(name, "Apache "), " SQL") + " " + version, answers
}
