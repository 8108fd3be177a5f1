package bench

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/figures"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
)

// BenchmarkStart is a server from nothing but its cached artifacts to the answer of its first query.
func BenchmarkStart(b *testing.B) {
	for _, kind := range live.Kinds {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				srv := live.Must(hivetest.Start(b.Context(), hivetest.Options{Kind: kind, Private: true}))(b)
				db := live.Must(sql.Open("hive", srv.DSN()))(b)
				if err := live.Drain(b.Context(), db.QueryContext, "select 1"); err != nil {
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
	srv := benchServer(b)
	for b.Loop() {
		took := inTurns(b, 20,
			func() {
				live.Must(0, live.Must(hive.Connect(b.Context(), live.Config(b, srv)))(b).Close(b.Context()))(b)
			},
			func() { live.Must(0, peers.Gohive(b, live.Config(b, srv), 1000).Close())(b) })
		figures.Record(b, versus("connect and close", "gohive 1.8.1", took[0], took[1], figures.Goal{}))
	}
}

// BenchmarkSelectOne is what the smallest query costs. The bare round trips it is held against are ExecuteStatement and
// one FetchResults, by a reader that knows that there is one row, needs no description of it, and need not be able to
// cancel: the statement runs within the call. They are compared to the row, and with the operation's end.
func BenchmarkSelectOne(b *testing.B) {
	srv := benchServer(b)
	cfg := live.Config(b, srv)
	w := workload{
		query: "select 1", rows: 1,
		scan: func() []any { return []any{new(int64)} }, peer: func() []any { return []any{new(int32)} },
	}
	l, raw, s := newLineup(b, srv, w), newRawReader(b, cfg), live.Connect(b, cfg)
	for b.Loop() {
		var row, bare []time.Duration
		took := inTurns(b, 200, l.columns, l.scan, l.gohive, l.rawColumns, func() {
			start := time.Now()
			rows := live.Must(s.Query(b.Context(), w.query, hive.Options{}))(b)
			live.Must(rows.NextBatch(b.Context()))(b)
			row = append(row, time.Since(start))
			live.Must(0, rows.Close(b.Context()))(b)
		}, func() {
			start := time.Now()
			op := raw.execute(b, w.query)
			raw.fetch(b, op, 10)
			bare = append(bare, time.Since(start))
			raw.close(b, op)
		})
		row, bare = row[1:], bare[1:] // the warm-up
		figures.Record(b, versus("select 1, to its row", "bare Execute and Fetch", row, bare, figures.RatioAtMost(1.05)))
		figures.Record(b, versus("select 1, columns", "bare Execute, Fetch and Close", took[0], took[5], figures.Goal{}))
		figures.Record(b, versus("select 1, database/sql", "bare Execute, Fetch and Close", took[1], took[5], figures.Goal{}))
		figures.Record(b, versus("select 1, columns", "raw", took[0], took[3], figures.Goal{}))
		figures.Record(b, versus("select 1, database/sql", "gohive 1.8.1", took[1], took[2], figures.RatioAtMost(1)))
	}
}

// BenchmarkCancel cancels statements that run, and statements whose rows are made while they are fetched, and measures
// when the caller has its error back, and when the operation is gone from the server.
func BenchmarkCancel(b *testing.B) {
	srv := benchServer(b)
	const tries = 200
	for b.Loop() {
		var back []time.Duration
		var gone [2][]time.Duration
		for i := range tries {
			r, g := cancelOnce(b, srv, []string{live.SlowRun, live.SlowFetch}[i%2], time.Duration(100+i/2)*time.Millisecond)
			back, gone[i%2] = append(back, r), append(gone[i%2], g)
		}
		figures.Record(b, figures.Figure{Name: "return after cancel, p99 of 200", Value: ms(quantile(back, 0.99)), Unit: "ms", Goal: figures.AtMost(50)})
		for i, when := range []string{"while it runs", "while its rows are made"} {
			figures.Record(b, figures.Figure{Name: "operation gone from the server after cancel " + when + ", median of 100", Value: ms(median(gone[i])), Unit: "ms"})
			figures.Record(b, figures.Figure{Name: "operation gone from the server after cancel " + when + ", p99 of 100", Value: ms(quantile(gone[i], 0.99)), Unit: "ms"})
		}
	}
}

func cancelOnce(b *testing.B, srv *hivetest.Server, query string, after time.Duration) (back, gone time.Duration) {
	b.Helper()
	live.Ours(b, srv)
	user := live.OwnUser(b, srv)
	db := live.Must(sql.Open("hive", user.Config(b).FormatDSN()))(b)
	defer db.Close()
	if err := db.PingContext(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	var cancelled time.Time
	time.AfterFunc(after, func() { cancelled = time.Now(); cancel() })
	err := live.Drain(ctx, db.QueryContext, query)
	back = time.Since(cancelled)
	if !errors.Is(err, context.Canceled) {
		b.Fatalf("got %v, want context.Canceled", err)
	}
	for user.Load(b).Operations > 0 {
		if time.Since(cancelled) > 30*time.Second {
			b.Fatal("the operation is still on the server after 30 s")
		}
		time.Sleep(time.Millisecond)
	}
	return back, time.Since(cancelled)
}
