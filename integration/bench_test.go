package integration

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
)

// Figures compare what ran in turns in one run, by the median of the pairs' ratios: machines are noisy, and a server
// alone varies by a third.

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median[T float64 | time.Duration](v []T) T { return quantile(v, 0.5) }

func quantile[T float64 | time.Duration](v []T, q float64) T {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[min(int(q*float64(len(v))), len(v)-1)]
}

// inTurns runs the contestants one after another, rounds times after a warm-up, and gives each one's durations.
func inTurns(b *testing.B, rounds int, run ...func()) [][]time.Duration {
	b.Helper()
	took := make([][]time.Duration, len(run))
	for round := range rounds + 1 {
		for i, f := range run {
			start := time.Now()
			f()
			if round > 0 {
				took[i] = append(took[i], time.Since(start))
			}
		}
	}
	return took
}

// versus is the figure of ours against another's, whose ratio is the median of the pairs' ratios.
func versus(name, against string, ours, theirs []time.Duration, goal figures.Goal) figures.Figure {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = float64(ours[i]) / float64(theirs[i])
	}
	value := ms(median(ours))
	return figures.Figure{
		Name: name, Value: value, Unit: "ms", Against: against, AgainstValue: value / median(ratios), Goal: goal,
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// BenchmarkStart is a server from nothing but its cached artifacts to the answer of its first query.
func BenchmarkStart(b *testing.B) {
	for _, kind := range kinds {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				srv := must(hivetest.Start(b.Context(), hivetest.Options{Kind: kind, Private: true}))(b)
				db := must(sql.Open("hive", srv.DSN()))(b)
				if err := drain(b.Context(), db.QueryContext, "select 1"); err != nil {
					b.Fatal(err)
				}
				figures.Record(b, figures.Figure{
					Name: "warm start to first query, " + string(kind), Value: time.Since(start).Seconds(), Unit: "s", Goal: figures.AtMost(15),
				})
				db.Close()
				srv.Close()
			}
		})
	}
}

func BenchmarkConnect(b *testing.B) {
	srv := hivetest.Shared(b, hivetest.Hive401)
	for b.Loop() {
		took := inTurns(b, 20,
			func() { must(0, must(hive.Connect(b.Context(), config(b, srv)))(b).Close(b.Context()))(b) },
			func() { must(0, gohiveConnect(b, srv, fetchSize).Close())(b) })
		figures.Record(b, versus("connect and close", "gohive 1.8.1", took[0], took[1], figures.Goal{}))
	}
}

func BenchmarkSelectOne(b *testing.B) {
	srv := hivetest.Shared(b, hivetest.Hive401)
	db := open(b, srv)
	peer := gohiveConnect(b, srv, fetchSize)
	defer peer.Close()
	for b.Loop() {
		took := inTurns(b, 100,
			func() { must(0, drain(b.Context(), db.QueryContext, "select 1"))(b) },
			func() { gohiveRead(b, peer, "select 1", new(*int32)) })
		figures.Record(b, versus("select 1 through database/sql", "gohive 1.8.1", took[0], took[1], figures.RatioAtMost(1)))
	}
}

// millionRows makes the table of the row benchmarks: a million rows, ten columns of the usual types.
func millionRows(b *testing.B, srv *hivetest.Server) string {
	b.Helper()
	db := open(b, srv)
	exec(b, db, "drop table if exists bench_rows")
	exec(b, db, `create table bench_rows as select i,
		cast(i as bigint) * 1000003 as big, cast(i % 100 as smallint) as small, i * 0.5D as dbl, i % 2 = 0 as flag,
		concat('name-', i) as name, concat('city-', i % 1000) as city, if(i % 8 = 0, null, i) as sparse,
		cast(i as decimal(12,2)) as price, sqrt(cast(i as double)) as root
		from (select 1) d lateral view posexplode(split(space(999999), ' ')) t as i, x`)
	return "select * from bench_rows"
}

func BenchmarkMillionRows(b *testing.B) {
	srv := hivetest.Shared(b, hivetest.Hive401)
	query := millionRows(b, srv)
	db := open(b, srv)
	peer := gohiveConnect(b, srv, fetchSize)
	defer peer.Close()
	raw := newRawReader(b, srv)
	for b.Loop() {
		took := inTurns(b, 7,
			func() { scanMillion(b, db, query) },
			func() {
				gohiveRead(b, peer, query, new(*int32), new(*int64), new(*int16), new(*float64), new(*bool),
					new(*string), new(*string), new(*int32), new(*string), new(*float64))
			},
			func() { raw.read(b, query) })
		figures.Record(b, versus("1M x 10 through database/sql", "gohive 1.8.1", took[0], took[1], figures.RatioAtMost(1)))
		figures.Record(b, versus("1M x 10 through database/sql, raw", "frames thrown away", took[0], took[2], figures.Goal{}))
	}
}

func scanMillion(b *testing.B, db *sql.DB, query string) {
	b.Helper()
	rows := must(db.QueryContext(b.Context(), query))(b)
	defer rows.Close()
	var (
		i, small   int
		big        int64
		dbl, root  float64
		flag       bool
		name, city string
		price      string
		sparse     sql.NullInt64
		n          int
	)
	for rows.Next() {
		if err := rows.Scan(&i, &big, &small, &dbl, &flag, &name, &city, &sparse, &price, &root); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if err := rows.Err(); err != nil || n != 1_000_000 {
		b.Fatalf("%d rows, %v", n, err)
	}
}

// BenchmarkCancel cancels running and fetching statements, and measures when the caller has its error back, and when the
// operation is gone from the server.
func BenchmarkCancel(b *testing.B) {
	srv := hivetest.Shared(b, hivetest.Hive401)
	const tries = 200
	for b.Loop() {
		var back, gone []time.Duration
		for i := range tries {
			query := slowRun
			if i%2 == 1 {
				query = slowFetch
			}
			r, g := cancelOnce(b, srv, query, time.Duration(100+i)*time.Millisecond)
			back, gone = append(back, r), append(gone, g)
		}
		figures.Record(b, figures.Figure{Name: "return after cancel, p99 of 200", Value: ms(quantile(back, 0.99)), Unit: "ms", Goal: figures.AtMost(50)})
		figures.Record(b, figures.Figure{Name: "operation gone from the server after cancel, median of 200", Value: ms(median(gone)), Unit: "ms"})
		figures.Record(b, figures.Figure{Name: "operation gone from the server after cancel, p99 of 200", Value: ms(quantile(gone, 0.99)), Unit: "ms"})
	}
}

func cancelOnce(b *testing.B, srv *hivetest.Server, query string, after time.Duration) (back, gone time.Duration) {
	b.Helper()
	db := must(sql.Open("hive", srv.DSN()))(b)
	defer db.Close()
	if err := db.PingContext(b.Context()); err != nil {
		b.Fatal(err)
	}
	before := operations(b, srv)
	ctx, cancel := context.WithCancel(b.Context())
	var cancelled time.Time
	time.AfterFunc(after, func() { cancelled = time.Now(); cancel() })
	err := drain(ctx, db.QueryContext, query)
	back = time.Since(cancelled)
	if !errors.Is(err, context.Canceled) {
		b.Fatalf("got %v, want context.Canceled", err)
	}
	for operations(b, srv) > before {
		if time.Since(cancelled) > 30*time.Second {
			b.Fatal("the operation is still on the server after 30 s")
		}
		time.Sleep(time.Millisecond)
	}
	return back, time.Since(cancelled)
}
