package bench

import (
	"database/sql"
	"runtime"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/faultproxy"
)

// millionRows is a table of a million rows and ten columns of the usual types.
func millionRows(b *testing.B, srv *hivetest.Server) workload {
	b.Helper()
	makeTable(b, srv, "bench_rows", millionOfThem())
	return tenColumns("select * from bench_rows", 1_000_000)
}

// millionOfThem is the query whose rows they are.
func millionOfThem() string {
	return `select i,
		cast(i as bigint) * 1000003 as big, cast(i % 100 as smallint) as small, i * 0.5D as dbl, i % 2 = 0 as flag,
		concat('name-', i) as name, concat('city-', i % 1000) as city, if(i % 8 = 0, null, i) as sparse,
		cast(i as decimal(12,2)) as price, sqrt(cast(i as double)) as root
		from ` + live.Series(1_000_000)
}

// makeTable makes a table, if this process has not made it yet.
func makeTable(b *testing.B, srv *hivetest.Server, name, query string) {
	b.Helper()
	if made[name] {
		return
	}
	db := live.Open(b, srv)
	live.Exec(b, db, "drop table if exists "+name)
	live.Exec(b, db, "create table "+name+" as "+query)
	made[name] = true
}

var made = map[string]bool{}

// tenColumns is a query whose columns are those of bench_rows.
func tenColumns(query string, rows int) workload {
	return workload{
		query: query, rows: rows,
		scan: func() []any {
			return []any{
				new(int64), new(int64), new(int64), new(float64), new(bool),
				new(string), new(string), new(sql.NullInt64), new(string), new(sql.NullFloat64),
			}
		},
		peer: func() []any {
			return []any{
				new(int32), new(int64), new(int16), new(float64), new(bool),
				new(string), new(string), new(*int32), new(string), new(float64),
			}
		},
	}
}

func BenchmarkMillionRows(b *testing.B) {
	srv := benchServer(b)
	l := newLineup(b, srv, millionRows(b, srv))
	for b.Loop() {
		took := inTurns(b, pairs, l.columns, l.rawColumns, l.rawScan, l.scan, l.gohive)
		columns, rawColumns, rawScan, scan, gohive := took[0], took[1], took[2], took[3], took[4]
		figures.Record(b, versus("1M x 10, columns", "raw", columns, rawColumns, figures.RatioAtMost(1.03)))
		figures.Record(b, versus("1M x 10, columns", "gohive 1.8.1", columns, gohive, figures.Goal{}))
		figures.Record(b, versus("1M x 10, database/sql", "raw", scan, rawScan, figures.RatioAtMost(1.10)))
		figures.Record(b, versus("1M x 10, database/sql", "gohive 1.8.1", scan, gohive, figures.Goal{}))
		figures.Record(b, worst("1M x 10, database/sql, worst pair", "gohive 1.8.1", scan, gohive, figures.RatioAtMost(1)))
		figures.Record(b, figures.Figure{
			Name: "1M x 10, database/sql, allocations", Value: allocations(l.scan) / 1e6, Unit: "1/row", Goal: figures.AtMost(1),
		})
	}
}

// allocations counts those of f.
func allocations(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs)
}

// BenchmarkDistance reads the million rows with 20 ms of round trip more.
func BenchmarkDistance(b *testing.B) {
	const roundTrip = 20 * time.Millisecond
	srv := benchServer(b)
	w, near := millionRows(b, srv), live.Config(b, srv)
	far := near.Clone()
	far.Host, far.Port = "127.0.0.1", faultproxy.Start(b, near.Addr(), faultproxy.Distance(roundTrip)...).Port()
	columns, farColumns := columnsOf(b, near, w), columnsOf(b, far, w)
	scan, farScan := scanOf(b, near, w), scanOf(b, far, w)
	gohive, farGohive := gohiveOf(b, near, w), gohiveOf(b, far, w)
	for b.Loop() {
		took := inTurns(b, fewPairs, columns, farColumns, farScan, scan)
		theirs := inTurns(b, 1, gohive, farGohive)
		figures.Record(b, versus("1M x 10, columns, 20 ms away", "without the distance", took[1], took[0], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, database/sql, 20 ms away", "without the distance", took[2], took[3], figures.RatioAtMost(1.15)))
		figures.Record(b, versus("1M x 10, gohive 1.8.1, 20 ms away", "without the distance", theirs[1], theirs[0], figures.Goal{}))
	}
}

// BenchmarkInTasks reads the million rows as the tasks of a job have serialised them, which takes a job.
func BenchmarkInTasks(b *testing.B) {
	srv := benchServer(b)
	w := millionRows(b, srv)
	cfg := live.Config(b, srv, func(c *hive.Config) {
		c.SerializeInTasks = true
		c.SessionConf = map[string]string{"hive.fetch.task.conversion": "none"}
	})
	columns, scan := columnsOf(b, cfg, w), scanOf(b, cfg, w)
	rawColumns, rawScan := rawOf(b, cfg, w, columnsOf), rawOf(b, cfg, w, scanOf)
	for b.Loop() {
		took := inTurns(b, fewPairs, columns, rawColumns, rawScan, scan)
		figures.Record(b, versus("1M x 10 serialised in tasks, columns", "raw", took[0], took[1], figures.RatioAtMost(1.10)))
		figures.Record(b, versus("1M x 10 serialised in tasks, database/sql", "raw", took[3], took[2], figures.Goal{}))
	}
}
